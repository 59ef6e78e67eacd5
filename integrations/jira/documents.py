"""One side of a changed field as a document in the words of a work item: pure."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from integrations.jira.entries import EPIC_LINK, PARENT_LINK, Change, Side, Site
from integrations.jira.scopes import is_issue_key

_Document = dict[str, Any]


def documents(change: Change, site: Site) -> tuple[_Document, _Document]:
    """Before and after; raises ``BadReading`` for a value that cannot be understood."""
    reader = _READERS.get(change.kind, _number)
    return reader(change, change.old, site), reader(change, change.new, site)


def name_of(change: Change, side: Side) -> str | None:
    """The name of a value, None for an empty one."""
    if side.id and not side.text:
        raise change.wrong("has an id without a name")
    return side.text


def _status(change: Change, side: Side, site: Site) -> _Document:
    # By its id, so that a status renamed since has one name everywhere.
    name, category = site.names.statuses.get(side.id or "", (side.text, "unknown"))
    if not name:
        raise change.wrong("names no status")
    return {"status": name, "category": category}


def _type(change: Change, side: Side, site: Site) -> _Document:
    known = site.names.types
    other = change.new if side is change.old else change.old
    # Types of one level take each other's place: one that was deleted was of the other's.
    level = known.get(other.id or "", ("", 0))[1]
    name, level = known.get(side.id or "", (side.text or "", level))
    if not name:
        raise change.wrong("names no issue type")
    return {"type": name, "level": level}


def _resolution(change: Change, side: Side, site: Site) -> _Document:
    # A changelog has the untranslated name, an issue the translated one.
    known = site.names.resolutions.get(side.id or "")
    return {"resolution": known or name_of(change, side)}


def _parent(change: Change, side: Side, _: Site) -> _Document:
    return {"parent_id": side.id, "parent_key": name_of(change, side)}


def _epic_link(change: Change, side: Side, site: Site) -> _Document:
    # As the item itself is read: Data Center's epic link is a key alone.
    alone = {} if site.profile.cloud else {"parent_id": None}
    return _parent(change, side, site) | alone


def _parent_link(change: Change, side: Side, site: Site) -> _Document:
    # Versions differ in what they write beside the key, and where.
    told = [each for each in (side.text, side.id) if each]
    key = next(filter(is_issue_key, (each.split()[0] for each in told if each.strip())), None)
    number = side.id if side.id and side.id.isascii() and side.id.isdigit() else None
    if told and not (key or number):
        raise change.wrong("names no issue")
    alone = key and not site.profile.cloud
    return {"parent_id": None if alone else number, "parent_key": key}


def _number(change: Change, side: Side, _: Site) -> _Document:
    text = side.text or side.id
    try:
        value = None if text is None else float(text)
    except ValueError:
        value = math.nan
    if value is not None and not math.isfinite(value):
        raise change.wrong("is not a number")
    return {"numbers": {change.kind: value}}


_READERS: Mapping[str, Callable[[Change, Side, Site], _Document]] = {
    "status": _status,
    "issuetype": _type,
    "resolution": _resolution,
    "parent": _parent,
    EPIC_LINK: _epic_link,
    PARENT_LINK: _parent_link,
}
