"""Reading the source that is a project (Projects v2): its items with their status and fields."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connector.errors import AccessDenied, Gone
from connector.work import Ref, WorkItem
from integrations.github import columns as fields_of
from integrations.github import homes, sheets
from integrations.github.boards import Board, Card, card, on_board
from integrations.github.client import GitHubClient
from integrations.github.columns import Column
from integrations.github.cursors import EPOCH, back
from integrations.github.fetching import fetch
from integrations.github.filters import Asked
from integrations.github.pulls import listed
from integrations.github.reading import Place, page
from integrations.github.repositories import alive
from integrations.github.scopes import conditions
from integrations.github.sheets import Known, Leaf, Sheet
from integrations.github.spec import SPEC
from integrations.kit.apart import each_apart
from integrations.kit.needs import readable
from integrations.tracker import Fetched, Look, Named, Need, Page, Unreadable

Scope = tuple[str, str]
_AT_ONCE = 100


class Project:
    """One project as GitHub lists it; ``scopes`` are those that links read of it.

    A page of its items that did not change is not sent again; a field that was renamed or an
    iteration that was moved updates no item, and then all of them are told anew.
    """

    def __init__(self, client: GitHubClient, board: Board, scopes: Collection[Scope] = ()) -> None:
        self._client, self._board = client, board
        self._asked = _asked(scopes)
        self._unreadable: list[Unreadable] = []
        self._names: dict[str, list[str]] = {}
        self._began: datetime | None = None
        self._fields: list[Sheet] = []
        self._sheets: list[Sheet] = []
        self._met: Mapping[str, Card] | None = None
        self._keys: frozenset[str] = frozenset()

    def read(self, need: Need, cursor: str | None, *, sweep: bool = False) -> Iterator[Page | Look]:
        """Its items; with a cursor and without a sweep, those that changed, came or left."""
        asked, broken = readable(SPEC, need)
        self._asked |= _asked(asked.scopes)
        held, titles, called = sheets.known(cursor), dict[Scope, str](), dict[Scope, str]()
        earlier = sheets.known(need.before)
        self._names = held.names if held else {}
        # A look that was cut off may have stored what left meanwhile: no list holds that any more.
        before = None if sweep or need.torn else held
        after = held or Known(since=EPOCH, path="", digest="", names={})
        left = frozenset[str]()
        try:
            path, title = (before.path, "") if before and before.path else self._found()
            known = self._columns(path, before)
            broken |= self._objections(known, asked.scopes)
            cards = self._cards(path, known, before)
        except (Gone, AccessDenied) as error:
            broken |= dict.fromkeys(asked.scopes, self._refusal(error))
        else:
            after = self._after(path, known, cards, before)
            after, called = self._at_home(after, asked.scopes, before, held or earlier)
            self._met, self._keys = cards, after.keys
            # What became of those is asked by their ids: their names may be those of others now.
            left = before.keys - after.keys if before else left
            due = _due(cards, after, before)
            for found in listed(self._client, self._pulls(due, cards)):
                due -= {item.key for item in found.items}
                yield Page(tuple(self._shown(item, cards) for item in found.items))
            for keys in chunked(sorted(due)):
                yield self._page(keys, cards)
            yield from self._rest()
            titles = {scope: _titled(title, scope[1]) for scope in asked.scopes if title}
        yield Look(
            cursor=after.text(),
            complete=before is None,
            broken=broken,
            titles=titles,
            left=left,
            called=called,
        )

    def fetch(self, refs: Sequence[Ref]) -> Fetched:
        """Single issues, with what the project says of them."""
        found = fetch(self._client, refs)
        cards = self._of({item.key for item in found.items})
        items = tuple(self._shown(item, cards) for item in found.items)
        return replace(found, items=items)

    def _of(self, keys: set[str]) -> Mapping[str, Card]:
        """What the project shows of these; it is not read again where a read just told."""
        if self._met is not None and not (keys & self._keys) - self._met.keys():
            return self._met
        return self.cards() if keys else {}

    def cards(self) -> dict[str, Card]:
        """Everything in the project by key; raises ``Gone`` when it is not to be seen."""
        path = self._found()[0]
        return self._cards(path, self._columns(path, None), None)

    def _found(self) -> tuple[str, str]:
        """The project's path, of an organization, else of a person, and its title."""
        owner, number = self._board.owner, self._board.number
        try:
            path = f"/orgs/{owner}/projectsV2/{number}"
            found = self._client.get(path).object()
        except Gone:
            path = f"/users/{owner}/projectsV2/{number}"
            found = self._client.get(path).object()
        return path, str(found.get("title") or "")

    def _columns(self, path: str, before: Known | None) -> tuple[Column, ...]:
        held = before.fields if before else ()
        self._fields = sheets.fields(self._client, path, held)
        stored = (json.loads(key) for each in self._fields for key in each.keys)
        known = fields_of.columns(stored)
        self._names = fields_of.called(known, self._names)
        return fields_of.remembered(known, self._names)

    def _objections(self, known: Sequence[Column], scopes: Collection[Scope]) -> dict[Scope, str]:
        """A sentence for each scope whose filter the project's fields cannot meet."""
        found = {}
        for scope in sorted(scopes):
            for asked in conditions(scope[1]):
                wrong = fields_of.objection(known, asked, self._board.name)
                if wrong:
                    found[scope] = wrong + fields_of.renamed(known, asked, self._names)
                    break
        return found

    def _cards(self, path: str, known: Sequence[Column], before: Known | None) -> dict[str, Card]:
        """The items on pages that changed; on all pages where a field did or nothing is held."""
        chosen = fields_of.wanted(known, self._asked)
        same = before is not None and before.digest == fields_of.digest(chosen)
        held = before.sheets if before and same else ()
        found: dict[str, Card] = {}
        self._sheets.clear()
        for address in sheets.addresses(path, [each.ident for each in chosen]):
            for leaf in self._walk(address, held):
                here = dict(self._read(leaf.items or (), chosen))
                found |= here
                self._sheets.append(leaf.kept(sorted(here)))
                self._began = self._began or leaf.at
        return found

    def _walk(self, address: str, held: Sequence[Sheet]) -> Iterator[Leaf]:
        read = sheets.optional if "&q=" in address else sheets.walk
        return read(self._client, address, held)

    def _read(
        self, items: Sequence[object], chosen: Sequence[Column]
    ) -> Iterator[tuple[str, Card]]:
        found = each_apart(
            items,
            lambda item: card(item, self._board, chosen),
            self._named,
            self._client.witness,
        )
        self._unreadable += found.unreadable
        yield from ((each.key, each) for each in found.read if each)

    def _named(self, item: object) -> Named:
        """What a card calls itself; what it holds is read apart."""
        known = item if isinstance(item, dict) else {}
        name = f"{self._board.tag}/{str(known.get('id') or '')[:40]}"
        return Named(name, name, str(known.get("updated_at") or "")[:40])

    def _after(
        self,
        path: str,
        known: Sequence[Column],
        cards: Mapping[str, Card],
        before: Known | None,
    ) -> Known:
        newest = max((each.updated_at for each in cards.values()), default=None)
        since = before.since if before else EPOCH
        if newest and self._began:  # what was read first may have changed since
            newest = min(newest, self._began)
        return Known(
            since=max(since, back(newest)) if newest else since,
            path=path,
            digest=fields_of.digest(fields_of.wanted(known, self._asked)),
            names=self._names,
            fields=tuple(self._fields),
            sheets=tuple(self._sheets),
        )

    def _at_home(
        self,
        after: Known,
        scopes: Collection[Scope],
        before: Known | None,
        earlier: Known | None,
    ) -> tuple[Known, dict[Scope, str]]:
        """With the ids of the repositories that filters name, and the scopes that call one
        otherwise than it is called now: looked for where all is read, or nothing of one is left."""
        met = homes.known(self._client, scopes, earlier.homes if earlier else {})
        gone = earlier is not None and homes.left(met, earlier.keys, after.keys)
        if before is not None and not gone:
            return replace(after, homes=met), {}
        called = homes.called(self._client, scopes, met) if earlier else {}
        return replace(after, homes=met), called

    def _page(self, keys: Sequence[str], cards: Mapping[str, Card]) -> Page:
        """These items: as the project shows them, else as they are by themselves."""
        shown = [c for key in keys if (c := cards.get(key)) and c.content is not None]
        places = (
            (each, Place(each.key.rpartition("#")[0], self._client.web, self._client.witness))
            for each in shown
        )
        pages = [page([dict(each.content or {})], place) for each, place in places]
        read = [item for each in pages for item in each.items]
        alone = sorted(set(keys) - {item.key for item in read})
        rest = [self._alone(group) for group in _by_repository(alone)]
        items = (*read, *(item for each in rest for item in each.items))
        unreadable = tuple(each for part in rest for each in part.unreadable)
        return Page(tuple(self._shown(each, cards) for each in items), unreadable)

    def _pulls(self, due: Collection[str], cards: Mapping[str, Card]) -> set[str]:
        return {key for key in due if key in cards and cards[key].content is None}

    def _alone(self, keys: Sequence[str]) -> Fetched:
        """Items of one repository by themselves; out of sight, they stay as they were known."""
        try:
            return fetch(self._client, [Ref(None, key) for key in keys])
        except (Gone, AccessDenied) as error:
            told = (Unreadable(key, key, "content", f"{key}: {error}") for key in keys)
            return Fetched((), (), tuple(told))

    def _rest(self) -> Iterator[Page]:
        """What could not be understood, once."""
        if self._unreadable:
            yield Page((), tuple(self._unreadable))
            self._unreadable.clear()

    def _shown(self, item: WorkItem, cards: Mapping[str, Card]) -> WorkItem:
        found = cards.get(item.key)
        return on_board(item, found, self._board) if found else item

    def _refusal(self, error: Exception) -> str:
        alive(self._client)  # a token that is no good anywhere is told as just that
        owner, number = self._board.owner, self._board.number
        return (
            f"GitHub does not show project {number} of {owner}: it was deleted or made private, the"
            " token lacks the organization permission Projects: Read-only, or this GitHub has no"
            f" projects in its API. {error}"
        )


def chunked(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Not more of them than are fetched at once."""
    return (keys[first : first + _AT_ONCE] for first in range(0, len(keys), _AT_ONCE))


def _asked(scopes: Collection[Scope]) -> frozenset[Asked]:
    """What filters of projects ask; a scope that cannot be read asks nothing."""
    fits = (value for kind, value in scopes if kind == "project")
    return frozenset(each for value in fits for each in conditions(value))


def _due(cards: Mapping[str, Card], after: Known, before: Known | None) -> set[str]:
    """What is to be told: everything; else what changed or came."""
    if before is None or before.digest != after.digest:
        return set(cards)
    changed = {key for key, each in cards.items() if each.updated_at > before.since}
    return changed | (after.keys - before.keys)


def _titled(title: str, value: str) -> str:
    _, mark, words = value.partition("?")
    return f"{title}: {words}" if mark else title


def _by_repository(keys: Sequence[str]) -> Iterator[list[str]]:
    places: dict[str, list[str]] = {}
    for key in keys:
        places.setdefault(key.rpartition("#")[0], []).append(key)
    yield from places.values()
