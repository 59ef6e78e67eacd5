"""Which scopes a sign-in was given: known of a sign-in at Atlassian, of a token never."""

from collections.abc import Iterator
from typing import Any

from connector.errors import TrackerError
from integrations.jira.client import JiraClient
from integrations.jira.places import on_gateway
from integrations.tracker import Account

_READ = "read:jira-work"
_RIGHTS = {"write:jira-work": "write back", "manage:jira-webhook": "set up webhooks"}
"""What may be asked for beside reading, and what it is for."""


def told(client: JiraClient, account: Account) -> Iterator[str]:
    """Sentences on what the sign-in may do; one call for a sign-in at Atlassian, else none.

    A token without scopes, and one of Data Center, may do what its account may.
    """
    if not on_gateway(client.url):
        return
    if not account.options.get("client_id"):
        needs = " and ".join(f"{scope} to {what}" for scope, what in _RIGHTS.items())
        yield (
            "Which scopes the token has cannot be asked: Jira tells of a missing one only when it"
            f" refuses a call. It needs {_READ} to read, {needs}."
        )
    elif (found := _scopes(client)) is not None:
        yield _sentence(found)


def _sentence(found: frozenset[str]) -> str:
    may = ["read", *(what for scope, what in _RIGHTS.items() if scope in found)]
    lacks = {scope: what for scope, what in _RIGHTS.items() if scope not in found}
    said = f"The sign-in may {_joined(may)}."
    if not lacks:
        return said
    return (
        f"{said} It may not {' or '.join(lacks.values())}: that needs {_joined(list(lacks))};"
        " let the app have the permission, and sign in again with it."
    )


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _scopes(client: JiraClient) -> frozenset[str] | None:
    """The scopes for this site; None when Atlassian does not tell."""
    try:
        listed: Any = client.of_gateway("oauth/token/accessible-resources").json()
    except TrackerError:
        return None
    if not isinstance(listed, list):
        return None
    here = client.url.rpartition("/")[2]
    mine = (each for each in listed if isinstance(each, dict) and each.get("id") == here)
    scopes = next(mine, {}).get("scopes")
    if not isinstance(scopes, list):
        return None
    return frozenset(each for each in scopes if isinstance(each, str))
