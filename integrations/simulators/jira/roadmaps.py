"""Advanced Roadmaps of a Data Center: the levels of issue types, which the types do not tell."""

from flask import Blueprint, Response, request

from integrations.simulators.jira.state import JiraError
from integrations.simulators.jira.web import answer, number, site
from integrations.simulators.jira.words import Json

blueprint = Blueprint("roadmaps", __name__, url_prefix="/rest/jpo-api/1.0")
_TITLES = {0: "Sub-task", 1: "Story", 2: "Epic"}


@blueprint.get("/hierarchy")
def hierarchy() -> Response:
    """The levels in pages of one unless asked otherwise; epics are the third."""
    here = site()
    if here.cloud or not here.roadmaps:
        raise JiraError(404, "null for uri: " + request.path)
    if not here.shows_hierarchy:
        raise JiraError(403, "You do not have permission to use Advanced Roadmaps.")
    size = number(request.args.get("size"), 1)
    start = (max(1, number(request.args.get("page"), 1)) - 1) * size
    return answer(_levels(list(here.issue_types.values()))[start : start + size])


def _levels(types: list[Json]) -> list[Json]:
    known: dict[int, list[Json]] = {}
    for kind in types:
        known.setdefault(kind.get("hierarchyLevel", -1 if kind["subtask"] else 0) + 1, []).append(
            kind
        )
    return [
        {
            "id": place,
            "title": _TITLES.get(place, known[place][0]["name"]),
            "issueTypeIds": [kind["id"] for kind in known[place]],
        }
        for place in sorted(known)
    ]
