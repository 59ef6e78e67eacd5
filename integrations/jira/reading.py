"""From Jira's payload to work items: pure, and by keys and ids, never by translated names.

What Jira usually sends is read by ``quick``; whatever it does not expect is read here, field by
field, so that what is wrong gets a name.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import structlog

from connector.errors import BadReading
from connector.work import Category, WorkItem
from integrations.jira.profile import Profile
from integrations.jira.quick import CATEGORIES, SPRINT_TEXT, TITLE, UNUSUAL, Usual, quick, usual
from integrations.jira.scopes import sprint_tag, tag
from integrations.jira.shapes import Answer as Issues
from integrations.kit.answers import Answer
from integrations.kit.apart import each_apart
from integrations.kit.fields import LONGEST, Fields
from integrations.tracker import Named, Page

log = structlog.get_logger()
_LEVELS = range(-1, 100)
_NONE: Mapping[str, int] = {}
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def swift(answer: Answer, profile: Profile) -> tuple[Issues, Page] | None:
    """The issues of an answer, read without making values of all it holds; None where any of them
    is unusual, or each is to be named before it is read."""
    site = usual(profile)
    found = answer.shaped(site.shapes.decoder) if profile.witness is None else None
    if found is None or found.issueErrors:
        return None
    try:
        return found, Page(tuple([quick(issue, site) for issue in found.issues]))
    except UNUSUAL:
        return None
    except Exception:  # one by one the item it lies in gets a name
        log.exception("page.crashed")
        return None


def page(issues: list[object], profile: Profile) -> Page:
    """The issues of one answer; one that cannot be understood does not stop the others."""
    site = usual(profile)
    found = each_apart(issues, lambda issue: _read(issue, site), named, profile.witness)
    return Page(found.read, found.unreadable)


def work_item(issue: object, profile: Profile) -> WorkItem:
    """One issue; raises ``BadReading`` naming the field that is wrong."""
    return _read(issue, usual(profile))


def _read(issue: object, site: Usual) -> WorkItem:
    try:
        return quick(site.shapes.issue_of(issue), site)
    except UNUSUAL:
        return careful(issue, site.profile)


def careful(issue: object, profile: Profile) -> WorkItem:
    """The same, slower: what ``quick`` understands is understood here alike."""
    if not isinstance(issue, dict):
        raise BadReading("issue", "is not an object")
    whole = Fields(issue, item=str(issue.get("key") or issue.get("id") or "")[:64])
    key, fields = whole.name("key"), whole.within("fields")
    kind, status = fields.within("issuetype"), fields.within("status")
    created, updated = fields.instant("created"), fields.instant("updated")
    category = category_of(status)
    assignee = fields.maybe_within("assignee")
    home = _home(fields, key)
    parent_id, parent_key = _parent(fields, profile)
    return WorkItem(
        external_id=whole.identifier("id"),
        key=key,
        title=(fields.maybe_text("summary") or key)[:TITLE],
        url=f"{profile.browse}/browse/{key}",
        status=status.name("name"),
        category=category,
        type=kind.name("name"),
        created_at=created,
        updated_at=updated,
        state_at=min(max(_state_at(fields, category) or created, created), updated),
        resolution=_resolution(fields),
        place=home,
        level=_level(kind, fields, profile),
        parent_id=parent_id,
        parent_key=parent_key,
        assignee=_account(assignee) if assignee else None,
        assignee_name=assignee.maybe_name("displayName") or None if assignee else None,
        assignee_email=assignee.maybe_name("emailAddress") or None if assignee else None,
        labels=fields.names("labels"),
        tags=_tags(fields, home, profile),
        numbers=_numbers(fields, profile),
    )


def category_of(status: Fields) -> Category:
    """Jira's category of a status, by its key: its name is translated."""
    known = status.maybe_within("statusCategory")
    return CATEGORIES.get(known.maybe_text("key") or "", "unknown") if known else "unknown"


def _state_at(fields: Fields, category: Category) -> datetime | None:
    changed = fields.maybe_instant("statuscategorychangedate")
    resolved = fields.maybe_instant("resolutiondate")
    return changed or (resolved if category == "done" else None)


def _resolution(fields: Fields) -> str | None:
    resolution = fields.maybe_within("resolution")
    return resolution.name("name") if resolution else None


def level_of(kind: Fields, *, epic: bool = False, levels: Mapping[str, int] = _NONE) -> int:
    """The level of an issue type; ``epic``: its issue is known to be one, ``levels``: of types by
    id, where types do not tell their own."""
    level = kind.maybe_integer("hierarchyLevel")
    if level is not None:
        return level if level in _LEVELS else kind.wrong("hierarchyLevel", "is no level")
    if kind.flag("subtask"):
        return -1
    ident = kind.values.get("id")
    known = levels.get(ident) if isinstance(ident, str) else None
    if known is not None:
        return known
    return 1 if epic or kind.text("name").lower() == "epic" else 0


def _level(kind: Fields, fields: Fields, profile: Profile) -> int:
    named = profile.epic_name and fields.values.get(profile.epic_name) is not None
    return level_of(kind, epic=bool(named), levels=profile.levels)


def _parent(fields: Fields, profile: Profile) -> tuple[str | None, str | None]:
    parent = fields.maybe_within("parent")
    if parent:
        return parent.identifier("id"), parent.maybe_name("key")
    epic = fields.maybe_name(profile.epic_link) if profile.epic_link else None
    if not epic and profile.parent_link:
        epic = linked(fields, profile.parent_link)
    return None, epic or None


def linked(fields: Fields, name: str) -> str | None:
    """The key in a Parent Link, which is shown alone or within an object."""
    if not isinstance(fields.values.get(name), dict):
        return fields.maybe_name(name)
    told = fields.within(name)
    about = told.maybe_within("data")
    return about.name("key") if about else told.maybe_name("key")


def _account(person: Fields) -> str | None:
    names = (person.maybe_name(name) for name in ("accountId", "name", "key"))
    return next((name for name in names if name), None)


def _home(fields: Fields, key: str) -> str:
    project = fields.maybe_within("project")
    return (project.name("key") if project else key.rpartition("-")[0]).upper()


def _tags(fields: Fields, home: str, profile: Profile) -> frozenset[str]:
    named = [("label", label) for label in fields.names("labels")]
    named += [("version", each.name("name")) for each in fields.each("fixVersions")]
    named += [("component", each.name("name")) for each in fields.each("components")]
    parts = (tag(kind, home, name) for kind, name in named)
    sprints = (sprint_tag(number) for number in _sprints(fields, profile.sprint_field))
    return frozenset({f"project:{home}", *parts, *sprints})


def _sprints(fields: Fields, field: str | None) -> Iterator[str]:
    """The numbers of the sprints it lies or lay in, which old Data Centers put into a text."""
    value = fields.values.get(field) if field else None
    for place, each in enumerate(value if isinstance(value, list) else [value]):
        number = each.get("id") if isinstance(each, dict) else each
        if isinstance(number, str) and (told := SPRINT_TEXT.search(number)):
            number = told[1]
        if number is None and not isinstance(each, dict):
            continue
        if isinstance(number, bool) or not _NUMBER.fullmatch(str(number)):
            fields.wrong(f"{field}[{place}]", "is not a sprint")
        yield str(int(str(number)))


def _numbers(fields: Fields, profile: Profile) -> dict[str, float]:
    values = {name: fields.number(name) for name in profile.number_fields}
    return {name: value for name, value in values.items() if value is not None}


def named(issue: object) -> Named:
    """What an issue calls itself, whatever it is."""
    known = issue if isinstance(issue, dict) else {}
    fields = known.get("fields")
    stamp = fields.get("updated") if isinstance(fields, dict) else None
    external_id, key = (_short(known.get(name)) for name in ("id", "key"))
    return Named(external_id, key, _short(stamp)[:64])


def _short(value: object) -> str:
    told = str(value) if isinstance(value, str | int) else ""
    return told if len(told) <= LONGEST else ""
