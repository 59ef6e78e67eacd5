"""Who somebody signed in is in the plan: the person, the teams they are in, and those they lead."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.store.tables import Membership, Person, Team, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """A person by id and name. ``leads`` are the teams that name them as lead, and those they are
    in where the plan calls them a lead; not the teams below."""

    person: int
    name: str
    member_of: frozenset[int]
    leads: frozenset[int]


def footing(session: Session, user_id: int) -> Footing | None:
    """Who a signed-in user is; None while nobody said so."""
    tied = select(User, Person).outerjoin(Person, Person.id == User.person_id)
    user, somebody = session.execute(tied.where(User.id == user_id)).one()
    me: Person | None = somebody or _by_email(session, user)
    if me is None:
        return None
    mine = select(Membership.team_id).where(Membership.person_id == me.id)
    member_of = frozenset(session.scalars(mine))
    named = frozenset(session.scalars(select(Team.id).where(Team.lead_id == me.id)))
    leads = named | member_of if me.role == "lead" else named
    return Footing(person=me.id, name=me.name, member_of=member_of, leads=leads)


def teams_of(session: Session, user_id: int) -> frozenset[str]:
    """The keys of the teams that a signed-in user is in or leads."""
    me = footing(session, user_id)
    if me is None:
        return frozenset()
    own = Team.id.in_(me.member_of | me.leads)
    return frozenset(session.scalars(select(Team.key).where(own)))


def _by_email(session: Session, user: User) -> Person | None:
    """The one person with the e-mail that somebody signs in by, unless another user is them."""
    taken = select(User.person_id).where(User.person_id.is_not(None))
    same = func.lower(Person.email) == user.name.lower()
    found = session.scalars(select(Person).where(same, Person.id.not_in(taken))).all()
    return found[0] if len(found) == 1 and user.person_id is None else None
