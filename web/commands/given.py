"""What is typed after options, read: each wrong value is refused by one sentence with the fix."""

from datetime import date, datetime

from connector.errors import Refused
from connector.plans import readers
from connector.plans.problems import quoted

LONGEST_NAME = 200
EARLIEST, LATEST = 1970, 3000
"""Years that a day may lie in, as in plan files: from the first to before the second."""


def number(name: str, text: str) -> float:
    """A finite number."""
    found = readers.as_number(text.strip())
    if found is None:
        raise Refused(f"{name}: {quoted(text)} is not a finite number; write one such as 12.5")
    return found


def whole(name: str, text: str, least: int, most: int) -> int:
    """A whole number within limits."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        asked = f"write a whole number from {least} to {most}"
        raise Refused(f"{name}: {quoted(text)} is out of place; {asked}")
    if not least <= int(digits) <= most:
        raise Refused(f"{name}: {int(digits)} is out of place; give {least} to {most}")
    return int(digits)


def day(name: str, text: str) -> date:
    """A date written as 2026-10-01."""
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found.year < LATEST:
        raise Refused(f"{name}: {quoted(text)} is not a date; write it as 2026-10-01")
    return found


def instant(text: str | None, now: datetime) -> datetime | None:
    """A past instant with its zone."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"--at: {quoted(text)} is not a time; write one like 2026-11-03T14:00:00Z"
        ) from None
    if at.tzinfo is None:
        raise Refused(f"--at: {quoted(text)} has no time zone; add Z or +02:00")
    if at.year < EARLIEST:
        raise Refused(f"--at: {quoted(text)} lies before {EARLIEST}; give a later time")
    if at > now:
        raise Refused(f"--at: {quoted(text)} lies in the future; give a time that has passed")
    return at


def name_of(name: str, text: str) -> str:
    """Who somebody is, as it is kept beside what they say."""
    found = text.strip()
    if not found or len(found) > LONGEST_NAME or not found.isprintable():
        raise Refused(f"{name}: {quoted(text)} is no name; give 1 to {LONGEST_NAME} letters")
    return found
