"""How the scores of objectives went, as they were kept day by day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Cycle, Objective, ScoreDay
from sync import bulk

Trend = list[tuple[datetime, float | None]]
"""When a score changed last on a day, and what it was then; in this order."""


def trends(
    session: Session, cycle_key: str, keys: Collection[str], until: datetime
) -> dict[str, Trend]:
    """The trends of these objectives of a cycle, by key; nothing of those never scored."""
    query = (
        select(Objective.key, ScoreDay.at, ScoreDay.score)
        .join(Objective, Objective.id == ScoreDay.objective_id)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .where(Cycle.key == cycle_key, Objective.key.in_(keys), ScoreDay.at <= until)
        .order_by(Objective.key, ScoreDay.at)
    )
    found: dict[str, Trend] = defaultdict(list)
    for key, at, score in bulk.rows(session, query):
        found[key].append((at, score))
    return found
