"""How much of a cycle's work serves a key result, week by week, and the items that serve none."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, dropwhile

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from connector import pace
from connector.coverage import CoverageReport, Work
from connector.settings import Settings
from connector.store.chunks import chunks
from connector.store.tables import Connection, Contribution, Item, KeyResult, Link, Objective
from integrations.tracker import Tracker
from sync.reports.coverage import Frame, frame_of, report
from sync.reports.works import works

LONGEST = 5000
"""Places, and entries of the other lists, that are told."""


@dataclass(frozen=True, slots=True)
class WeekReport:
    """At the end of a week: how much of the work known today was there, and how much was tied."""

    until: datetime
    total: int
    tied: int

    @property
    def share(self) -> float | None:
        """The share that was tied; None before there was any."""
        return self.tied / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Untied:
    """An item that serves no key result: its id, and where it lies."""

    id: int
    connection: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UntiedItem:
    """The same as people see it."""

    id: int
    tracker: str
    connection: str
    place: str
    key: str
    title: str
    url: str
    status: str
    type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Covered:
    """All of it; ``untied`` are those of the places with most of them first, then the newest.
    ``weeks`` begin with the first in which anything was linked."""

    report: CoverageReport
    weeks: tuple[WeekReport, ...]
    untied: tuple[Untied, ...]


@dataclass(slots=True)
class _Seen:
    """What is kept of work that passes by: how much came within each week, and what is untied."""

    ends: Sequence[datetime]
    since: Mapping[int, datetime]
    totals: list[int] = field(default_factory=list)
    tied: list[int] = field(default_factory=list)
    untied: list[tuple[datetime, Untied]] = field(default_factory=list)

    def through(self, found: Iterable[Work]) -> Iterator[Work]:
        """The same work, looked at."""
        self.totals, self.tied = [0] * (len(self.ends) + 1), [0] * (len(self.ends) + 1)
        for work in found:
            self.totals[bisect_left(self.ends, work.created_at)] += 1
            if work.tied:
                linked = max(work.created_at, self.since.get(work.id, work.created_at))
                self.tied[bisect_left(self.ends, linked)] += 1
            else:
                lies = Untied(work.id, work.connection, work.place)
                self.untied.append((work.created_at, lies))
            yield work

    def weeks(self) -> Iterator[WeekReport]:
        """What had come until the end of each week."""
        sums = zip(self.ends, accumulate(self.totals), accumulate(self.tied), strict=False)
        return (WeekReport(*each) for each in sums)


def covered(
    session: Session,
    cycle_key: str,
    *,
    now: datetime,
    settings: Settings,
    trackers: Mapping[str, Tracker],
) -> Covered:
    """A cycle's work as it is tied to key results, gone through once; raises ``Refused``."""
    frame = frame_of(session, cycle_key, now=now, settings=settings)
    seen = _Seen(tuple(_ends(frame)), _since(session, frame.cycle.id))
    found = seen.through(works(session, frame.cycle.id, frame.period, trackers))
    made = report(session, frame, found, longest=LONGEST)
    order = {(each.connection, each.place): number for number, each in enumerate(made.places)}
    newest = sorted(seen.untied, key=lambda each: each[0], reverse=True)
    untied = sorted(newest, key=lambda each: order.get((each[1].connection, each[1].place), -1))
    weeks = dropwhile(lambda week: not week.tied, seen.weeks())
    return Covered(made, tuple(weeks), tuple(each for _, each in untied))


def _ends(frame: Frame) -> Iterator[datetime]:
    """The ends of the cycle's weeks until now, the last one as far as it is."""
    period, zone = frame.period, frame.settings.zone
    last = min(frame.now, period.end)
    monday = frame.cycle.start + timedelta(days=7 - frame.cycle.start.weekday())
    while (end := pace.day_begins(monday, zone)) < last:
        yield end
        monday += timedelta(days=7)
    if last > period.begin:
        yield last


def _since(session: Session, cycle_id: int) -> dict[int, datetime]:
    """When each item was first held by a link that stands in the cycle."""
    first = func.min(Contribution.recorded_at)
    query: Select[int, datetime] = (
        select(Contribution.item_id, first)
        .join(Link, Link.id == Contribution.link_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Contribution.in_scope, Link.ended_at.is_(None))
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
        .where(KeyResult.retired.is_(False))
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Contribution.item_id))}


def matching(session: Session, words: str) -> frozenset[int]:
    """The items whose key or title holds some words, in any case."""
    holds = Item.title.icontains(words, autoescape=True) | Item.key.icontains(
        words, autoescape=True
    )
    return frozenset(session.scalars(select(Item.id).where(holds, Item.gone_at.is_(None))))


def items(session: Session, wanted: Sequence[Untied]) -> Iterator[UntiedItem]:
    """Items as people see them, in the order they are asked for."""
    rows = {}
    for chunk in chunks([each.id for each in wanted]):
        query = select(Item, Connection).join(Connection, Connection.id == Item.connection_id)
        rows.update(
            {row.id: (row, at) for row, at in session.execute(query.where(Item.id.in_(chunk)))}
        )
    for each in wanted:
        if each.id not in rows:
            continue
        row, at = rows[each.id]
        names = ("id", "place", "key", "title", "url", "status", "type", "created_at")
        shown = {name: getattr(row, name) for name in names}
        yield UntiedItem(tracker=at.tracker, connection=at.name, **shown)
