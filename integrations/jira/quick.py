"""The quick way from Jira's payload to a work item: for what it usually sends, and nothing else.

Whatever is unusual ends in one of ``UNUSUAL``, and is then read carefully. Names of fields are not
kept on the way: that alone makes reading thousands of issues several times as fast.
"""

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from connector.work import Category, WorkItem
from integrations.jira.profile import Profile
from integrations.kit.fields import LONGEST

CATEGORIES: dict[str, Category] = {"new": "todo", "indeterminate": "doing", "done": "done"}
UNUSUAL = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
TITLE = 1000
"""Characters kept of a title."""
SPRINT_TEXT = re.compile(r"[\[,]id=(\d{1,18})[,\]]", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}", re.ASCII).fullmatch
_PEOPLE = ("accountId", "name", "key")
_parsed = datetime.fromisoformat


class _Draft:
    """A work item in the making. A frozen class sets its fields at several times the cost of one
    that is not, which shows with thousands of them; so it becomes a ``WorkItem`` when done."""

    __slots__ = WorkItem.__slots__


def quick(issue: Any, profile: Profile, numbers: tuple[str, ...]) -> WorkItem:
    """One issue; raises one of ``UNUSUAL`` for what is not as it usually is.

    ``numbers`` are the profile's number fields, put together once for many issues.
    """
    fields: dict[str, Any] = issue["fields"]
    get = fields.get
    item: Any = _Draft()
    item.external_id = _identifier(issue["id"])
    item.key = key = _name(issue["key"])
    item.title = _text(fields["summary"])[:TITLE] or key
    item.url = f"{profile.browse}/browse/{key}"
    item.place = home = _name(fields["project"]["key"]).upper()
    item.labels = labels = tuple(map(_short, _list(get("labels"))))
    item.tags = _tags(fields, home, labels, profile.sprint_field)
    item.numbers = _numbers(fields, numbers)
    item.pull_request, item.mentions = False, None
    item.parent_id, item.parent_key = _parent(fields, profile)
    _state(item, fields)
    kind, resolution, person = fields["issuetype"], get("resolution"), get("assignee")
    item.type = _name(kind["name"])
    item.level = _level(kind, fields, profile)
    item.resolution = None if resolution is None else _name(resolution["name"])
    item.assignee = None if person is None else _account(person)
    item.assignee_name = None if person is None else _name(person["displayName"])
    item.assignee_email = None if person is None else _maybe_name(person.get("emailAddress"))
    item.__class__ = WorkItem
    made: WorkItem = item
    return made


def _state(item: Any, fields: dict[str, Any]) -> None:
    """Its status, and when it came to be open or finished."""
    status = fields["status"]
    item.status = _name(status["name"])
    item.category = CATEGORIES.get(_text(status["statusCategory"]["key"]), "unknown")
    created, updated = _instant(fields["created"]), _instant(fields["updated"])
    item.created_at, item.updated_at = created, updated
    changed, resolved = fields.get("statuscategorychangedate"), fields.get("resolutiondate")
    done = None if resolved is None else _instant(resolved)
    since = _instant(changed) if changed is not None else done if item.category == "done" else None
    item.state_at = min(max(since or created, created), updated)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError
    return value


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


def _identifier(value: Any) -> str:
    if type(value) is not str or len(value) > LONGEST or not (value.isascii() and value.isdigit()):
        raise TypeError
    return value


@lru_cache(maxsize=2048)  # the moments of an issue, and of those made together, often agree
def _instant(value: str) -> datetime:
    if _INSTANT(value) is None:
        raise ValueError
    return _parsed(value).astimezone(UTC)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        raise TypeError
    return value


def _level(kind: dict[str, Any], fields: dict[str, Any], profile: Profile) -> int:
    level = kind.get("hierarchyLevel")
    if level is not None:
        if type(level) is not int or not -1 <= level < 100:
            raise TypeError
        return level
    subtask = kind.get("subtask")
    if subtask is not None and type(subtask) is not bool:
        raise TypeError
    if subtask:
        return -1
    named = profile.epic_name is not None and fields.get(profile.epic_name) is not None
    return 1 if named or kind["name"].lower() == "epic" else 0


def _parent(fields: dict[str, Any], profile: Profile) -> tuple[str | None, str | None]:
    parent = fields.get("parent")
    if parent is not None:
        return _identifier(parent["id"]), _maybe_short(parent.get("key"))
    return None, _maybe_name(fields.get(profile.epic_link)) if profile.epic_link else None


def _maybe_short(value: Any) -> str | None:
    return None if value is None else _short(value)


def _account(person: dict[str, Any]) -> str | None:
    for name in _PEOPLE:
        value = person.get(name)
        if value is not None and value != "":
            return _name(value)
    return None


def _tags(
    fields: dict[str, Any], home: str, labels: tuple[str, ...], sprint_field: str | None
) -> frozenset[str]:
    found = [f"project:{home}"]
    if labels:
        found += [f"label:{home}/{label}" for label in labels]
    if versions := _list(fields.get("fixVersions")):
        found += [f"version:{home}/{_name(each['name']).casefold()}" for each in versions]
    if components := _list(fields.get("components")):
        found += [f"component:{home}/{_name(each['name']).casefold()}" for each in components]
    if sprint_field is not None:
        found += [f"sprint:{_sprint(each)}" for each in _list(fields.get(sprint_field))]
    return frozenset(found)


def _sprint(sprint: Any) -> int:
    if type(sprint) is str and (told := SPRINT_TEXT.search(sprint)):
        return int(told[1])
    number = sprint["id"]
    if type(number) is not int or not 0 <= number < 10**18:
        raise TypeError
    return number


def _numbers(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for name in names:
        value: Any = fields.get(name)
        if type(value) in (int, float) and math.isfinite(value):
            found[name] = float(value)
    return found
