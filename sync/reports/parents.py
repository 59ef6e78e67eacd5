"""Parents that links name: what counts are the items below them, and those lead upwards."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from connector.attribution import AboveReport, Named
from connector.store.chunks import chunks
from connector.store.tables import Cycle, Item, KeyResult, Link, Objective
from sync.reports.ancestry import ancestry
from sync.reports.person import AT_MOST, OPEN_CYCLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Upward:
    """A key result's way up; ``teams`` begin with the objective's own and end with the company."""

    cycle: str
    key_result: Named
    objective: Named
    above: tuple[AboveReport, ...]
    teams: tuple[Named, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A key result of an open cycle, and its cycle, by id, and the way up from it."""

    key_result: int
    cycle: int
    upward: Upward


def carried(session: Session, items: Collection[int]) -> dict[int, tuple[Carried, ...]]:
    """By item the key results that links with it as their parent serve."""
    found: dict[int, list[tuple[KeyResult, Objective, Cycle]]] = defaultdict(list)
    for chunk in chunks(items, size=AT_MOST):
        root = and_(Link.connection_id == Item.connection_id, Link.root_id == Item.external_id)
        query = (
            select(Item.id, KeyResult, Objective, Cycle)
            .join(Link, root)
            .join(KeyResult, KeyResult.id == Link.key_result_id)
            .join(Objective, Objective.id == KeyResult.objective_id)
            .join(Cycle, Cycle.id == KeyResult.cycle_id)
            .where(Item.id.in_(chunk), Link.ended_at.is_(None), Objective.state == "active")
            .where(Cycle.state.in_(OPEN_CYCLES))
            .order_by(Cycle.start.desc(), KeyResult.key)
        )
        for item, key_result, objective, cycle in session.execute(query):
            found[item].append((key_result, objective, cycle))
    above = ancestry(session, [row[1] for rows in found.values() for row in rows])
    return {
        item: tuple(
            Carried(
                key_result=key_result.id,
                cycle=cycle.id,
                upward=Upward(
                    cycle=cycle.key,
                    key_result=Named(key_result.key, key_result.title),
                    objective=Named(objective.key, objective.title),
                    above=above.above(objective.id),
                    teams=above.teams(objective.team_id),
                ),
            )
            for key_result, objective, cycle in rows
        )
        for item, rows in found.items()
    }
