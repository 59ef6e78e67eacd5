"""Values as people read them: scores, shares, numbers with units.

In the language of the page; on the command line and wherever else there is none, in English.
"""

from urllib.parse import urlsplit

from web.language import Told, _, _n, current, lazy
from web.language.figures import figures, percent_gap
from web.language.times import ago, clock, day, exact, full_day, span

__all__ = ["ago", "clock", "day", "exact", "full_day", "span"]

DASH = "–"
THIN = "\N{NARROW NO-BREAK SPACE}"
HEALTH = {
    "on_track": lazy("on track"),
    "at_risk": lazy("at risk"),
    "off_track": lazy("off track"),
    "done": lazy("done"),
    "not_started": lazy("not started"),
    "unknown": lazy("unknown"),
}
LIMITS = frozenset({"at_least", "at_most", "between"})
"""Kinds of key results that hold or do not hold, whatever the day."""
MOVES = {
    "finished": lazy("finished"),
    "reopened": lazy("reopened"),
    "advanced": lazy("moved on"),
    "scope_added": lazy("joined the scope"),
    "scope_removed": lazy("left the scope"),
    "dropped": lazy("dropped"),
    "resized": lazy("resized"),
    "rule_changed": lazy("counted by a new rule"),
    "value_typed": lazy("value typed"),
    "value_pushed": lazy("value pushed"),
    "target_changed": lazy("target changed"),
    "override_set": lazy("override set"),
    "override_ended": lazy("override ended"),
    "link_ended": lazy("link ended"),
}
SIZES = {"count": lazy("items"), "points": lazy("story points")}
STATES = {
    "draft": lazy("a draft: nothing is promised yet"),
    "review": lazy("in review"),
    "closed": lazy("closed"),
}
"""What is said of a cycle that is not running as usual."""
OBJECTIVE_STATES = {
    "draft": lazy("draft"),
    "candidate": lazy("candidate"),
    "active": lazy("active"),
    "postponed": lazy("postponed"),
    "cancelled": lazy("cancelled"),
}
OBJECTIVE_KINDS = {"committed": lazy("committed"), "aspirational": lazy("aspirational")}
GRADES = {
    "full": lazy("full"),
    "strong": lazy("strong"),
    "moderate": lazy("moderate"),
    "weak": lazy("weak"),
}


def score(value: float | None) -> str:
    """A score with its two decimals, or a dash when unknown."""
    return DASH if value is None else figures(f"{value:.2f}")


def percent(share: float | None) -> str:
    """A share as per cent; all and nothing are only said when they are exactly that."""
    if share is None:
        return DASH
    whole = round(share * 100)
    nearly = (whole == 0 and share != 0) or (whole == 100 and share != 1)
    text = f"{share * 100:.1f}" if nearly else f"{whole}"
    return _with_unit(figures(_minus(text)), "%")


def number(value: float | None, unit: str = "") -> str:
    """A value with at most two decimals and its unit, or a dash when unknown."""
    if value is None:
        return DASH
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
    text = figures(_minus("0" if text == "-0" else text))
    return _with_unit(text, unit) if unit else text


def signed(value: float | None, unit: str = "") -> str:
    """A change with its sign and unit, or a dash when unknown."""
    text = number(value, unit)
    return f"+{text}" if value is not None and round(value, 2) > 0 else text


def points(delta: float | None) -> str:
    """A change of a share as points of a hundred, with its sign: ``−2.7 points``."""
    if delta is None:
        return DASH
    text = f"{100 * delta:+.1f}" if abs(delta) >= 0.0005 else f"{100 * delta:+.1g}"
    text = "0" if abs(delta) < 1e-5 else figures(_minus(text.removesuffix(".0")))
    return _("%(change)s\N{NARROW NO-BREAK SPACE}points", change=text)


def size(of: str) -> str:
    """What amounts of work are counted in."""
    return str(SIZES.get(of, of))


def amount(delta: float, of: str) -> str:
    """What a scope grew or shrank by: ``+1 item``, ``+5 story points``."""
    if of != "count":
        return signed(delta, size(of))
    return _n("%(change)s item", "%(change)s items", round(abs(delta)), change=signed(delta))


def _minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def _with_unit(text: str, unit: str) -> str:
    gap = THIN if unit != "%" or current() == "en" else percent_gap(current())
    return f"{text}{gap}{unit}"


_OF_NAMES = "/#@:_="
"""Signs that only names and addresses have within a word."""


def sentence(text: str) -> str:
    """Text as a sentence of its own: a capital first, a full stop last; what is a name or an
    address, such as ``acme/api``, stays as it is."""
    return text.shaped(_sentence) if isinstance(text, Told) else _sentence(text)


def _sentence(text: str) -> str:
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
    """``1 item``, ``3 items``: English only, for the command line."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
