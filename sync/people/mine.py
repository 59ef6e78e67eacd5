"""What is "my": the person a signed-in user is, and what they belong to, lead and own."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Cycle, KeyResult, Membership, Objective, Person, Team, User
from sync.people.finding import person
from sync.runtime import Runtime

Place = tuple[str, str]
"""(cycle, key) of an objective or a key result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What a person has to do with: teams by key, objectives and key results by cycle and key."""

    teams: tuple[str, ...]
    leads: tuple[str, ...]
    objectives: tuple[Place, ...]
    key_results: tuple[Place, ...]


def person_of_user(session: Session, user_id: int) -> Person | None:
    """The person a signed-in user is; None while nobody said so."""
    query = select(Person).join(User, User.person_id == Person.id).where(User.id == user_id)
    return session.scalars(query).one_or_none()


def tie_user(runtime: Runtime, user_id: int, person_key: str | None) -> None:
    """Say which person a user is, or (None) that nobody knows; raises ``Refused``.

    A person is one user at most.
    """
    with runtime.store.write() as session:
        tie(session, user_id, person_key)


def tie(session: Session, user_id: int, person_key: str | None) -> None:
    """The same within a write of the caller's."""
    user = session.get(User, user_id)
    if user is None:
        raise Refused("there is no such user any more")
    # Held, so that of two who tie a person at once the second sees what the first did.
    found = person(session, person_key, held=True) if person_key is not None else None
    if found is not None:
        _refuse_taken(session, user, found)
    user.person_id = found.id if found else None


def mine(session: Session, person_key: str) -> Mine:
    """What a person belongs to, leads and owns, in every cycle; raises ``Refused``."""
    me = person(session, person_key).id
    member = select(Team.key).join(Membership, Membership.team_id == Team.id)
    leads = select(Team.key).where(Team.lead_id == me)
    return Mine(
        teams=tuple(session.scalars(member.where(Membership.person_id == me).order_by(Team.key))),
        leads=tuple(session.scalars(leads.order_by(Team.key))),
        objectives=_owned(session, Objective, me),
        key_results=_owned(session, KeyResult, me),
    )


def _owned(
    session: Session, table: type[Objective] | type[KeyResult], owner: int
) -> tuple[Place, ...]:
    query = (
        select(Cycle.key, table.key)
        .join(Cycle, Cycle.id == table.cycle_id)
        .where(table.owner_id == owner)
        .order_by(Cycle.start.desc(), Cycle.key, table.position, table.id)
    )
    return tuple((row[0], row[1]) for row in session.execute(query))


def _refuse_taken(session: Session, user: User, found: Person) -> None:
    query = select(User.name).where(User.person_id == found.id, User.id != user.id)
    other = session.scalars(query.limit(1)).first()
    if other is not None:
        raise Refused(f"{found.name} ({found.key}) is the user {other} already; untie that first")
