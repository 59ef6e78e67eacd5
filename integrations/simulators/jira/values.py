"""Field values: from what a caller sends to what is stored, and to words for the changelog."""

from typing import Any

from integrations.simulators.jira import words
from integrations.simulators.jira.state import Issue, JiraError, State, named
from integrations.simulators.jira.words import Json

CATALOGUES = {
    "status": "statuses", "issuetype": "issue_types",
    "resolution": "resolutions", "priority": "priorities",
}  # fmt: skip
LABELLED = {
    "fixVersions": "Fix Version", "versions": "Version", "components": "Component",
}  # fmt: skip


def stored(state: State, project: Json, field: str, value: Any) -> Any:
    """The value to store for a field; 400 in Jira's words when it cannot be."""
    if field not in state.fields:
        raise JiraError(400, **{field: f"Field '{field}' cannot be set. It is not on the "
                                       "appropriate screen, or unknown."})  # fmt: skip
    if value is None or value == "":
        return None
    if field in CATALOGUES:
        return state.by_name(getattr(state, CATALOGUES[field]), named(value), field)
    if field in words.LINKS:
        return _parent(state, named(value))
    if field in ("assignee", "reporter"):
        return user(
            state, value.get("accountId") or named(value) if isinstance(value, dict) else value
        )
    if field in ("fixVersions", "components"):
        known = state.versions if field == "fixVersions" else state.components
        return [_one_of(known.get(project["key"], []), named(one), field) for one in value]
    if field == words.SPRINT:
        return [_sprint(state, one) for one in (value if isinstance(value, list) else [value])]
    return _plain(field, value)


def _plain(field: str, value: Any) -> Any:
    if field in (words.STORY_POINTS, words.POINT_ESTIMATE):
        return _number(field, value)
    if field == "labels":
        return [str(label) for label in value]
    return plain_text(value) if field in ("description", "environment") else value


def user(state: State, name: str) -> Json:
    """The user of that name or account id, made known on first sight."""
    for known in state.users.values():
        if name in (known["displayName"], known.get("accountId"), known.get("name")):
            return known
    number = len(state.users) + 1
    account, login = f"712020:{number:08d}", name.lower().replace(" ", ".")
    person: Json = {
        "self": f"/rest/api/2/user?accountId={account}", "displayName": name, "active": True,
        "avatarUrls": {}, "timeZone": str(state.zone),
    }  # fmt: skip
    if state.cloud:
        person |= {"accountId": account, "accountType": "atlassian"}
    else:
        person |= {"key": f"JIRAUSER{10100 + number}", "name": login, "emailAddress": ""}
        person["self"] = f"/rest/api/2/user?username={login}"
    state.users[account] = person
    return person


def change_items(state: State, issue: Issue, field: str, new: Any) -> list[Json]:
    """The changelog items for setting a field; none when nothing changes."""
    old = issue.fields.get(field)
    if old == new or (not old and not new and field != words.STORY_POINTS):
        return []
    if field in LABELLED:
        return _list_items(field, old or [], new or [])
    if field == "parent":
        return _parent_items(state, issue, new)
    about = state.fields[field]
    name = about["name"] if about["custom"] else field
    item = {"field": name, "fieldtype": "custom" if about["custom"] else "jira", "fieldId": field}
    return [item | _from_to(_word(old), _word(new))]


def _from_to(old: tuple[str | None, str | None], new: tuple[str | None, str | None]) -> Json:
    return {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}


def _word(value: Any) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    if isinstance(value, dict):
        word = value.get("name") or value.get("key")
        if "displayName" in value:
            return value.get("accountId") or value["key"], value["displayName"]
        return value.get("id"), word
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            ids = ", ".join(str(one["id"]) for one in value)
            return ids, ", ".join(one["name"] for one in value)
        return None, " ".join(value)
    return None, f"{value:g}" if isinstance(value, float) else str(value)


def _list_items(field: str, old: list[Json], new: list[Json]) -> list[Json]:
    base = {"field": LABELLED[field], "fieldtype": "jira", "fieldId": field}
    gone = [base | _from_to(_word(one), (None, None)) for one in old if one not in new]
    return gone + [base | _from_to((None, None), _word(one)) for one in new if one not in old]


def _parent_items(state: State, issue: Issue, new: Json | None) -> list[Json]:
    change = _from_to(_word(issue.fields.get("parent")), _word(new))
    if issue.level < 0:
        return [{"field": "Parent", "fieldtype": "jira"} | change]
    if issue.level > 0 and not (state.cloud or state.roadmaps):
        raise JiraError(400, parent="An epic has a parent only with Advanced Roadmaps.")
    field = words.PARENT_LINK if issue.level > 0 else words.EPIC_LINK
    name = "Parent Link" if issue.level > 0 else "Epic Link"
    link = {"field": name, "fieldtype": "custom", "fieldId": field} | change
    if not state.cloud:
        return [link]
    return [{"field": "IssueParentAssociation", "fieldtype": "jira"} | change, link]


def _parent(state: State, key: str) -> Json:
    try:
        parent = state.find(key)
    except JiraError:
        raise JiraError(400, parent=f"Could not find issue by id or key: {key}") from None
    return {"id": parent.id, "key": parent.key}


def _one_of(known: list[Json], name: str, field: str) -> Json:
    for entry in known:
        if name in (entry["id"], entry["name"]):
            return entry
    raise JiraError(400, **{field: f"{field}: '{name}' is not valid"})


def _sprint(state: State, value: Any) -> Json:
    number = value["id"] if isinstance(value, dict) else value
    for sprint in state.sprints.values():
        if number in (sprint["id"], sprint["name"], str(sprint["id"])):
            return sprint
    raise JiraError(400, **{words.SPRINT: f"Sprint '{number}' does not exist"})


def _number(field: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise JiraError(400, **{field: "Operation value must be a number"}) from None


def plain_text(value: Any) -> str:
    """Plain text of Atlassian's document format, or the text itself."""
    if isinstance(value, dict):
        inner = "".join(plain_text(part) for part in value.get("content", ()))
        return str(value.get("text", inner)) + ("\n" if value.get("type") == "paragraph" else "")
    return str(value)
