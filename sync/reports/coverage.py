"""Where a cycle's work and key results miss each other, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from connector import coverage as counting
from connector import pace
from connector.attribution import Named
from connector.coverage import (
    CoverageReport,
    EmptyLinkReport,
    Period,
    PlaceReport,
    Stillness,
    StillReport,
    UnsizedLinkReport,
)
from connector.errors import Refused
from connector.settings import Settings
from connector.store.tables import Cycle, KeyResult, Link, Objective, Reading, Score, Team
from integrations.tracker import Tracker
from sync.reports.counted import counted_twice, unsized
from sync.reports.moved import moved, supported
from sync.reports.tallied import Place, Tally, newest, tallies
from sync.reports.works import Ordinary, ordinary

STILL = timedelta(days=14)
"""How long a key result may go without a movement."""
LONGEST = 100
"""Entries of a list that are shown."""
RUNNING = ("active", "review")


@dataclass(frozen=True, slots=True)
class Frame:
    """When, and within which time, a cycle is looked at."""

    cycle: Cycle
    now: datetime
    settings: Settings

    @property
    def period(self) -> Period:
        """The cycle in the organisation's time zone."""
        over = self.cycle.end + timedelta(days=1)
        zone = self.settings.zone
        return Period(pace.day_begins(self.cycle.start, zone), pace.day_begins(over, zone))

    @property
    def since(self) -> datetime:
        """The instant from which on something should have moved."""
        return self.now - STILL

    def expects_movement(self, row: Row[*tuple[Any, ...]], period: Period) -> bool:
        """Whether a key result has been under way for as long, and is not there yet."""
        zone = self.settings.zone
        begin = pace.day_begins(row.start_date, zone) if row.start_date else period.begin
        over = row.end_date + timedelta(days=1) if row.end_date else None
        end = pace.day_begins(over, zone) if over else period.end
        is_running = self.cycle.state in RUNNING and begin <= self.since and self.now < end
        return is_running and (row.progress is None or row.progress < 1)


def coverage(
    session: Session,
    cycle_key: str,
    *,
    now: datetime,
    settings: Settings,
    trackers: Mapping[str, Tracker],
) -> CoverageReport:
    """A cycle's work and key results where they miss each other; raises ``Refused``."""
    frame = frame_of(session, cycle_key, now=now, settings=settings)
    cycle, work = frame.cycle.id, ordinary(session, frame.period, trackers)
    keys = newest(session, cycle, work)
    found = places(work, tallies(session, cycle, work))
    return report(session, frame, [replace(each, newest=keys.get(at, ())) for at, each in found])


def frame_of(session: Session, cycle_key: str, *, now: datetime, settings: Settings) -> Frame:
    """The cycle of that key, as it is looked at now; raises ``Refused``."""
    cycle = session.scalars(select(Cycle).where(Cycle.key == cycle_key)).one_or_none()
    if cycle is None:
        raise Refused(f"there is no cycle {cycle_key!r}")
    return Frame(cycle, now, settings)


def places(work: Ordinary, found: Iterable[Tally]) -> list[tuple[Place, PlaceReport]]:
    """The work by project or repository, with the most untied work first."""
    sums: dict[Place, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        sums[each.place][0] += each.number
        sums[each.place][1] += each.number if each.tied is None else 0
    reports = [(at, _place(work, at, *both)) for at, both in sums.items()]
    return sorted(reports, key=lambda each: counting.order(each[1]))


def _place(work: Ordinary, at: Place, total: int, untied: int) -> PlaceReport:
    tracker, name = work.names[at[0]]
    return PlaceReport(
        tracker=tracker, connection=name, place=at[1], untied=untied, total=total, newest=()
    )


def report(
    session: Session, frame: Frame, found: Sequence[PlaceReport], *, longest: int = LONGEST
) -> CoverageReport:
    """What all the work of a cycle comes to; lists are cut at the ``longest``."""
    cycle = frame.cycle
    key_results, links = _key_results(session, cycle.id), _links(session, cycle.id)
    named = {row.id: Named(row.key, row.title) for row in key_results}
    twice, of_twice = counted_twice(session, cycle.id, longest)
    lists: dict[str, Sequence[Any]] = {
        "places": found,
        "still": _still(session, frame, key_results, links),
        "twice": twice,
        "empty": _empty(links, named),
        "unsized": _unsized(session, cycle.id, links, named),
    }
    lengths = {**{name: len(each) for name, each in lists.items()}, "twice": of_twice}
    return CoverageReport(
        as_of=frame.now,
        cycle=cycle.key,
        untied=sum(each.untied for each in lists["places"]),
        total=sum(each.total for each in lists["places"]),
        **{name: tuple(each[:longest]) for name, each in lists.items()},
        cut=tuple((name, length) for name, length in lengths.items() if length > longest),
    )


def _key_results(session: Session, cycle_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    score = (Score.kind == "key_result") & (Score.cycle_id == cycle_id)
    query = (
        select(
            KeyResult.id,
            KeyResult.key,
            KeyResult.title,
            KeyResult.start_date,
            KeyResult.end_date,
            KeyResult.progress_from,
            Score.value,
            Score.progress,
            Objective.key.label("objective"),
            Objective.title.label("objective_title"),
            Team.key.label("team"),
        )
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Team, Team.id == Objective.team_id)
        .outerjoin(Score, score & (Score.subject_id == KeyResult.id))
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
        .where(KeyResult.retired.is_(False))
        .order_by(Team.position, Team.id, Objective.position, KeyResult.position, KeyResult.id)
    )
    return session.execute(query).all()


def _links(session: Session, cycle_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(
            Link.id,
            Link.scope,
            Link.key_result_id,
            Link.created_at,
            Link.looked_at,
            Reading.items,
            Reading.excluded,
            Reading.coverage,
        )
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .outerjoin(Reading, Reading.link_id == Link.id)
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
        .where(KeyResult.retired.is_(False))
        .where(Link.ended_at.is_(None))
        .order_by(KeyResult.key, Link.position, Link.id)
    )
    return session.execute(query).all()


def _still(
    session: Session,
    frame: Frame,
    rows: Sequence[Row[*tuple[Any, ...]]],
    links: Sequence[Row[*tuple[Any, ...]]],
) -> list[StillReport]:
    made: dict[int, list[datetime]] = defaultdict(list)
    for link in links:
        made[link.key_result_id].append(link.created_at)
    carried = supported(session, frame.cycle.id)
    active = moved(session, frame.cycle.id, frame.since)
    found, period = [], frame.period
    for row in rows:
        why: Stillness | None = None
        since = made.get(row.id)
        if row.progress_from == "supports":
            why = None if row.id in carried else "unsupported"
        elif since is None and row.value is None:
            why = "no_source"
        elif row.id not in active and (since is None or min(since) <= frame.since):
            why = "unmoved" if frame.expects_movement(row, period) else None
        if why is not None:
            found.append(_report(row, why))
    return found


def _report(row: Row[*tuple[Any, ...]], why: Stillness) -> StillReport:
    return StillReport(
        key_result=Named(row.key, row.title),
        objective=Named(row.objective, row.objective_title),
        team=row.team,
        why=why,
        days=STILL.days,
    )


def _empty(
    links: Sequence[Row[*tuple[Any, ...]]], named: Mapping[int, Named]
) -> list[EmptyLinkReport]:
    """Links that were read: what was not says so by itself."""
    return [
        EmptyLinkReport(
            link=row.id, scope=row.scope, key_result=named[row.key_result_id], items=row.items
        )
        for row in links
        if row.looked_at is not None and row.items is not None and row.items == row.excluded
    ]


def _unsized(
    session: Session,
    cycle_id: int,
    links: Sequence[Row[*tuple[Any, ...]]],
    named: Mapping[int, Named],
) -> list[UnsizedLinkReport]:
    lacking = unsized(session, cycle_id, counting.NEWEST)
    return [
        UnsizedLinkReport(
            link=row.id,
            scope=row.scope,
            key_result=named[row.key_result_id],
            coverage=row.coverage,
            unsized=lacking[row.id].number,
            keys=lacking[row.id].keys,
        )
        for row in links
        if row.id in lacking and row.coverage is not None
    ]
