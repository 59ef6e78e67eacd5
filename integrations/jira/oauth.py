"""Signing in at Atlassian (OAuth 2.0, 3LO): oauthlib makes the messages, our edge the calls."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from connector.errors import AccessDenied, BadReading, Gone, Unavailable
from integrations.kit.address import base_url
from integrations.kit.answers import Answer, Denied, Moved, Rejected
from integrations.kit.edge import Ask, Edge
from integrations.kit.signature import header, vouched
from integrations.tracker import Client, Grant, Maker, Site

T = TypeVar("T")
_AUTHORITY, _API = "https://auth.atlassian.com", "https://api.atlassian.com"
_READING = ("read:jira-work", "read:jira-user", "offline_access")
_EXTRAS = {"writeback": "write:jira-work", "registering": "manage:jira-webhook"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_UNKNOWN_APP = frozenset({"invalid_client", "access_denied"})
"""What Atlassian says when it is not the code that is wrong, but the app's id or secret."""
_HOUR = 3600
_FINAL = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
"""What the sign-in server says of a grant or an app that is no longer good (RFC 6749, 5.2)."""


@dataclass(frozen=True, slots=True)
class JiraConsent:
    """Atlassian's sign-in as the port asks for it; stateless. People make the app themselves."""

    maker: Maker | None = None

    def address(self, client: Client, state: str) -> str:
        """Where a person agrees to what is asked for: reading, and the client's extras.

        Raises ``Refused`` for a server that may not be called.
        """
        base_url(_authority(client), allow_private=client.allow_private)
        extras = (scope for name, scope in _EXTRAS.items() if name in client.extras)
        asked = WebApplicationClient(client.id).prepare_request_uri(
            f"{_AUTHORITY}/authorize",
            redirect_uri=client.redirect,
            scope=[*_READING, *extras],
            state=state,
            audience=urlsplit(_API).hostname,
            prompt="consent",
        )
        # oauthlib takes https alone, and a stand-in on this machine has none.
        return f"{_authority(client)}/authorize?{urlsplit(asked).query}"

    def exchange(self, client: Client, code: str) -> Grant:
        """The grant of a code, which serves once."""
        messages = WebApplicationClient(client.id)
        body = messages.prepare_request_body(
            code=code, redirect_uri=client.redirect, client_secret=client.secret
        )
        return _grant(messages, _answered(client, body, serving=code, wrong_app=_UNKNOWN_APP), "")

    def sites(self, client: Client, grant: Grant) -> tuple[Site, ...]:
        """The sites the person let us read."""
        headers = {"Authorization": f"Bearer {grant.token}", "Accept": "application/json"}
        api = client.server.rstrip("/") or _API
        url = f"{api}/oauth/token/accessible-resources"
        ask = Ask(method="GET", url=url, headers=headers)
        listed = _called(client, (grant.token,), lambda edge: edge.call(ask).array())
        return tuple(
            Site(url=f"{api}/ex/jira/{each['id']}", browse_url=each["url"], name=each["name"])
            for each in listed
            if isinstance(each, dict) and _READING[0] in (each.get("scopes") or ())
            and all(isinstance(each.get(name), str) for name in ("id", "url", "name"))
        )  # fmt: skip

    def vouches(self, client: Client, headers: Mapping[str, str], at: datetime) -> bool | None:
        """Jira sends ``Authorization: Bearer`` with a token that the client secret signs."""
        way, _, token = header(headers, "Authorization").strip().partition(" ")
        return vouched(token.strip(), client.secret, at) if way.lower() == "bearer" else None

    def renew(self, client: Client, renewal: str) -> Grant:
        """A new grant; the renewal has served then, and a new one is in the grant."""
        messages = WebApplicationClient(client.id)
        body = messages.prepare_refresh_body(
            refresh_token=renewal, client_id=client.id, client_secret=client.secret
        )
        return _grant(messages, _answered(client, body, serving=renewal), renewal)


def _answered(
    client: Client, body: str, *, serving: str, wrong_app: frozenset[str] = frozenset()
) -> Answer:
    """What a code or a renewal is answered with: all but a clear refusal can be tried again."""
    # Never repeated by itself: what was sent may have served although no answer came.
    ask = Ask(
        method="POST", url=f"{_authority(client)}/oauth/token", headers=_FORM, data=body,
        follow=False,
    )  # fmt: skip
    try:
        return _called(client, (client.secret, serving), lambda edge: edge.call(ask))
    except (Denied, Rejected) as error:
        why = error.word or "no reason given"
        if error.code in wrong_app:
            raise AccessDenied(
                "The client id or client secret was refused by Atlassian: copy both again from the"
                " app's settings at developer.atlassian.com."
            ) from error
        if error.code in _FINAL:
            raise AccessDenied(f"Atlassian refused the sign-in ({why}); sign in again.") from error
        raise _unclear(client, why) from error
    except Moved as error:
        raise _unclear(client, "it leads elsewhere") from error
    except Gone as error:
        raise _unclear(client, "there is no sign-in") from error
    except AccessDenied as error:
        raise Unavailable(str(error)) from error  # it was not called


def _unclear(client: Client, why: str) -> Unavailable:
    at = urlsplit(_authority(client)).netloc
    return Unavailable(
        f"The sign-in at {at} gave an answer that says nothing about the grant ({why});"
        " if it stays so, sign in again."
    )


def _authority(client: Client) -> str:
    return client.server.rstrip("/") or _AUTHORITY


def _called(client: Client, secrets: Collection[str], call: Callable[[Edge], T]) -> T:
    base_url(_authority(client), allow_private=client.allow_private)
    session = requests.Session()
    edge = Edge(session, label="Atlassian", secret=secrets, allow_private=client.allow_private)
    try:
        return call(edge)
    finally:
        edge.close()


def _grant(messages: WebApplicationClient, answer: Answer, renewal: str) -> Grant:
    found: dict[str, Any] = answer.object()
    try:
        messages.parse_request_body_response(json.dumps(found))
    except (OAuth2Error, Warning, ValueError, TypeError) as error:
        raise BadReading("token", "is no OAuth answer", "the sign-in") from error
    token, newer = found.get("access_token"), found.get("refresh_token") or renewal
    lasts = found.get("expires_in", _HOUR)
    if not isinstance(token, str) or not isinstance(newer, str) or not token:
        raise BadReading("access_token", "is not text", "the sign-in")
    if not newer:
        raise AccessDenied("Atlassian gave nothing to renew the sign-in with: let the app have the"
                           " scope offline_access, and sign in again.")  # fmt: skip
    if isinstance(lasts, bool) or not isinstance(lasts, int) or not 0 < lasts < 10**8:
        raise BadReading("expires_in", "is not a number of seconds", "the sign-in")
    return Grant(token=token, lasts=timedelta(seconds=lasts), renewal=newer)
