"""When tokens end, said in time."""

from datetime import datetime, timedelta

from connector.store.tables import Connection

NOTICE = timedelta(days=14)
"""So long before a token's end people are told."""


def warning(row: Connection, now: datetime) -> str | None:
    """A sentence about a token that ends soon or has ended; None while there is nothing to do."""
    if row.grant_cipher is not None or row.token_until is None or row.ended_at is not None:
        return None
    left = row.token_until - now
    day = f"{row.token_until.day} {row.token_until:%B %Y}"
    if left <= timedelta(0):
        return f"The token ended on {day}: make a new one and connect again with it."
    if left > NOTICE:
        return None
    days = left.days
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
    return f"The token ends {when}, on {day}: make a new one and connect again with it before."
