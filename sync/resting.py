"""Which objectives take their score from given key results, directly or by what supports them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import KeyResult, Objective, Support
from sync import bulk


def resting_on(
    session: Session, key_results: Collection[int], objectives: Collection[int] = ()
) -> set[int]:
    """The objectives whose scores are made of these key results, or of these objectives."""
    found: set[int] = set(objectives)
    for chunk in chunks(sorted(key_results)):
        owners = select(KeyResult.objective_id).where(KeyResult.id.in_(chunk))
        found.update(bulk.column(session, owners))
    new = found
    while new:
        new = _above(session, new) - found
        found |= new
    return found


def _above(session: Session, objectives: Collection[int]) -> set[int]:
    """The objectives that take these, or own a key result that does."""
    found: set[int] = set()
    for chunk in chunks(sorted(objectives)):
        mine = Support.objective_id.in_(chunk)
        takers = (
            select(Objective.id)
            .join(Support, Support.target_id == Objective.id)
            .where(mine, Support.target_kind == "objective", Objective.takes != "key_results")
        )
        owners = (
            select(KeyResult.objective_id)
            .join(Support, Support.target_id == KeyResult.id)
            .where(mine, Support.target_kind == "key_result")
            .where(KeyResult.progress_from == "supports")
        )
        found.update(bulk.column(session, takers), bulk.column(session, owners))
    return found
