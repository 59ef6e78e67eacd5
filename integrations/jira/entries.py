"""The entries of a Jira changelog as typed values: which field changed, from what, to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connector.errors import BadReading
from integrations.jira.names import Names
from integrations.jira.profile import Profile
from integrations.kit.fields import Fields

EPIC_LINK, PARENT_LINK, SPRINT = "epic link", "parent link", "sprint"
PARENTS = ("parent", EPIC_LINK, PARENT_LINK)
"""What names a parent, the strongest first."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {
    "status": "status", "resolution": "resolution", "issuetype": "issuetype", "labels": "labels",
    "Fix Version": "fixVersions", "fixVersions": "fixVersions", "Component": "components",
    "components": "components", "Key": "key", "project": "project", "Parent": "parent",
    "parent": "parent", "IssueParentAssociation": "parent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Site:
    """What is needed to read a site's changelogs."""

    profile: Profile
    names: Names

    @property
    def links(self) -> frozenset[str | None]:
        """The fields by which Advanced Roadmaps puts epics below others, if it is there."""
        return frozenset({self.names.parent_link, self.profile.parent_link} - {None, ""})


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a change: the id and the words of the value; both None for an empty one."""

    id: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field; ``kind`` is Jira's id of a system field or a number field's id."""

    item: str
    kind: str
    old: Side
    new: Side

    def wrong(self, message: str) -> BadReading:
        """The error for a change that cannot be understood."""
        return BadReading(f"changelog {self.kind}", message, self.item)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was changed at once; of the fields only those that can matter to a number."""

    at: datetime
    changes: tuple[Change, ...]


def entries(histories: Sequence[object], key: str, site: Site) -> tuple[Entry, ...]:
    """The entries, oldest first; raises ``BadReading`` naming the field that is wrong."""
    found: dict[tuple[datetime, int, int], Entry] = {}
    for place, each in enumerate(histories):
        if not isinstance(each, dict):
            raise BadReading("changelog", "has an entry that is not an object", key)
        entry = Fields(each, "changelog.", key)
        at, changes = _created(entry), _changes(entry, site)
        found[at, _number(each.get("id"), place), place] = Entry(at, changes)
    return tuple(found[order] for order in sorted(found))


def _changes(entry: Fields, site: Site) -> tuple[Change, ...]:
    kinds = ((item, _kind(item, site)) for item in entry.each("items"))
    found = [_change(item, kind) for item, kind in kinds if kind]
    named = {each.kind for each in found}
    if "project" in named and "key" not in named:
        entry.wrong("project", "was changed, but no key tells from which")
    return tuple(sorted(found, key=lambda each: _rank(each.kind)))


def _rank(kind: str) -> int:
    return PARENTS.index(kind) if kind in PARENTS else 0


def _created(entry: Fields) -> datetime:
    value = entry.values.get("created")
    # Read in bulk, Cloud tells milliseconds.
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return _EPOCH + timedelta(milliseconds=value)
        except OverflowError:
            entry.wrong("created", "is out of range")
    return entry.instant("created")


def _number(value: object, place: int) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else place


def _kind(item: Fields, site: Site) -> str | None:
    """What the field means to us; None for one that no number can depend on."""
    name, ident = item.text("field"), item.maybe_text("fieldId")
    custom = item.maybe_text("fieldtype") == "custom"
    if not custom and (known := _KINDS.get(name) or _KINDS.get(ident or "")):
        return known
    numbers = site.profile.number_fields
    ids = _ids(name, ident, site) if custom else frozenset({ident or name})
    for kind, fields in _planning(site).items():
        if ids & fields:
            return kind
    if not ids:
        named = {"Epic Link": EPIC_LINK, "Sprint": SPRINT}
        # Where Advanced Roadmaps is gone, items have nothing of it left either.
        return (named | {"Parent Link": PARENT_LINK} if site.links else named).get(name)
    if len(ids) > 1 and ids & set(numbers):
        item.wrong(name, "is the name of several fields, and the changelog does not say which")
    return next((each for each in ids if each in numbers), None)


def _planning(site: Site) -> dict[str, frozenset[str | None]]:
    """The fields of Jira's planning, by what they mean to us."""
    names, profile = site.names, site.profile
    epics, sprints = {names.epic_link, profile.epic_link}, {names.sprint, profile.sprint_field}
    empty = {None, ""}
    return {
        EPIC_LINK: frozenset(epics - empty),
        PARENT_LINK: site.links,
        SPRINT: frozenset(sprints - empty),
    }


def _ids(name: str, ident: str | None, site: Site) -> frozenset[str]:
    # Data Center names custom fields and gives no ids.
    return frozenset({ident}) if ident else site.names.fields.get(name, frozenset())


def _change(item: Fields, kind: str) -> Change:
    named = Fields(item.values, f"changelog {item.text('field')}.", item.item)
    return Change(item.item, kind, _side(named, "from"), _side(named, "to"))


def _side(item: Fields, name: str) -> Side:
    words = "fromString" if name == "from" else "toString"
    return Side(item.maybe_text(name) or None, item.maybe_text(words) or None)
