"""What somebody may edit: what they own, and all of the teams they lead and of those below.

Each function gives the sentence that says why not, or None; admins may all and are not asked here.
Each raises ``Refused`` for what is not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Cycle, KeyResult, Objective, Team, User
from sync import bulk
from sync.people.footing import Footing, footing


@dataclass(frozen=True, slots=True)
class _Thing:
    """What is to be edited: the sentence begins with ``what``; the own team comes first."""

    what: str
    owners: frozenset[int | None]
    above: tuple[Any, ...]

    def is_of(self, me: Footing) -> bool:
        return me.person in self.owners or self.is_led(me)

    def is_led(self, me: Footing) -> bool:
        """Whether somebody leads its team or one above."""
        return bool({team.id for team in self.above} & me.leads)


def refusal(session: Session, user_id: int, cycle: str, key: str) -> str | None:
    """Why a lead may not edit the links of a key result."""
    me = footing(session, user_id)
    if me is None:
        return _nobody(session, user_id, "edit no links")
    thing = _key_result(session, cycle, key)
    if thing.is_of(me):
        return None
    return (
        f"{thing.what}, which {me.name} neither owns nor leads."
        f" Its links are edited by its owner, by who leads {thing.above[0].name} or a team above"
        " it, and by admins."
    )


def key_result_refusal(session: Session, user_id: int, cycle: str, key: str) -> str | None:
    """Why a lead may not edit a key result."""
    return _refusal(session, user_id, _key_result(session, cycle, key))


def objective_refusal(session: Session, user_id: int, cycle: str, key: str) -> str | None:
    """Why a lead may not edit an objective, and add key results to it."""
    query = (
        select(Objective)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(Cycle.key == cycle, Objective.key == key)
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        raise Refused(f"there is no objective {key!r} in cycle {cycle}")
    above = tuple(_above(session, row.team_id))
    what = f"{row.key} is an objective of {above[0].name}"
    return _refusal(session, user_id, _Thing(what, frozenset({row.owner_id}), above))


def team_refusal(session: Session, user_id: int, key: str) -> str | None:
    """Why a lead may not edit a team, and add objectives to it."""
    row = session.scalars(select(Team).where(Team.key == key)).one_or_none()
    if row is None:
        raise Refused(f"there is no team {key!r}")
    me, above = footing(session, user_id), tuple(_above(session, row.id))
    if me is None:
        return _nobody(session, user_id, "edit nothing of it")
    if _Thing("", frozenset(), above).is_led(me):
        return None
    return (
        f"{me.name} leads neither {row.name} nor a team above it."
        " A team is edited by who leads it or a team above it, and by admins."
    )


def check_in_refusal(session: Session, user_id: int, cycle: str, key: str) -> str | None:
    """Why somebody who edits nothing may not check in on a key result: it is not their own."""
    thing, me = _key_result(session, cycle, key), footing(session, user_id)
    if me is None:
        return _nobody(session, user_id, "check in on nothing")
    if me.person in thing.owners:
        return None
    return (
        f"{thing.what}, which {me.name} does not own. Who owns it, who leads {thing.above[0].name}"
        " or a team above it, and admins check in on it."
    )


def _refusal(session: Session, user_id: int, thing: _Thing) -> str | None:
    me = footing(session, user_id)
    if me is None:
        return _nobody(session, user_id, "edit nothing of it")
    if thing.is_of(me):
        return None
    return (
        f"{thing.what}, which {me.name} neither owns nor leads. It is edited by its owner, by who"
        f" leads {thing.above[0].name} or a team above it, and by admins."
    )


def _nobody(session: Session, user_id: int, but: str) -> str:
    name = session.get_one(User, user_id).name
    return (
        f"You sign in as {name}, and nobody has said which person of the plan that is, so"
        f" you may {but}. An admin can say it: worklift user person {_typed(name)} PERSON"
    )


def _key_result(session: Session, cycle: str, key: str) -> _Thing:
    query = (
        select(KeyResult, Objective)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle, KeyResult.key == key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(f"there is no key result {key!r} in cycle {cycle}")
    row, objective = found
    above = tuple(_above(session, objective.team_id))
    what = f"{row.key} is a key result of {above[0].name}"
    return _Thing(what, frozenset({row.owner_id, objective.owner_id}), above)


def _above(session: Session, team_id: int) -> Iterator[Any]:
    """A team, and those above it."""
    rows = bulk.rows(session, select(Team.id, Team.name, Team.parent_id))
    teams = {team.id: team for team in rows}
    while (team := teams.pop(team_id, None)) is not None:
        yield team
        team_id = team.parent_id


def _typed(name: str) -> str:
    """A name as it is typed on the command line."""
    return f'"{name}"' if " " in name else name
