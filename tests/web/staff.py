"""Somebody who works: a person of the plan with accounts in both trackers and items to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from connector.store import tables as t
from sync.people import tie_user
from sync.runtime import Trackers
from tests.web.world import PASSWORD, World

JIRA, GITHUB = "712020:00000007", "Octo-Engineer"
CATEGORIES = {"Done": "done", "In Review": "doing", "Won't Do": "done"}
MINE = ("PLAT-1", "PLAT-35", "PLAT-41", "PAY-4", "PLAT-61", "acme/api#5", "acme/api#7")
"""Of every state; PAY-4 lies where nothing was read for days, PLAT-61 was dropped."""


def engage(world: World) -> None:
    """A platform engineer with work in both trackers, and some that serves nothing."""
    world.runtime = replace(world.runtime, trackers=Trackers())
    with world.runtime.store.write() as session:
        populate(session)


def populate(session: Session) -> None:
    """The same in any database that the company is in."""
    me = person(session, "maker", "Platform engineer", team="platform")
    session.add(t.Account(person_id=me, tracker="jira", external_id=JIRA))
    session.add(t.Account(person_id=me, tracker="github", external_id=GITHUB.lower()))
    rows = session.scalars(select(t.Item).where(t.Item.key.in_(MINE))).all()
    for row in rows:
        row.assignee = GITHUB if row.key.startswith("acme") else JIRA
        row.category = CATEGORIES.get(row.status, "todo")
        row.resolution = "Won't Do" if row.status == "Won't Do" else None
    for at in {row.connection_id: row.assignee for row in rows}.items():
        session.add(t.TrackerAccount(connection_id=at[0], external_id=at[1], name="Maker"))
    loose(session, "PLAT-900", "Tidy the wiki")


def person(session: Session, key: str, name: str, *, team: str = "") -> int:
    """A person of the plan, by id."""
    row = t.Person(key=key, name=name, role="member")
    session.add(row)
    session.flush()
    if team:
        here = session.scalars(select(t.Team.id).where(t.Team.key == team)).one()
        session.add(t.Membership(person_id=row.id, team_id=here))
    return row.id


def loose(session: Session, key: str, title: str, **more: Any) -> t.Item:
    """One more item of the engineer, beside PLAT-41, that no link holds."""
    like = session.scalars(select(t.Item).where(t.Item.key == "PLAT-41")).one()
    names = [column.key for column in t.Item.__table__.columns if column.key != "id"]
    made = {name: getattr(like, name) for name in names}
    made |= {"key": key, "title": title, "external_id": key, "assignee": JIRA}
    made["url"] = f"https://tracker.example.com/browse/{key}"
    row = t.Item(**{**made, **more})
    session.add(row)
    session.flush()
    return row


def heavy(world: World, number: int) -> None:
    """So many more items that no link holds."""
    with world.runtime.store.write() as session:
        for each in range(number):
            row = loose(session, f"PLAT-{2000 + each}", f"Loose end {each}")
            row.updated_at -= timedelta(minutes=each)


def tie(world: World, name: str, who: str) -> None:
    """Somebody who signs in is this person."""
    with world.runtime.store.read() as session:
        number = session.scalars(select(t.User.id).where(t.User.name == name)).one()
    tie_user(world.runtime, number, who)


def signed_in(world: World, who: str | None, *, name: str = "one", role: str = "member") -> Any:
    """A browser of somebody who is this person."""
    world.add(name, role)
    app = world.app()
    app.config["WTF_CSRF_ENABLED"] = False
    if who is not None:
        tie(world, name, who)
    client: FlaskClient = app.test_client()
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(world.runtime.store.engine, "before_cursor_execute", note)
    yield statements
    event.remove(world.runtime.store.engine, "before_cursor_execute", note)
