"""Scores from readings by the rules of the plan of these tests, the plainest there are."""

import math
from collections.abc import Iterator, Mapping
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import KeyResult, Link, Objective, Reading, Score


def scored(session: Session) -> Iterator[str]:
    """Where a stored score is not what the readings come to.

    A key result has one link, a start of 0 and a weight of 1, unless a test made others: those
    are left to the audit.
    """
    stored = {(row.kind, row.subject_id): row.score for row in session.scalars(select(Score)).all()}
    wanted = _key_results(session)
    for row in session.scalars(select(KeyResult).order_by(KeyResult.id)):
        if row.id in wanted and not _same(stored.get(("key_result", row.id)), wanted[row.id]):
            held = stored.get(("key_result", row.id))
            yield f"{row.key} scores {held} and should score {wanted[row.id]}"
    yield from _objectives(session, stored, wanted)


def _key_results(session: Session) -> dict[int, float | None]:
    rows = select(Link, Reading, KeyResult).where(
        Reading.link_id == Link.id, KeyResult.id == Link.key_result_id, Link.ended_at.is_(None)
    )
    found: dict[int, list[float | None]] = {}
    for link, reading, key_result in session.execute(rows):
        found.setdefault(key_result.id, []).append(_progress(link, reading, key_result))
    return {key: several[0] for key, several in found.items() if len(several) == 1}


def _progress(link: Link, reading: Reading, key_result: KeyResult) -> float | None:
    if reading.value is None or key_result.target is None:
        return None
    value = reading.value * (100 if link.rule["measure"]["aggregate"] is None else 1)
    return min(1.0, max(0.0, value / key_result.target))


def _objectives(
    session: Session,
    stored: Mapping[tuple[str, int], float | None],
    wanted: Mapping[int, float | None],
) -> Iterator[str]:
    for row in session.scalars(select(Objective).order_by(Objective.id)):
        query = select(KeyResult.id).where(KeyResult.objective_id == row.id)
        mine = session.scalars(query).all()
        if not mine or any(wanted.get(each) is None for each in mine):
            continue  # what an unknown number does to others is the audit's
        score = fmean(wanted[each] or 0.0 for each in mine)
        if not _same(stored.get(("objective", row.id)), score):
            yield f"{row.key} scores {stored.get(('objective', row.id))} and should score {score}"


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, abs_tol=1e-9)
