"""Reading the source that is a project (Projects v2): its items with their status and numbers."""

from collections.abc import Iterator, Mapping, Sequence

from connector.errors import AccessDenied, BadReading, Gone
from connector.work import Ref, WorkItem
from integrations.github import cursors
from integrations.github.boards import Board, Card, card, on_board, wanted_fields
from integrations.github.client import GitHubClient
from integrations.github.cursors import Cursor, back
from integrations.github.fetching import fetch
from integrations.github.reading import Place, page
from integrations.github.spec import SPEC
from integrations.kit.needs import readable
from integrations.tracker import Fetched, Look, Need, Page, Unreadable

_AT_ONCE = 100


class Project:
    """One project as GitHub lists it; nothing tells what changed, so all of it is listed."""

    def __init__(self, client: GitHubClient, board: Board) -> None:
        self._client, self._board = client, board
        self._unreadable: list[Unreadable] = []

    def read(self, need: Need, cursor: str | None) -> Iterator[Page | Look]:
        """Its items; with a cursor, those that changed, came or left."""
        asked, broken = readable(SPEC, need)
        before = cursors.read(cursor)
        title, cards = "", dict[str, Card]()
        try:
            title, path = self._found()
            cards = self._cards(path)
        except (Gone, AccessDenied) as error:
            broken |= dict.fromkeys(asked.scopes, self._refusal(error))
            after = before or Cursor(cursors.EPOCH)
        else:
            for keys in chunked(sorted(_due(cards, before))):
                yield self._page(keys, cards)
            after = _after(cards, before)
        yield Look(
            cursor=after.text(),
            complete=before is None,
            broken=broken,
            titles=dict.fromkeys(asked.scopes, title) if title else {},
        )

    def fetch(self, refs: Sequence[Ref]) -> Fetched:
        """Single issues, with what the project says of them."""
        found = fetch(self._client, refs)
        cards = self.cards() if found.items else {}
        items = tuple(self._shown(item, cards) for item in found.items)
        return Fetched(items, found.missing, found.unreadable)

    def cards(self) -> dict[str, Card]:
        """Everything in the project by key; raises ``Gone`` when it is not to be seen."""
        return self._cards(self._found()[1])

    def _found(self) -> tuple[str, str]:
        """The project's title and path: of an organization, else of a person."""
        owner, number = self._board.owner, self._board.number
        try:
            path = f"/orgs/{owner}/projectsV2/{number}"
            found = self._client.get(path).object()
        except Gone:
            path = f"/users/{owner}/projectsV2/{number}"
            found = self._client.get(path).object()
        return str(found.get("title") or ""), path

    def _cards(self, path: str) -> dict[str, Card]:
        fields = [each for page in self._client.listing(f"{path}/fields", {}) for each in page]
        asked = {"fields": ",".join(wanted_fields(fields))}
        found: dict[str, Card] = {}
        for items in self._client.listing(f"{path}/items", {k: v for k, v in asked.items() if v}):
            for item in items:
                try:
                    each = card(item, self._board)
                except BadReading as error:
                    self._unreadable.append(_unreadable(item, self._board, error))
                    continue
                found |= {each.key: each} if each else {}
        return found

    def _page(self, keys: Sequence[str], cards: Mapping[str, Card]) -> Page:
        """These items: as the project shows them, else as they are by themselves."""
        shown = [c for key in keys if (c := cards.get(key)) and c.content is not None]
        places = ((each, Place(each.key.rpartition("#")[0], self._client.web)) for each in shown)
        pages = [page([dict(each.content or {})], place) for each, place in places]
        read = [item for each in pages for item in each.items]
        alone = sorted(set(keys) - {item.key for item in read})
        rest = fetch(self._client, [Ref(None, key) for key in alone])
        unreadable, self._unreadable = (*rest.unreadable, *self._unreadable), []
        return Page(tuple(self._shown(each, cards) for each in (*read, *rest.items)), unreadable)

    def _shown(self, item: WorkItem, cards: Mapping[str, Card]) -> WorkItem:
        found = cards.get(item.key)
        return on_board(item, found, self._board) if found else item

    def _refusal(self, error: Exception) -> str:
        # A token that is no good anywhere is told as just that.
        self._client.get("/user")
        owner, number = self._board.owner, self._board.number
        return (
            f"GitHub does not show project {number} of {owner}: it does not exist, the token lacks"
            f" the organization permission Projects: Read-only, or this GitHub has no projects in"
            f" its API. {error}"
        )


def chunked(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Not more of them than are fetched at once."""
    return (keys[first : first + _AT_ONCE] for first in range(0, len(keys), _AT_ONCE))


def _due(cards: Mapping[str, Card], before: Cursor | None) -> set[str]:
    """What is to be told: everything; else what changed, came, or is there no more."""
    if before is None:
        return set(cards)
    changed = {key for key, each in cards.items() if each.updated_at > before.since}
    return changed | (set(cards) ^ before.members)


def _after(cards: Mapping[str, Card], before: Cursor | None) -> Cursor:
    newest = max((each.updated_at for each in cards.values()), default=None)
    since = back(newest) if newest else before.since if before else cursors.EPOCH
    return Cursor(since, members=frozenset(cards))


def _unreadable(item: object, board: Board, error: BadReading) -> Unreadable:
    known = item if isinstance(item, dict) else {}
    number = str(known.get("id") or "")[:40]
    return Unreadable(f"{board.tag}/{number}", f"{board.tag}/{number}", error.field, str(error))
