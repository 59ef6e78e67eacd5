"""What a key result stands on, now or at a past instant: read once for all that is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger
from connector.errors import Refused
from connector.settings import Settings
from connector.store.tables import Cycle, KeyResult, Link, Objective, Reading, Revision
from sync.reports.key_results import Frame
from sync.reports.links import Places, places
from sync.reports.made import Made, frame_of
from sync.reports.past import snapshot_at, versions_of
from sync.reports.snapshot import Snapshot, snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One key result as it is stored (``row``) and as it was shown then (``shown``).

    ``whole``: the snapshot is that of the whole cycle. ``ever`` are all links it has or had, with
    the time since which each was read, and ``versions`` what each of them ever held.
    """

    row: KeyResult
    shown: Any
    objective: Any
    found: Snapshot
    whole: bool
    where: Places
    frame: Frame
    ever: Sequence[tuple[Link, datetime | None]]
    versions: Mapping[int, Sequence[ledger.Version]]

    @property
    def links(self) -> Sequence[Any]:
        """The links that stood."""
        return self.found.links.get(self.row.id, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When a key result is asked for: ``at`` is a past instant; ``made`` is what the cycle's report
    of now was made of, where that is known already."""

    now: datetime
    settings: Settings
    at: datetime | None = None
    made: Made | None = None


def ground(session: Session, cycle_key: str, key: str, asked: Asked) -> Ground:
    """All of it; raises ``Refused`` for what is not there, or was not recorded yet."""
    row, cycle = _find(session, cycle_key, key)
    made = asked.made if asked.at is None and _holds(asked.made, row) else None
    if made is not None:
        found, where = replace(made.snapshot, at=asked.now), made.where
        frame = replace(made.frame, now=asked.now)
    else:
        found, where = _snapshot(session, row, cycle, asked), places(session)
        frame = frame_of(session, found, where, asked.settings)
    (shown,) = [each for each in found.key_results if each.id == row.id]
    ever = _ever(session, row)
    return Ground(
        row=row,
        shown=shown,
        objective=_objective(found, shown),
        found=found,
        whole=made is not None,
        where=where,
        frame=frame,
        ever=ever,
        versions=versions_of(session, [link.id for link, _ in ever]),
    )


def _holds(made: Made | None, row: KeyResult) -> bool:
    """Whether a report shows a key result: one that is retired it does not."""
    return made is not None and any(each.id == row.id for each in made.snapshot.key_results)


def _objective(found: Snapshot, shown: Any) -> Any:
    objective = next((each for each in found.objectives if each.id == shown.objective_id), None)
    if objective is None:
        at = found.at.isoformat()
        raise Refused(f"the objective of {shown.key} was not recorded yet at {at}")
    return objective


def _snapshot(session: Session, row: KeyResult, cycle: Cycle, asked: Asked) -> Snapshot:
    """The key result now or then; raises ``Refused`` for a time of which nothing is known."""
    if asked.at is None:
        return snapshot(session, cycle, asked.now, only=[row.id])
    found = snapshot_at(session, cycle, asked.at, only=[row.id])
    if not found.rebuilt:
        _refuse_unrecorded(session, row, asked.at)
    return found


def _refuse_unrecorded(session: Session, row: KeyResult, at: datetime) -> None:
    """Before a key result was recorded there is nothing to tell, unless its links have a past."""
    known = select(Revision.id).where(
        Revision.kind == "key_result", Revision.subject_id == row.id, Revision.recorded_at <= at
    )
    if session.scalars(known.limit(1)).first() is None:
        raise Refused(f"{row.key} was not recorded yet at {at.isoformat()}")


def _ever(session: Session, row: KeyResult) -> list[tuple[Link, datetime | None]]:
    query = (
        select(Link, Reading.since)
        .outerjoin(Reading, Reading.link_id == Link.id)
        .where(Link.key_result_id == row.id)
    )
    return [(link, since) for link, since in session.execute(query.order_by(Link.id))]


def _find(session: Session, cycle_key: str, key: str) -> tuple[KeyResult, Cycle]:
    query = (
        select(KeyResult, Cycle)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, KeyResult.key == key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(_missing(session, cycle_key, key))
    key_result, cycle = found
    return key_result, cycle


def _missing(session: Session, cycle_key: str, key: str) -> str:
    query = (
        select(KeyResult.key)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, Objective.key == key)
    )
    children = session.scalars(query.order_by(KeyResult.position)).all()
    if children:
        return f"{key} is an objective; explain one of its key results: {', '.join(children)}"
    return f"there is no key result {key!r} in cycle {cycle_key}"
