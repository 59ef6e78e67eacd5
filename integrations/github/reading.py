"""From GitHub's payload to work items; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.errors import BadReading
from connector.work import Category, WorkItem
from integrations.github.places import key_of, repository_of
from integrations.github.spec import tag
from integrations.kit.fields import Fields
from integrations.tracker import Page, Unreadable

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
    repo = repository_of(fields.maybe_text("repository_url")) or place.repo
    number, state = fields.identifier("number"), fields.text("state")
    created, updated = fields.instant("created_at"), fields.instant("updated_at")
    pull = fields.maybe_within("pull_request")
    labels = tuple(_labels(fields))
    status, resolution = _outcome(fields, pull)
    key = f"{repo}#{number}"
    return WorkItem(
        external_id=fields.identifier("id"),
        key=key,
        title=fields.maybe_text("title") or key,
        url=f"{place.web}/{repo}/{'pull' if pull else 'issues'}/{number}",
        status=status,
        category=_CATEGORIES.get(state, "unknown"),
        type=_type(fields, pull),
        created_at=created,
        updated_at=updated,
        state_at=min(max(_state_at(fields, state), created), updated),
        resolution=resolution,
        pull_request=pull is not None,
        parent_key=key_of(fields.maybe_text("parent_issue_url")),
        assignee=_assignee(fields),
        labels=labels,
        tags=_tags(fields, repo, labels),
    )


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
    return named or ("Pull request" if pull else "Issue")


def _labels(fields: Fields) -> Iterator[str]:
    labels = fields.values.get("labels")
    if isinstance(labels, list) and all(isinstance(each, str) for each in labels):
        yield from labels
    else:
        yield from (each.text("name") for each in fields.each("labels"))


def _assignee(fields: Fields) -> str | None:
    one = fields.maybe_within("assignee")
    people = (one,) if one else fields.each("assignees")
    return next((login for each in people if (login := each.maybe_text("login"))), None)


def _tags(fields: Fields, repo: str, labels: tuple[str, ...]) -> frozenset[str]:
    milestone = fields.maybe_within("milestone")
    tags = {tag("repo", repo), *(tag("label", repo, name) for name in labels)}
    if milestone:
        tags.add(tag("milestone", repo, milestone.identifier("number")))
    return frozenset(tags)


def _unreadable(issue: object, place: Place, error: BadReading) -> Unreadable:
    known = issue if isinstance(issue, dict) else {}
    external_id, number = (str(known.get(name) or "")[:40] for name in ("id", "number"))
    return Unreadable(external_id, f"{place.repo}#{number}", error.field, str(error))
