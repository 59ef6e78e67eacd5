"""The way of a key result's work, day by day, and the forecast made from its weeks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from connector import ledger, okr, pace
from connector.forecast import (
    MOST_WEEKS,
    Forecast,
    NoForecast,
    Week,
    forecast_number,
    forecast_share,
    weeks_between,
)
from connector.ledger import Course
from connector.okr import LinkRule
from connector.outlook import Outlook
from connector.settings import Settings
from connector.store.tables import KeyResult, Link
from sync import values
from sync.reports.ground import Asked as When
from sync.reports.ground import Ground, ground
from sync.reports.key_results import Frame, days_of
from sync.reports.past import versions_of
from sync.reports.snapshot import Snapshot

Links = Mapping[int, tuple[LinkRule, Course]]
DAY = timedelta(days=1)
NO_LINKS = "There is no forecast: no link computes this key result."
NO_WAY = "There is no forecast for a key result that is met or not."
OVER = "There is no forecast: the time of this key result is over."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One key result at one instant: what it is, the frame it stands in and its links."""

    row: KeyResult
    definition: okr.KeyResult
    kind: okr.ObjectiveKind
    found: Snapshot
    frame: Frame
    stood: Sequence[Link]
    links: Links

    @property
    def first(self) -> date:
        """The day its time begins."""
        return self.row.start_date or self.found.cycle.start

    @property
    def last(self) -> date:
        """The last day of its time."""
        return self.row.end_date or self.found.cycle.end

    @property
    def ends(self) -> datetime:
        """When its time is over."""
        return pace.day_begins(self.last + DAY, self.frame.settings.zone)

    @property
    def mark(self) -> float:
        """The progress that passes."""
        return pace.pass_mark(self.kind, self.found.policy)

    def expected(self, at: datetime) -> float:
        """The progress expected at an instant."""
        frame = self.frame
        then = Frame(frame.cycle, at, frame.settings, frame.policy, frame.working_days)
        days = days_of(frame, (link.connection_id for link in self.stood))
        return then.expected(self.definition, self.kind, days)


def outlook(
    session: Session,
    cycle_key: str,
    key: str,
    now: datetime,
    settings: Settings,
    *,
    at: datetime | None = None,
) -> Outlook:
    """The outlook now, or as it would have been given at ``at``; raises ``Refused``."""
    when = When(now=now, settings=settings, at=at)
    return looked_ahead(ground(session, cycle_key, key, when))


def looked_ahead(stands: Ground) -> Outlook:
    """The same of a key result whose ground is known."""
    asked = _asked(stands)
    seen, ends, frame = asked.found.at, asked.ends, asked.frame
    points = ledger.curve(asked.definition, asked.links, days(frame, asked.first, min(seen, ends)))
    coming = [each for each in days(frame, asked.first, ends) if each > seen]
    told = _forecast(asked)
    reason = told.reason if isinstance(told, NoForecast) else ""
    forecast = None if isinstance(told, NoForecast) else _in_unit(told, asked)
    rebuilt = (course.rebuilt_until for _, course in asked.links.values())
    return Outlook(
        key=asked.row.key,
        unit=asked.row.unit,
        target=asked.row.target,
        start=asked.first,
        end=asked.last,
        points=tuple(points),
        expected=tuple(asked.expected(point.at) for point in points),
        ahead=tuple((each, asked.expected(each)) for each in coming),
        rebuilt_until=max(filter(None, rebuilt), default=None),
        starts=_starts(asked.stood, frame.settings),
        forecast=forecast,
        reason=reason,
        sentences=(reason,) if forecast is None else tuple(_told(forecast, asked)),
    )


def _asked(stands: Ground) -> _Asked:
    return _Asked(
        row=stands.shown,
        definition=values.key_result(stands.shown),
        kind=cast("okr.ObjectiveKind", stands.objective.kind),
        found=stands.found,
        frame=stands.frame,
        stood=stands.links,
        links=_ways(stands.links, stands.found, stands.versions),
    )


def courses(session: Session, links: Sequence[Link], found: Snapshot) -> Links:
    """The rule and the way of each of these links, as they were known then."""
    return _ways(links, found, versions_of(session, [link.id for link in links]))


def _ways(
    links: Sequence[Link], found: Snapshot, versions: Mapping[int, Sequence[ledger.Version]]
) -> Links:
    return {
        link.id: (
            values.rule(link),
            _course(
                [
                    each
                    for each in versions.get(link.id, ())
                    if not found.is_past or each.recorded_at <= found.at or link.id in found.rebuilt
                ]
            ),
        )
        for link in links
    }


def _course(versions: Sequence[ledger.Version]) -> Course:
    """The way of a link; where its past is not told it begins with the first reading.

    What an item was before that is known only of the items that are still there.
    """
    if any(each.cause in ledger.REBUILT for each in versions) or not versions:
        return Course(versions)
    first = min(each.recorded_at for each in versions)
    return Course(replace(each, valid_from=max(first, each.valid_from)) for each in versions)


def days(frame: Frame, first: date, until: datetime) -> list[datetime]:
    """The ends of the days from the beginning on, and now."""
    zone = frame.settings.zone
    day = first
    found = [pace.day_begins(day, zone)]
    while found[-1] < until:
        day += DAY
        found.append(pace.day_begins(day, zone))
    return [*(at for at in found if at < until), until]


def _forecast(asked: _Asked) -> Forecast | NoForecast:
    """The forecast from the weeks of work; a share's target is the share of work it takes."""
    kr, links = asked.definition, asked.links
    if not links:
        return NoForecast(NO_LINKS)
    if kr.target is None or kr.kind not in {"increase", "decrease"}:
        return NoForecast(NO_WAY)
    now = min(asked.found.at, asked.ends)
    left = weeks_between(now, asked.ends)
    if left <= 0:
        return NoForecast(OVER)
    week = timedelta(days=7)
    points = ledger.curve(kr, links, (now - week * back for back in range(MOST_WEEKS, -1, -1)))
    start = kr.start or 0.0
    passes = start + asked.mark * (kr.target - start)
    if _is_share(links) and kr.kind == "increase":
        whole = _whole(kr)
        weeks = list(_weeks(points, whole))
        return forecast_share(
            weeks, weeks_left=left, target=kr.target / whole, pass_mark=passes / whole
        )
    known = [point.value for point in points if point.value is not None]
    return forecast_number(known, weeks_left=left, start=start, target=kr.target, pass_value=passes)


def _weeks(points: Iterable[ledger.Point], whole: float) -> Iterator[Week]:
    for point in points:
        if point.value is None:
            continue
        if point.done is not None and point.total:
            yield Week(point.done, point.total)
        else:
            # Weighted shares have no amounts together: they are a share of one whole.
            yield Week(point.value / whole, 1.0)


def _is_share(links: Links) -> bool:
    return all(rule.measure.is_share for rule, _ in links.values())


def _whole(kr: okr.KeyResult) -> float:
    """The value that stands for all of a share."""
    return 100.0 if kr.unit == "%" else 1.0


def _starts(links: Sequence[Link], settings: Settings) -> str:
    """Where the way begins, and why there."""
    notes = [link.history_note for link in links if link.history_note]
    untold = [link.history_note for link in links if link.history != "told" and link.history_note]
    if untold:
        return untold[0]
    told = [link.history_from for link in links if link.history_from is not None]
    if not told:
        return "it begins with the first reading" if links else ""
    day = min(told).astimezone(settings.zone).date()
    return "; ".join([f"told from the tracker's own history since {_day(day)}", *notes[:1]])


def _in_unit(forecast: Forecast, asked: _Asked) -> Forecast:
    """The forecast of a share in the key result's unit."""
    whole = _whole(asked.definition) if _is_share(asked.links) else 1.0
    return replace(
        forecast,
        final_low=forecast.final_low * whole,
        final_mid=forecast.final_mid * whole,
        final_high=forecast.final_high * whole,
        fan=tuple((low * whole, mid * whole, high * whole) for low, mid, high in forecast.fan),
    )


def _told(forecast: Forecast, asked: _Asked) -> Iterator[str]:
    """The forecast in words."""
    yield f"Chance of reaching the target by the end: {_percent(forecast.chance_target)}."
    if asked.mark < 1:
        passed = _percent(forecast.chance_pass)
        yield f"Chance of reaching the pass mark ({asked.mark:g}): {passed}."
    unit = f" {asked.definition.unit}" if asked.definition.unit else ""
    low, high = forecast.final_low, forecast.final_high
    yield f"Four times in five it ends between {low:.3g} and {high:.3g}{unit}."
    yield _when(forecast, asked.found.at.astimezone(asked.frame.settings.zone))
    yield f"Made from the last {forecast.weeks_used} weeks of work and scope."


def _when(forecast: Forecast, now: datetime) -> str:
    """The range of the day on which the target is reached; ``now`` in the zone of the days."""
    if forecast.weeks_low is None:
        return "At this pace the target is not reached within a year."
    early = (now + timedelta(weeks=forecast.weeks_low)).date()
    if forecast.weeks_high is None:
        return f"The target is reached no earlier than about {_day(early)}, if at all."
    if forecast.weeks_high == 0:
        return "The target is reached now; more work may still be added."
    late = (now + timedelta(weeks=forecast.weeks_high)).date()
    if early == late:
        return f"The target is reached about {_day(early)}."
    return f"The target is reached between {_day(early)} and {_day(late)}, four times in five."


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NARROW NO-BREAK SPACE}%"


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b %Y}"
