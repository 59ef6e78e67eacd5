"""``?at=``: the day or the instant a page is shown for."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import g, request

from connector.errors import Refused
from web.current import runtime
from web.language import _, lazy

FORM = lazy("Write a day such as 2026-11-03, or a time with its zone such as 2026-11-03T14:00:00Z.")


def asked() -> datetime | None:
    """The past instant that this request asks for, or None for now."""
    return moment(request.args.get("at"), g.now, runtime().settings.zone)


def moment(text: str | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The past instant asked for (a day means its end in ``zone``), or None for now."""
    if not text:
        return None
    try:
        asked = _day_end(text, zone) if len(text) == 10 else _instant(text)
    except (ValueError, OverflowError):
        raise Refused(_("“%(text)s” is not a time. %(form)s", text=text, form=FORM)) from None
    if asked.tzinfo is None:
        raise Refused(_("“%(text)s” has no zone. %(form)s", text=text, form=FORM))
    return None if asked >= now else asked


def _day_end(text: str, zone: ZoneInfo) -> datetime:
    after = date.fromisoformat(text) + timedelta(days=1)
    return datetime.combine(after, time(), zone) - timedelta(seconds=1)


def _instant(text: str) -> datetime:
    # A plus sign that nobody encoded arrives as a space.
    return datetime.fromisoformat(text.replace(" ", "+"))
