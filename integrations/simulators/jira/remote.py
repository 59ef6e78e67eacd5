"""Remote links and properties of issues over HTTP; a global id makes a link the same link."""

from flask import Response, g, request

from integrations.simulators.jira import events
from integrations.simulators.jira.state import Issue, JiraError
from integrations.simulators.jira.web import answer, api, payload, site
from integrations.simulators.jira.words import Json

blueprint = api("remote")
LONGEST_ID, LARGEST_PROPERTY, LONGEST_KEY = 255, 32_768, 255
KEPT = ("application", "relationship", "object")


@blueprint.get("/issue/<key>/remotelink")
def links(key: str) -> Response:
    """All of them, or the one of a global id."""
    found = site().notes.remote_links(site().find(key).id)
    wanted = request.args.get("globalId")
    if wanted is None:
        return answer(found)
    one = _by_global_id(found, wanted)
    if one is None:
        raise JiraError(404, "The remote link with the given global ID does not exist.")
    return answer(one)


@blueprint.post("/issue/<key>/remotelink")
def put_link(key: str) -> Response:
    """Make a link, or replace the one of the same global id: 201 or 200."""
    here, body = site(), payload()
    issue = here.find(key)
    _permitted("LINK_ISSUES", "link issues")
    shown, wanted = body.get("object"), str(body.get("globalId") or "")
    if not isinstance(shown, dict) or not shown.get("title") or not shown.get("url"):
        raise JiraError(400, title="'title' is required.", url="'url' is required.")
    if len(wanted) > LONGEST_ID:
        raise JiraError(400, globalId="The global ID is longer than 255 characters.")
    with here.lock:
        held = here.notes.remote_links(issue.id)
        link = _by_global_id(held, wanted) if wanted else None
        is_new = link is None
        if link is None:
            link = {"id": next(here.notes.numbers)} | ({"globalId": wanted} if wanted else {})
            link["self"] = f"/rest/api/2/issue/{issue.key}/remotelink/{link['id']}"
            held.append(link)
        link.update({name: body[name] for name in KEPT if name in body})
    made = {"id": link["id"], "self": link["self"]}
    return answer(made, 201 if is_new else 200)


@blueprint.delete("/issue/<key>/remotelink")
def take_link(key: str) -> Response:
    """Take the link of a global id away."""
    here = site()
    issue = here.find(key)
    _permitted("LINK_ISSUES", "link issues")
    wanted = request.args.get("globalId")
    if not wanted:
        raise JiraError(400, "The globalId query parameter is required.")
    held = here.notes.remote_links(issue.id)
    link = _by_global_id(held, wanted)
    if link is None:
        raise JiraError(404, "The remote link with the given global ID does not exist.")
    held.remove(link)
    return Response(status=204)


@blueprint.get("/issue/<key>/properties")
def properties(key: str) -> Response:
    """The keys of all properties."""
    issue = site().find(key)
    known = site().notes.known(issue.id)
    return answer({"keys": [{"key": name, "self": _address(issue, name)} for name in known]})


@blueprint.get("/issue/<key>/properties/<name>")
def read_property(key: str, name: str) -> Response:
    """One property with its value."""
    return answer({"key": name, "value": _held(site().find(key), name)[name]})


@blueprint.put("/issue/<key>/properties/<name>")
def put_property(key: str, name: str) -> Response:
    """Set a property to any JSON: 201 for a new one, else 200."""
    here = site()
    issue = here.find(key)
    _permitted("EDIT_ISSUES", "edit issues")
    if len(name) > LONGEST_KEY or len(request.get_data()) > LARGEST_PROPERTY:
        raise JiraError(400, "The property is larger than it may be.")
    value = request.get_json(silent=True)
    if value is None:
        raise JiraError(400, "The property value must be a valid JSON.")
    known = here.notes.known(issue.id)
    is_new = name not in known
    known[name] = value
    events.issue_property(here, "set", issue, name)
    return answer({"self": _address(issue, name)}, 201 if is_new else 200)


@blueprint.delete("/issue/<key>/properties/<name>")
def take_property(key: str, name: str) -> Response:
    """Take a property away."""
    here = site()
    issue = here.find(key)
    _permitted("EDIT_ISSUES", "edit issues")
    del _held(issue, name)[name]
    events.issue_property(here, "deleted", issue, name)
    return Response(status=204)


def _by_global_id(links: list[Json], wanted: str) -> Json | None:
    return next((link for link in links if link.get("globalId") == wanted), None)


def _held(issue: Issue, name: str) -> dict[str, Json]:
    known = site().notes.known(issue.id)
    if name not in known:
        raise JiraError(404, f"The property {name} does not exist.")
    return known


def _address(issue: Issue, name: str) -> str:
    return f"/rest/api/{g.version}/issue/{issue.key}/properties/{name}"


def _permitted(permission: str, what: str) -> None:
    if permission in site().notes.denied:
        raise JiraError(403, f"You do not have permission to {what} in this project.")
