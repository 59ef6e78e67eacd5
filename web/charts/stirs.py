"""What moved a key result, day by day: a mark for each day, with the way to its movements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector import pace
from connector.outlook import Outlook
from web import words
from web.charts.scales import Time
from web.language import _, _n

NOON = timedelta(hours=12)
HIGH = 22
"""How high the highest mark is, in pixels."""
LOW = 4
"""How high the lowest one is: it must be seen, and hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One movement: ``page`` of the list ``argument`` has it, under ``anchor``."""

    at: datetime
    nature: str
    kind: str
    argument: str
    page: int
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stir:
    """One day's mark: ``up`` for work, ``down`` for scope, in pixels; ``x`` per cent."""

    x: float
    up: float
    down: float
    label: str
    newest: Happened


def stirs(outlook: Outlook, happened: Iterable[Happened], zone: ZoneInfo) -> list[Stir]:
    """A mark for every day of the cycle on which work or scope moved, the oldest first."""
    time = Time(outlook.start, outlook.end, zone)
    days: dict[date, list[Happened]] = defaultdict(list)
    for each in happened:
        days[each.at.astimezone(zone).date()].append(each)
    within = {day: found for day, found in sorted(days.items()) if _is_of(outlook, day)}
    most = max(
        (len(_of(found, nature)) for found in within.values() for nature in _BOTH), default=1
    )
    return [_stir(time, day, (found, most)) for day, found in within.items()]


_BOTH = ("work", "scope")


def _is_of(outlook: Outlook, day: date) -> bool:
    return outlook.start <= day <= outlook.end


def _of(found: Iterable[Happened], nature: str) -> list[Happened]:
    return [each for each in found if each.nature == nature]


def _stir(time: Time, day: date, told: tuple[Sequence[Happened], int]) -> Stir:
    found, most = told
    newest = max(found, key=lambda each: each.at)
    work, scope = _of(found, "work"), _of(found, "scope")
    return Stir(
        x=time.place(pace.day_begins(day, time.zone) + NOON),
        up=_height(len(work), most),
        down=_height(len(scope), most),
        label=_told(day, work, scope),
        newest=newest,
    )


def _height(number: int, most: int) -> float:
    return round(LOW + (HIGH - LOW) * number / most, 1) if number else 0.0


def _told(day: date, work: Sequence[Happened], scope: Sequence[Happened]) -> str:
    """The day in words: what was done, and what became of the scope."""
    done = sum(each.kind == "finished" for each in work)
    back = sum(each.kind == "reopened" for each in work)
    on, joined = len(work) - done - back, sum(each.kind == "scope_added" for each in scope)
    left = len(scope) - joined
    parts = (
        _n("%(num)s item done", "%(num)s items done", done) if done else "",
        _n("%(num)s item reopened", "%(num)s items reopened", back) if back else "",
        _n("%(num)s item moved on", "%(num)s items moved on", on) if on else "",
        _n("%(num)s item joined the scope", "%(num)s items joined the scope", joined)
        if joined
        else "",
        _n("%(num)s other change of scope", "%(num)s other changes of scope", left) if left else "",
    )
    told = ", ".join(filter(None, parts))
    return _("%(day)s: %(changes)s", day=words.day(day), changes=told)
