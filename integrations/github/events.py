"""From the payload of GitHub's issue events to what each of them tells; pure.

https://docs.github.com/rest/using-the-rest-api/issue-event-types
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connector.errors import BadReading
from integrations.github.reading import NO_TYPE
from integrations.kit.fields import Fields

About = Literal["state", "label", "milestone", "type", "parent", "place", "number", "board"]
DISCUSSION = "discussion"
"""The name of having been closed by being made a discussion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event: what it is about, what was there before it and after it as far as it says.

    Of the state, ``after`` is the status and ``reason`` why it was closed. A label comes (after)
    or goes (before). Milestones are told by title only, "" where it has none. ``name`` is the
    number field, or the project of a board: its statuses are "" where it has none, and an item
    that came or went has neither ``before`` nor ``after``, but ``reason`` added or removed. Types
    are None where the event does not say which; ``place`` tells the repository it came from.
    """

    at: datetime
    about: About
    before: str | None = None
    after: str | None = None
    reason: str | None = None
    name: str = ""


def told(events: Iterable[object], item: str) -> list[Told]:
    """What events tell, oldest first; raises ``BadReading`` naming the field that is wrong."""
    found = []
    for event in events:
        if not isinstance(event, dict):
            raise BadReading("event", "is not an object", item)
        fields = Fields(event, item=item)
        read = _READERS.get(fields.maybe_text("event") or "")
        each = read(fields, fields.instant("created_at")) if read else None
        if each:
            order = _ORDER.get(str(event["event"]), 1)
            found.append(((each.at, order, int(fields.identifier("id"))), each))
    found.sort(key=lambda each: each[0])
    return [each for _, each in found]


def _closed(fields: Fields, at: datetime) -> Told:
    return Told(at=at, about="state", after="closed", reason=fields.maybe_text("state_reason"))


def _merged(_: Fields, at: datetime) -> Told:
    return Told(at=at, about="state", after="merged")


def _reopened(_: Fields, at: datetime) -> Told:
    return Told(at=at, about="state", after="open")


def _labeled(fields: Fields, at: datetime) -> Told:
    return Told(at=at, about="label", after=fields.within("label").text("name"))


def _unlabeled(fields: Fields, at: datetime) -> Told:
    return Told(at=at, about="label", before=fields.within("label").text("name"))


def _milestoned(fields: Fields, at: datetime) -> Told:
    title = fields.within("milestone").maybe_text("title") or ""
    return Told(at=at, about="milestone", after=title)


def _demilestoned(fields: Fields, at: datetime) -> Told:
    title = fields.within("milestone").maybe_text("title") or ""
    return Told(at=at, about="milestone", before=title)


def _converted(_: Fields, at: datetime) -> Told:
    return Told(at=at, about="state", after="closed", name=DISCUSSION)


def _typed(fields: Fields, at: datetime) -> Told:
    """The types, or None where it does not say which."""
    now, then = _type(fields, "issue_type"), _type(fields, "prev_issue_type")
    what = fields.text("event").rpartition("_")[2]
    before = NO_TYPE if what == "added" else then
    return Told(at=at, about="type", before=before, after=NO_TYPE if what == "removed" else now)


def _type(fields: Fields, name: str) -> str | None:
    found = fields.maybe_within(name)
    return found.maybe_text("name") if found else None


def _given(fields: Fields, at: datetime) -> Told:
    return Told(at=at, about="parent", after=_parent(fields))


def _taken(fields: Fields, at: datetime) -> Told:
    return Told(at=at, about="parent", before=_parent(fields))


def _parent(fields: Fields) -> str:
    """The parent's key, or "" where the token may not see it."""
    found = fields.maybe_within("parent_issue")
    if found is None:
        return ""
    repo = found.within("repository").text("full_name")
    return f"{repo.lower()}#{found.identifier('number')}"


def _transferred(fields: Fields, at: datetime) -> Told:
    came = fields.maybe_text("from_repository") or ""
    return Told(at=at, about="place", before=came.lower())


def _valued(fields: Fields, at: datetime) -> Told | None:
    """A field's value; REST does not name the field."""
    name = fields.maybe_text("field")
    before, after = fields.maybe_text("before"), fields.maybe_text("after")
    return Told(at=at, about="number", name=name, before=before, after=after) if name else None


def _boarded(fields: Fields, at: datetime) -> Told | None:
    """A change on a board; REST does not name the project, and some tokens may not see it."""
    board = fields.maybe_text("project")
    if board is None:
        return None
    if fields.maybe_text("event") == "project_v2_item_status_changed":
        before, after = fields.maybe_text("previous_status"), fields.maybe_text("status")
        return Told(at=at, about="board", name=board, before=before or "", after=after or "")
    reason = "removed" if fields.maybe_text("event") == "removed_from_project_v2" else "added"
    return Told(at=at, about="board", name=board, reason=reason)


_READERS: dict[str, Callable[[Fields, datetime], Told | None]] = {
    "closed": _closed,
    "converted_to_discussion": _converted,
    "merged": _merged,
    "reopened": _reopened,
    "labeled": _labeled,
    "unlabeled": _unlabeled,
    "milestoned": _milestoned,
    "demilestoned": _demilestoned,
    "issue_type_added": _typed,
    "issue_type_changed": _typed,
    "issue_type_removed": _typed,
    "parent_issue_added": _given,
    "parent_issue_removed": _taken,
    "transferred": _transferred,
    "issue_field_added": _valued,
    "issue_field_changed": _valued,
    "issue_field_removed": _valued,
    "added_to_project_v2": _boarded,
    "converted_from_draft": _boarded,
    "removed_from_project_v2": _boarded,
    "project_v2_item_status_changed": _boarded,
}
# Within one second: what was left comes before what was entered, merging before closing.
_ORDER = {
    "transferred": 0,
    "merged": 0,
    "unlabeled": 0,
    "demilestoned": 0,
    "parent_issue_removed": 0,
}
