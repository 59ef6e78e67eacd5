"""Days, times and durations as a language writes them."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton

from web.language.choosing import ENGLISH, current
from web.language.marking import _, _n, lazy

DAY: Final = "MMMd"
DAY_AND_YEAR: Final = "yMMMd"
SPANS: Final = (
    (1, 90, lazy("%(number)s\N{NARROW NO-BREAK SPACE}s")),
    (60, 90, lazy("%(number)s\N{NARROW NO-BREAK SPACE}min")),
    (3600, 48, lazy("%(number)s\N{NARROW NO-BREAK SPACE}h")),
)
"""Seconds in a unit, how many of it are told at most, and its words."""


def day(moment: date) -> str:
    """A day without its year: charts and lists lie within one cycle."""
    return _day(current(), moment.year, moment.month, moment.day)


def full_day(moment: date) -> str:
    """A day with its year: ``20 Nov 2026``."""
    if current() == ENGLISH:
        return f"{moment.day} {moment:%b %Y}"
    return format_skeleton(DAY_AND_YEAR, moment, locale=current())


def span(length: timedelta) -> str:
    """A duration in words: ``40 s``, ``5 min``, ``3 h``, ``2 days``."""
    seconds = int(length.total_seconds())
    for size, most, words in SPANS:
        if seconds < size * most:
            return str(words) % {"number": max(0, seconds // size)}
    return _n("%(num)s day", "%(num)s days", seconds // 86_400)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in words."""
    length = now - moment
    if length < timedelta(seconds=10):
        return _("just now")
    return _("%(span)s ago", span=span(length))


def clock(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The shortest form that is still clear: the time today, else the day, else with the year."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    time = _time(local, "Hm", f"{local:%H:%M}")
    if local.date() == today.date():
        return time
    return _together(day(local) if local.year == today.year else full_day(local), time)


def exact(moment: datetime, zone: ZoneInfo) -> str:
    """An instant in full, for hovering."""
    local = moment.astimezone(zone)
    language = current()
    words = f"{local.day} {local:%B %Y}"
    if language != ENGLISH:
        words = format_date(local.date(), "long", locale=language)
    return f"{_together(words, _time(local, 'Hms', f'{local:%H:%M:%S}'))} {local:%Z}"


@lru_cache(4096)
def _day(language: str, year: int, month: int, number: int) -> str:
    moment = date(year, month, number)
    if language == ENGLISH:
        return f"{number} {moment:%b}"
    return format_skeleton(DAY, moment, locale=language)


def _time(local: datetime, skeleton: str, english: str) -> str:
    language = current()
    return english if language == ENGLISH else format_skeleton(skeleton, local, locale=language)


def _together(words: str, time: str) -> str:
    pattern = str(Locale.parse(current()).datetime_formats["medium"])
    return pattern.replace("{1}", words).replace("{0}", time)
