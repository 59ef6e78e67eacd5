"""GitHub's small lists of a repository: what is called how today. A new name updates no issue."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from connector.errors import AccessDenied, Gone
from integrations.github.client import GitHubClient
from integrations.github.mentions import in_text
from integrations.github.tagged import Pages, again, pages_of
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected
from integrations.kit.fields import instant

Entries = Mapping[str, str]
"""Names by id; of milestones, titles by number."""
MILESTONES, LABELS, TYPES, FIELDS = "milestones", "labels", "types", "fields"
_PATHS: Mapping[str, tuple[str, dict[str, str]]] = {
    MILESTONES: ("/repos/{repo}/milestones", {"state": "all"}),
    LABELS: ("/repos/{repo}/labels", {}),
    TYPES: ("/repos/{repo}/issue-types", {}),
    FIELDS: ("/orgs/{owner}/issue-fields", {}),
}
_IDS = {MILESTONES: "number"}
_NAMES = {MILESTONES: "title"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The entries of each list that was read, and its pages; ``read_at`` is GitHub's own time.

    ``bound`` says by which id the name of a linked label was known: it finds what is renamed.
    ``titles`` are those that linked milestones had when they were last there, by number, and
    ``former`` the title that scopes ask for and the one it has now, of those that have it no more.
    ``named`` are the key results that milestones name in their descriptions, by number.
    """

    read_at: datetime | None = None
    entries: Mapping[str, Entries] = field(default_factory=dict)
    pages: Mapping[str, Pages] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "read_at": self.read_at.isoformat() if self.read_at else None,
            "entries": {name: dict(each) for name, each in self.entries.items()},
            "pages": {name: list(map(list, each)) for name, each in self.pages.items()},
            "bound": dict(self.bound),
            "named": {number: list(keys) for number, keys in self.named.items()},
            "titles": dict(self.titles),
            "former": {key: list(pair) for key, pair in self.former.items()},
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Lists":
        """From plain JSON; raises as ``KeyError``, ``TypeError`` and their like for any other."""
        read_at = document["read_at"]
        return cls(
            read_at=instant(read_at) if read_at else None,
            entries={
                name: {str(ident): str(called) for ident, called in each.items()}
                for name, each in document["entries"].items()
            },
            pages={name: pages_of(each) for name, each in document["pages"].items()},
            bound={str(name): str(ident) for name, ident in document["bound"].items()},
            named={
                str(number): tuple(map(str, keys))
                for number, keys in document.get("named", {}).items()
            },
            titles={str(n): str(title) for n, title in document.get("titles", {}).items()},
            former={
                str(key): (str(was), str(now))
                for key, (was, now) in document.get("former", {}).items()
            },
        )

    def ids(self, name: str) -> dict[str, str]:
        """The ids of one list by name, whatever the case."""
        return {called.casefold(): ident for ident, called in self.entries.get(name, {}).items()}


@dataclass(frozen=True, slots=True)
class Linked:
    """What scopes use of a repository's lists: names of labels, numbers of milestones."""

    labels: frozenset[str] = frozenset()
    milestones: frozenset[str] = frozenset()


NOTHING = Linked()


def read(
    client: GitHubClient,
    repo: str,
    names: Collection[str],
    before: Lists | None,
    *,
    at: datetime | None,
    linked: Linked = NOTHING,
) -> Lists:
    """These lists as they are now, the others as they were; one call each while they are short,
    which is free while they stay the same. ``linked`` is what scopes use."""
    held = before or Lists()
    ask = partial(_one, client, repo, held)
    entries, pages, named = dict(held.entries), dict(held.pages), held.named
    for name, rows, tags in abreast(ask, names, width=client.width):
        if rows is not None:
            entries[name], pages[name] = dict(_told(name, rows)), tags
            named = dict(_naming(rows)) if name == MILESTONES else named
    now = Lists(read_at=at or held.read_at, entries=entries, pages=pages)
    known = {name.casefold() for name in linked.labels}
    bound = {name: ident for name in known if (ident := _bound(name, held, now))}
    there = {**held.titles, **entries.get(MILESTONES, {})}
    titles = {number: there[number] for number in linked.milestones if number in there}
    return replace(now, bound=bound, named=named, titles=titles)


def _bound(name: str, held: Lists, now: Lists) -> str | None:
    """The id of a linked label: what takes the name of one that was renamed is another one."""
    before = held.bound.get(name)
    if before in now.entries.get(LABELS, {}):
        return before
    return now.ids(LABELS).get(name) or before


def met(held: Lists, shown: Mapping[str, Entries]) -> Lists:
    """With what issues showed of lists that are not read for that: types and fields."""
    entries = dict(held.entries)
    for name, found in shown.items():
        if found:
            entries[name] = {**entries.get(name, {}), **found}
    return replace(held, entries=entries)


def _one(
    client: GitHubClient, repo: str, held: Lists, name: str
) -> tuple[str, list[Any] | None, Pages]:
    """The rows of a list; None for one that did not change, or that is hidden or not there."""
    path, params = _PATHS[name]
    where = path.format(repo=repo, owner=repo.partition("/")[0])
    try:
        rows, pages = again(client, where, params, held.pages.get(name, ()))
    except (Gone, AccessDenied, Rejected):
        return name, None, ()  # a token that is no longer good fails elsewhere
    return name, rows, pages


def _told(name: str, rows: list[Any]) -> Iterator[tuple[str, str]]:
    for row in rows:
        known = row if isinstance(row, dict) else {}
        ident, called = known.get(_IDS.get(name, "id")), known.get(_NAMES.get(name, "name"))
        if isinstance(ident, int | str) and isinstance(called, str):
            yield str(ident), called


def _naming(rows: list[Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The milestones that name key results."""
    for row in rows:
        known = row if isinstance(row, dict) else {}
        if keys := in_text(known.get("description")):
            yield str(known.get("number")), tuple(sorted(keys))
