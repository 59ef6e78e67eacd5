"""The order in which things stand among their siblings, as a person puts it."""

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.plans import Identity
from connector.plans.objects import WORDS
from connector.store.tables import Cycle, KeyResult, Objective, Team
from sync.runtime import Runtime
from sync.scores import alone


def move(runtime: Runtime, identity: Identity, *, up: bool) -> None:
    """Move a team, objective or key result one place up or down among its siblings.

    Past days show them in the order of now: order says nothing of what was there.
    Siblings are the teams below one parent, the objectives of a team in a cycle, the key results
    of an objective; a step goes past the next of them that is shown in the same list. At the end
    of its list it stays where it is. Raises ``Refused`` for what is not there.
    """
    with runtime.store.write() as session:
        alone(session)
        row = _row(session, identity)
        siblings = _siblings(session, row)
        beside = [each for each in siblings if _list_of(each) == _list_of(row)]
        at = beside.index(row) + (-1 if up else 1)
        if not 0 <= at < len(beside):
            return
        places = sorted(each.position for each in siblings)
        if len(set(places)) < len(places):
            places = list(range(places[0], places[0] + len(places)))
        siblings.remove(row)
        siblings.insert(siblings.index(beside[at]) + (0 if up else 1), row)
        for each, position in zip(siblings, places, strict=True):
            if each.position != position:
                each.position = position


def _row(session: Session, identity: Identity) -> Any:
    """The row of an identity."""
    kind, cycle, key = identity
    if kind == "team":
        found = session.scalars(select(Team).where(Team.key == key)).one_or_none()
    elif kind in {"objective", "key_result"}:
        table: type[Any] = Objective if kind == "objective" else KeyResult
        query = select(table).join(Cycle, Cycle.id == table.cycle_id)
        found = session.scalars(query.where(Cycle.key == cycle, table.key == key)).one_or_none()
    else:
        raise Refused(f"{WORDS[kind]} stands in no order")
    if found is None:
        where = f" in cycle {cycle}" if cycle else ""
        raise Refused(f"there is no {WORDS[kind].partition(' ')[2]} {key!r}{where}")
    return found


def _siblings(session: Session, row: Any) -> list[Any]:
    """The rows below the same one, as they stand."""
    table = type(row)
    alike: dict[type[Any], tuple[Any, ...]] = {
        Team: (Team.parent_id,),
        Objective: (Objective.cycle_id, Objective.team_id),
        KeyResult: (KeyResult.objective_id,),
    }
    same: list[ColumnElement[bool]] = [
        column.is_not_distinct_from(getattr(row, column.key)) for column in alike[table]
    ]
    return list(session.scalars(select(table).where(*same).order_by(table.position, table.id)))


def _list_of(row: Any) -> bool:
    """Which of the two lists of its siblings shows a row: what counts, or what does not."""
    return row.state == "active" if isinstance(row, Objective) else not row.retired
