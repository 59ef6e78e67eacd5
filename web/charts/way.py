"""The chart of a key result: its way so far, what was expected, and what may come of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connector.outlook import Outlook
from connector.report import KeyResultReport
from web import words
from web.charts import paths
from web.charts.paths import Spot, Step, Trace
from web.charts.scales import Amount, Tick, Time, around
from web.language import _

WEEK = timedelta(days=7)
Range = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is drawn; places are per cent of the plot. ``""`` and None are left out."""

    title: str
    description: str
    days: tuple[Tick, ...]
    values: tuple[Tick, ...]
    line: Trace
    expected: str
    fan: str
    middle: str
    target: Tick | None
    limits: tuple[Tick, ...]
    now: float
    dot: float | None


def way(outlook: Outlook, kr: KeyResultReport, zone: ZoneInfo) -> Way | None:
    """The chart, or None while no value is known."""
    known = [each.value for each in outlook.points if each.value is not None]
    if not known:
        return None
    time = Time(outlook.start, outlook.end, zone)
    fan, expected, limits = ranges(outlook), expectation(outlook, kr), kr.limits or ()
    coming = _coming(outlook, kr)
    ends = [each for each in (kr.start, kr.target, *limits) if each is not None]
    scale = around([*known, *ends, *expected, *(each for one in fan for each in one)])
    now, last = outlook.points[-1].at, outlook.points[-1].value
    spots = _spots(outlook, fan, (time, scale))
    return Way(
        title=_(
            "The way of %(key)s from %(start)s to %(end)s",
            key=kr.key,
            start=words.day(outlook.start),
            end=words.day(outlook.end),
        ),
        description=" ".join(_told(outlook, kr, (fan, zone))),
        days=time.ticks(),
        values=_values(scale, kr.unit),
        line=paths.trace(list(_steps(outlook, (time, scale)))),
        expected=paths.line(
            (time.place(at), scale.place(value))
            for at, value in (
                *zip((each.at for each in outlook.points), expected, strict=False),
                *coming,
            )
        ),
        fan=paths.between(
            [low for low, _mid, _high in spots], [high for _low, _mid, high in spots]
        ),
        middle=paths.line([mid for _low, mid, _high in spots]),
        target=_target(scale, kr),
        limits=tuple(_limit(scale, each, kr.unit) for each in limits),
        now=time.place(now),
        dot=scale.place(last) if last is not None else None,
    )


def ranges(outlook: Outlook) -> list[Range]:
    """The forecast's ranges, one per coming week, in the unit that values are shown in."""
    return list(outlook.forecast.fan) if outlook.forecast else []


def expectation(outlook: Outlook, kr: KeyResultReport) -> list[float]:
    """The value expected at every point; a limit does not wait for time."""
    if kr.kind not in {"increase", "decrease"} or kr.target is None:
        return []
    start = kr.start or 0.0
    return [start + each * (kr.target - start) for each in outlook.expected]


def _coming(outlook: Outlook, kr: KeyResultReport) -> list[tuple[datetime, float]]:
    """(when, value expected) of the days to come."""
    if kr.kind not in {"increase", "decrease"} or kr.target is None:
        return []
    start = kr.start or 0.0
    return [(at, start + share * (kr.target - start)) for at, share in outlook.ahead]


def week_ends(outlook: Outlook, time: Time) -> list[datetime]:
    """When each range of the forecast holds; the last one at the end."""
    now = outlook.points[-1].at
    fan = outlook.forecast.fan if outlook.forecast else ()
    return [min(now + number * WEEK, time.ends) for number in range(1, len(fan) + 1)]


def _steps(outlook: Outlook, scales: tuple[Time, Amount]) -> Iterator[Step]:
    time, scale = scales
    until = outlook.rebuilt_until
    for each in outlook.points:
        y = None if each.value is None else scale.place(each.value)
        yield Step(time.place(each.at), y, rebuilt=until is not None and each.at < until)


def _spots(
    outlook: Outlook, fan: Sequence[Range], scales: tuple[Time, Amount]
) -> list[tuple[Spot, Spot, Spot]]:
    """Low, middle and high of the forecast, beginning where the way stands."""
    time, scale = scales
    last = outlook.points[-1]
    if not fan or last.value is None:
        return []
    here = (time.place(last.at), scale.place(last.value))
    found = [(here, here, here)]
    for at, (low, mid, high) in zip(week_ends(outlook, time), fan, strict=True):
        x = time.place(at)
        found.append(((x, scale.place(low)), (x, scale.place(mid)), (x, scale.place(high))))
    return found


def _values(scale: Amount, unit: str) -> tuple[Tick, ...]:
    """Every line with its value, the unit beside per cents and the highest."""
    steps = scale.steps()
    shown = [unit if unit == "%" or each == steps[-1] else "" for each in steps]
    return tuple(
        Tick(scale.place(each), words.number(each, name))
        for each, name in zip(steps, shown, strict=True)
    )


def _target(scale: Amount, kr: KeyResultReport) -> Tick | None:
    if kr.target is None:
        return None
    label = _("target %(value)s", value=words.number(kr.target, kr.unit))
    return Tick(scale.place(kr.target), label, "end")


def _limit(scale: Amount, value: float, unit: str) -> Tick:
    return Tick(scale.place(value), _("limit %(value)s", value=words.number(value, unit)), "end")


def _told(
    outlook: Outlook, kr: KeyResultReport, coming: tuple[Sequence[Range], ZoneInfo]
) -> Iterator[str]:
    """The chart in words, for who does not see it."""
    fan, zone = coming
    last = outlook.points[-1]
    first = next(each for each in outlook.points if each.value is not None)
    day = words.day(first.at.astimezone(zone).date())
    yield _(
        "From %(value)s on %(day)s to %(now)s at the last look.",
        value=words.number(first.value, kr.unit),
        day=day,
        now=words.number(last.value, kr.unit),
    )
    if kr.target is not None:
        yield _(
            "The target is %(value)s on %(day)s.",
            value=words.number(kr.target, kr.unit),
            day=words.day(outlook.end),
        )
    expected = expectation(outlook, kr)
    if expected:
        yield _("Expected by now: %(value)s.", value=words.number(expected[-1], kr.unit))
    if fan:
        low, _mid, high = (words.number(each, kr.unit) for each in fan[-1])
        yield _("Four futures in five end between %(low)s and %(high)s.", low=low, high=high)
