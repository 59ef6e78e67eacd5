"""Whose links somebody may edit: of what they own, and of the teams they lead and those below."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.store.tables import Cycle, KeyResult, Objective, Person, Team, User
from sync.people.mine import person_of_user


def refusal(session: Session, user_id: int, cycle: str, key: str) -> str | None:
    """Why a lead may not edit the links of a key result, as a sentence; None when they may.

    Admins may edit all, and are not asked here.
    """
    user = session.get_one(User, user_id)
    me = person_of_user(session, user_id) or _by_email(session, user)
    if me is None:
        return (
            f"You sign in as {user.name}, and nobody has said which person of the plan that is, so"
            " you may edit no links. An admin can say it:"
            f" worklift user person {_typed(user.name)} PERSON"
        )
    row, objective = _found(session, cycle, key)
    above = list(_above(session, objective.team_id))
    if me.id in {row.owner_id, objective.owner_id, *(team.lead_id for team in above)}:
        return None
    return (
        f"{row.key} is a key result of {above[0].name}, which {me.name} neither owns nor leads."
        f" Its links are edited by its owner, by who leads {above[0].name} or a team above it, and"
        " by admins."
    )


def _by_email(session: Session, user: User) -> Person | None:
    """The one person with the e-mail that somebody signs in by, unless another user is them."""
    taken = select(User.person_id).where(User.person_id.is_not(None))
    same = func.lower(Person.email) == user.name.lower()
    found = session.scalars(select(Person).where(same, Person.id.not_in(taken))).all()
    return found[0] if len(found) == 1 and user.person_id is None else None


def _found(session: Session, cycle: str, key: str) -> tuple[KeyResult, Objective]:
    query = (
        select(KeyResult, Objective)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle, KeyResult.key == key)
    )
    row, objective = session.execute(query).one()
    return row, objective


def _above(session: Session, team_id: int) -> Iterator[Team]:
    """A team, and those above it."""
    seen: set[int] = set()
    team = session.get(Team, team_id)
    while team is not None and team.id not in seen:
        seen.add(team.id)
        yield team
        team = session.get(Team, team.parent_id) if team.parent_id is not None else None


def _typed(name: str) -> str:
    """A name as it is typed on the command line."""
    return f'"{name}"' if " " in name else name
