"""Typed reading of JSON objects: every wrong field is named by its path."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from connector.errors import BadReading

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)", re.ASCII)

LONGEST = 255
"""Characters of a name: more cannot be indexed everywhere."""


def instant(value: object) -> datetime:
    """An ISO instant with a zone (``Z``, ``+08:00``, ``+0800``) as UTC; raises ``ValueError``."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("is not an instant with a zone")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is out of range") from error


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object of an item. Required readers raise ``BadReading`` for missing, null or
    wrong types; optional ones (``maybe_…``) give None for missing and null only."""

    values: Mapping[str, Any]
    path: str = ""
    item: str = ""

    def text(self, name: str) -> str:
        """A required text that is not empty."""
        return self.maybe_text(name) or self.missing(name)

    def maybe_text(self, name: str) -> str | None:
        """A text, or None."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        return self.wrong(name, "is not text")

    def name(self, name: str) -> str:
        """A required text, short enough to find things by."""
        return self.maybe_name(name) or self.missing(name)

    def maybe_name(self, name: str) -> str | None:
        """A short text, or None."""
        value = self.maybe_text(name)
        return value if value is None or len(value) <= LONGEST else self._long(name)

    def identifier(self, name: str) -> str:
        """A required id, sent as a number or as digits."""
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return value if len(value) <= LONGEST else self._long(name)
        return self.missing(name) if value is None else self.wrong(name, "is not an id")

    def instant(self, name: str) -> datetime:
        """A required instant."""
        return self.maybe_instant(name) or self.missing(name)

    def maybe_instant(self, name: str) -> datetime | None:
        """An instant, or None."""
        value = self.values.get(name)
        if value is None:
            return None
        try:
            return instant(value)
        except ValueError:
            return self.wrong(name, "is not an instant with a zone")

    def maybe_integer(self, name: str) -> int | None:
        """A whole number, or None."""
        value = self.values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        return self.wrong(name, "is not a whole number")

    def flag(self, name: str) -> bool:
        """True or false; missing is false."""
        value = self.values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        return self.wrong(name, "is neither true nor false")

    def number(self, name: str) -> float | None:
        """A finite number, or None for anything else: custom fields hold what they like."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:
            return None

    def within(self, name: str) -> "Fields":
        """A required object."""
        return self.maybe_within(name) or self.missing(name)

    def maybe_within(self, name: str) -> "Fields | None":
        """An object, or None."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Fields(value, f"{self.path}{name}.", self.item)
        return self.wrong(name, "is not an object")

    def each(self, name: str) -> "tuple[Fields, ...]":
        """The objects of a list; missing is empty."""
        return tuple(
            Fields(value, f"{self.path}{name}[{n}].", self.item)
            if isinstance(value, dict)
            else self.wrong(f"{name}[{n}]", "is not an object")
            for n, value in enumerate(self._list(name))
        )

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; missing is empty."""
        return tuple(
            value if isinstance(value, str) else self.wrong(f"{name}[{n}]", "is not text")
            for n, value in enumerate(self._list(name))
        )

    def names(self, name: str) -> tuple[str, ...]:
        """The short texts of a list; missing is empty."""
        found = self.texts(name)
        long = next((n for n, value in enumerate(found) if len(value) > LONGEST), None)
        return found if long is None else self._long(f"{name}[{long}]")

    def missing(self, name: str) -> NoReturn:
        """Raise for a required field that is not there."""
        self.wrong(name, "is missing")

    def wrong(self, name: str, message: str) -> NoReturn:
        """Raise ``BadReading`` naming the field."""
        raise BadReading(f"{self.path}{name}", message, self.item)

    def _long(self, name: str) -> NoReturn:
        self.wrong(name, f"has more than {LONGEST} characters")

    def _list(self, name: str) -> list[Any]:
        value = self.values.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else self.wrong(name, "is not a list")
