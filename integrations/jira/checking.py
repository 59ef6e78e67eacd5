"""The connection test: is it Jira, who are we, what may we see, which deployment and fields."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from connector.errors import AccessDenied, Gone, TrackerError, Unavailable
from integrations.jira import granted
from integrations.jira.client import JiraClient
from integrations.jira.levels import text_of
from integrations.jira.places import hint, on_gateway, refuse_elsewhere
from integrations.jira.profile import detected, ids, not_numbers, profile
from integrations.jira.refusals import explained
from integrations.jira.rights import Seen, asked, seen, token_until, warnings
from integrations.jira.roadmaps import levels
from integrations.kit.answers import Answer, Moved, Rejected
from integrations.tracker import Account, Identity

_MOST_BOARDS = 5
_CHOSEN = ("deployment", "story_points")


def check(client: JiraClient, account: Account) -> Identity:
    """Test URL, sign-in and rights, and find out deployment and fields; failures name their fix.

    Five calls: server, person, fields, projects, permissions. Unless story points are set, one more
    for the boards and at most five for how they estimate; on Data Center one for the token's end,
    and with Advanced Roadmaps one for the levels of types; after a sign-in at Atlassian one for its
    scopes.
    """
    info, fields = _site(client, account)
    typed = {name: value for name, value in account.options.items() if value}
    deployment = typed.get("deployment") or detected(info, [])["deployment"]
    person = _read(client, "2/myself", account, deployment).object()
    boards = () if "story_points" in typed else estimation_fields(client)
    found = _found(client, info, fields, boards)
    site = profile(found | typed, client.url)
    if site and (known := levels(client, site)):
        found["levels"] = text_of(known)
    projects = seen(client, found["deployment"])
    return Identity(
        who=_name(person),
        options=found | {name: typed[name] for name in _CHOSEN if name in typed},
        warnings=(*_warnings(typed, found, fields), *warnings(client, account, projects)),
        notes=(*_seen(projects), *granted.told(client, account)),
        token_until=token_until(client, account, found["deployment"]),
    )


def _seen(projects: Seen | None) -> tuple[str, ...]:
    return (projects.sentence,) if projects and projects.total else ()


def options(client: JiraClient, account: Account) -> dict[str, str]:
    """The deployment and the fields by what they are, no more; two calls."""
    return _found(client, *_site(client, account), ())


def estimation_fields(client: JiraClient) -> tuple[str, ...]:
    """The fields some boards estimate by, the most common first; at most six calls.

    A site without boards, or a token that may not see them, says nothing: that is fine.
    """
    page = asked(client, f"agile/1.0/board?maxResults={_MOST_BOARDS}")
    boards = page.get("values") if isinstance(page, dict) else None
    found: Counter[str] = Counter()
    for board in boards[:_MOST_BOARDS] if isinstance(boards, list) else ():
        number = board.get("id") if isinstance(board, dict) else None
        if isinstance(number, int):
            found.update(_estimation(asked(client, f"agile/1.0/board/{number}/configuration")))
    return tuple(name for name, _ in found.most_common())


def _estimation(configuration: Any) -> Iterator[str]:
    estimation = configuration.get("estimation") if isinstance(configuration, dict) else None
    field = estimation.get("field") if isinstance(estimation, dict) else None
    name = field.get("fieldId") if isinstance(field, dict) else None
    if isinstance(name, str) and name:
        yield name


def _site(client: JiraClient, account: Account) -> tuple[dict[str, Any], list[Any]]:
    refuse_elsewhere(client.url)
    info = _server(client, account)
    deployment = detected(info, [])["deployment"]
    return info, _read(client, "2/field", account, deployment).array()


def _found(
    client: JiraClient, info: Mapping[str, Any], fields: list[Any], boards: tuple[str, ...]
) -> dict[str, str]:
    found = detected(info, fields, boards)
    if on_gateway(client.url):
        found["browse_url"] = str(info.get("baseUrl") or client.url).rstrip("/")
    return found


def _server(client: JiraClient, account: Account) -> dict[str, Any]:
    try:
        info = _read(client, "2/serverInfo", account, "").object()
    except Moved as error:
        sign_in = "it may be a sign-in page standing before Jira, which API calls cannot pass"
        raise Gone(f"{str(error).rstrip('.')}, or {sign_in}.") from error
    except (Gone, Rejected) as error:
        raise Gone(_no_jira(client.url, error)) from error
    except Unavailable as error:
        if "instead of JSON" not in str(error):
            raise
        raise Unavailable(f"{error} {hint(client.url)}") from error
    if "deploymentType" not in info and "version" not in info:
        raise Unavailable(f"{client.url} answers, but not as a Jira site; check the URL.")
    return info


def _no_jira(url: str, error: TrackerError) -> str:
    if on_gateway(url):
        ask = "https://your-site.atlassian.net/_edge/tenant_info"
        return f"The gateway knows no site of this cloud id: look it up at {ask} ({_bare(error)})."
    return f"{url} is not a Jira site, or its path is wrong. {hint(url)} ({_bare(error)})"


def _bare(error: TrackerError) -> str:
    """What was said, without a full stop of its own."""
    return str(error).rstrip(".")


def _read(client: JiraClient, path: str, account: Account, deployment: str) -> Answer:
    try:
        return client.get(path)
    except AccessDenied as error:
        raise explained(error, account, path=path, deployment=deployment) from error


def _name(person: Mapping[str, Any]) -> str:
    names = (person.get(name) for name in ("displayName", "name", "accountId"))
    return next((name for name in names if isinstance(name, str) and name), "somebody")


def _warnings(
    typed: Mapping[str, str], found: Mapping[str, str], fields: list[Any]
) -> Iterator[str]:
    if typed.get("deployment", found["deployment"]) != found["deployment"]:
        yield f"The site says it is {found['deployment']}, not {typed['deployment']}."
    for name in ("story_points", "number_fields"):
        for field in not_numbers(ids(typed.get(name, "")), fields):
            yield f"{field} is no number field of this site; items will have no value for it."
    if not typed.get("story_points") and not found.get("story_points"):
        yield "No story points field was found; name one to measure by points."
