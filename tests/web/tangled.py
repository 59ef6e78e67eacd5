"""Drafts of other teams, tied in every way to what everybody may see."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from connector.store import tables as t
from tests.web import staff
from tests.web.company import Company
from tests.web.secret import SECRET
from tests.web.world import World

DRAFT, COMING = f"O-{SECRET}-1", f"O-{SECRET}-2"
DRAFT_KR, COMING_KR = f"KR-{SECRET}-1", f"KR-{SECRET}-2"
ITEMS = ("PLAT-770", "PLAT-790", "PLAT-80")
"""Items of the engineer that a draft links, linked once, or names as a parent."""
OWN = "O-51"
"""What the platform team plans in the cycle to come, made of a draft of payments."""


def tangle(world: World) -> None:
    """The engineer's own work in a draft of payments, and drafts above and below what is theirs."""
    staff.engage(world)
    with world.runtime.store.write() as session:
        c = Company(session, world.clock(), iter(range(80_000, 89_000)))
        c.teams = {row.key: row for row in session.scalars(select(t.Team))}
        now = session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q4")).one()
        _now(c, now)
        coming = c.cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
        coming.state = "draft"
        _coming(c, coming)
        c.score()


def plan_only(world: World) -> None:
    """A service that knows of nothing but a draft cycle in which today lies."""
    with world.runtime.store.write() as session:
        c = Company(session, world.clock())
        c.team("acme", "Acme", "company")
        cycle = c.cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
        cycle.state = "draft"
        c.key_result(c.objective(cycle, "acme", "O-1", "The only one"), "KR-1", "The only number")
        c.score()


def _now(c: Company, cycle: t.Cycle) -> None:
    """A draft that an objective of platform supports first of all, and that links its work."""
    draft = c.objective(cycle, "payments", DRAFT, f"Think of {SECRET}", supports="O-0",
                        state="draft")  # fmt: skip
    row = c.key_result(draft, DRAFT_KR, f"A {SECRET} number")
    wait = one(c, t.Objective, "O-1")
    for edge in c.session.scalars(select(t.Support).where(t.Support.objective_id == wait.id)):
        edge.position = 1
    c.support(wait, DRAFT)
    c.support(wait, DRAFT_KR, 2)
    reworded(c, "objective", wait, ["objective", DRAFT, 1.0], ["key_result", DRAFT_KR, 2.0])
    _links(c, row)


def _links(c: Company, row: t.KeyResult) -> None:
    """One link that holds an item nobody else counts, one that cannot be read, and one that ended;
    each names an item of the engineer."""
    query = select(t.Source).join(t.Connection, t.Connection.id == t.Source.connection_id)
    source = c.session.scalars(query.where(t.Connection.name == "jira")).one()
    held = c.link(row, source, "jira:epic:PLAT-77", "Their epic")
    mine = c.item(held, source, "PLAT-770", "doing", "Work of two minds")
    mine.assignee, mine.category = staff.JIRA, "todo"
    c.read(held)
    broken = c.link(row, source, "jira:epic:PLAT-78", f"Gone {SECRET}")
    broken.broken = f"the epic of {SECRET} was deleted"
    ended = c.link(row, source, "jira:epic:PLAT-79", "Once")
    once = c.item(ended, source, "PLAT-790", "doing", "Work of once")
    once.assignee, once.category = staff.JIRA, "todo"
    ended.ended_at = c.now
    parent = c.link(row, source, "jira:epic:PLAT-80", f"Parent {SECRET}")
    parent.root_id = staff.loose(c.session, "PLAT-80", "A parent of theirs", level=1).external_id


def _coming(c: Company, cycle: t.Cycle) -> None:
    """An objective of platform made of a draft of payments, and serving another one of theirs."""
    above = c.objective(cycle, "payments", COMING, f"Plan {SECRET}")
    c.key_result(above, COMING_KR, f"Another {SECRET} number", value=40.0)
    own = c.objective(cycle, "platform", OWN, "Ours to come", supports=f"{COMING} {COMING_KR}")
    own.takes = "both"
    c.key_result(own, "KR-51", "A number to come", value=20.0)
    below = c.objective(cycle, "payments", f"O-{SECRET}-3", f"Below {SECRET}", supports=OWN)
    c.key_result(below, f"KR-{SECRET}-3", f"A third {SECRET} number", value=60.0)
    reworded(c, "objective", own, ["objective", COMING, 1.0])


def reworded(c: Company, kind: str, row: Any, *supports: list[Any]) -> None:
    """A row was written down as serving nothing, and then as serving these."""
    for days, edges in ((9, []), (3, list(supports))):
        c.worded(kind, row, c.now - timedelta(days=days))
        query = select(t.Revision).where(t.Revision.kind == kind, t.Revision.subject_id == row.id)
        last = c.session.scalars(query.order_by(t.Revision.id.desc())).first()
        assert last is not None
        last.body = {**last.body, "supports": edges}


def one(c: Company, table: Any, key: str) -> Any:
    return c.session.scalars(select(table).where(table.key == key)).one()
