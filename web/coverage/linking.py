"""The way from a place to a link: its scope, and the key results that could count it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.scopes import Tagged
from connector.store.tables import Connection, Cycle, KeyResult, Objective, Team
from integrations.tracker import Spec
from web.current import runtime


@dataclass(frozen=True, slots=True)
class Choice:
    """A key result that could count a place's work."""

    cycle: str
    team: str
    team_name: str
    objective: str
    key: str
    title: str


def scope_of(session: Session, connection: str, place: str) -> str | None:
    """The scope that holds all of a place; None where its tracker knows of none."""
    query = select(Connection).where(Connection.ended_at.is_(None))
    rows = session.scalars(query).all()
    row = next((each for each in rows if each.name == connection), None)
    tracker = runtime().trackers.get(row.tracker) if row else None
    kind = _whole(tracker.spec, place) if tracker and place else None
    if row is None or kind is None:
        return None
    several = sum(each.tracker == row.tracker for each in rows) > 1
    return f"{row.tracker}{f'@{row.name}' if several else ''}:{kind}:{place}"


def _whole(spec: Spec, place: str) -> str | None:
    """The kind of scope whose value is the place itself."""
    for kind in spec.scope_kinds:
        with suppress(Refused):
            if isinstance(kind.select(place), Tagged):
                return kind.kind
    return None


def choices(session: Session, cycle: str, words: str) -> Sequence[Choice]:
    """The key results of a cycle that links can feed, by team; those with the words, if any."""
    query = (
        select(Cycle.key, Team.key, Team.name, Objective.title, KeyResult.key, KeyResult.title)
        .join(Objective, Objective.cycle_id == Cycle.id)
        .join(KeyResult, KeyResult.objective_id == Objective.id)
        .join(Team, Team.id == Objective.team_id)
        .where(Cycle.key == cycle, Objective.state == "active")
        .where(KeyResult.progress_from != "supports", KeyResult.retired.is_(False))
        .order_by(Team.position, Team.id, Objective.position, KeyResult.position, KeyResult.id)
    )
    if words:
        names = (KeyResult.key, KeyResult.title, Objective.title, Team.name)
        holds = [each.icontains(words, autoescape=True) for each in names]
        query = query.where(holds[0] | holds[1] | holds[2] | holds[3])
    return [Choice(*row) for row in session.execute(query)]
