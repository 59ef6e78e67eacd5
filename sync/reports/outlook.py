"""The way of a key result's work, day by day, and the forecast made from its weeks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr, pace
from connector.errors import Refused
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
from connector.store.tables import Cycle, KeyResult, Link, Objective
from sync import values
from sync.reports.cycle import frame_of
from sync.reports.key_results import Frame, days_of
from sync.reports.links import places
from sync.reports.past import snapshot_at, versions_of
from sync.reports.snapshot import Snapshot, snapshot

Links = Mapping[int, tuple[LinkRule, Course]]
DAY = timedelta(days=1)
NO_LINKS = "There is no forecast: no link computes this key result."
NO_WAY = "There is no forecast for a key result that is met or not."
OVER = "There is no forecast: the time of this key result is over."


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
    row, objective, cycle = _find(session, cycle_key, key)
    if at is None:
        found = snapshot(session, cycle, now, only=[row.id])
    else:
        found = snapshot_at(session, cycle, at, only=[row.id])
    shown = next((each for each in found.key_results if each.id == row.id), row)
    stood = found.links.get(row.id, ())
    links = _courses(session, stood, found)
    frame = frame_of(session, found, places(session), settings)
    definition = values.key_result(shown)
    kind = cast("okr.ObjectiveKind", objective.kind)
    first = shown.start_date or found.cycle.start
    last = shown.end_date or found.cycle.end
    ends = pace.day_begins(last + DAY, settings.zone)
    coming = [at for at in _days(frame, first, ends) if at > found.at]
    points = ledger.curve(definition, links, _days(frame, first, min(found.at, ends)))
    mark = pace.pass_mark(kind, found.policy)
    told = _forecast(definition, links, min(found.at, ends), ends, mark)
    forecast, reason = (
        (None, told.reason)
        if isinstance(told, NoForecast)
        else (_in_unit(told, _whole(definition) if _is_share(links) else 1.0), "")
    )
    days = days_of(frame, (link.connection_id for link in stood))
    return Outlook(
        key=shown.key,
        unit=shown.unit,
        target=shown.target,
        start=first,
        end=last,
        points=tuple(points),
        expected=tuple(_expected(frame, definition, kind, days, point.at) for point in points),
        ahead=tuple((at, _expected(frame, definition, kind, days, at)) for at in coming),
        rebuilt_until=max(
            filter(None, (course.rebuilt_until for _, course in links.values())), default=None
        ),
        starts=_starts(stood, settings),
        forecast=forecast,
        reason=reason,
        sentences=(reason,)
        if forecast is None
        else tuple(_told(forecast, definition, mark, found.at)),
    )


def _find(session: Session, cycle_key: str, key: str) -> tuple[KeyResult, Objective, Cycle]:
    query = (
        select(KeyResult, Objective, Cycle)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.key == cycle_key, KeyResult.key == key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Refused(f"there is no key result {key!r} in cycle {cycle_key}")
    return found[0], found[1], found[2]


def _courses(session: Session, links: Sequence[Link], found: Snapshot) -> Links:
    versions = versions_of(session, [link.id for link in links])
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


def _days(frame: Frame, first: date, until: datetime) -> list[datetime]:
    """The ends of the days from the beginning on, and now."""
    zone = frame.settings.zone
    day = first
    found = [pace.day_begins(day, zone)]
    while found[-1] < until:
        day += DAY
        found.append(pace.day_begins(day, zone))
    return [*(at for at in found if at < until), until]


def _expected(
    frame: Frame,
    definition: okr.KeyResult,
    kind: okr.ObjectiveKind,
    days: frozenset[int] | None,
    at: datetime,
) -> float:
    then = Frame(frame.cycle, at, frame.settings, frame.policy, frame.working_days)
    return then.expected(definition, kind, days)


def _forecast(
    kr: okr.KeyResult, links: Links, now: datetime, ends: datetime, mark: float
) -> Forecast | NoForecast:
    """The forecast from the weeks of work; a share's target is the share of work it takes."""
    if not links:
        return NoForecast(NO_LINKS)
    if kr.target is None or kr.kind not in {"increase", "decrease"}:
        return NoForecast(NO_WAY)
    left = weeks_between(now, ends)
    if left <= 0:
        return NoForecast(OVER)
    week = timedelta(days=7)
    points = ledger.curve(kr, links, (now - week * back for back in range(MOST_WEEKS, -1, -1)))
    start = kr.start or 0.0
    passes = start + mark * (kr.target - start)
    if _is_share(links) and kr.kind == "increase":
        whole = _whole(kr)
        # Weighted shares have no amounts together: they are a share of one whole.
        weeks = [
            Week(point.done, point.total)
            if point.done is not None and point.total
            else Week((point.value or 0.0) / whole, 1.0)
            for point in points
            if point.value is not None
        ]
        return forecast_share(
            weeks, weeks_left=left, target=kr.target / whole, pass_mark=passes / whole
        )
    known = [point.value for point in points if point.value is not None]
    return forecast_number(known, weeks_left=left, start=start, target=kr.target, pass_value=passes)


def _is_share(links: Links) -> bool:
    return all(rule.measure.is_share for rule, _ in links.values())


def _whole(kr: okr.KeyResult) -> float:
    """The value that stands for all of a share."""
    return 100.0 if kr.unit == "%" else 1.0


def _starts(links: Sequence[Link], settings: Settings) -> str:
    """Where the way begins, and why there."""
    notes = [link.history_note for link in links if link.history_note]
    if notes:
        return notes[0]
    told = [link.history_from for link in links if link.history_from is not None]
    if not told:
        return "it begins with the first reading" if links else ""
    day = min(told).astimezone(settings.zone).date()
    return f"told from the tracker's own history since {day}"


def _in_unit(forecast: Forecast, whole: float) -> Forecast:
    """The forecast of a share in the key result's unit; ``whole`` stands for all of it."""
    return replace(
        forecast,
        final_low=forecast.final_low * whole,
        final_mid=forecast.final_mid * whole,
        final_high=forecast.final_high * whole,
        fan=tuple((low * whole, mid * whole, high * whole) for low, mid, high in forecast.fan),
    )


def _sentences(
    forecast: Forecast | None, kr: okr.KeyResult, mark: float, now: datetime
) -> tuple[str, ...]:
    return () if forecast is None else tuple(_told(forecast, kr, mark, now))


def _told(forecast: Forecast, kr: okr.KeyResult, mark: float, now: datetime) -> Iterator[str]:
    """The forecast in words."""
    yield f"Chance of reaching the target by the end: {forecast.chance_target:.0%}."
    if mark < 1:
        yield f"Chance of reaching the pass mark ({mark:g}): {forecast.chance_pass:.0%}."
    unit = f" {kr.unit}" if kr.unit else ""
    low, high = forecast.final_low, forecast.final_high
    yield f"Four times in five it ends between {low:.3g} and {high:.3g}{unit}."
    yield _when(forecast, now)
    yield f"Made from the last {forecast.weeks_used} weeks of work and scope."


def _when(forecast: Forecast, now: datetime) -> str:
    """The range of the day on which the target is reached."""
    if forecast.weeks_low is None:
        return "At this pace the target is not reached within a year."
    early = (now + timedelta(weeks=forecast.weeks_low)).date()
    if forecast.weeks_high is None:
        return f"The target is reached no earlier than about {early}, if at all."
    if forecast.weeks_high == 0:
        return "The target is reached now; more work may still be added."
    late = (now + timedelta(weeks=forecast.weeks_high)).date()
    if early == late:
        return f"The target is reached about {early}."
    return f"The target is reached between {early} and {late}, four times in five."
