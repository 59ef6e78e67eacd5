"""The quick way from Jira's payload to a work item: for what it usually sends, and nothing else.

Whatever is unusual ends in one of ``UNUSUAL``, and is then read carefully. Names of fields are not
kept on the way: that alone makes reading thousands of issues several times as fast.
"""

import math
import re
from datetime import datetime, timedelta
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
_NOBODY = None, None, None
_KNOWN = 4096
"""Values of each kind that are kept as they were understood: issues mostly repeat them."""
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
    sprints = get(profile.sprint_field or "")
    item.place, item.labels, item.tags = _shelf(
        fields["project"]["key"],
        tuple(_list(get("labels"))),
        _names(get("fixVersions")),
        _names(get("components")),
        () if sprints is None else tuple(map(_sprint, _list(sprints))),
    )
    item.numbers = _numbers(fields, numbers)
    item.pull_request, item.mentions = False, None
    item.parent_id, item.parent_key = _parent(fields, profile)
    _state(item, fields)
    kind, resolution, person = fields["issuetype"], get("resolution"), get("assignee")
    item.type, item.level = _kind(kind["name"], _level(kind, fields, profile))
    item.resolution = None if resolution is None else _name(resolution["name"])
    item.assignee, item.assignee_name, item.assignee_email = (
        _NOBODY
        if person is None
        else _person(
            person.get("accountId") or _account(person),
            person["displayName"],
            person.get("emailAddress"),
        )
    )
    item.__class__ = WorkItem
    made: WorkItem = item
    return made


def _state(item: Any, fields: dict[str, Any]) -> None:
    """Its status, and when it came to be open or finished."""
    status = fields["status"]
    item.status, item.category = _status(status["name"], status["statusCategory"]["key"])
    item.created_at = created = _instant(fields["created"])
    item.updated_at = updated = _instant(fields["updated"])
    changed, resolved = fields.get("statuscategorychangedate"), fields.get("resolutiondate")
    done = None if resolved is None else _instant(resolved)
    since = _instant(changed) if changed is not None else done if item.category == "done" else None
    if since is None or since < created:
        since = created
    item.state_at = since if since < updated else updated


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


@lru_cache(maxsize=_KNOWN)  # the moments of an issue, and of those made together, often agree
def _instant(value: str) -> datetime:
    if _INSTANT(value) is None:
        raise ValueError
    # Less an offset that is known already: to have it converted takes twice as long.
    return _parsed(f"{value[:23]}+00:00") - _offset(value[23:])


@lru_cache(maxsize=_KNOWN)
def _offset(zone: str) -> timedelta:
    return _parsed(f"2000-01-01T00:00:00{zone}").utcoffset() or timedelta()


@lru_cache(maxsize=_KNOWN)
def _status(name: Any, category: Any) -> tuple[str, Category]:
    return _name(name), CATEGORIES.get(_text(category), "unknown")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        raise TypeError
    return value


def _names(value: Any) -> tuple[Any, ...]:
    named = _list(value)
    return tuple([each["name"] for each in named]) if named else ()


@lru_cache(maxsize=_KNOWN, typed=True)  # a level of 1 is none of True
def _kind(name: Any, level: Any) -> tuple[str, int]:
    if type(level) is not int or not -1 <= level < 100:
        raise TypeError
    return _name(name), level


def _level(kind: dict[str, Any], fields: dict[str, Any], profile: Profile) -> Any:
    level = kind.get("hierarchyLevel")
    if level is not None:
        return level
    subtask = kind.get("subtask")
    if subtask is not None and type(subtask) is not bool:
        raise TypeError
    if subtask:
        return -1
    levels = profile.levels
    if levels and (known := levels.get(kind.get("id", ""))) is not None:
        return known
    named = profile.epic_name is not None and fields.get(profile.epic_name) is not None
    return 1 if named or kind["name"].lower() == "epic" else 0


def _parent(fields: dict[str, Any], profile: Profile) -> tuple[str | None, str | None]:
    parent = fields.get("parent")
    if parent is not None:
        return _above(parent["id"], parent.get("key"))
    epic = _maybe_name(fields.get(profile.epic_link)) if profile.epic_link else None
    if epic is None and profile.parent_link:
        return None, _linked(fields.get(profile.parent_link))
    return None, epic


def _linked(value: Any) -> str | None:
    """The key of what an epic lies below, shown alone or within an object."""
    if type(value) is not dict:
        return _maybe_name(value)
    about = value.get("data")
    return _maybe_name(value.get("key")) if about is None else _name(about["key"])


@lru_cache(maxsize=_KNOWN)
def _above(ident: Any, key: Any) -> tuple[str, str | None]:
    return _identifier(ident), None if key is None else _short(key)


def _account(person: dict[str, Any]) -> Any:
    known = (person.get(name) for name in _PEOPLE)
    return next((value for value in known if value is not None and value != ""), None)


@lru_cache(maxsize=_KNOWN)
def _person(account: Any, name: Any, email: Any) -> tuple[str | None, str, str | None]:
    return None if account is None else _name(account), _name(name), _maybe_name(email)


@lru_cache(maxsize=_KNOWN)
def _shelf(
    project: Any, labels: Any, versions: Any, components: Any, sprints: Any
) -> tuple[str, tuple[str, ...], frozenset[str]]:
    """The place of an issue, its labels, and the tags that come of both and of the rest."""
    home = _name(project).upper()
    found = [f"project:{home}"]
    found += [f"label:{home}/{_short(label)}" for label in labels]
    found += [f"version:{home}/{_name(name).casefold()}" for name in versions]
    found += [f"component:{home}/{_name(name).casefold()}" for name in components]
    found += [f"sprint:{number}" for number in sprints]
    return home, labels, frozenset(found)


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
        if value is not None and type(value) in (int, float) and math.isfinite(value):
            found[name] = float(value)
    return found
