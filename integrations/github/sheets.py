"""The pages of a project's items, each asked for only if it changed, and what is kept of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from connector.errors import BadReading
from integrations.github.client import PAGE, GitHubClient, once
from integrations.github.columns import slim
from integrations.github.cursors import stamp
from integrations.kit.answers import Rejected
from integrations.kit.fields import instant

LISTS = ("", "is:archived")
"""What is asked for: what lies on the board, and what was archived, which stays in the project."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its address, its tag, the address of the next one, and what is kept of it: the
    keys of items, fields as JSON."""

    address: str
    etag: str
    following: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page as it was met: its items, None where it is as it was, and GitHub's own time."""

    sheet: Sheet
    items: list[Any] | None
    at: datetime | None

    def kept(self, keys: Iterable[str]) -> Sheet:
        """What is kept of it; the keys are those of its items."""
        if self.items is None:
            return self.sheet
        return replace(self.sheet, keys=tuple(keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where the next read of a project goes on.

    ``digest`` stands for the fields that are read, with their options and iterations; ``names``
    leads from options (by field and id) to what they were called, newest last. ``fields`` are the
    pages of its fields, ``homes`` the ids of repositories that filters name.
    """

    since: datetime
    path: str
    digest: str
    names: dict[str, list[str]]
    fields: tuple[Sheet, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """Everything in the project."""
        return frozenset(key for sheet in self.sheets for key in sheet.keys)

    def text(self) -> str:
        """The opaque form."""
        return json.dumps({**asdict(self), "since": stamp(self.since)})


def known(text: str | None) -> Known | None:
    """A stored cursor; None for a full read, as for one an earlier version wrote."""
    if text is None:
        return None
    try:
        value = json.loads(text)
        if "sheets" not in value:
            return None
        pages = {name: _sheets(value[name]) for name in ("fields", "sheets")}
        return Known(**{**value, **pages, "since": instant(value["since"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadReading("cursor", "cannot be read; read the source in full", "it") from error


def _sheets(stored: list[dict[str, Any]]) -> tuple[Sheet, ...]:
    return tuple(
        Sheet(each["address"], each["etag"], each["following"], tuple(each["keys"]))
        for each in stored
    )


def walk(client: GitHubClient, address: str, held: Sequence[Sheet]) -> Iterator[Leaf]:
    """The pages from an address on."""
    before = {sheet.address: sheet for sheet in held}
    seen = {address}
    while address:
        sheet = before.get(address)
        answer = client.get(address, etag=sheet.etag or None if sheet else None)
        if answer.status == 304 and sheet is not None:
            yield Leaf(sheet, None, answer.date)
            following = sheet.following
        else:
            items, following = answer.array(), client.following(answer) or ""
            made = Sheet(address, answer.headers.get("ETag") or "", following, ())
            yield Leaf(made, items, answer.date)
        if following:
            once(following, seen)
        address = following


def fields(client: GitHubClient, path: str, held: Sequence[Sheet]) -> list[Sheet]:
    """The pages of a project's fields, each field as JSON."""
    leaves = walk(client, f"{path}/fields?per_page={PAGE}", held)
    return [leaf.kept(json.dumps(slim(each)) for each in leaf.items or ()) for leaf in leaves]


def addresses(path: str, fields: Sequence[str]) -> list[str]:
    """Where the lists of a project's items begin."""
    asked = f"&fields={','.join(fields)}" if fields else ""
    begin = f"{path}/items?per_page={PAGE}{asked}"
    return [begin, *(f"{begin}&q={each}" for each in LISTS if each)]


def optional(client: GitHubClient, address: str, held: Sequence[Sheet]) -> Iterator[Leaf]:
    """The same of a list that not every GitHub has."""
    try:
        yield from walk(client, address, held)
    except Rejected:
        return
