"""What a fresh Jira site knows: statuses, types, resolutions, priorities and fields."""

from typing import Any

Json = dict[str, Any]

STORY_POINTS = "customfield_10016"
POINT_ESTIMATE = "customfield_10036"
"""The points field of team-managed projects."""
EPIC_LINK = "customfield_10014"
EPIC_NAME = "customfield_10011"
PARENT_LINK = "customfield_10018"
"""What an epic lies below, where Advanced Roadmaps is installed (Data Center)."""
LINKS = ("parent", EPIC_LINK, PARENT_LINK)
"""The fields by which an issue names its parent."""
SPRINT = "customfield_10020"

CATEGORIES = {
    "undefined": (1, "medium-gray", "No Category"),
    "new": (2, "blue-gray", "To Do"),
    "done": (3, "green", "Done"),
    "indeterminate": (4, "yellow", "In Progress"),
}
_STATUSES = (
    ("10004", "Backlog", "new"), ("10000", "To Do", "new"), ("3", "In Progress", "indeterminate"),
    ("10001", "In Review", "indeterminate"), ("10002", "Done", "done"),
)  # fmt: skip
_TYPES = (
    ("10000", "Epic", 1), ("10001", "Story", 0), ("10002", "Task", 0), ("10004", "Bug", 0),
    ("10003", "Sub-task", -1), ("10005", "Initiative", 2),
)  # fmt: skip
_RESOLUTIONS = (
    ("10000", "Done"), ("10001", "Won't Do"), ("10002", "Duplicate"), ("10003", "Cannot Reproduce"),
)  # fmt: skip
_PRIORITIES = (("1", "Highest"), ("2", "High"), ("3", "Medium"), ("4", "Low"), ("5", "Lowest"))
_GREENHOPPER = "com.pyxis.greenhopper.jira:"
_PLAIN = "com.atlassian.jira.plugin.system.customfieldtypes:"

_SYSTEM = {
    "summary": ("Summary", "string"), "description": ("Description", "string"),
    "status": ("Status", "status"), "statusCategory": ("Status Category", "statusCategory"),
    "resolution": ("Resolution", "resolution"), "resolutiondate": ("Resolved", "datetime"),
    "issuetype": ("Issue Type", "issuetype"), "project": ("Project", "project"),
    "parent": ("Parent", "issuelink"), "subtasks": ("Sub-tasks", "array"),
    "labels": ("Labels", "array"), "fixVersions": ("Fix versions", "array"),
    "versions": ("Affects versions", "array"), "components": ("Components", "array"),
    "assignee": ("Assignee", "user"), "reporter": ("Reporter", "user"),
    "creator": ("Creator", "user"), "priority": ("Priority", "priority"),
    "created": ("Created", "datetime"), "updated": ("Updated", "datetime"),
    "duedate": ("Due date", "date"),
    "statuscategorychangedate": ("Status Category Changed", "datetime"),
    "issuelinks": ("Linked Issues", "array"), "timeestimate": ("Remaining Estimate", "number"),
    "timeoriginalestimate": ("Original estimate", "number"), "timespent": ("Time Spent", "number"),
    "environment": ("Environment", "string"), "comment": ("Comment", "comments-page"),
    "attachment": ("Attachment", "array"), "worklog": ("Log Work", "array"),
    "votes": ("Votes", "votes"), "watches": ("Watchers", "watches"),
    "workratio": ("Work Ratio", "number"), "lastViewed": ("Last Viewed", "datetime"),
}  # fmt: skip
_CUSTOM = {
    STORY_POINTS: ("Story Points", "number", _PLAIN + "float"),
    POINT_ESTIMATE: ("Story point estimate", "number", _GREENHOPPER + "jsw-story-points"),
    EPIC_LINK: ("Epic Link", "any", _GREENHOPPER + "gh-epic-link"),
    EPIC_NAME: ("Epic Name", "string", _GREENHOPPER + "gh-epic-label"),
    SPRINT: ("Sprint", "array", _GREENHOPPER + "gh-sprint"),
    PARENT_LINK: ("Parent Link", "any", "com.atlassian.jpo:jpo-custom-field-parent"),
}


def status(id: str, name: str, category: str) -> Json:
    """A status as the API shows it; addresses are relative until served."""
    number, colour, label = CATEGORIES[category]
    return {
        "self": f"/rest/api/2/status/{id}", "description": "", "iconUrl": "/images/status.png",
        "name": name, "id": id,
        "statusCategory": {
            "self": f"/rest/api/2/statuscategory/{number}", "id": number, "key": category,
            "colorName": colour, "name": label,
        },
    }  # fmt: skip


def issue_type(id: str, name: str, level: int) -> Json:
    """An issue type as the API shows it."""
    return {
        "self": f"/rest/api/2/issuetype/{id}", "id": id, "description": "", "name": name,
        "iconUrl": "/images/type.png", "subtask": level < 0, "avatarId": 10300,
        "hierarchyLevel": level,
    }  # fmt: skip


def _named(kind: str, id: str, name: str) -> Json:
    return {"self": f"/rest/api/2/{kind}/{id}", "id": id, "name": name, "description": ""}


def field(id: str, name: str, type: str, custom: str = "") -> Json:
    """A field as ``GET /field`` lists it."""
    names = [name, f"cf[{id.rpartition('_')[2]}]"] if custom else [name, id]
    schema: Json = {"type": type}
    if custom:
        schema |= {"custom": custom, "customId": int(id.rpartition("_")[2])}
    else:
        schema |= {"system": id}
    return {
        "id": id, "key": id, "name": name, "custom": bool(custom), "orderable": True,
        "navigable": True, "searchable": True, "clauseNames": names, "schema": schema,
    }  # fmt: skip


def statuses() -> dict[str, Json]:
    """The statuses of a fresh site by id."""
    return {ident: status(ident, name, category) for ident, name, category in _STATUSES}


def issue_types() -> dict[str, Json]:
    """The issue types of a fresh site by id."""
    return {ident: issue_type(ident, name, level) for ident, name, level in _TYPES}


def resolutions() -> dict[str, Json]:
    """The resolutions of a fresh site by id."""
    return {ident: _named("resolution", ident, name) for ident, name in _RESOLUTIONS}


def priorities() -> dict[str, Json]:
    """The priorities of a fresh site by id."""
    return {ident: _named("priority", ident, name) for ident, name in _PRIORITIES}


def fields() -> dict[str, Json]:
    """The fields of a fresh site by id."""
    system = {ident: field(ident, name, kind) for ident, (name, kind) in _SYSTEM.items()}
    return system | {ident: field(ident, *words) for ident, words in _CUSTOM.items()}
