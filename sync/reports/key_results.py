"""A key result as people see it: value, progress, health, and one sentence when unusual."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector import okr, pace
from connector.report import Health, KeyResultReport, LinkReport
from connector.settings import Settings
from connector.store.tables import KeyResult, Score
from sync import values


@dataclass(frozen=True, slots=True)
class Frame:
    """When and within which cycle a report is made."""

    cycle: okr.Cycle
    now: datetime
    settings: Settings

    def elapsed(self, start: date | None = None, end: date | None = None) -> float:
        """The elapsed share of the cycle, or of a key result's own dates."""
        first, last = start or self.cycle.start, end or self.cycle.end
        return pace.elapsed(first, last, self.now, self.settings.zone)


def key_result_report(
    frame: Frame,
    row: KeyResult,
    score: Score | None,
    *,
    kind: okr.ObjectiveKind,
    owner: str | None,
    links: tuple[LinkReport, ...],
) -> KeyResultReport:
    """One key result with its links; ``kind`` is its objective's."""
    expected = pace.expected(frame.elapsed(row.start_date, row.end_date), pace.pass_mark(kind))
    progress = score.progress if score else None
    partial = bool(score and score.partial)
    return KeyResultReport(
        key=row.key,
        title=row.title,
        kind=row.kind,
        start=row.start,
        target=row.target,
        limits=values.key_result(row).limits,
        unit=row.unit,
        weight=row.weight,
        guardrail=row.guardrail,
        owner=owner,
        value=score.value if score else None,
        progress=progress,
        score=score.score if score else None,
        expected=expected,
        health=_health(frame, row, progress, expected=expected, links=links),
        partial=partial,
        reason=_reason(
            links,
            has_value=score is not None and score.value is not None,
            zone=frame.settings.zone,
        ),
        as_of=_as_of(row, links),
        links=links,
    )


def _health(
    frame: Frame,
    row: KeyResult,
    progress: float | None,
    *,
    expected: float,
    links: tuple[LinkReport, ...],
) -> Health:
    start = row.start_date or frame.cycle.start
    return pace.health(
        values.key_result(row),
        progress,
        expected=expected,
        # A link without a reading makes the number partial; one with an old reading makes it old.
        stale=any(link.stale for link in links if link.reading is not None),
        started=pace.has_started(start, frame.now, frame.settings.zone),
    )


def _as_of(row: KeyResult, links: tuple[LinkReport, ...]) -> datetime | None:
    seen = [link.as_of for link in links if link.as_of is not None]
    return min(seen) if seen else row.value_at


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d %b %H:%M %Z")


def _reason(links: tuple[LinkReport, ...], *, has_value: bool, zone: ZoneInfo) -> str:
    if not has_value and not links:
        return "unknown: no link and no value yet"
    unknown = [link for link in links if link.reading is None]
    why = next((link.error for link in unknown if link.error), None)
    if not has_value:
        return f"unknown: {why or 'no reading yet'}"
    if unknown:
        return f"partial: {len(unknown)} of {len(links)} links unknown ({why or 'no reading yet'})"
    old = next((link for link in links if link.stale), None)
    if old is not None:
        since = _day(old.as_of, zone) if old.as_of else "the start"
        return f"unknown: no word from {old.scope} since {since}"
    return next((link.error for link in links if link.error), None) or ""
