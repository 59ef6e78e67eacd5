"""Where progress should be by now, and how healthy that makes a key result.

Rules: docs/scoring.md, section 7.
"""

from connector.pace.curves import curve, expected, pass_mark
from connector.pace.healths import health, weakest
from connector.pace.times import day_begins, elapsed, has_started

__all__ = [
    "curve",
    "day_begins",
    "elapsed",
    "expected",
    "has_started",
    "health",
    "pass_mark",
    "weakest",
]
