"""The timelines of many issues by GraphQL, which costs a tenth of REST's calls and tells more.

Asked for more issues at once, GitHub leaves events out without a word: ten are safe.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.errors import AccessDenied, BadReading, Gone, Unavailable
from connector.work import Ref
from integrations.github import nodes
from integrations.github.cards import Hall, halls, shown
from integrations.github.client import GitHubClient
from integrations.github.nodes import BOARDS, LEAST, PARTS
from integrations.github.story import Now, Shown
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected
from integrations.kit.fields import Fields

AT_ONCE = 10
_MOST_PAGES = 200
_HIDDEN = frozenset({"project", "projectItems", "fromRepository", "parent"})
"""Where an error only says that the token may not see something else."""
_SCOPES = ("INSUFFICIENT_SCOPES", "FORBIDDEN")


@dataclass(frozen=True, slots=True)
class Log:
    """What is told of one issue: its events as REST has them, when it was changed last, and the
    boards it is on."""

    events: tuple[dict[str, Any], ...]
    updated_at: datetime | None = None
    boards: Mapping[str, Shown] = field(default_factory=dict)
    why: str = ""
    """Why it is not all, as a sentence."""


class Timelines:
    """Timelines of issues, as far as this GitHub tells them by GraphQL at all.

    ``boards`` are the projects of interest, such as ``acme/3``, ``numbers`` the number fields that
    somebody measures by.
    """

    def __init__(
        self, client: GitHubClient, boards: Collection[str], numbers: frozenset[str]
    ) -> None:
        self._client, self._wanted, self._numbers = client, boards, numbers
        self._types: dict[str, frozenset[str]] | None = None
        self._halls: Mapping[str, Hall] = {}

    @property
    def boards(self) -> Mapping[str, Hall]:
        """The boards whose changes are told, with what is asked of them."""
        return self._halls

    def usable(self) -> bool:
        """Whether GraphQL tells all that REST does; one call and one a board, the first time."""
        if self._types is None:
            self._types = self._known()
            if self._types.get(PARTS[0], frozenset()) >= BOARDS - {"ConvertedFromDraftEvent"}:
                self._halls = halls(self._client, self._wanted, self._numbers)
        return self._types.get(PARTS[0], frozenset()) >= LEAST - {"MergedEvent"}

    def read(self, issues: Mapping[Ref, Now]) -> Iterator[tuple[Ref, Log | None]]:
        """The timelines of issues; None for one that has to be asked for by REST."""
        yield from ((ref, None) for ref, each in issues.items() if not each.node)
        named = [(ref, each) for ref, each in issues.items() if each.node]
        parts = [named[n : n + AT_ONCE] for n in range(0, len(named), AT_ONCE)]
        for found in abreast(self._batch, parts, width=self._client.width):
            yield from found

    def alone(self, issue: Now) -> Log | None:
        """One issue's timeline, asked for by itself."""
        return self._batch([(Ref(None, None), issue)])[0][1] if issue.node else None

    def _known(self) -> dict[str, frozenset[str]]:
        try:
            found = self._client.graphql(nodes.SCHEMA, {})
        except (Rejected, AccessDenied, Gone):  # a GitHub, or a token, without GraphQL
            return {}
        return {part: frozenset(_names(found.get(part))) for part in PARTS}

    def _batch(self, issues: Sequence[tuple[Ref, Now]]) -> list[tuple[Ref, Log | None]]:
        found = self._nodes([each.node for _, each in issues], None)
        told = found or [None] * len(issues)
        return [
            (ref, self._log(each, node)) for (ref, each), node in zip(issues, told, strict=True)
        ]

    def _log(self, issue: Now, node: dict[str, Any] | None) -> Log | None:
        if node is None or node.get("id") != issue.node:
            return None
        fields = Fields(node, item=issue.item.key)
        try:
            items = self._items(issue, node)
            boards = shown(fields, self.boards) if self.boards else {}
            updated = fields.maybe_instant("updatedAt")
        except BadReading:
            return None
        return None if items is None else Log(tuple(nodes.events(items)), updated, boards)

    def _items(self, issue: Now, node: dict[str, Any] | None) -> list[Any] | None:
        """All its items; None when they cannot be had whole."""
        found: list[Any] = []
        for _ in range(_MOST_PAGES):
            held = (node or {}).get("timelineItems")
            part = held.get("nodes") if isinstance(held, dict) else None
            if not isinstance(held, dict) or not isinstance(part, list):
                return None
            found += part
            page = held.get("pageInfo")
            if not isinstance(page, dict) or not page.get("hasNextPage"):
                return found
            node = next(iter(self._nodes([issue.node], page.get("endCursor")) or []), None)
        return None

    def _nodes(
        self, ids: Sequence[str], after: object, *, boards: bool = True
    ) -> list[dict[str, Any] | None] | None:
        """The nodes of these ids, None for each that could not be told; None for none at all."""
        wanted = {name for hall in self.boards.values() for name in hall.numbers}
        asked = boards and bool(self.boards)
        text = nodes.query(self._types or {}, boards=asked, numbers=wanted)
        try:
            found, errors = self._client.answered(text, {"ids": list(ids), "after": after})
        except Unavailable:  # too much at once; REST says whether it is out of order
            return None
        held = found.get("nodes") if found else None
        if not isinstance(held, list) or len(held) != len(ids):
            if asked and any(each.get("type") in _SCOPES for each in errors):
                self._halls = {}
                return self._nodes(ids, after, boards=False)
            return None
        spoilt = set(_spoilt(errors))
        return [None if n in spoilt or not isinstance(each, dict) else each
                for n, each in enumerate(held)]  # fmt: skip


def _spoilt(errors: Collection[Mapping[str, Any]]) -> Iterator[object]:
    """The places of nodes of which something of their own could not be told."""
    for each in errors:
        path = each.get("path")
        if isinstance(path, list) and len(path) > 1 and not _HIDDEN & set(map(str, path)):
            yield path[1]


def _names(found: object) -> Iterator[str]:
    types = found.get("possibleTypes") if isinstance(found, dict) else None
    for each in types if isinstance(types, list) else []:
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            yield each["name"]
