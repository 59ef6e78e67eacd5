"""Conditions on the fields of a project as text: ``Status=In progress&Estimate>=3``; pure."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NoReturn

from connector.conditions import Around, Between, Condition, Empty, Named, Side, Wanted, plain
from connector.errors import Refused

Operator = Literal["=", "!=", ">=", "<=", ">", "<"]
_CONDITION = re.compile(r'(?:"([^"]+)"\s*|([^"=<>!]+))(!=|>=|<=|=|>|<)(.*)', re.DOTALL)
_PIECE = re.compile(r'(?:[^"&]|"[^"]*")+')
_VALUE = re.compile(r'(?:[^",]|"[^"]*")+')
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AT: dict[str, Wanted] = {
    "@current": Around(0),
    "@next": Around(1),
    "@previous": Around(-1),
    "@none": Empty(),
}
_ELSEWHERE = {
    "label": "labels",
    "labels": "labels",
    "type": "types",
    "issue-type": "types",
}
_EXAMPLE = "such as acme/3?Status=In progress&Estimate>=3"
_LONGEST, _WHOLE = 100, 1000
"""Characters of a field's name, and of a whole filter."""
STATUS = "status"


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition as it was written: the field's name and values as people typed them, and what
    it holds."""

    field: str
    operator: Operator
    condition: Condition
    values: tuple[str, ...] = dataclasses.field(default=(), compare=False)


def filters(owner: str, number: str, text: str) -> tuple[Asked, ...]:
    """The conditions behind ``?`` of a project's scope; raises ``Refused`` with a sentence."""
    refuse_long(text)
    pieces = _PIECE.findall(text)
    if "&".join(pieces) != text or not pieces:
        return _wrong(text or "?", "is not a filter of a project")
    return tuple(_asked(f"{owner}/{number}", piece) for piece in pieces)


def refuse_long(text: str) -> None:
    """Raise ``Refused`` for a filter that is too long to be read."""
    if len(text) > _WHOLE:
        raise Refused(
            f"the filter of a project has {len(text)} characters and may have {_WHOLE}:"
            " ask for fewer values, or make several links"
        )


def dated(asked: Asked) -> bool:
    """Whether GitHub keeps the dates of the field's changes."""
    return plain(asked.field) in (STATUS, "repository", "milestone")


def named(words: str) -> str:
    """A name as a filter holds it, in quotes where it has signs that mean something."""
    return f'"{words}"' if re.search(r'[&,=<>!"@]|\.\.', words) else words


def in_repository(text: str, now: Mapping[str, str]) -> str:
    """A filter that asks for repositories, by the names they have now; the rest word for word."""
    return "&".join(_renamed(piece, now) for piece in _PIECE.findall(text))


def _renamed(piece: str, now: Mapping[str, str]) -> str:
    found = _CONDITION.fullmatch(piece)
    if found is None or plain(found[1] or found[2]) != "repository":
        return piece
    values = _VALUE.findall(found[4])
    told = (now.get(each.strip().strip('"').strip().lower(), each) for each in values)
    return piece[: found.start(4)] + ",".join(told)


def value_tag(place: str, field: str) -> str:
    """What the tags of a field's named values begin with."""
    return f"value:{place}/{plain(field)}="


def span_tag(place: str, field: str) -> str:
    """What the tags of a field's iterations begin with."""
    return f"span:{place}/{plain(field)}="


def day_tag(place: str, field: str) -> str:
    """What the tags of a field's days begin with."""
    return f"day:{place}/{plain(field)}="


def _asked(place: str, piece: str) -> Asked:
    found = _CONDITION.fullmatch(piece.strip())
    if found is None or not (found[1] or found[2]).strip():
        return _wrong(piece, "says nothing of a field")
    field, operator, rest = (found[1] or found[2]).strip(), found[3], found[4]
    key = plain(field)
    if key in _ELSEWHERE:
        raise Refused(
            f"{field} is not asked for in the scope: narrow the link with {_ELSEWHERE[key]}:"
        )
    values = [each.strip() for each in _VALUE.findall(rest)]
    whole = ",".join(_VALUE.findall(rest)) == rest
    if not values or not all(values) or not whole or len(field) > _LONGEST:
        return _wrong(piece, "gives no value")
    wanted = tuple(_wanted(operator, value, piece) for value in values)
    if operator in (">=", "<=", ">", "<") and len(wanted) > 1:
        return _wrong(piece, "compares with several values")
    condition = Condition(
        words=_words(place, key),
        number=f"project:{place}/{key}",
        wanted=wanted,
        negated=operator == "!=",
    )
    typed = tuple(each.strip('"').strip() for each in values)
    return Asked(field, operator, condition, typed)  # type: ignore[arg-type]


def _words(place: str, field: str) -> tuple[str, ...]:
    """What the tags of a field begin with; some say more than the project's own would."""
    owner = place.partition("/")[0]
    own = {
        STATUS: (f"board:{place}/",),
        "repository": ("repo:",),
        "milestone": (f"milestones:{owner}/",),
    }
    tags = (value_tag(place, field), span_tag(place, field), day_tag(place, field))
    return own.get(field, tags)


def _wanted(operator: str, value: str, piece: str) -> Wanted:
    quoted = value.startswith('"') and value.endswith('"') and len(value) > 1
    if quoted and operator in ("=", "!="):
        return Named(value[1:-1].strip().casefold())
    if '"' in value:
        return _wrong(piece, "has a quote in the midst of a value")
    if operator not in ("=", "!="):
        return _compared(operator, value, piece)
    if value.startswith("@"):
        if value.casefold() not in _AT:
            raise Refused(f"{value} is not known in {piece.strip()!r}: choose {', '.join(_AT)}")
        return _AT[value.casefold()]
    low, dots, high = value.partition("..")
    ends = _side(low), _side(high)
    if (
        dots
        and any(end is not None for end in ends)
        and all(
            end is not None or not text.strip() for end, text in zip(ends, (low, high), strict=True)
        )
    ):
        return Between(*ends)
    return Named(value.casefold())


def _compared(operator: str, value: str, piece: str) -> Wanted:
    side = _side(value)
    if side is None:
        raise Refused(
            f"{piece.strip()!r} compares with {value!r}, which is neither a number nor a day such"
            " as 2026-10-31"
        )
    strict = len(operator) == 1
    return Between(side, None, strict) if operator[0] == ">" else Between(None, side, strict)


def _side(text: str) -> Side | None:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _wrong(piece: str, what: str) -> NoReturn:
    raise Refused(f"{piece.strip()!r} {what}: write field and value, {_EXAMPLE}")
