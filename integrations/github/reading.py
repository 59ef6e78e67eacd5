"""From GitHub's payload to work items; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.errors import BadReading
from connector.work import Category, WorkItem
from integrations.github.places import key_of, repository_of
from integrations.github.scopes import tag, titled
from integrations.kit.fields import Fields
from integrations.tracker import Page, Unreadable

NO_TYPE = "Issue"
_CATEGORIES: dict[str, Category] = {"open": "todo", "closed": "done"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where issues are read from: the repository and the address people open."""

    repo: str
    web: str


def page(issues: list[object], place: Place) -> Page:
    """The issues of one answer; one that cannot be understood does not stop the others."""
    items, unreadable = [], []
    for issue in issues:
        try:
            items.append(work_item(issue, place))
        except BadReading as error:
            unreadable.append(_unreadable(issue, place, error))
    return Page(tuple(items), tuple(unreadable))


def work_item(issue: object, place: Place) -> WorkItem:
    """One issue or pull request; raises ``BadReading`` naming the field that is wrong."""
    if not isinstance(issue, dict):
        raise BadReading("issue", "is not an object")
    fields = Fields(issue, item=f"{place.repo}#{issue.get('number')}")
    named = repository_of(fields.maybe_text("repository_url")) or place.repo
    repo = named.lower()
    number, state = fields.identifier("number"), fields.text("state")
    created, updated = fields.instant("created_at"), fields.instant("updated_at")
    pull = fields.maybe_within("pull_request")
    labels = tuple(_labels(fields))
    status, resolution = _outcome(fields, pull)
    login, name, email = _assignee(fields)
    key = f"{repo}#{number}"
    return WorkItem(
        external_id=fields.identifier("id"),
        key=key,
        title=fields.maybe_text("title") or key,
        url=f"{place.web}/{named}/{'pull' if pull else 'issues'}/{number}",
        status=status,
        category=_CATEGORIES.get(state, "unknown"),
        type=_type(fields, pull),
        created_at=created,
        updated_at=updated,
        state_at=min(max(_state_at(fields, state), created), updated),
        resolution=resolution,
        place=repo,
        pull_request=pull is not None,
        parent_key=key_of(fields.maybe_text("parent_issue_url")),
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
    return (found.identifier("number"), found.maybe_text("title") or "") if found else None


def _outcome(fields: Fields, pull: Fields | None) -> tuple[str, str | None]:
    """The tracker's word for the state, and its reason for closing."""
    state, reason = fields.text("state"), fields.maybe_text("state_reason")
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
    named = kind.maybe_text("name") if kind else None
    return named or ("Pull request" if pull else NO_TYPE)


def _labels(fields: Fields) -> Iterator[str]:
    labels = fields.values.get("labels")
    if isinstance(labels, list) and all(isinstance(each, str) for each in labels):
        yield from labels
    else:
        yield from (each.text("name") for each in fields.each("labels"))


def _assignee(fields: Fields) -> tuple[str | None, str | None, str | None]:
    one = fields.maybe_within("assignee")
    for each in (one,) if one else fields.each("assignees"):
        if login := each.maybe_text("login"):
            return login, each.maybe_text("name") or login, each.maybe_text("email")
    return None, None, None


def tags_of(repo: str, labels: Iterable[str], milestone: tuple[str, str] | None) -> frozenset[str]:
    """The tags of an issue of a repository; ``milestone`` is number and title."""
    tags = {tag("repo", repo), *(tag("label", repo, name) for name in labels)}
    if milestone:
        tags.add(tag("milestone", repo, milestone[0]))
    if milestone and milestone[1]:
        tags.add(titled(repo, milestone[1]))
    return frozenset(tags)


def _numbers(fields: Fields) -> Iterator[tuple[str, float]]:
    """The issue's number fields, by name."""
    for each in fields.each("issue_field_values"):
        name = each.maybe_text("issue_field_name") or str(each.values.get("issue_field_id") or "")
        value = each.number("value")
        if name and value is not None:
            yield name, value


def _unreadable(issue: object, place: Place, error: BadReading) -> Unreadable:
    known = issue if isinstance(issue, dict) else {}
    external_id, number = (str(known.get(name) or "")[:40] for name in ("id", "number"))
    return Unreadable(external_id, f"{place.repo}#{number}", error.field, str(error))
