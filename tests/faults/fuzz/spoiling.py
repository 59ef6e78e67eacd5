"""Spoils good payloads: as values, as JSON text, and as bytes."""

import copy
import json
import random
from typing import Any

STRANGE = [
    None, True, False, 0, -1, 7, 2**63, -(2**70), 1e308, "", " ", "x", "7", "-7", "7" * 300,
    "x" * 3000, "a\0b", "\ud800", "\N{GRINNING FACE}", [], {}, [None], [[]], [{}], {"id": 7},
    {"name": "x"}, {"key": "PLAT-1"}, {"number": 7}, "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "2026-12-31T23:59:60Z", "2026-10-05", "٣", "１", "deleted",
]  # fmt: skip
HOSTILE = [
    b"NaN", b"-Infinity", b"1" * 5000, b"1e400", b'"\\ud800"', b'"\\u0000"', b"\xff\xfe", b"\0",
    b"\xed\xa0\x80", b"[" * 20_000, b'{"a":' * 2000, b"\xef\xbb\xbf", b"'", b"//", b",,", b"\\u",
]  # fmt: skip


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value."""
    found = [before] if before else []
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            found += paths(each, (*before, name))
    return found


def spoilt(whole: Any, chance: random.Random) -> bytes:
    """A value as it might be sent: some places lost, doubled, strange; perhaps spoilt as bytes."""
    made = copy.deepcopy(whole)
    known = paths(whole)
    for path in chance.choices(known, k=chance.choice([0, 1, 1, 2, 4])) if known else ():
        try:
            inner = made
            for name in path[:-1]:
                inner = inner[name]
            _spoil(inner, path[-1], chance)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier one took that place away
    body = json.dumps(made, default=str).encode()
    return damaged(body, chance) if chance.random() < 0.3 else body


def damaged(body: bytes, chance: random.Random) -> bytes:
    """Bytes with something put in, taken out, cut off or turned."""
    at = chance.randrange(len(body) + 1)
    how = chance.random()
    if how < 0.5:
        return body[:at] + chance.choice(HOSTILE) + body[at + chance.choice([0, 0, 1, 5]) :]
    if how < 0.7:
        return body[:at]
    if how < 0.85:
        return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
    return body[:at] + body[at:] * 2


def _spoil(inner: Any, name: Any, chance: random.Random) -> None:
    how = chance.random()
    if how < 0.2:
        del inner[name]
    elif how < 0.3 and isinstance(inner, list):
        inner.append(inner[name])
    elif how < 0.35:
        inner[name] = copy.deepcopy(inner)
    else:
        inner[name] = copy.deepcopy(chance.choice(STRANGE))
