"""From Jira's payload to work items: pure, and by keys and ids, never by translated names."""

from datetime import datetime

from connector.errors import BadReading
from connector.work import Category, WorkItem
from integrations.jira.profile import Profile
from integrations.jira.spec import tag
from integrations.kit.fields import Fields
from integrations.tracker import Page, Unreadable

_CATEGORIES: dict[str, Category] = {"new": "todo", "indeterminate": "doing", "done": "done"}


def page(issues: list[object], profile: Profile) -> Page:
    """The issues of one answer; one that cannot be understood does not stop the others."""
    items, unreadable = [], []
    for issue in issues:
        try:
            items.append(work_item(issue, profile))
        except BadReading as error:
            unreadable.append(_unreadable(issue, error))
    return Page(tuple(items), tuple(unreadable))


def work_item(issue: object, profile: Profile) -> WorkItem:
    """One issue; raises ``BadReading`` naming the field that is wrong."""
    if not isinstance(issue, dict):
        raise BadReading("issue", "is not an object")
    whole = Fields(issue, item=str(issue.get("key") or issue.get("id") or ""))
    key, fields = whole.text("key"), whole.within("fields")
    kind, status = fields.within("issuetype"), fields.within("status")
    created, updated = fields.instant("created"), fields.instant("updated")
    category = category_of(status)
    assignee = fields.maybe_within("assignee")
    home = _home(fields, key)
    parent_id, parent_key = _parent(fields, profile)
    return WorkItem(
        external_id=whole.identifier("id"),
        key=key,
        title=fields.maybe_text("summary") or key,
        url=f"{profile.browse}/browse/{key}",
        status=status.text("name"),
        category=category,
        type=kind.text("name"),
        created_at=created,
        updated_at=updated,
        state_at=min(max(_state_at(fields, category) or created, created), updated),
        resolution=_resolution(fields),
        place=home,
        level=_level(kind, fields, profile),
        parent_id=parent_id,
        parent_key=parent_key,
        assignee=_account(assignee) if assignee else None,
        assignee_name=assignee.maybe_text("displayName") or None if assignee else None,
        assignee_email=assignee.maybe_text("emailAddress") or None if assignee else None,
        labels=fields.texts("labels"),
        tags=_tags(fields, home),
        numbers=_numbers(fields, profile),
    )


def category_of(status: Fields) -> Category:
    """Jira's category of a status, by its key: its name is translated."""
    known = status.maybe_within("statusCategory")
    return _CATEGORIES.get(known.maybe_text("key") or "", "unknown") if known else "unknown"


def _state_at(fields: Fields, category: Category) -> datetime | None:
    changed = fields.maybe_instant("statuscategorychangedate")
    resolved = fields.maybe_instant("resolutiondate")
    return changed or (resolved if category == "done" else None)


def _resolution(fields: Fields) -> str | None:
    resolution = fields.maybe_within("resolution")
    return resolution.text("name") if resolution else None


def level_of(kind: Fields, *, epic: bool = False) -> int:
    """The level of an issue type; ``epic``: its issue is known to be one."""
    level = kind.maybe_integer("hierarchyLevel")
    if level is not None:
        return level
    if kind.flag("subtask"):
        return -1
    return 1 if epic or kind.text("name").lower() == "epic" else 0


def _level(kind: Fields, fields: Fields, profile: Profile) -> int:
    named = profile.epic_name and fields.values.get(profile.epic_name) is not None
    return level_of(kind, epic=bool(named))


def _parent(fields: Fields, profile: Profile) -> tuple[str | None, str | None]:
    parent = fields.maybe_within("parent")
    if parent:
        return parent.identifier("id"), parent.maybe_text("key")
    epic = fields.maybe_text(profile.epic_link) if profile.epic_link else None
    return None, epic or None


def _account(person: Fields) -> str | None:
    names = (person.maybe_text(name) for name in ("accountId", "name", "key"))
    return next((name for name in names if name), None)


def _home(fields: Fields, key: str) -> str:
    project = fields.maybe_within("project")
    return (project.text("key") if project else key.rpartition("-")[0]).upper()


def _tags(fields: Fields, home: str) -> frozenset[str]:
    named = [("label", label) for label in fields.texts("labels")]
    named += [("version", each.text("name")) for each in fields.each("fixVersions")]
    named += [("component", each.text("name")) for each in fields.each("components")]
    return frozenset({f"project:{home}", *(tag(kind, home, name) for kind, name in named)})


def _numbers(fields: Fields, profile: Profile) -> dict[str, float]:
    values = {name: fields.number(name) for name in profile.number_fields}
    return {name: value for name, value in values.items() if value is not None}


def _unreadable(issue: object, error: BadReading) -> Unreadable:
    known = issue if isinstance(issue, dict) else {}
    named = (str(known.get(name) or "") for name in ("id", "key"))
    external_id, key = (name if len(name) < 256 else "" for name in named)
    return Unreadable(external_id, key, error.field, str(error))
