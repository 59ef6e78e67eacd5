"""Single issues over HTTP: read, make, change, move through the workflow, delete."""

from flask import Response, g, request

from integrations.simulators.jira.render import shown
from integrations.simulators.jira.state import Issue, JiraError, named
from integrations.simulators.jira.web import answer, api, listed, page, payload, site
from integrations.simulators.jira.words import Json

blueprint = api("issues")
ISSUE_HISTORY = 100
UPDATES = {"labels"}


@blueprint.get("/issue/<key>")
def read(key: str) -> Response:
    """One issue, read directly; a former key leads to it."""
    here = site()
    fields = listed(request.args.getlist("fields")) or ["*all"]
    expand = listed(request.args.get("expand"))
    issue = here.find(key)
    return answer(shown(here, issue, g.version, fields, expand=expand, histories=ISSUE_HISTORY))


@blueprint.get("/issue/<key>/changelog")
def changelog(key: str) -> Response:
    """The changes, oldest first, in pages; Cloud only."""
    if not site().cloud:
        raise JiraError(404, "null for uri: " + request.path)
    here = site()
    if key not in here.loose_logs:
        here.find(key)
    return answer(page(here.histories(key), 100))


@blueprint.post("/issue")
def make() -> Response:
    """A new issue from Jira's input form."""
    here, fields = site(), dict(payload().get("fields") or {})
    project = named_project(fields.pop("project", None))
    missing = [name for name in ("summary", "issuetype") if not fields.get(name)]
    if missing:
        raise JiraError(400, **{name: f"{name} is required." for name in missing})
    kind = here.by_name(here.issue_types, named(fields.pop("issuetype")), "issuetype")
    if kind["subtask"] and not fields.get("parent"):
        raise JiraError(400, parent="Issue type is a sub-task but parent issue key or id not "
                                    "specified.")  # fmt: skip
    issue = here.add_issue(project, str(fields.pop("summary")), kind["id"])
    if fields:
        here.write(issue, fields)
    return answer(_brief(issue), 201)


def named_project(value: object) -> str:
    """The key of the project an input names by key or id; 400 if there is none."""
    word = named(value)
    if isinstance(value, dict) and value.get("key"):
        word = str(value["key"])
    for key, project in site().browsed().items():
        if word in (key, project["id"]):
            return key
    raise JiraError(400, project="Specify a valid project ID or key")


def _brief(issue: Issue) -> Json:
    return {"id": issue.id, "key": issue.key, "self": f"/rest/api/{g.version}/issue/{issue.id}"}


@blueprint.put("/issue/<key>")
def change(key: str) -> Response:
    """Change fields by ``fields``, or labels by ``update`` with set, add and remove."""
    here, body = site(), payload()
    issue = here.find(key)
    fields = dict(body.get("fields") or {})
    if "status" in fields or "resolution" in fields:
        name = "status" if "status" in fields else "resolution"
        raise JiraError(400, **{name: f"Field '{name}' cannot be set. It is not on the appropriate "
                                      "screen, or unknown."})  # fmt: skip
    for name, operations in (body.get("update") or {}).items():
        if name not in UPDATES:
            raise JiraError(400, **{name: f"Field '{name}' does not support update '{operations}'"})
        fields[name] = _updated(list(issue.fields.get(name) or []), operations)
    here.write(issue, fields)
    return Response(status=204)


def _updated(labels: list[str], operations: list[Json]) -> list[str]:
    for operation in operations:
        for verb, value in operation.items():
            if verb == "set":
                labels = list(value)
            elif verb == "add" and value not in labels:
                labels = [*labels, value]
            elif verb == "remove":
                labels = [label for label in labels if label != value]
    return labels


@blueprint.delete("/issue/<key>")
def delete(key: str) -> Response:
    """Delete; sub-tasks only when asked for."""
    here = site()
    issue = here.find(key)
    below = any(child.level < 0 for child in here.children(issue))
    if below and request.args.get("deleteSubtasks") != "true":
        raise JiraError(400, f"The issue '{issue.key}' has subtasks. You must specify the "
                             "'deleteSubtasks' parameter to delete this issue and all its "
                             "subtasks.")  # fmt: skip
    here.delete(key)
    return Response(status=204)


@blueprint.get("/issue/<key>/transitions")
def transitions(key: str) -> Response:
    """Where the issue can go: every global status, by a transition of the same id."""
    here = site()
    here.find(key)
    ways = [{"id": str(int(ident)), "name": status["name"], "to": status, "hasScreen": False,
             "isGlobal": True, "isInitial": False, "isAvailable": True, "isConditional": False}
            for ident, status in here.statuses.items() if "scope" not in status]  # fmt: skip
    return answer({"expand": "transitions", "transitions": ways})


@blueprint.post("/issue/<key>/transitions")
def transition(key: str) -> Response:
    """Go; a resolution may come in ``fields``."""
    here, body = site(), payload()
    issue = here.find(key)
    wanted = named(body.get("transition"))
    if wanted not in here.statuses:
        raise JiraError(400, f"Transition id '{wanted}' is not valid for this issue.")
    resolution = (body.get("fields") or {}).get("resolution")
    here.transition(issue.key, wanted, named(resolution) if resolution else None)
    return Response(status=204)
