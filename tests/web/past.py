"""Adds to a company what explains itself in more than one way: a past, people, supports."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from connector.store import tables as t
from sync.scores import alone
from tests.web.company import Company
from tests.web.world import World

TOLD_FROM = datetime(2026, 10, 5, 8, tzinfo=UTC)


def company(world: World, session: object) -> Company:
    """The builder, over what is there already."""
    c = Company(session, world.clock(), ids=count(10_000))  # type: ignore[arg-type]
    c.teams = {team.key: team for team in c.session.scalars(select(t.Team))}
    return c


def cycle_of(c: Company) -> t.Cycle:
    return c.session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q4")).one()


def fill(world: World) -> None:
    """KR-50: linked a week ago, with a past of six weeks; work and scope moved before and since."""
    with world.runtime.store.write() as session:
        alone(session)
        c = company(world, session)
        objective = c.objective(cycle_of(c), "platform", "O-50", "Queues are never full")
        row = c.key_result(objective, "KR-50", "Finish the second queue")
        for kind, each in (("objective", objective), ("key_result", row)):
            c.worded(kind, each, c.now - timedelta(days=7))
        source = session.scalars(select(t.Source).where(t.Source.key == "")).first()
        assert source is not None
        link = c.link(row, source, "jira:epic:PLAT-90", "Second queue")
        link.created_at = c.now - timedelta(days=7)
        link.history, link.history_from = "told", TOLD_FROM
        for number, state in enumerate(("done", "todo", "done", "todo"), 1):
            _item(c, link, source, (number, state))
        c.read(link)


def _item(c: Company, link: t.Link, source: t.Source, what: tuple[int, str]) -> None:
    number, state = what
    item = c.item(link, source, f"PLAT-90{number}", state)
    begun = TOLD_FROM + timedelta(days=15 if number == 4 else 0)
    c.told(link, item, state="todo", since=begun)
    if number == 2:  # finished and reopened, before anybody looked
        c.told(link, item, state="done", since=begun + timedelta(days=7))
        c.told(link, item, state="todo", since=begun + timedelta(days=20))


def upper(world: World) -> None:
    """KR-60 lives on what supports it; O-61 takes children and O-62 supports both."""
    with world.runtime.store.write() as session:
        c = company(world, session)
        cycle = cycle_of(c)
        top = c.objective(cycle, "acme", "O-60", "Payments are one thing")
        c.key_result(top, "KR-60", "Every way is finished", progress_from="supports")
        c.objective(cycle, "product", "O-61", "Nobody has to ask", takes="children")
        below = c.objective(cycle, "payments", "O-62", "Refunds", supports="KR-60 O-61 O-9")
        c.key_result(below, "KR-62", "Refund pages", value=40.0)
        c.teams["payments"].lead_id = c.person("payments-lead", "Payments lead").id
        c.score()


def close(world: World) -> None:
    """Q3 is over: one aspirational objective that ended low."""
    with world.runtime.store.write() as session:
        c = company(world, session)
        cycle = session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q3")).one()
        cycle.state = "closed"
        low = c.objective(cycle, "acme", "O-70", "Be everywhere", kind="aspirational")
        c.key_result(low, "KR-70", "Countries", value=10.0)
        c.score()
