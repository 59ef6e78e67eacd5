"""From GitHub's payload to work items: pure.

What GitHub usually sends is read by ``quick``; whatever it does not expect is read here, field by
field, so that what is wrong gets a name.
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from msgspec import convert

from connector.errors import BadReading
from connector.garbage import uncollected
from connector.work import WorkItem
from integrations.github.places import key_of, repository_of
from integrations.github.quick import (
    CATEGORIES,
    NO_TYPE,
    PULL,
    TITLE,
    UNUSUAL,
    Place,
    quick,
    tags_of,
)
from integrations.github.shapes import ISSUES, Issue
from integrations.kit.answers import Answer
from integrations.kit.apart import each_apart
from integrations.kit.fields import LONGEST, Fields
from integrations.tracker import Named, Page

log = structlog.get_logger()
__all__ = ["NO_TYPE", "Place", "careful", "milestone_of", "page", "swift", "tags_of", "work_item"]


def swift(answer: Answer, place: Place) -> tuple[list[Issue], Page] | None:
    """The issues of an answer, read without making values of all it holds; None where any of them
    is unusual, or each is to be named before it is read."""
    with uncollected():
        found = answer.shaped(ISSUES) if place.witness is None else None
        if found is None:
            return None
        try:
            return found, Page(tuple([quick(issue, place) for issue in found]))
        except UNUSUAL:
            return None
        except Exception:  # one by one the item it lies in gets a name
            log.exception("page.crashed")
            return None


def page(issues: list[object], place: Place) -> Page:
    """The issues of one answer; one that cannot be understood does not stop the others."""
    with uncollected():
        found = each_apart(
            issues,
            lambda issue: work_item(issue, place),
            lambda issue: named(issue, place),
            place.witness,
        )
    return Page(found.read, found.unreadable)


def work_item(issue: object, place: Place) -> WorkItem:
    """One issue or pull request; raises ``BadReading`` naming the field that is wrong."""
    try:
        return quick(convert(issue, Issue), place)
    except UNUSUAL:
        return careful(issue, place)


def careful(issue: object, place: Place) -> WorkItem:
    """The same, slower: what ``quick`` understands is understood here alike."""
    if not isinstance(issue, dict):
        raise BadReading("issue", "is not an object")
    fields = Fields(issue, item=f"{place.repo}#{issue.get('number')}"[:LONGEST])
    named = repository_of(fields.maybe_name("repository_url")) or place.repo
    repo = named.lower()
    number, state = fields.identifier("number"), fields.name("state")
    created, updated = fields.instant("created_at"), fields.instant("updated_at")
    pull = fields.maybe_within("pull_request")
    labels = tuple(_labels(fields))
    status, resolution = _outcome(fields, pull)
    login, name, email = _assignee(fields)
    key = f"{repo}#{number}"
    if len(key) > LONGEST:
        fields.wrong("number", "is too long")
    return WorkItem(
        external_id=fields.identifier("id"),
        key=key,
        title=(fields.maybe_text("title") or key)[:TITLE],
        url=f"{place.web}/{named}/{'pull' if pull else 'issues'}/{number}",
        status=status,
        category=CATEGORIES.get(state, "unknown"),
        type=_type(fields, pull),
        created_at=created,
        updated_at=updated,
        state_at=min(max(_state_at(fields, state), created), updated),
        resolution=resolution,
        place=repo,
        pull_request=pull is not None,
        parent_key=key_of(fields.maybe_name("parent_issue_url")),
        assignee=login,
        assignee_name=name,
        assignee_email=email,
        labels=labels,
        tags=tags_of(repo, labels, milestone_of(fields)),
        numbers=dict(_numbers(fields)),
    )


def milestone_of(fields: Fields) -> tuple[str, str] | None:
    """Number and title of the milestone an issue is in."""
    found = fields.maybe_within("milestone")
    return (found.identifier("number"), found.maybe_name("title") or "") if found else None


def _outcome(fields: Fields, pull: Fields | None) -> tuple[str, str | None]:
    """The tracker's word for the state, and its reason for closing."""
    state, reason = fields.text("state"), fields.maybe_name("state_reason")
    if state != "closed":
        return state, None
    if pull is None:
        return state, reason
    merged = pull.maybe_instant("merged_at") is not None
    return ("merged", reason) if merged else (state, "unmerged")


def _state_at(fields: Fields, state: str) -> datetime:
    created = fields.instant("created_at")
    if state == "closed":
        return fields.maybe_instant("closed_at") or created
    reopened = fields.maybe_text("state_reason") == "reopened"
    return fields.instant("updated_at") if reopened else created


def _type(fields: Fields, pull: Fields | None) -> str:
    kind = fields.maybe_within("type")
    named = kind.maybe_name("name") if kind else None
    return named or (PULL if pull else NO_TYPE)


def _labels(fields: Fields) -> Iterator[str]:
    labels = fields.values.get("labels")
    if isinstance(labels, list) and all(isinstance(each, str) for each in labels):
        yield from fields.names("labels")
    else:
        yield from (each.name("name") for each in fields.each("labels"))


def _assignee(fields: Fields) -> tuple[str | None, str | None, str | None]:
    one = fields.maybe_within("assignee")
    for each in (one,) if one else fields.each("assignees"):
        if login := each.maybe_name("login"):
            name, email = each.maybe_name("name"), each.maybe_name("email")
            return login, name or login, email or None
    return None, None, None


def _numbers(fields: Fields) -> Iterator[tuple[str, float]]:
    """The issue's number fields, by name."""
    for each in fields.each("issue_field_values"):
        number = each.values.get("issue_field_id")
        name = each.maybe_name("issue_field_name") or str(number or "")[:LONGEST]
        value = each.number("value")
        if name and value is not None:
            yield name, value


def named(issue: object, place: Place) -> Named:
    """What an issue calls itself, whatever it is."""
    known = issue if isinstance(issue, dict) else {}
    external_id, number, stamp = (
        str(value)[:40] if isinstance(value := known.get(name), str | int) else ""
        for name in ("id", "number", "updated_at")
    )
    return Named(external_id, f"{place.repo}#{number}", stamp)
