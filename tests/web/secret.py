"""A connection with work that not everybody may see, and people of the teams around it."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector.store import tables as t
from sync import people as persons
from sync import seeing
from tests.web.company import Company
from tests.web.world import PASSWORD, World
from web.accounts import people

SECRET = "sesame"
"""In every title, key, address, scope and sentence of that work, and nowhere else."""
NARROWED = "jira-eu"


def hide(world: World) -> None:
    """Let only those who are bound to it see ``jira-eu``, which feeds KR-5 of payments."""
    with world.runtime.store.write() as session:
        _rename(session)
        _fail(session)
        _end_a_link(Company(session, world.clock()))
    seeing.let_see(world.runtime, NARROWED)


def _rename(session: Session) -> None:
    link = session.scalars(select(t.Link).where(t.Link.scope == "jira:version:PAY/2.4")).one()
    link.scope, link.value = f"jira:version:{SECRET}/2.4", f"{SECRET}/2.4"
    link.title, link.url = f"The {SECRET} release", f"https://eu.example.com/{SECRET}"
    link.broken = f"the version {SECRET} was deleted"
    link.history_note = f"the past of {SECRET} is not told"
    for item in session.scalars(select(t.Item).where(t.Item.connection_id == link.connection_id)):
        item.key = item.key.replace("PAY-", f"{SECRET.upper()}-")
        item.title, item.url = f"Open {SECRET} {item.key}", f"https://eu.example.com/{item.key}"
        item.place, item.assignee = f"{SECRET}-place", "acc-1"
        key = update(t.Contribution).where(t.Contribution.item_id == item.id)
        session.execute(key.values(item_key=item.key))


def _fail(session: Session) -> None:
    connection = session.scalars(select(t.Connection).where(t.Connection.name == NARROWED)).one()
    connection.broken_at = connection.error = None
    source = session.scalars(select(t.Source).where(t.Source.connection_id == connection.id)).one()
    source.error = f"{SECRET.upper()}-1 could not be listed"
    session.add(
        t.UnreadableItem(
            source_id=source.id,
            external_id="77",
            key=f"{SECRET.upper()}-77",
            field=SECRET,
            message="is nonsense",
            since=source.looked_at,
        )
    )


def _end_a_link(c: Company) -> None:
    """A link whose items left with it still stands in the story of its key result."""
    row = c.session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-5")).one()
    found = select(t.Source).join(t.Connection, t.Connection.id == t.Source.connection_id)
    source = c.session.scalars(found.where(t.Connection.name == NARROWED)).one()
    link = c.link(row, source, f"jira:epic:{SECRET.upper()}-50", f"Old {SECRET}")
    c.work(link, source, f"{SECRET.upper()}-5", "dt")
    link.ended_at = c.now
    c.score()


def draft(world: World) -> None:
    """Give payments objectives that are not decided yet, one in a cycle that is not either."""
    with world.runtime.store.write() as session:
        c = Company(session, world.clock())
        c.ids = iter(range(70_000, 80_000))
        c.teams = {row.key: row for row in session.scalars(select(t.Team))}
        now = session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q4")).one()
        next_one = c.cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
        next_one.state = "draft"
        for cycle, key, state in (
            (now, "O-31", "draft"),
            (now, "O-32", "candidate"),
            (next_one, "O-33", "active"),
        ):
            row = c.objective(cycle, "payments", key, f"Think of {SECRET} {key}", state=state)
            c.key_result(row, f"KR-{key}", f"Draft {SECRET}")
        c.score()


def add(world: World, name: str, role: str, *, team: str = "", lead: bool = False) -> None:
    """Somebody who signs in, tied to a person of a team, which they may lead."""
    with world.runtime.store.write() as session:
        person = t.Person(key=name, name=f"The {name}", role="member")
        session.add(person)
        session.flush()
        session.add(t.Account(person_id=person.id, tracker="jira", external_id=f"acc-{person.id}"))
        if team:
            row = session.scalars(select(t.Team).where(t.Team.key == team)).one()
            session.add(t.Membership(person_id=person.id, team_id=row.id))
            row.lead_id = person.id if lead else row.lead_id
        number = people.add_user(session, name, PASSWORD, role, world.clock()).id
    persons.tie_user(world.runtime, number, name)
