"""The order in which things stand among their siblings, as a person puts it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.plans import Identity
from connector.store.tables import Cycle, KeyResult, Objective, Team
from sync.runtime import Runtime
from sync.scores import alone


def move(runtime: Runtime, identity: Identity, *, up: bool) -> None:
    """Move a team, objective or key result one place up or down among its siblings.

    Past days show them in the order of now: order says nothing of what was there.
    Siblings are the teams below one parent, the objectives of a team in a cycle, the key results
    of an objective. At the end of its list it stays where it is.
    """
    with runtime.store.write() as session:
        alone(session)
        siblings = _siblings(session, identity)
        place = next(n for n, each in enumerate(siblings) if each.key == identity[2])
        other = place - 1 if up else place + 1
        if not 0 <= other < len(siblings):
            return
        places = sorted(each.position for each in siblings)
        if len(set(places)) < len(places):
            places = list(range(places[0], places[0] + len(places)))
        siblings[place], siblings[other] = siblings[other], siblings[place]
        for row, position in zip(siblings, places, strict=True):
            if row.position != position:
                row.position = position


def _siblings(session: Session, identity: Identity) -> list[Any]:
    kind, cycle, key = identity
    if kind == "team":
        return _ordered(session, Team, (Team.key == key,), (Team.parent_id, Team.retired))
    cycle_id = session.scalars(select(Cycle.id).where(Cycle.key == cycle)).one()
    if kind == "objective":
        one = (Objective.cycle_id == cycle_id, Objective.key == key)
        return _ordered(session, Objective, one, (Objective.cycle_id, Objective.team_id))
    if kind == "key_result":
        of = (KeyResult.cycle_id == cycle_id, KeyResult.key == key)
        return _ordered(session, KeyResult, of, (KeyResult.objective_id, KeyResult.retired))
    raise Refused(f"a {kind} stands in no order")


def _ordered(
    session: Session, table: type[Any], mine: Iterable[ColumnElement[bool]], alike: Iterable[Any]
) -> list[Any]:
    """The rows that are alike one of them in these columns, as they stand."""
    row = session.scalars(select(table).where(*mine)).one()
    same = [column.is_not_distinct_from(getattr(row, column.key)) for column in alike]
    return list(session.scalars(select(table).where(*same).order_by(table.position, table.id)))
