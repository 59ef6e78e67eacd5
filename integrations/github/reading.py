"""From GitHub's payload to work items: pure.

What GitHub usually sends is read by ``quick``; whatever it does not expect is read here, field by
field, so that what is wrong gets a name.
"""

from collections.abc import Iterator
from datetime import datetime

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
from integrations.kit.fields import LONGEST, Fields
from integrations.tracker import Page, Unreadable

__all__ = ["NO_TYPE", "Place", "careful", "milestone_of", "page", "tags_of", "work_item"]


def page(issues: list[object], place: Place) -> Page:
    """The issues of one answer; one that cannot be understood does not stop the others."""
    items, unreadable = [], []
    with uncollected():
        for issue in issues:
            try:
                items.append(work_item(issue, place))
            except BadReading as error:
                unreadable.append(_unreadable(issue, place, error))
    return Page(tuple(items), tuple(unreadable))


def work_item(issue: object, place: Place) -> WorkItem:
    """One issue or pull request; raises ``BadReading`` naming the field that is wrong."""
    try:
        return quick(issue, place)
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


def _unreadable(issue: object, place: Place, error: BadReading) -> Unreadable:
    known = issue if isinstance(issue, dict) else {}
    external_id, number = (str(known.get(name) or "")[:40] for name in ("id", "number"))
    return Unreadable(external_id, f"{place.repo}#{number}", error.field, str(error))
