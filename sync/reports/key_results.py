"""A key result as people see it: value, progress, health, and one sentence when unusual."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from connector import okr, pace
from connector.mapping import FieldMapping
from connector.policy import Policy
from connector.report import Health, KeyResultReport, LinkReport, OverrideReport
from connector.settings import Settings
from connector.store.tables import KeyResult, Override
from sync import values
from sync.reports.stored import Said
from sync.standings import Standing

NOTHING = Standing()


@dataclass(frozen=True, slots=True)
class Frame:
    """When, within which cycle and by which policy a report is made.

    ``working_days`` are those that field mappings give, by connection id.
    """

    cycle: okr.Cycle
    now: datetime
    settings: Settings
    policy: Policy
    working_days: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        """Whether the cycle is closed: its numbers stay, however old they grow."""
        return self.cycle.state == "closed"

    def elapsed(
        self,
        start: date | None = None,
        end: date | None = None,
        days: frozenset[int] | None = None,
    ) -> float:
        """The elapsed share of the cycle, or of a key result's own dates."""
        first, last = start or self.cycle.start, end or self.cycle.end
        counted = self.policy.working_days if days is None else days
        return pace.elapsed(
            first,
            last,
            self.now,
            self.settings.zone,
            days=counted,
            holidays=self.policy.holidays,
        )

    def expected(
        self, definition: okr.KeyResult, kind: okr.ObjectiveKind, days: frozenset[int] | None
    ) -> float:
        """The progress a key result should have made by now."""
        e = self.elapsed(definition.start_date, definition.end_date, days)
        curve = pace.curve(definition, e, now=self.now, zone=self.settings.zone)
        return pace.expected(curve, pace.pass_mark(kind, self.policy))

    def health(
        self, definition: okr.KeyResult, progress: float | None, *, expected: float, stale: bool
    ) -> Health:
        """How a key result of this progress is doing."""
        start = definition.start_date or self.cycle.start
        return pace.health(
            definition,
            progress,
            expected=expected,
            stale=stale and not self.is_final,
            started=pace.has_started(start, self.now, self.settings.zone),
            thresholds=self.policy.thresholds,
        )


def working_days(mappings: Mapping[int, FieldMapping]) -> dict[int, frozenset[int]]:
    """The working days that mappings of connections give."""
    given = {key: each.words.working_days for key, each in mappings.items()}
    return {key: days for key, days in given.items() if days is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a key result's report shows beside its own row.

    ``stale``: its links' readings, or the numbers of what supports it, are old. ``changed`` is
    when the numbers of its links last did.
    """

    kind: okr.ObjectiveKind
    owner: str | None
    links: tuple[LinkReport, ...]
    override: Override | Said | None = None
    confidence: int | None = None
    days: frozenset[int] | None = None
    stale: bool = False
    blockers: str = ""
    changed: datetime | None = None


def key_result_report(
    frame: Frame, row: KeyResult, number: Standing | None, beside: Beside
) -> KeyResultReport:
    """One key result with its links; ``beside.kind`` is its objective's."""
    shown, definition, links = number or NOTHING, values.key_result(row), beside.links
    expected = frame.expected(definition, beside.kind, beside.days)
    # A person's word does not age.
    stale = beside.override is None and beside.stale
    return KeyResultReport(
        key=row.key,
        title=row.title,
        kind=row.kind,
        start=row.start,
        target=row.target,
        limits=definition.limits,
        unit=row.unit,
        weight=row.weight,
        guardrail=row.guardrail,
        owner=beside.owner,
        value=shown.value,
        progress=shown.progress,
        score=shown.score,
        expected=expected,
        health=frame.health(definition, shown.progress, expected=expected, stale=stale),
        partial=shown.partial,
        reason=_reason(frame, row, shown, beside),
        as_of=_as_of(row, links),
        links=links,
        computed=shown.computed,
        override=_override(beside.override),
        capped=shown.capped,
        confidence=beside.confidence,
        progress_from=row.progress_from,
        blockers=beside.blockers,
        moved_at=_moved_at(row, beside),
    )


def days_of(frame: Frame, connection_ids: Iterable[int | None]) -> frozenset[int] | None:
    """The working days of the first connection that has some."""
    found = (frame.working_days.get(each or 0) for each in connection_ids)
    return next((days for days in found if days is not None), None)


def _moved_at(row: KeyResult, beside: Beside) -> datetime | None:
    """When the links' numbers last changed, or somebody last gave a value."""
    said = beside.override.made_at if beside.override else None
    return max((each for each in (beside.changed, row.value_at, said) if each), default=None)


def _override(row: Override | Said | None) -> OverrideReport | None:
    if row is None:
        return None
    return OverrideReport(
        value=row.value, reason=row.reason, author=row.author, made_at=row.made_at, until=row.until
    )


def _as_of(row: KeyResult, links: tuple[LinkReport, ...]) -> datetime | None:
    seen = [link.as_of for link in links if link.as_of is not None]
    return min(seen) if seen else row.value_at


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%d %b %H:%M %Z")


def _reason(frame: Frame, row: KeyResult, shown: Standing, beside: Beside) -> str:
    if beside.override is not None:
        return _said(beside.override)
    if row.progress_from == "supports":
        return _supported(shown, stale=beside.stale and not frame.is_final)
    if beside.links and all(link.rebuilt for link in beside.links):
        return "told from the tracker's own history: it was linked only later"
    reason = _of_links(frame, beside.links, has_value=shown.value is not None)
    if not reason and shown.capped:
        return "held at 95 % until a person confirms the outcome"
    return reason


def _said(override: Override | Said) -> str:
    ends = f"until {override.until}" if override.until else "until the next check-in"
    return f"set by {override.author} {ends}: {override.reason}"


def old(links: Iterable[LinkReport]) -> bool:
    """Whether a reading is old; a link without one makes the number partial instead."""
    return any(link.stale for link in links if link.reading is not None)


def _supported(shown: Standing, *, stale: bool) -> str:
    if stale:
        return "unknown: what supports it was not read for too long"
    if shown.score is None:
        return "unknown: no objective that supports it has a score yet"
    if shown.partial:
        return f"partial: {shown.known or 0:.0%} of what supports it is known"
    return ""


def _of_links(frame: Frame, links: tuple[LinkReport, ...], *, has_value: bool) -> str:
    if not has_value and not links:
        return "unknown: no link and no value yet"
    unknown = [link for link in links if link.reading is None]
    why = next((link.error for link in unknown if link.error), None)
    if not has_value:
        return f"unknown: {why or 'no reading yet'}"
    if unknown:
        return f"partial: {len(unknown)} of {len(links)} links unknown ({why or 'no reading yet'})"
    old = next((link for link in links if link.stale and not frame.is_final), None)
    if old is not None:
        since = _day(old.as_of, frame.settings.zone) if old.as_of else "the start"
        return f"unknown: no word from {old.scope} since {since}"
    return next((link.error for link in links if link.error), None) or ""
