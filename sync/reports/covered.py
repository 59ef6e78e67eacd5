"""How much of a cycle's work serves a key result, by place and week by week."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, dropwhile

from sqlalchemy.orm import Session

from connector import pace
from connector.coverage import CoverageReport, PlaceReport
from connector.settings import Settings
from integrations.tracker import Tracker
from sync.reports.coverage import Frame, frame_of, places, report
from sync.reports.tallied import Place, Tally, tallies
from sync.reports.works import Ordinary, ordinary

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
class Covered:
    """All of it, in the ``cycle`` of that id; ``places`` are all there are, those with the most
    untied work first. ``weeks`` begin with the first in which anything was linked."""

    report: CoverageReport
    weeks: tuple[WeekReport, ...]
    cycle: int
    work: Ordinary
    places: tuple[tuple[Place, PlaceReport], ...]


def covered(
    session: Session,
    cycle_key: str,
    *,
    now: datetime,
    settings: Settings,
    trackers: Mapping[str, Tracker],
) -> Covered:
    """A cycle's work as it is tied to key results; raises ``Refused``."""
    frame = frame_of(session, cycle_key, now=now, settings=settings)
    cycle, ends = frame.cycle.id, tuple(_ends(frame))
    work = ordinary(session, frame.period, trackers)
    found = list(tallies(session, cycle, work, ends))
    shown = places(work, found)
    made = report(session, frame, [each for _, each in shown], longest=LONGEST)
    weeks = dropwhile(lambda week: not week.tied, _weeks(ends, found))
    return Covered(made, tuple(weeks), cycle, work, tuple(shown))


def _weeks(ends: Sequence[datetime], found: Iterable[Tally]) -> Iterator[WeekReport]:
    """What had come, and what had been tied, until the end of each week."""
    totals, tied = [0] * (len(ends) + 1), [0] * (len(ends) + 1)
    for each in found:
        totals[each.came] += each.number
        if each.tied is not None:
            tied[each.tied] += each.number
    sums = zip(ends, accumulate(totals), accumulate(tied), strict=False)
    return (WeekReport(*each) for each in sums)


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
