"""The quick way from what GitHub sends to a work item: for what it usually sends, nothing else.

Whatever is unusual ends in one of ``UNUSUAL``, and is then read carefully. Names of fields are not
kept on the way, and what is not needed of an answer is never made into values: both together make
reading thousands of issues several times as fast.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from connector.work import Category, WorkItem
from integrations.github.places import key_of, repository_of
from integrations.github.scopes import tag, titled
from integrations.github.shapes import Issue, Pull, Value
from integrations.kit.fields import LONGEST
from integrations.tracker import Witness

CATEGORIES: dict[str, Category] = {"open": "todo", "closed": "done"}
UNUSUAL = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
NO_TYPE, PULL = "Issue", "Pull request"
TITLE = 1000
"""Characters kept of a title."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII).fullmatch
_NOBODY = None, None, None
_KNOWN = 4096
"""Values of each kind that are kept as they were understood: issues mostly repeat them."""
_parsed = datetime.fromisoformat


@dataclass(frozen=True, slots=True)
class Place:
    """Where issues are read from: the repository and the address people open; ``witness`` is told
    what is read."""

    repo: str
    web: str
    witness: Witness | None = field(default=None, repr=False, compare=False)


class _Draft:
    """A work item in the making. A frozen class sets its fields at several times the cost of one
    that is not, which shows with thousands of them; so it becomes a ``WorkItem`` when done."""

    __slots__ = WorkItem.__slots__


def quick(issue: Issue, place: Place) -> WorkItem:
    """One issue; raises one of ``UNUSUAL`` for what is not as it usually is."""
    item: Any = _Draft()
    number, pull = issue.number, issue.pull_request
    home = _home(issue.repository_url, place)
    item.external_id = str(issue.id)
    item.place = repo = home[0]
    item.key = key = f"{repo}#{number}"
    if len(key) > LONGEST:
        raise ValueError
    item.title = issue.title[:TITLE] or key
    item.pull_request = is_pull = pull is not None
    item.url = f"{home[2] if is_pull else home[1]}{number}"
    _state(item, issue, pull)
    item.level, item.mentions, item.parent_id = 0, None, None
    kind, above, stage = issue.type, issue.parent_issue_url, issue.milestone
    item.type = kind.name if kind is not None else PULL if is_pull else NO_TYPE
    item.parent_key = None if above is None else _above(above)
    labels, values, person = issue.labels, issue.issue_field_values, issue.assignee
    item.labels, item.tags = _shelf(
        repo,
        tuple([each.name for each in labels]) if labels else (),
        *((None, None) if stage is None else (stage.number, stage.title)),
    )
    item.numbers = dict(_numbers(values)) if values else {}
    if person is None:
        if issue.assignees:
            raise ValueError
        item.assignee, item.assignee_name, item.assignee_email = _NOBODY
    else:
        item.assignee, item.assignee_name = person.login, person.name or person.login
        item.assignee_email = person.email or None
    item.__class__ = WorkItem
    made: WorkItem = item
    return made


def _state(item: Any, issue: Issue, pull: Pull | None) -> None:
    """Its status, and when it came to be open or finished."""
    state, reason, closed = issue.state, issue.state_reason, issue.closed_at
    merged = None if pull is None else pull.merged_at
    item.status, item.resolution = _outcome(state, reason, pull, merged)
    item.category = CATEGORIES[state]
    item.created_at = created = _instant(issue.created_at)
    item.updated_at = updated = _instant(issue.updated_at)
    if merged is not None:
        _instant(merged)
    since = created
    if state == "closed":
        since = created if closed is None else _instant(closed)
    elif reason == "reopened":
        since = updated
    since = max(since, created)
    item.state_at = since if since < updated else updated


def _outcome(
    state: str, reason: str | None, pull: Pull | None, merged: str | None
) -> tuple[str, str | None]:
    if state != "closed":
        return state, None
    if pull is None:
        return state, reason
    return (state, "unmerged") if merged is None else ("merged", reason)


@lru_cache(maxsize=_KNOWN)  # the moments of issues made or changed together often agree
def _instant(value: str) -> datetime:
    if _INSTANT(value) is None:
        raise ValueError
    return _parsed(value)


@lru_cache(maxsize=_KNOWN)
def _home(url: str | None, place: Place) -> tuple[str, str, str]:
    """The repository in lower case, and what its issues' and pull requests' pages begin with."""
    named = repository_of(url) or place.repo
    return named.lower(), f"{place.web}/{named}/issues/", f"{place.web}/{named}/pull/"


@lru_cache(maxsize=_KNOWN)
def _above(url: str) -> str | None:
    return key_of(url)


@lru_cache(maxsize=_KNOWN)
def _shelf(
    repo: str, labels: tuple[str, ...], number: int | None, title: str | None
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The labels of an issue, and the tags that come of them, its repository and milestone."""
    stage = None if number is None else (str(number), title or "")
    return labels, tags_of(repo, labels, stage)


def tags_of(repo: str, labels: Iterable[str], milestone: tuple[str, str] | None) -> frozenset[str]:
    """The tags of an issue of a repository; ``milestone`` is number and title."""
    tags = {tag("repo", repo), *(tag("label", repo, name) for name in labels)}
    if milestone:
        tags.add(tag("milestone", repo, milestone[0]))
    if milestone and milestone[1]:
        tags.add(titled(repo, milestone[1]))
    return frozenset(tags)


def _numbers(values: Iterable[Value]) -> Iterator[tuple[str, float]]:
    """The issue's number fields, by name."""
    for each in values:
        value = each.value
        if type(value) in (int, float) and math.isfinite(value):
            yield each.issue_field_name, float(value)
