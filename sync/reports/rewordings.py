"""How something was worded through time: who changed which fields, and when."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.objectives import Rewording
from connector.store.tables import KeyResult, Objective, Person, Revision, Team
from sync.reports.wordings import LATER

_UNSAID = frozenset({"cycle_id", "position", "value_at", "plan_value", "confirmed_by"})
"""What no person words: ids that stay, the order, and what goes with another field."""
_NAMED = {"team_id": Team.name, "owner_id": Person.name, "objective_id": Objective.key}
"""Ids in a wording, and what they are called by."""


def rewordings(session: Session, row: Objective | KeyResult, at: datetime) -> tuple[Rewording, ...]:
    """Every wording of an objective or key result recorded by then that said anything new, newest
    first."""
    kind = "key_result" if hasattr(row, "objective_id") else "objective"
    query = select(Revision.recorded_at, Revision.author, Revision.body).where(
        Revision.kind == kind, Revision.subject_id == row.id
    )
    known = query.where(Revision.recorded_at <= at).order_by(Revision.recorded_at, Revision.id)
    told = session.execute(known).all()
    names = _names(session, [body for _, _, body in told])
    found = [Rewording(told[0][0], told[0][1], (), is_first=True)] if told else []
    for (_, _, before), (when, author, after) in pairwise(told):
        changed = tuple(_changes(before, after, names))
        if changed:
            found.append(Rewording(when, author, changed, is_first=False))
    return tuple(reversed(found))


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[tuple[str, int], str]
) -> Iterator[tuple[str, str, str]]:
    for name in after:
        old, new = (body.get(name, LATER.get(name)) for body in (before, after))
        if name not in _UNSAID and old != new:
            texts = (_text(name, each, names) for each in (old, new))
            yield name.removesuffix("_id"), *texts  # type: ignore[misc]


def _names(session: Session, bodies: list[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """What every id in these wordings is called by, by field and id."""
    found: dict[tuple[str, int], str] = {}
    for field, column in _NAMED.items():
        ids = {body[field] for body in bodies if body.get(field) is not None}
        if ids:
            table = column.class_
            query = select(table.id, column).where(table.id.in_(ids))
            found.update({(field, row[0]): row[1] for row in session.execute(query)})
    return found


def _text(name: str, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    if name in _NAMED:
        return names.get((name, value), "") if value is not None else ""
    if name == "supports":
        told = [value] if isinstance(value, str) else [_edge(each) for each in value or ()]
        return ", ".join(told)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(" ".join(str(part) for part in each) for each in value)
    return str(value)[:10] if name == "confirmed_at" and value else str(value or "")


def _edge(told: Any) -> str:
    """A support as people write it: its key, and its weight where that is unusual."""
    _, key, weight = told
    return key if weight == 1 else f"{key} × {weight:g}"
