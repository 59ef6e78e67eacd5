"""The quick way from what Jira sends to work items: for what it usually sends, and nothing else.

Whatever is unusual ends in one of ``UNUSUAL``, and is then read carefully. Names of fields are not
kept on the way, and what is not needed of an answer is never made into values: both together make
reading thousands of issues several times as fast.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from connector.work import Category, WorkItem
from integrations.jira.profile import Profile
from integrations.jira.shapes import Fields, Issue, Kind, Person, Shapes, shapes
from integrations.kit.fields import LONGEST

CATEGORIES: dict[str, Category] = {"new": "todo", "indeterminate": "doing", "done": "done"}
UNUSUAL = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
TITLE = 1000
"""Characters kept of a title."""
SPRINT_TEXT = re.compile(r"[\[,]id=(\d{1,18})[,\]]", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}", re.ASCII).fullmatch
_NOBODY = None, None, None
_KNOWN = 4096
"""Values of each kind that are kept as they were understood: issues mostly repeat them."""
_parsed = datetime.fromisoformat


class _Draft:
    """A work item in the making. A frozen class sets its fields at several times the cost of one
    that is not, which shows with thousands of them; so it becomes a ``WorkItem`` when done."""

    __slots__ = WorkItem.__slots__


@dataclass(frozen=True, slots=True)
class Usual:
    """How the issues of a site usually are: their shapes, and what its own fields are there."""

    profile: Profile
    shapes: Shapes
    browse: str
    numbers: tuple[tuple[str, str], ...]
    sprints: str | None


def usual(profile: Profile) -> Usual:
    """How the issues of a site usually are; put together once for many."""
    numbers, sprint = profile.number_fields, profile.sprint_field
    links = (profile.epic_link, profile.epic_name, profile.parent_link)
    found = shapes(tuple(each for each in (*numbers, sprint, *links) if each))
    custom = found.custom
    return Usual(
        profile=profile,
        shapes=found,
        browse=f"{profile.browse}/browse/",
        numbers=tuple((custom.get(each, ""), each) for each in numbers),
        sprints=custom.get(sprint, "") if sprint else None,
    )


def quick(issue: Issue, site: Usual) -> WorkItem:
    """One issue; raises one of ``UNUSUAL`` for what is not as it usually is."""
    fields, ident, key = issue.fields, issue.id, issue.key
    item: Any = _Draft()
    if not (ident.isascii() and ident.isdigit()):
        raise ValueError
    item.external_id, item.key = ident, key
    item.title = fields.summary[:TITLE] or key
    item.url = site.browse + key
    labels, versions, components = fields.labels, fields.fixVersions, fields.components
    sprints = site.sprints and getattr(fields, site.sprints)
    item.place, item.labels, item.tags = _shelf(
        fields.project.key,
        tuple(labels) if labels else (),
        tuple([each.name for each in versions]) if versions else (),
        tuple([each.name for each in components]) if components else (),
        () if sprints is None else tuple(map(_sprint, _list(sprints))),
    )
    item.numbers = _numbers(fields, site.numbers)
    item.pull_request, item.mentions = False, None
    item.parent_id, item.parent_key = _parent(fields, site)
    _state(item, fields)
    kind, resolution, person = fields.issuetype, fields.resolution, fields.assignee
    item.type, item.level = kind.name, _level(kind, fields, site)
    item.resolution = None if resolution is None else resolution.name
    item.assignee, item.assignee_name, item.assignee_email = (
        _NOBODY if person is None else _person(person)
    )
    item.__class__ = WorkItem
    made: WorkItem = item
    return made


def _state(item: Any, fields: Fields) -> None:
    """Its status, and when it came to be open or finished."""
    status = fields.status
    item.status = status.name
    item.category = CATEGORIES.get(status.statusCategory.key, "unknown")
    item.created_at = created = _instant(fields.created)
    item.updated_at = updated = _instant(fields.updated)
    changed, resolved = fields.statuscategorychangedate, fields.resolutiondate
    done = None if resolved is None else _instant(resolved)
    since = _instant(changed) if changed is not None else done if item.category == "done" else None
    if since is None or since < created:
        since = created
    item.state_at = since if since < updated else updated


def _short(value: Any) -> str:
    if type(value) is not str or len(value) > LONGEST:
        raise TypeError
    return value


def _name(value: Any) -> str:
    if type(value) is not str or not 0 < len(value) <= LONGEST:
        raise TypeError
    return value


def _maybe_name(value: Any) -> str | None:
    return None if value is None else _short(value) or None


def _identifier(value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        raise ValueError
    return value


@lru_cache(maxsize=_KNOWN)  # the moments of an issue, and of those made together, often agree
def _instant(value: str) -> datetime:
    if _INSTANT(value) is None:
        raise ValueError
    # Less an offset that is known already: to have it converted takes twice as long.
    return _parsed(f"{value[:23]}+00:00") - _offset(value[23:])


@lru_cache(maxsize=_KNOWN)
def _offset(zone: str) -> timedelta:
    return _parsed(f"2000-01-01T00:00:00{zone}").utcoffset() or timedelta()


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError
    return value


def _level(kind: Kind, fields: Fields, site: Usual) -> int:
    level = kind.hierarchyLevel
    if level is not None:
        if type(level) is not int or not -1 <= level < 100:
            raise TypeError
        return level
    if kind.subtask:
        return -1
    profile = site.profile
    if profile.levels and (known := profile.levels.get(kind.id or "")) is not None:
        return known
    named = profile.epic_name is not None and _own(fields, site, profile.epic_name) is not None
    return 1 if named or kind.name.lower() == "epic" else 0


def _parent(fields: Fields, site: Usual) -> tuple[str | None, str | None]:
    parent, profile = fields.parent, site.profile
    if parent is not None:
        return _identifier(parent.id), parent.key
    epic = _maybe_name(_own(fields, site, profile.epic_link)) if profile.epic_link else None
    if epic is None and profile.parent_link:
        return None, _linked(_own(fields, site, profile.parent_link))
    return None, epic


def _own(fields: Fields, site: Usual, name: str) -> Any:
    return getattr(fields, site.shapes.custom[name])


def _linked(value: Any) -> str | None:
    """The key of what an epic lies below, shown alone or within an object."""
    if type(value) is not dict:
        return _maybe_name(value)
    about = value.get("data")
    return _maybe_name(value.get("key")) if about is None else _name(about["key"])


def _person(person: Person) -> tuple[str | None, str, str | None]:
    account = person.accountId or person.name or person.key or None
    return account, person.displayName, person.emailAddress or None


@lru_cache(maxsize=_KNOWN)
def _shelf(
    project: str,
    labels: tuple[str, ...],
    versions: tuple[str, ...],
    components: tuple[str, ...],
    sprints: tuple[int, ...],
) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """The place of an issue, its labels, and the tags that come of both and of the rest."""
    home = project.upper()
    found = [f"project:{home}"]
    found += [f"label:{home}/{_short(label)}" for label in labels]
    found += [f"version:{home}/{name.casefold()}" for name in versions]
    found += [f"component:{home}/{name.casefold()}" for name in components]
    found += [f"sprint:{number}" for number in sprints]
    return home, labels, frozenset(found)


def _sprint(sprint: Any) -> int:
    if type(sprint) is str and (told := SPRINT_TEXT.search(sprint)):
        return int(told[1])
    number = sprint["id"]
    if type(number) is not int or not 0 <= number < 10**18:
        raise TypeError
    return number


def _numbers(fields: Fields, names: tuple[tuple[str, str], ...]) -> Mapping[str, float]:
    return _sizes(names, tuple([_size(getattr(fields, inner)) for inner, _ in names]))


def _size(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and math.isfinite(value) else None


@lru_cache(maxsize=_KNOWN)  # one for all issues of a size: it is stored as the same text
def _sizes(
    names: tuple[tuple[str, str], ...], values: tuple[float | None, ...]
) -> Mapping[str, float]:
    sized = zip(names, values, strict=True)
    return {name: value for (_, name), value in sized if value is not None}
