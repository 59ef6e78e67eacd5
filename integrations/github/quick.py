"""The quick way from GitHub's payload to a work item: for what it usually sends, nothing else.

Whatever is unusual ends in one of ``UNUSUAL``, and is then read carefully. Names of fields are not
kept on the way: that alone makes reading thousands of issues several times as fast.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from connector.work import Category, WorkItem
from integrations.github.places import key_of, repository_of
from integrations.github.scopes import tag, titled
from integrations.kit.fields import LONGEST

CATEGORIES: dict[str, Category] = {"open": "todo", "closed": "done"}
UNUSUAL = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
NO_TYPE, PULL = "Issue", "Pull request"
TITLE = 1000
"""Characters kept of a title."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII).fullmatch
_NOBODY = None, None, None
_LARGEST = 10**18
_KNOWN = 4096
"""Values of each kind that are kept as they were understood: issues mostly repeat them."""
_parsed = datetime.fromisoformat


@dataclass(frozen=True, slots=True)
class Place:
    """Where issues are read from: the repository and the address people open."""

    repo: str
    web: str


class _Draft:
    """A work item in the making. A frozen class sets its fields at several times the cost of one
    that is not, which shows with thousands of them; so it becomes a ``WorkItem`` when done."""

    __slots__ = WorkItem.__slots__


def quick(issue: Any, place: Place) -> WorkItem:
    """One issue; raises one of ``UNUSUAL`` for what is not as it usually is."""
    get = issue.get
    item: Any = _Draft()
    number, pull = _whole(issue["number"]), get("pull_request")
    home = _home(get("repository_url"), place)
    item.external_id = str(_whole(issue["id"]))
    item.place = repo = home[0]
    item.key = key = _name(f"{repo}#{number}")
    item.title = _text(issue["title"])[:TITLE] or key
    item.pull_request = is_pull = pull is not None
    item.url = f"{home[2] if is_pull else home[1]}{number}"
    _state(item, issue, pull)
    item.level, item.mentions, item.parent_id = 0, None, None
    kind, above, stage = get("type"), get("parent_issue_url"), get("milestone")
    item.type = _name(kind["name"]) if kind is not None else PULL if is_pull else NO_TYPE
    item.parent_key = None if above is None else _above(above)
    item.labels, item.tags = _shelf(
        repo,
        tuple([each["name"] for each in _list(get("labels"))]),
        *((None, None) if stage is None else (_whole(stage["number"]), stage["title"])),
    )
    person, values = get("assignee"), get("issue_field_values")
    item.numbers = {} if values is None else _numbers(values)
    if person is None:
        if _list(get("assignees")):
            raise ValueError
        item.assignee, item.assignee_name, item.assignee_email = _NOBODY
    else:
        found = _person(person["login"], person.get("name"), person.get("email"))
        item.assignee, item.assignee_name, item.assignee_email = found
    item.__class__ = WorkItem
    made: WorkItem = item
    return made


def _state(item: Any, issue: dict[str, Any], pull: Any) -> None:
    """Its status, and when it came to be open or finished."""
    state, reason, closed = issue["state"], issue.get("state_reason"), issue.get("closed_at")
    merged = None if pull is None else pull.get("merged_at")
    item.status, item.resolution = _outcome(state, reason, pull is not None, merged is not None)
    item.category = CATEGORIES[state]
    item.created_at = created = _instant(issue["created_at"])
    item.updated_at = updated = _instant(issue["updated_at"])
    if merged is not None:
        _instant(merged)
    since = created
    if state == "closed":
        since = created if closed is None else _instant(closed)
    elif reason == "reopened":
        since = updated
    since = max(since, created)
    item.state_at = since if since < updated else updated


@lru_cache(maxsize=_KNOWN)
def _outcome(state: Any, reason: Any, pull: bool, merged: bool) -> tuple[str, str | None]:  # noqa: FBT001
    if reason is not None:
        _short(reason)
    if state != "closed":
        return _name(state), None
    if not pull:
        return state, reason
    return ("merged", reason) if merged else (state, "unmerged")


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


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST:
        raise TypeError
    return value


@lru_cache(maxsize=_KNOWN)  # the moments of issues made or changed together often agree
def _instant(value: str) -> datetime:
    if _INSTANT(value) is None:
        raise ValueError
    return _parsed(value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        raise TypeError
    return value


@lru_cache(maxsize=_KNOWN)
def _home(url: Any, place: Place) -> tuple[str, str, str]:
    """The repository in lower case, and what its issues' and pull requests' pages begin with."""
    named = (repository_of(_short(url)) if url is not None else None) or place.repo
    _name(named)
    return named.lower(), f"{place.web}/{named}/issues/", f"{place.web}/{named}/pull/"


@lru_cache(maxsize=_KNOWN)
def _above(url: Any) -> str | None:
    found = key_of(_short(url))
    return None if found is None else _name(found)


@lru_cache(maxsize=_KNOWN)
def _person(login: Any, name: Any, email: Any) -> tuple[str, str, str | None]:
    told = None if name is None else _short(name)
    return _name(login), told or login, (None if email is None else _short(email)) or None


@lru_cache(maxsize=_KNOWN)
def _shelf(
    repo: str, labels: Any, number: int | None, title: Any
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The labels of an issue, and the tags that come of them, its repository and milestone."""
    for each in labels:
        _name(each)
    stage = None
    if number is not None:
        stage = (str(number), "" if title is None else _short(title))
    return labels, tags_of(repo, labels, stage)


def tags_of(repo: str, labels: Iterable[str], milestone: tuple[str, str] | None) -> frozenset[str]:
    """The tags of an issue of a repository; ``milestone`` is number and title."""
    tags = {tag("repo", repo), *(tag("label", repo, name) for name in labels)}
    if milestone:
        tags.add(tag("milestone", repo, milestone[0]))
    if milestone and milestone[1]:
        tags.add(titled(repo, milestone[1]))
    return frozenset(tags)


def _numbers(values: Any) -> dict[str, float]:
    """The issue's number fields, by name."""
    found = {}
    for each in _list(values):
        name, value = _name(each["issue_field_name"]), each.get("value")
        if type(value) in (int, float) and math.isfinite(value):
            found[name] = float(value)
    return found
