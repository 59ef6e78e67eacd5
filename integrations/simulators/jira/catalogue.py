"""What a Jira site tells of itself: server, user, fields, statuses, types, projects, sprints."""

from flask import Blueprint, Response, request

from integrations.simulators.jira import words
from integrations.simulators.jira.events import sprint_shape
from integrations.simulators.jira.issues import named_project
from integrations.simulators.jira.state import JiraError
from integrations.simulators.jira.values import user
from integrations.simulators.jira.web import answer, api, listed, page, site
from integrations.simulators.jira.words import Json

blueprint = api("catalogue")
other = Blueprint("other", __name__)


@blueprint.get("/serverInfo")
def server_info() -> Response:
    """What is running; open to all."""
    here = site()
    numbers = [1001, 0, 0] if here.cloud else [10, 3, 12]
    about: Json = {
        "baseUrl": here.url, "version": "1001.0.0-SNAPSHOT" if here.cloud else "10.3.12",
        "versionNumbers": numbers, "deploymentType": "Cloud" if here.cloud else "Server",
        "buildNumber": 100300, "buildDate": here.stamp(here.clock()),
        "serverTime": here.stamp(here.clock()), "scmInfo": "simulated", "serverTitle": "Simulated",
    }  # fmt: skip
    return answer(about)


@blueprint.get("/myself")
def myself() -> Response:
    """The calling user, with the time zone dates are read in."""
    here = site()
    person = user(here, "Simulated user") | {"emailAddress": here.email, "locale": "en_US",
                                             "timeZone": str(here.zone)}  # fmt: skip
    return answer(person)


@blueprint.get("/field")
def fields() -> Response:
    """All fields, system and custom."""
    return answer(list(site().fields.values()))


@blueprint.get("/status")
def statuses() -> Response:
    """All statuses with their categories."""
    return answer(list(site().statuses.values()))


@blueprint.get("/statuscategory")
def categories() -> Response:
    """The four categories."""
    made = [words.status("0", "", key)["statusCategory"] for key in words.CATEGORIES]
    return answer(made)


@blueprint.get("/resolution")
def resolutions() -> Response:
    """All resolutions."""
    return answer(list(site().resolutions.values()))


@blueprint.get("/priority")
def priorities() -> Response:
    """All priorities."""
    return answer(list(site().priorities.values()))


@blueprint.get("/issuetype")
def issue_types() -> Response:
    """All issue types; Data Center's carry no hierarchy level."""
    kinds = list(site().issue_types.values())
    if not site().cloud:
        kinds = [{k: v for k, v in kind.items() if k != "hierarchyLevel"} for kind in kinds]
    return answer(kinds)


@blueprint.get("/project/search")
def project_search() -> Response:
    """Cloud's projects in pages, narrowed by ``keys`` or ``query``."""
    if not site().cloud:
        raise JiraError(404, "No project could be found with key 'search'.")
    keys = set(listed(request.args.getlist("keys")))
    query = request.args.get("query", "").lower()
    found = [
        project
        for key, project in site().browsed().items()
        if not project.get("archived")
        and (not keys or key in keys)
        and query in f"{key} {project['name']}".lower()
    ]
    return answer(page(found))


@blueprint.get("/project")
def projects() -> Response:
    """All projects."""
    return answer(list(site().browsed().values()))


@blueprint.get("/project/<key>")
def project(key: str) -> Response:
    """One project by key or id."""
    return answer(site().projects[_project(key)])


@blueprint.get("/project/<key>/versions")
def versions(key: str) -> Response:
    """A project's versions."""
    return answer(site().versions.get(_project(key), []))


@blueprint.get("/project/<key>/components")
def components(key: str) -> Response:
    """A project's components."""
    return answer(site().components.get(_project(key), []))


def _project(word: str) -> str:
    try:
        return named_project({"key": word})
    except JiraError:
        raise JiraError(404, f"No project could be found with key '{word}'.") from None


@other.get("/rest/agile/1.0/board")
def boards() -> Response:
    """The one board all sprints belong to."""
    board = {"id": 1, "self": "/rest/agile/1.0/board/1", "name": "Board", "type": "scrum"}
    return answer(page([board]))


@other.get("/rest/agile/1.0/board/1/sprint")
def board_sprints() -> Response:
    """All sprints, narrowed by ``state``."""
    states = listed(request.args.get("state"))
    found = [one for one in site().sprints.values() if not states or one.get("state") in states]
    return answer(page([sprint_shape(sprint) for sprint in found]))


@other.get("/rest/agile/1.0/board/1/configuration")
def board_configuration() -> Response:
    """The board's estimation field."""
    field = {"fieldId": words.STORY_POINTS, "displayName": "Story Points"}
    return answer({"id": 1, "name": "Board", "type": "scrum", "self": "/rest/agile/1.0/board/1",
                   "filter": {"id": "10000", "self": "/rest/api/2/filter/10000"},
                   "estimation": {"type": "field", "field": field}})  # fmt: skip


@other.get("/rest/agile/1.0/sprint/<int:number>")
def sprint(number: int) -> Response:
    """One sprint."""
    if number not in site().sprints:
        raise JiraError(404, "The requested board or sprint cannot be viewed.")
    return answer(sprint_shape(site().sprints[number]))


@other.get("/_edge/tenant_info")
def tenant() -> Response:
    """The cloud id of the site."""
    return answer({"cloudId": "00000000-0000-4000-8000-000000000001"})
