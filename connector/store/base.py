"""What all tables share: the declarative base, constraint names and the column for instants."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import JSON, DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAIVE = "a time without a zone was about to be stored"
_TEXT = "%04d-%02d-%02d %02d:%02d:%02d.%06d"
_WHOLE = len("2026-01-01 00:00:00.000000")
_ZULU = "+00:00"


class Instant(TypeDecorator[datetime]):
    """A UTC-aware instant on every database; naive ones are refused before they are stored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite has no zones, so it gets the naive UTC time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(NAIVE)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give UTC-aware instants back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """The same for many rows at once: SQLite keeps text, which is made without detours."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The same for many rows at once."""
        if dialect.name == "sqlite":
            return _as_instant
        return super().result_processor(dialect, coltype)


def as_texts(columns: Iterable[Sequence[datetime | None]]) -> list[list[str | None]]:
    """What SQLite keeps of columns of instants, each made into text as a whole."""
    return [_as_texts(each) for each in columns]


def _as_texts(column: Sequence[datetime | None]) -> list[str | None]:
    try:
        told = orjson.dumps(column).decode()
    except TypeError:  # what only looks like an instant
        told = ""
    if told.count(_ZULU) != len(column) or not column:  # some are none, or of another zone
        return [_as_text(each) for each in column]
    texts = told.replace("T", " ").replace(_ZULU, "")[2:-2].split('","')
    return [each if len(each) == _WHOLE else f"{each}.000000" for each in texts]


def _as_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(NAIVE)
    at = value if value.tzinfo is UTC else value.astimezone(UTC)
    # Less work than ``isoformat``, which asks the zone for its offset.
    return _TEXT % (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)


def _as_instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Base(DeclarativeBase):
    """Root of the tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }
