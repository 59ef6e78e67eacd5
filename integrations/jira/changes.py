"""From changelog entries to events of a work item: pure, walked back from what the item is now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from connector.work import ItemEvent, WorkItem
from integrations.jira.documents import documents, name_of
from integrations.jira.entries import PARENTS, SPRINT, Change, Entry, Side, Site, entries
from integrations.jira.scopes import is_issue_key, sprint_tag, tag

Part = tuple[str, str]
PARTS = {
    "labels": "label", "fixVersions": "version", "components": "component", SPRINT: "sprint",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Now:
    """An item on the way back from what it is now; its ``parts`` are labels, versions, components
    and sprints. Those that never change matter to a move only: all but sprints are called after
    the project."""

    external_id: str
    key: str
    parts: frozenset[Part] = frozenset()

    @property
    def home(self) -> str:
        """The project it lies in."""
        return self.key.rpartition("-")[0].upper()

    @property
    def tags(self) -> frozenset[str]:
        """Its tags in that project."""
        named = (_tag(kind, self.home, name) for kind, name in self.parts)
        return frozenset({f"project:{self.home}", *named})

    @property
    def labels(self) -> frozenset[str]:
        """Its labels, as far as they are known."""
        return frozenset(name for kind, name in self.parts if kind == "label")


def now_of(item: WorkItem) -> Now:
    """Where to begin for an item that was read just now."""
    split = (each.partition(":") for each in item.tags)
    parts = {
        (kind, rest if kind == "sprint" else rest.partition("/")[2])
        for kind, _, rest in split
        if kind != "project"
    }
    return Now(item.external_id, item.key, frozenset(parts))


def events(histories: Sequence[object], now: Now, site: Site) -> tuple[ItemEvent, ...]:
    """The events of one item, oldest first; raises ``BadReading`` naming what is wrong."""
    found = []
    for entry in reversed(entries(histories, now.key, site)):
        before, after = _values(entry, site)
        earlier, later = _walked(entry, now, site)
        before |= _place(earlier, later)
        after |= _place(later, earlier)
        if before or after:
            found.append(
                ItemEvent(external_id=now.external_id, at=entry.at, before=before, after=after)
            )
        now = earlier
    return tuple(reversed(found))


def _values(entry: Entry, site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the entry says of single values."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for change in entry.changes:
        if change.kind in PARTS or change.kind in ("key", "project"):
            continue
        again = change.kind in PARENTS and "parent_key" in before
        if again and site.profile.cloud:
            continue  # it is told twice there: the older links give way
        for document, told in zip((before, after), documents(change, site), strict=True):
            if again and (document["parent_key"] or document["parent_id"]):
                continue  # on Data Center one link takes over from another
            numbers = {**document.get("numbers", {}), **told.get("numbers", {})}
            document.update(told | ({"numbers": numbers} if numbers else {}))
    return before, after


def _walked(entry: Entry, now: Now, site: Site) -> tuple[Now, Now]:
    """The item just before and just after the entry, as to where it lies."""
    key, lost, won = now.key, set[Part](), set[Part]()
    for change in entry.changes:
        if change.kind == "key":
            key = _key(change)
        elif change.kind in PARTS:
            old, new = (_parts(change, side, site) for side in (change.old, change.new))
            lost |= old - new
            won |= new - old
    later = replace(now, parts=now.parts - (lost - won) | won)
    return replace(now, key=key, parts=now.parts - won | lost), later


def _place(this: Now, other: Now) -> dict[str, Any]:
    """What one side says of where the item lies, as far as it differs from the other."""
    found: dict[str, Any] = {}
    if this.key != other.key:
        found |= {"key": this.key, "place": this.home}
    if this.tags != other.tags:
        found["tags"] = sorted(this.tags - other.tags)
    if this.labels != other.labels:
        found["labels"] = sorted(this.labels - other.labels)
    return found


def _key(change: Change) -> str:
    if not all(is_issue_key(side.text or "") for side in (change.old, change.new)):
        raise change.wrong("is not an issue key")
    return change.old.text or ""


def _tag(kind: str, home: str, name: str) -> str:
    return sprint_tag(name) if kind == "sprint" else tag(kind, home, name)


def _parts(change: Change, side: Side, site: Site) -> frozenset[Part]:
    kind = PARTS[change.kind]
    if kind == "label":
        return frozenset((kind, name) for name in (side.text or "").split())
    if kind == "sprint":
        return frozenset((kind, number) for number in _numbers(change, side))
    # As it is called today, since the item's own tags and the scopes of links are.
    name = site.names.parts.get((kind, side.id or "")) or name_of(change, side)
    return frozenset({(kind, name.casefold())} if name else ())


def _numbers(change: Change, side: Side) -> list[str]:
    """The numbers of sprints, which a changelog tells as one text: ``6, 7``."""
    found = [part.strip() for part in (side.id or "").split(",") if part.strip()]
    if not all(each.isascii() and each.isdigit() and len(each) < 19 for each in found):
        raise change.wrong("is not a list of sprints")
    if side.text and not found:
        raise change.wrong("names a sprint without its number")
    return [str(int(each)) for each in found]
