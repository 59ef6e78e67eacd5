"""When tokens end: said when they are given, and in time before."""

from datetime import UTC, date, datetime, time, timedelta

from connector.store.tables import Connection

NOTICE = timedelta(days=14)
"""So long before a token's end people are told."""


def end_of(day: date | None) -> datetime | None:
    """The end of a token's last day."""
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None


def told(until: datetime | None, *, renews: bool) -> str:
    """What is known of a token's end, for who gave it."""
    if renews:
        return "The sign-in renews itself."
    if until is None:
        return "No end of the token is known: it has none, or the tracker does not tell it."
    return f"The token is good until {_day(until)}."


def warning(row: Connection, now: datetime) -> str | None:
    """A sentence about a token that ends soon or has ended; None while there is nothing to do."""
    if row.grant_cipher is not None or row.ended_at is not None:
        return None
    if row.broken_at is not None and row.token_until is not None and row.token_until > now:
        return None  # it is refused before its end: that is said already, with what to do
    return soon(row.token_until, now)


def soon(until: datetime | None, now: datetime) -> str | None:
    """The same of the end alone."""
    if until is None:
        return None
    left, day = until - now, _day(until)
    if left <= timedelta(0):
        return f"The token ended on {day}: make a new one and connect again with it."
    if left > NOTICE:
        return None
    days = left.days
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"The token ends {when}, on {day}: make a new one and connect again with it before."


def _day(until: datetime) -> str:
    return f"{until.day} {until:%B %Y}"
