"""What the overview lists: cycles, the team tree, people; read in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from connector.store.folding import Folded, fold
from connector.store.tables import Account, Cycle, Membership, Objective, Person, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team in the tree: ``depth`` below the top, and whether it may go up or down."""

    key: str
    name: str
    kind: str
    lead: str | None
    people: int
    depth: int
    retired: bool
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody of the plan: ``teams`` are (key, name), ``accounts`` (tracker, account)."""

    key: str
    name: str
    role: str
    teams: Sequence[tuple[str, str]]
    accounts: Sequence[tuple[str, str]]


def cycles(session: Session) -> Sequence[Any]:
    """(key, start, end, state, number of its objectives) of every cycle, newest first."""
    number = func.count(Objective.id)
    query = (
        select(Cycle.key, Cycle.start, Cycle.end, Cycle.state, number.label("objectives"))
        .outerjoin(Objective, Objective.cycle_id == Cycle.id)
        .group_by(Cycle.id)
        .order_by(Cycle.start.desc(), Cycle.key)
    )
    return session.execute(query).all()


def teams(session: Session) -> list[TeamRow]:
    """Every team that is not retired, each below its parent."""
    rows = session.execute(_teams()).all()
    below: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    return list(_walk(below, None, 0))


def retired_teams(session: Session) -> Sequence[Any]:
    """(key, name) of the retired teams, by name."""
    query = select(Team.key, Team.name).where(Team.retired.is_(True)).order_by(Team.name, Team.key)
    return session.execute(query).all()


def names(session: Session, table: type[Team] | type[Person]) -> list[tuple[str, str]]:
    """(key, name) of those that are not retired, by name, to choose one of."""
    query = select(table.key, table.name).where(table.retired.is_(False))
    return [(row[0], row[1]) for row in session.execute(query.order_by(table.name, table.key))]


def number(session: Session, table: type[Any], *conditions: ColumnElement[bool]) -> int:
    """How many there are of which all of this holds."""
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def taken(session: Session, table: type[Any]) -> frozenset[str]:
    """The keys there are."""
    return frozenset(session.scalars(select(table.key)))


def members(session: Session, team: str) -> list[tuple[str, str]]:
    """(key, name) of the people in a team, by name."""
    query = (
        select(Person.key, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.key == team, Person.retired.is_(False))
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Person.name, Person.key))]


def people(session: Session, sought: str) -> list[PersonRow]:
    """Everybody who is not retired, by name; only who is ``sought`` by a part of their words."""
    query = select(Person).where(Person.retired.is_(False)).order_by(Person.name, Person.key)
    if sought:
        texts = (Person.name, Person.key, Person.email)
        named = or_(*(Folded(each).contains(fold(sought), autoescape=True) for each in texts))
        query = query.where(named)
    member_of = _several(session, select(Membership.person_id, Team.key, Team.name).join(Team))
    accounts = _several(session, select(Account.person_id, Account.tracker, Account.external_id))
    return [
        PersonRow(
            key=row.key,
            name=row.name,
            role=row.role,
            teams=member_of[row.id],
            accounts=accounts[row.id],
        )
        for row in session.scalars(query)
    ]


def retired_people(session: Session) -> Sequence[Any]:
    """(key, name) of the retired people, by name."""
    query = select(Person.key, Person.name).where(Person.retired.is_(True))
    return session.execute(query.order_by(Person.name, Person.key)).all()


def _several(session: Session, query: Any) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for person_id, one, other in session.execute(query):
        found[person_id].append((one, other))
    return found


def _teams() -> Any:
    number = (
        select(func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.team_id == Team.id, Person.retired.is_(False))
        .correlate(Team)
        .scalar_subquery()
    )
    return (
        select(
            Team.id,
            Team.key,
            Team.name,
            Team.kind,
            Team.parent_id,
            Person.name.label("lead"),
            number.label("people"),
        )
        .outerjoin(Person, Person.id == Team.lead_id)
        .where(Team.retired.is_(False))
        .order_by(Team.position, Team.id)
    )


def _walk(
    below: Mapping[int | None, Sequence[Any]], parent: int | None, depth: int
) -> Iterator[TeamRow]:
    among = below.get(parent, ())
    for number, row in enumerate(among, 1):
        yield TeamRow(
            key=row.key,
            name=row.name,
            kind=row.kind,
            lead=row.lead,
            people=row.people,
            depth=depth,
            retired=False,
            first=number == 1,
            last=number == len(among),
        )
        yield from _walk(below, row.id, depth + 1)
