"""The one JSON decoder for what trackers send: strict UTF-8, finite numbers, clean text."""

import json
import math
import re
from typing import Any, TypeVar

import orjson
from msgspec.json import Decoder

from connector.garbage import uncollected

_Shape = TypeVar("_Shape")
_MAX_INT = 2**63
DEEPEST = 64
"""Objects and lists within each other, where keys are to be unique: in what others send us."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRTY = re.compile(r"\\u(0000|[dD][89a-fA-F])")
# Every digit as 0 and all else as a blank: a long number is then found in one quick search.
_DIGITS = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))
_LONG = b"0" * 19
_LONG_NUMBER = re.compile(rb"(?:^|[:\[,\s])-?[0-9]{19}")


class Undecodable(ValueError):
    """The bytes are not JSON we accept; the message says why."""


def decode(body: bytes, *, unique: bool = False) -> Any:
    """Bytes to values; with ``unique`` an object that names a key twice is refused too.

    NUL is removed and a lone surrogate becomes U+FFFD, since databases hold neither.
    """
    if _unusual(body):
        return _strict(body, unique=unique)
    try:
        value = _loaded(body)
    except orjson.JSONDecodeError:
        # Read once more by what accepts lone surrogates, and says why it refuses the rest.
        return _strict(body, unique=unique)
    return value if not unique or _is_whole(body, value) else _strict(body, unique=True)


def _is_whole(body: bytes, value: Any) -> bool:
    """Whether it is certain that nothing was left out, as the first of two keys alike is, and that
    it is not nested too deeply.

    What is left out takes the quotes of its key along, and none comes in for them but one that was
    written by its number.
    """
    if body.count(b"{") + body.count(b"[") > DEEPEST:
        _measure(value, 1)
    return b"\\u0022" not in body and orjson.dumps(value).count(b'"') == body.count(b'"')


def fitting(body: bytes, shape: "Decoder[_Shape]") -> _Shape | None:
    """What a shape takes of the bytes, all else is passed over; None where they do not fit it, or
    hold what ``decode`` cleans."""
    if b"\\" in body and b"\\u0000" in body:
        return None
    try:
        with uncollected():
            return shape.decode(body)
    except (ValueError, RecursionError):
        return None


def _loaded(body: bytes) -> Any:
    with uncollected():
        return orjson.loads(body)


def _unusual(body: bytes) -> bool:
    """Whether orjson would take over what we clean or refuse: NUL, and more than 64 bits."""
    # A single byte is found far faster than several, and most bodies have none of these.
    if b"\\" in body and b"\\u0000" in body:
        return True
    return _LONG in body.translate(_DIGITS) and _LONG_NUMBER.search(body) is not None


def _strict(body: bytes, *, unique: bool) -> Any:
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
            object_pairs_hook=_unique if unique else None,
        )
        if unique:
            _measure(value, 1)
        return _clean(value) if _DIRTY.search(text) else value
    except UnicodeDecodeError as error:
        raise Undecodable("is not UTF-8") from error
    except RecursionError as error:
        raise Undecodable("is nested too deeply") from error
    except Undecodable:
        raise
    except ValueError as error:
        raise Undecodable("is not JSON, or was cut short") from error


def _constant(name: str) -> Any:
    raise Undecodable(f"holds {name}, which is not JSON")


def _integer(text: str) -> int:
    if len(text) > 20 or not -_MAX_INT <= (number := int(text)) < _MAX_INT:
        raise Undecodable("holds a number of more than 64 bits")
    return number


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Undecodable("holds a number without an end")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Undecodable("names a key twice")
    return found


def _measure(value: Any, depth: int) -> None:
    if not isinstance(value, (dict, list)):
        return
    if depth > DEEPEST:
        raise Undecodable("is nested too deeply")
    for each in value.values() if isinstance(value, dict) else value:
        _measure(each, depth + 1)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value.replace("\0", ""))
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value
