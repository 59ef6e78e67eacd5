"""The links of a cycle that moved most since an instant, each with its whole ledger."""

import threading
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from connector import ledger
from connector.explained import MovementReport
from connector.ledger import REBUILT
from connector.okr import Measure
from connector.report import CycleReport, KeyResultReport, LinkReport
from connector.store import Store
from connector.store.tables import Contribution, Link, Reading
from sync import bulk, values
from sync.reports.explain import movement_reports
from sync.reports.past import TOLD

MOST = 16
"""Links that are told of: more than a short list shows."""
READ = 24
"""Links whose ledger is read: some are at hand where another one falls back."""
SLIDES = timedelta(minutes=10)
"""How far the week may go on before all links are compared anew."""


@dataclass(frozen=True, slots=True)
class Told:
    """The movements of one link as they were recorded, and those of its rebuilt past."""

    movements: tuple[MovementReport, ...]
    past: tuple[MovementReport, ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """How far a link moved for its size, by the work finished most of all."""

    rank: float
    told: Told


class Ranks:
    """The links of a cycle that moved most, compared anew only where one changed.

    Those not ``known`` moved no more than ``bound``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._stood: Mapping[int, Hashable] = {}
        self._known: dict[int, _Ranked] = {}
        self._bound = 0.0

    def most(self, session: Session, report: CycleReport, since: datetime) -> dict[int, Told]:
        """By link of the report, those that moved most first."""
        stands = {
            link.id: (place.moved_at, *_of(link))
            for place in _key_results(report)
            for link in place.links
        }
        with self._lock:
            near = self._since is not None and self._since <= since < self._since + SLIDES
            if near:
                self._follow(session, stands, since, report.as_of)
            if not near or not self._is_sure():
                self._known, self._bound, self._since = {}, 0.0, since
                self._take(session, list(stands), since, report.as_of)
            self._stood = stands
            return {key: each.told for key, each in self._first()}

    def _follow(
        self, session: Session, stands: Mapping[int, Hashable], since: datetime, until: datetime
    ) -> None:
        """What changed since is compared with what is known."""
        changed = [key for key, each in stands.items() if self._stood.get(key) != each]
        gone = (self._known.keys() - stands.keys()) | self._known.keys() & set(changed)
        self._known = {key: each for key, each in self._known.items() if key not in gone}
        if changed:
            self._take(session, changed, since, until)

    def _take(
        self, session: Session, links: Collection[int], since: datetime, until: datetime
    ) -> None:
        found = _ranked(session, links, since, until)
        self._known.update(found)
        if len(found) == READ:
            self._bound = max(self._bound, min(each.rank for each in found.values()))

    def _first(self) -> list[tuple[int, _Ranked]]:
        ordered = sorted(self._known.items(), key=lambda each: (-each[1].rank, each[0]))
        return ordered[:MOST]

    def _is_sure(self) -> bool:
        """Whether no other link may have moved more than the first of those known."""
        first = self._first()
        return not self._bound or (len(first) == MOST and first[-1][1].rank >= self._bound)


_of_stores: WeakKeyDictionary[Store, dict[str, Ranks]] = WeakKeyDictionary()
_opening = threading.Lock()


def ranks_of(store: Store, cycle: str) -> Ranks:
    """Those kept of a cycle as it stands now."""
    with _opening:
        return _of_stores.setdefault(store, {}).setdefault(cycle, Ranks())


def moved_most(
    session: Session, report: CycleReport, since: datetime, ranks: Ranks | None = None
) -> Mapping[int, Told]:
    """By link of a report: one statement, however many links moved.

    Which moved most is judged by the work finished for its size; the sums are then exact.
    """
    return (ranks or Ranks()).most(session, report, since)


def _key_results(report: CycleReport) -> Iterator[KeyResultReport]:
    for team in report.teams:
        for objective in team.objectives:
            yield from objective.key_results


def _of(link: LinkReport) -> tuple[Hashable, ...]:
    """What of a link tells whether it moved, or its past was told."""
    return link.done, link.total, link.reading, link.items, link.history_from


def _ranked(
    session: Session, links: Collection[int], since: datetime, until: datetime
) -> dict[int, _Ranked]:
    if not links:
        return {}
    most = _most(bulk.among(session, Link.id, links), since, until).subquery()
    query = (
        select(*TOLD, Link.rule, most.c.rank)
        .join(most, most.c.link_id == Contribution.link_id)
        .join(Link, Link.id == Contribution.link_id)
        .where(Contribution.recorded_at <= until)
    )
    versions: dict[int, list[ledger.Version]] = defaultdict(list)
    first: dict[int, Any] = {}
    for row in bulk.rows(session, query):
        versions[row.link_id].append(values.version(row))
        first.setdefault(row.link_id, row)
    return {
        key: _Ranked(row.rank, _told(values.rule(row).measure, versions[key]))
        for key, row in first.items()
    }


def _told(measure: Measure, versions: Sequence[ledger.Version]) -> Told:
    return Told(
        movement_reports(ledger.movements(measure, versions)),
        movement_reports(ledger.rebuilt(measure, versions)),
    )


def _most(links: ColumnElement[bool], since: datetime, until: datetime) -> Select[Any]:
    after, before = aliased(Contribution), aliased(Contribution)
    same = and_(
        before.link_id == after.link_id,
        before.item_id == after.item_id,
        before.replaced_at == after.recorded_at,
    )
    rebuilt = after.cause.in_(REBUILT)
    seen = and_(~rebuilt, after.recorded_at > Reading.since)
    lately = and_(after.recorded_at >= since, after.recorded_at <= until)
    done = func.abs(func.sum(_counted(after, after.done) - _counted(before, before.done)))
    total = func.abs(func.sum(_counted(after, after.total) - _counted(before, before.total)))
    size = func.coalesce(Reading.total, func.abs(Reading.value), 1.0)
    rank: ColumnElement[Any] = (done + total / 4) / case((size < 1, 1.0), else_=size)
    return (
        select(after.link_id, rank.label("rank"))
        .join(Link, Link.id == after.link_id)
        .join(Reading, Reading.link_id == after.link_id)
        .outerjoin(before, same)
        # A reading that did not change since then has not moved.
        .where(links, Link.ended_at.is_(None), Reading.computed_at >= since)
        .where(lately, or_(seen, and_(rebuilt, after.valid_from >= since)))
        .group_by(after.link_id, Reading.total, Reading.value)
        .order_by(rank.desc(), after.link_id)
        .limit(READ)
    )


def _counted(version: Any, amount: Any) -> ColumnElement[float]:
    """What an item adds while it counts."""
    return case((version.included, amount), else_=0.0)
