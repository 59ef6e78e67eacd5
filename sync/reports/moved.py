"""Which key results of a cycle moved of late, and which are carried by objectives below."""

from datetime import datetime

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import Session, aliased

from connector.ledger import REBUILT
from connector.store.tables import (
    Contribution,
    KeyResult,
    Link,
    Objective,
    Override,
    Support,
    Typed,
)


def moved(session: Session, cycle_id: int, since: datetime) -> set[int]:
    """The key results that work, scope, a rule or a person moved since, by what was recorded."""
    after, before = aliased(Contribution), aliased(Contribution)
    same = and_(
        before.link_id == after.link_id,
        before.item_id == after.item_id,
        before.replaced_at == after.recorded_at,
    )
    other = or_(before.done != after.done, before.total != after.total)
    by_work = (
        select(Link.key_result_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(after, after.link_id == Link.id)
        .outerjoin(before, same)
        .where(KeyResult.cycle_id == cycle_id, KeyResult.retired.is_(False))
        .where(Link.ended_at.is_(None))
        .where(after.recorded_at >= since, after.cause.not_in(REBUILT))
        .where(
            or_(
                and_(before.id.is_(None), after.included),
                before.included != after.included,
                and_(before.included, after.included, other),
            )
        )
    )
    words = or_(Override.made_at >= since, Override.ended_at >= since)
    found = union(by_work, select(Typed.key_result_id).where(Typed.made_at >= since),
                  select(Override.key_result_id).where(words))  # fmt: skip
    return set(session.scalars(found))


def supported(session: Session, cycle_id: int) -> set[int]:
    """The key results that an active objective supports."""
    query = (
        select(Support.target_id)
        .join(Objective, Objective.id == Support.objective_id)
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
        .where(Support.target_kind == "key_result")
    )
    return set(session.scalars(query))
