"""What names key results beside items, as a look tells it: parts of a place, what people say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Standing:
    """A part of a place that asks to be linked as long as it names key results: a milestone by a
    line of its description, a label by its name. ``kind`` and ``value`` are its scope."""

    kind: str
    value: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody said at an item, one key result each: ``link`` and ``unlink`` hold until the
    other is said, ``why`` (without a key) asks for an answer there.

    ``kind`` and ``value`` are the scope of the item, ``item_key`` its key, ``remote_id`` is the
    comment and ``told_at`` when it was said or changed. ``refused`` is a sentence for one who may
    not say that; with ``waits`` it was not found out whether they may, and it is heard again.
    """

    verb: Literal["link", "unlink", "why"]
    kind: str
    value: str
    item_key: str
    key: str = ""
    author: str
    remote_id: str
    told_at: datetime
    refused: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What of one place names key results now, all of it by kind (a kind that is left out was not
    learnt), and the commands said since the last look."""

    place: str
    standing: Mapping[str, tuple[Standing, ...]] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
