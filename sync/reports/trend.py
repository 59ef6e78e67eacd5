"""How the scores of objectives went, as they were kept day by day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.store.tables import Cycle, Objective, ScoreDay, TrendTold
from sync import bulk


class Kept(NamedTuple):
    """When a score changed last on a day, and what it was then; ``rebuilt``: it was told later."""

    at: datetime
    score: float | None
    rebuilt: bool


Trend = list[Kept]
"""In the order of time."""


def trends(
    session: Session, cycle_key: str, keys: Collection[str], until: datetime
) -> dict[str, Trend]:
    """The trends of these objectives of a cycle, by key; nothing of those never scored.

    What was told of earlier days counts from when it was told: before, nobody knew it.
    """
    query = (
        select(Objective.key, ScoreDay.at, ScoreDay.score, ScoreDay.rebuilt)
        .join(Objective, Objective.id == ScoreDay.objective_id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .outerjoin(TrendTold, TrendTold.objective_id == Objective.id)
        .where(Cycle.key == cycle_key, Objective.key.in_(keys), ScoreDay.at <= until)
        .where(or_(ScoreDay.rebuilt.is_(False), TrendTold.told_at <= until))
        .order_by(Objective.key, ScoreDay.at)
    )
    found: dict[str, Trend] = defaultdict(list)
    for key, at, score, rebuilt in bulk.rows(session, query):
        found[key].append(Kept(at, score, rebuilt))
    return found
