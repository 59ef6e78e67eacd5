"""What an account may do in a simulated Jira, and when Data Center's token ends."""

from datetime import timedelta

from flask import Blueprint, Response, request

from integrations.simulators.jira.state import JiraError
from integrations.simulators.jira.web import answer, api, listed, site
from integrations.simulators.jira.words import Json

blueprint = api("rights")
pat = Blueprint("pat", __name__)
_KNOWN = {
    "BROWSE_PROJECTS": "Browse Projects", "EDIT_ISSUES": "Edit Issues",
    "ADD_COMMENTS": "Add Comments", "LINK_ISSUES": "Link Issues",
    "EDIT_OWN_COMMENTS": "Edit Own Comments", "DELETE_OWN_COMMENTS": "Delete Own Comments",
    "ADMINISTER": "Administer Jira",
}  # fmt: skip


@blueprint.get("/mypermissions")
def permissions() -> Response:
    """Those asked for: the account may do everything, wherever there is a project."""
    asked = listed(request.args.getlist("permissions"))
    if site().cloud and not asked:
        raise JiraError(400, "The 'permissions' query parameter is required.")
    for key in asked:
        if key not in _KNOWN:
            raise JiraError(400, f"Unrecognized permission: {key}")
    denied = site().notes.denied if site().projects else set(_KNOWN)
    shown = {
        key: _permission(number, key, key not in denied)
        for number, key in enumerate(asked or _KNOWN, 10)
    }
    return answer({"permissions": shown})


def _permission(number: int, key: str, have: bool) -> Json:  # noqa: FBT001
    return {"id": str(number), "key": key, "name": _KNOWN[key], "type": "PROJECT",
            "description": "", "havePermission": have}  # fmt: skip


@pat.get("/rest/pat/latest/tokens")
def tokens() -> Response:
    """The personal access tokens of the calling user (Data Center)."""
    here = site()
    if here.cloud:
        raise JiraError(404, "null for uri: /rest/pat/latest/tokens")
    made = here.clock() - timedelta(days=30)
    token: Json = {"id": 1, "name": "Worklift", "createdAt": here.stamp(made),
                   "lastUsedAt": here.stamp(here.clock())}  # fmt: skip
    if here.passes.pat_until is not None:
        token["expiringAt"] = here.stamp(here.passes.pat_until)
    return answer([token])
