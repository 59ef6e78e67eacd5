"""Loading recorded answers, so that a site shows them as they were."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from integrations.simulators.jira import words
from integrations.simulators.jira.state import Issue, State
from integrations.simulators.jira.words import Json


def load(state: State, folder: Path) -> None:
    """Take over every recorded issue, status and sprint of a folder."""
    issues = _read(folder / "issues.json", [])
    if issues:
        text = json.dumps(issues, ensure_ascii=False)
        host = urlsplit(issues[0]["self"])
        issues = json.loads(text.replace(f"{host.scheme}://{host.netloc}/", "/"))
    for status in _read(folder / "statuses.json", []):
        state.statuses[status["id"]] = status
    for sprint in _read(folder / "sprints.json", []):
        known = {"name": f"Sprint {sprint['id']}", **sprint}
        state.sprints[sprint["id"]] = known | {"boardId": sprint.get("originBoardId", 1)}
    changelogs = _read(folder / "changelogs.json", {})
    for answer in issues:
        _take(state, answer, changelogs.pop(answer["id"], None))
    for ident, histories in changelogs.items():
        state.loose_logs[ident] = _ordered(histories)
        _take_former_types(state, histories)


def _read(path: Path, default: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default


def _take(state: State, answer: Json, histories: list[Json] | None) -> None:
    fields = answer["fields"]
    inside = answer.get("changelog", {}).get("histories", [])
    history = _ordered(histories or inside)
    issue = Issue(answer["id"], answer["key"], fields, history)
    state.issues[issue.id] = issue
    state.keys[issue.key.upper()] = issue.id
    state.changed()
    state.next_id = max(state.next_id, int(issue.id))
    place, _, number = issue.key.rpartition("-")
    state.numbers[place] = max(state.numbers.get(place, 0), int(number))
    project = fields["project"]
    state.projects.setdefault(project["key"], project)
    for known, name in (
        (state.statuses, "status"),
        (state.issue_types, "issuetype"),
        (state.resolutions, "resolution"),
        (state.priorities, "priority"),
    ):
        if fields.get(name):
            _keep(known, fields[name])
    _take_former_types(state, history)
    _take_parts(state, fields)
    for ident in fields:
        if ident.startswith("customfield_") and ident not in state.fields:
            state.fields[ident] = words.field(ident, f"Field {ident[12:]}", "any", "recorded:any")


def _ordered(histories: list[Json]) -> list[Json]:
    """Oldest first, whatever the zone they were recorded in."""
    return sorted(
        histories, key=lambda one: (datetime.fromisoformat(one["created"]), int(one["id"]))
    )


def _take_former_types(state: State, histories: list[Json]) -> None:
    """Types that only the changes still name."""
    items = [item for change in histories for item in change["items"]]
    for item in items:
        if item["field"] == "issuetype":
            for ident, name in (
                (item["from"], item["fromString"]),
                (item["to"], item["toString"]),
            ):
                _keep(state.issue_types, words.issue_type(ident, name, 0))


def _take_parts(state: State, fields: Json) -> None:
    for parts, name in ((state.versions, "fixVersions"), (state.components, "components")):
        known = parts.setdefault(fields["project"]["key"], [])
        ids = {part["id"] for part in known}
        known.extend(part for part in fields.get(name) or () if part["id"] not in ids)
    for sprint in fields.get(words.SPRINT) or ():
        state.sprints[sprint["id"]] = state.sprints.get(sprint["id"], {}) | sprint
    for role in ("assignee", "reporter", "creator"):
        person = fields.get(role)
        if person and person.get("accountId"):
            state.users.setdefault(person["accountId"], person)


def _keep(known: dict[str, Json], entry: Json) -> None:
    """Add a word; a fresh site's other word of the same id steps aside."""
    mine = known.get(entry["id"])
    if mine and mine["name"] != entry["name"] and f"9{mine['id']}" not in known:
        known[f"9{mine['id']}"] = mine | {"id": f"9{mine['id']}"}
        known[entry["id"]] = entry
    known.setdefault(entry["id"], entry)
