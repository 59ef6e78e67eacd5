"""Hints of one item become one: the newest time wins, no time means "look in any case"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.tracker import Hint as Told
from sync.inbox import sql

_Item = tuple[int, str | None, str | None]
"""A source, and the item's id there, or its key where it has no id."""


@dataclass(slots=True)
class _Folded:
    """All that was told of one item."""

    key: str | None
    updated_at: datetime | None
    gone: bool

    def add(self, hint: Told) -> None:
        times = self.updated_at, hint.updated_at
        self.updated_at = None if None in times else max(filter(None, times))
        self.key = hint.ref.key or self.key
        self.gone = self.gone or hint.gone


def kept(told: Sequence[tuple[int, Told]]) -> Iterator[sql.Ask]:
    """Store what items are to be read, each under the number that its source has then."""
    by_id: list[dict[str, Any]] = []
    by_key: list[dict[str, Any]] = []
    for (source_id, external_id, _), each in _folded(told).items():
        row = {
            "source_id": source_id,
            "external_id": external_id,
            "key": each.key,
            "updated_at": each.updated_at,
            "gone": each.gone,
        }
        (by_id if external_id else by_key).append(row)
    if by_id:
        yield sql.ask("hints_by_id", told=by_id)
    if by_key:
        yield sql.ask("hints_by_key", told=by_key)


def _folded(told: Iterable[tuple[int, Told]]) -> dict[_Item, _Folded]:
    found: dict[_Item, _Folded] = {}
    for source_id, hint in told:
        ref = hint.ref
        item = (source_id, ref.external_id or None, None if ref.external_id else ref.key)
        if item in found:
            found[item].add(hint)
        else:
            found[item] = _Folded(ref.key, hint.updated_at, hint.gone)
    return found
