"""How far a new installation has come on the way to its first score."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Cycle, KeyResult, Link, Objective, Score, Team
from sync.reports.cycles import current_cycle


@dataclass(frozen=True, slots=True)
class Step:
    """A key result that the next step is about; ``score`` where it has one."""

    cycle: str
    team: str
    key: str
    title: str
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is there already: connections, a cycle with key results, links, and a score by work.

    ``unlinked`` is the first key result that nothing is linked to, ``waiting`` the first linked one
    without a score, ``scored`` the first with one.
    """

    connections: tuple[str, ...]
    cycle: str | None
    key_results: int
    links: int
    unlinked: Step | None
    waiting: Step | None
    scored: Step | None

    @property
    def done(self) -> int:
        """How many of the four steps are done."""
        return sum(
            map(bool, (self.connections, self.key_results, self.links, self.scored is not None))
        )


def beginning(session: Session, today: date, *, drafts: bool = True) -> Beginning:
    """How far it is, of the cycle today lies in; without ``drafts`` of one that is no draft."""
    names = select(Connection.name).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    current = current_cycle(session, today, drafts=drafts)
    cycle = current.key if current else ""
    linked = Link.ended_at.is_(None)
    has_link = select(Link.id).where(Link.key_result_id == KeyResult.id, linked).exists()
    links = select(func.count()).select_from(Link).join(KeyResult).join(Cycle)
    key_results = select(func.count()).select_from(_of(cycle).subquery())
    return Beginning(
        connections=tuple(session.scalars(names)),
        cycle=current.key if current else None,
        key_results=session.scalar(key_results) or 0,
        links=session.scalar(links.where(linked, Cycle.key == cycle)) or 0,
        unlinked=_first(session, _of(cycle).where(~has_link, KeyResult.value.is_(None))),
        waiting=_first(session, _of(cycle).where(has_link, Score.score.is_(None))),
        scored=_first(session, _of(cycle).where(has_link, Score.score.is_not(None))),
    )


def _of(cycle: str) -> Select[*tuple[Any, ...]]:
    """The key results that count in a cycle, in the order of the plan."""
    mine = (Score.kind == "key_result") & (Score.subject_id == KeyResult.id)
    named = (Cycle.key, Team.key.label("team"), KeyResult.key.label("key"), KeyResult.title)
    return (
        select(*named, Score.score)
        .select_from(KeyResult)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Team, Team.id == Objective.team_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .outerjoin(Score, mine & (Score.cycle_id == Cycle.id))
        .where(Cycle.key == cycle, Objective.state == "active", KeyResult.retired.is_(False))
        .order_by(Objective.position, KeyResult.position, KeyResult.id)
    )


def _first(session: Session, query: Select[*tuple[Any, ...]]) -> Step | None:
    found = session.execute(query.limit(1)).first()
    return Step(*found) if found else None
