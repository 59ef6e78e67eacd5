"""Issues as the API shows them: by deployment, version, asked-for fields and expansions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from integrations.simulators.jira import words
from integrations.simulators.jira.state import Issue, State
from integrations.simulators.jira.words import Json

CLOUD_ONLY = ("statuscategorychangedate",)
BRIEF = ("issuetype", "priority", "status", "summary")
NOT_NAVIGABLE = ("comment", "attachment", "worklog")
_RELATIVE = re.compile(r'"(/rest/|/images/)')


@dataclass(frozen=True)
class Manner:
    """How issues are asked for; ``histories`` is how many changelog entries are shown at most."""

    version: int
    fields: frozenset[str]
    changelog: bool = False
    histories: int | None = None


def absolute(state: State, text: str) -> str:
    """JSON text with the site's own relative addresses made absolute."""
    return _RELATIVE.sub(rf'"{state.url}\1', text)


def drawn(state: State, issue: Issue, manner: Manner) -> str:
    """One issue as text, drawn once and kept until it changes."""
    if manner.changelog or state.issues.get(issue.id) is not issue:
        return _text(state, issue, manner)
    kept = state.index.drawn.setdefault(issue.id, {})
    key = manner, issue.changes
    if key not in kept:
        kept[key] = _text(state, issue, manner)
    return kept[key]


def _text(state: State, issue: Issue, manner: Manner) -> str:
    return absolute(state, orjson.dumps(_shown(state, issue, manner)).decode())


def shown(
    state: State, issue: Issue, version: int, fields: Sequence[str] = ("*all",),
    *, expand: Iterable[str] = (), histories: int | None = None,
) -> Json:  # fmt: skip
    """One issue; ``histories`` is how many changelog entries an expansion shows at most."""
    wanted = chosen(state, fields)
    return _shown(state, issue, Manner(version, wanted, "changelog" in expand, histories))


def _shown(state: State, issue: Issue, manner: Manner) -> Json:
    whole: Json = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog",
        "id": issue.id, "self": f"/rest/api/{manner.version}/issue/{issue.id}", "key": issue.key,
    }  # fmt: skip
    wanted = manner.fields
    if wanted:
        everything = _fields(state, issue, manner)
        whole["fields"] = {name: everything[name] for name in everything if name in wanted}
    if manner.changelog:
        whole["changelog"] = _changelog(state, issue, manner.histories)
    return whole


def chosen(state: State, fields: Sequence[str]) -> frozenset[str]:
    """The ids of the fields asked for; ids, names, ``*all``, ``*navigable`` and ``-field``."""
    ids: set[str] = set()
    names = {about["name"].lower(): ident for ident, about in state.fields.items()}
    every = {*state.fields, "closedSprints", "epic", "flagged", "sprint", "security", "progress"}
    every |= {"aggregateprogress", "aggregatetimeestimate", "aggregatetimeoriginalestimate"}
    every |= {"aggregatetimespent", "timetracking", "issuerestriction"}
    asked = [name.strip() for name in fields]
    if asked and all(name.startswith("-") for name in asked):
        ids = set(every)
    for name in asked:
        if name == "*all":
            ids |= every
        elif name == "*navigable":
            ids |= every - set(NOT_NAVIGABLE)
        elif name.startswith("-"):
            ids.discard(name[1:])
        elif name not in ("id", "key", "self", ""):
            ids.add(name if name in every else names.get(name.lower(), name))
    return frozenset(ids)


def _fields(state: State, issue: Issue, manner: Manner) -> Json:
    fields = dict(issue.fields)
    fields["statusCategory"] = fields["status"]["statusCategory"]
    if "subtasks" not in fields and "subtasks" in manner.fields:
        below = [child for child in state.children(issue) if child.level < 0 and state.sees(child)]
        fields["subtasks"] = [_brief(state, child) for child in below]
    parent = state.issues.get(issue.parent_id)
    if parent:
        fields["parent"] = _brief(state, parent)
        if issue.level == 0:
            fields[words.EPIC_LINK] = parent.key if parent.level == 1 else None
        elif issue.level > 0 and state.roadmaps:
            fields[words.PARENT_LINK] = _parent_link(state, parent)
    if manner.version == 3:
        fields["description"] = document(fields.get("description"))
    if not state.cloud:
        _as_data_center(state, fields, issue)
    elif not fields.get("parent"):
        fields.pop("parent", None)
    return fields


def _as_data_center(state: State, fields: Json, issue: Issue) -> None:
    for name in (*CLOUD_ONLY, "statusCategory"):
        fields.pop(name, None)
    if issue.level >= 0:
        fields.pop("parent", None)
        fields.setdefault(words.EPIC_LINK, None)
        if state.roadmaps:
            fields.setdefault(words.PARENT_LINK, None)
    fields["issuetype"] = {k: v for k, v in fields["issuetype"].items() if k != "hierarchyLevel"}
    if fields.get(words.SPRINT):
        fields[words.SPRINT] = [_sprint_text(sprint) for sprint in fields[words.SPRINT]]


def _parent_link(state: State, parent: Issue) -> Any:
    """A key; some versions of Advanced Roadmaps, and Cloud, show an object."""
    if not state.cloud and not state.parents_as_objects:
        return parent.key
    about = {"id": int(parent.id), "key": parent.key, "summary": parent.fields["summary"]}
    return {"hasEpicLinkFieldDependency": False, "showField": True, "data": about}


def _sprint_text(sprint: Any) -> str:
    """Data Center shows a sprint as the text of a Java object."""
    inner = ",".join(
        f"{name}={sprint.get(source) or '<null>'}"
        for name, source in (("id", "id"), ("rapidViewId", "boardId"), ("state", "state"),
                             ("name", "name"), ("startDate", "startDate"), ("endDate", "endDate"))
    )  # fmt: skip
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{sprint['id']:x}[{inner}]"


def _brief(state: State, issue: Issue) -> Json:
    """An issue beside another: of one the caller may not see, its identity only."""
    identity = {"id": issue.id, "key": issue.key, "self": f"/rest/api/2/issue/{issue.id}"}
    if not state.sees(issue):
        return identity
    fields = {name: issue.fields.get(name) for name in BRIEF}
    if not state.cloud:
        kind = issue.fields["issuetype"]
        fields["issuetype"] = {k: v for k, v in kind.items() if k != "hierarchyLevel"}
    return identity | {"fields": fields}


def _changelog(state: State, issue: Issue, most: int | None) -> Json:
    """Cloud shows the newest first and not all of them; Data Center all, oldest first."""
    total = len(issue.histories)
    if not state.cloud:
        whole = [_without_ids(change) for change in issue.histories]
        return {"startAt": 0, "maxResults": total, "total": total, "histories": whole}
    newest = list(reversed(issue.histories))[:most]
    return {"startAt": 0, "maxResults": len(newest), "total": total, "histories": newest}


def _without_ids(change: Json) -> Json:
    """Data Center names the fields that changed and tells no ids of them."""
    items = [{k: v for k, v in item.items() if k != "fieldId"} for item in change["items"]]
    return change | {"items": items}


def document(text: Any) -> Any:
    """Text in Atlassian's document format, as version 3 shows it."""
    if not isinstance(text, str):
        return text
    lines = [line for line in text.splitlines() if line]
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line}]}
                  for line in lines]  # fmt: skip
    return {"type": "doc", "version": 1, "content": paragraphs}
