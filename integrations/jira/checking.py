"""The connection test: is it Jira, who are we, which deployment and fields."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from connector.errors import AccessDenied, Gone, Unavailable
from integrations.jira.client import JiraClient
from integrations.jira.profile import detected, ids, not_numbers
from integrations.kit.answers import Rejected
from integrations.tracker import Account, Identity

_GATEWAY = "api.atlassian.com"


def check(client: JiraClient, account: Account) -> Identity:
    """Three calls: server, person, fields; every failure names its fix."""
    info = _server(client)
    found = {"deployment": detected(info, [])["deployment"]}
    person = _person(client, account, found["deployment"])
    fields = client.get("2/field").array()
    found |= detected(info, fields)
    if urlsplit(client.url).hostname == _GATEWAY:
        found["browse_url"] = str(info.get("baseUrl") or client.url).rstrip("/")
    asked = {name: value for name, value in account.options.items() if value}
    chosen = ("deployment", "story_points")
    options = found | {name: asked[name] for name in chosen if name in asked}
    return Identity(
        who=_name(person), options=options, warnings=tuple(_warnings(asked, found, fields))
    )


def _server(client: JiraClient) -> dict[str, Any]:
    try:
        info = client.get("2/serverInfo").object()
    except (Gone, Rejected) as error:
        raise Gone(f"{client.url} is not a Jira site, or its path is wrong: {error}") from error
    if "deploymentType" not in info and "version" not in info:
        raise Unavailable(f"{client.url} answers, but not as a Jira site; check the URL.")
    return info


def _person(client: JiraClient, account: Account, deployment: str) -> dict[str, Any]:
    try:
        return client.get("2/myself").object()
    except AccessDenied as error:
        raise AccessDenied(f"{error} {_fix(account, deployment)}") from error


def _fix(account: Account, deployment: str) -> str:
    if deployment == "datacenter":
        return "Jira Data Center takes a personal access token of Profile → Personal Access Tokens."
    if not account.options.get("email"):
        return "An API token of Jira Cloud needs the e-mail of its account too."
    return (
        "Make an API token without scopes at id.atlassian.com for this e-mail; one with scopes"
        " works only on https://api.atlassian.com/ex/jira/<cloud id>."
    )


def _name(person: Mapping[str, Any]) -> str:
    names = (person.get(name) for name in ("displayName", "name", "accountId"))
    return next((name for name in names if isinstance(name, str) and name), "somebody")


def _warnings(
    asked: Mapping[str, str], found: Mapping[str, str], fields: list[Any]
) -> Iterator[str]:
    if asked.get("deployment", found["deployment"]) != found["deployment"]:
        yield f"The site says it is {found['deployment']}, not {asked['deployment']}."
    for name in ("story_points", "number_fields"):
        for field in not_numbers(ids(asked.get(name, "")), fields):
            yield f"{field} is no number field of this site; items will have no value for it."
    if not asked.get("story_points") and not found.get("story_points"):
        yield "No story points field was found; name one to measure by points."
