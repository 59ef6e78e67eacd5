"""Values as people read them: scores, shares, numbers with units, times."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

DASH = "–"
THIN = "\N{NARROW NO-BREAK SPACE}"
HEALTH = {
    "on_track": "on track",
    "at_risk": "at risk",
    "off_track": "off track",
    "done": "done",
    "not_started": "not started",
    "unknown": "unknown",
}
LIMITS = frozenset({"at_least", "at_most", "between"})
"""Kinds of key results that hold or do not hold, whatever the day."""
MOVES = {
    "finished": "finished",
    "reopened": "reopened",
    "advanced": "moved on",
    "scope_added": "joined the scope",
    "scope_removed": "left the scope",
    "dropped": "dropped",
    "resized": "resized",
    "rule_changed": "counted by a new rule",
    "value_typed": "value typed",
    "value_pushed": "value pushed",
    "target_changed": "target changed",
    "override_set": "override set",
    "override_ended": "override ended",
    "link_ended": "link ended",
}
SIZES = {"count": "items", "points": "story points"}
STATES = {
    "draft": "a draft: nothing is promised yet",
    "review": "in review",
    "closed": "closed",
}
"""What is said of a cycle that is not running as usual."""


def score(value: float | None) -> str:
    """A score with its two decimals, or a dash when unknown."""
    return DASH if value is None else f"{value:.2f}"


def percent(share: float | None) -> str:
    """A share as per cent; all and nothing are only said when they are exactly that."""
    if share is None:
        return DASH
    whole = round(share * 100)
    nearly = (whole == 0 and share != 0) or (whole == 100 and share != 1)
    text = f"{share * 100:.1f}" if nearly else f"{whole}"
    return f"{_minus(text)}{THIN}%"


def number(value: float | None, unit: str = "") -> str:
    """A value with at most two decimals and its unit, or a dash when unknown."""
    if value is None:
        return DASH
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
    text = _minus("0" if text == "-0" else text)
    return f"{text}{THIN}{unit}" if unit else text


def signed(value: float | None, unit: str = "") -> str:
    """A change with its sign and unit, or a dash when unknown."""
    text = number(value, unit)
    return f"+{text}" if value is not None and round(value, 2) > 0 else text


def points(delta: float | None) -> str:
    """A change of a share as points of a hundred, with its sign: ``−2.7 points``."""
    if delta is None:
        return DASH
    if abs(delta) < 1e-5:
        return f"0{THIN}points"
    text = f"{100 * delta:+.1f}" if abs(delta) >= 0.0005 else f"{100 * delta:+.1g}"
    return f"{_minus(text.removesuffix('.0'))}{THIN}points"


def size(of: str) -> str:
    """What amounts of work are counted in."""
    return SIZES.get(of, of)


def amount(delta: float, of: str) -> str:
    """What a scope grew or shrank by: ``+1``, ``+5 story points``."""
    return signed(delta, "" if of == "count" else size(of))


def day(moment: date) -> str:
    """A day without its year: charts and lists lie within one cycle."""
    return f"{moment.day} {moment:%b}"


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def span(length: timedelta) -> str:
    """A duration in words: ``40 s``, ``5 min``, ``3 h``, ``2 days``."""
    seconds = int(length.total_seconds())
    for size, word, most in ((1, "s", 90), (60, "min", 90), (3600, "h", 48)):
        if seconds < size * most:
            return f"{max(0, seconds // size)}{THIN}{word}"
    return f"{seconds // 86_400} days"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in words."""
    length = now - moment
    return "just now" if length < timedelta(seconds=10) else f"{span(length)} ago"


def clock(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The shortest form that is still clear: the time today, else the day, else with the year."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def exact(moment: datetime, zone: ZoneInfo) -> str:
    """An instant in full, for hovering."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M:%S %Z}"


_OF_NAMES = "/#@:_="
"""Signs that only names and addresses have within a word."""


def sentence(text: str) -> str:
    """Text as a sentence of its own: a capital first, a full stop last; what is a name or an
    address, such as ``acme/api``, stays as it is."""
    text = text.strip()
    end = "" if text.endswith((".", "!", "?", ":", ".)", ".”")) else "."
    first = text.partition(" ")[0].rstrip(":,.;")
    if any(sign in first for sign in _OF_NAMES):
        return f"{text}{end}"
    return f"{text[:1].upper()}{text[1:]}{end}" if text else ""


def web_url(url: str) -> str | None:
    """The URL if it may be linked to (http and https only), else None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def plural(count: int, one: str, many: str = "") -> str:
    """``1 item``, ``3 items``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
