"""Making a GitHub App from a manifest: what it asks for, and the app a code stands for."""

import json
import re
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from connector.errors import AccessDenied, BadReading, Gone, Refused
from integrations.github.app import HOME, account_of, as_app
from integrations.github.keys import refuse_no_key
from integrations.github.places import api_url, web_url
from integrations.kit.address import same_origin
from integrations.kit.answers import Denied, Rejected
from integrations.kit.edge import Ask, Edge
from integrations.tracker import Client, Form, Made, Plan

_LONGEST = 34
"""Characters of an app's name at GitHub."""
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_EVENTS = (
    "issues", "issue_comment", "label", "milestone", "pull_request", "repository",
)  # fmt: skip
_CLOUD_EVENTS = ("projects_v2", "projects_v2_item", "sub_issues")
"""What servers know only of late; a manifest that names an unknown event is refused whole."""
_JSON = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHubMaker:
    """GitHub's manifest flow as the port asks for it; stateless."""

    def form(self, plan: Plan, state: str) -> Form:
        """Propose the app, for an organization or for who is signed in there."""
        web = web_of(plan.client)
        if plan.owner and not _OWNER.fullmatch(plan.owner):
            raise Refused(f"{plan.owner!r} is no organization's name, such as acme")
        whose = f"organizations/{plan.owner}/" if plan.owner else ""
        address = f"{web}/{whose}settings/apps/new?state={quote(state, safe='')}"
        return Form(address=address, fields={"manifest": json.dumps(manifest(plan))})

    def made(self, plan: Plan, code: str) -> Made:
        """Exchange the code for the app's id, key and webhook secret."""
        if not _CODE.fullmatch(code):
            raise AccessDenied(_OVER)
        found = _converted(plan.client, code)
        number, key = found.get("id"), found.get("pem")
        if isinstance(number, bool) or not isinstance(number, int) or not isinstance(key, str):
            raise BadReading("id, pem", "are not there", "the app made at GitHub")
        try:
            refuse_no_key(key)
        except Refused as error:
            raise BadReading("pem", str(error), "the app made at GitHub") from error
        told = plan.client
        client = Client(
            id=str(number),
            secret=key,
            redirect=told.redirect,
            server=told.server,
            allow_private=told.allow_private,
            extras=told.extras,
            page=_page(found, web_of(told)),
        )
        return Made(client=client, hook_secret=str(found.get("webhook_secret") or ""))

    def place(self, client: Client, owner: str) -> str:
        """The installation for an account; the only one there is, where none is named."""
        if owner and not _OWNER.fullmatch(owner):
            raise Refused(f"{owner!r} is no organization's name, such as acme")
        with as_app(account_of(client)) as app:
            listed = [each for rows in app.listing("/app/installations", {}) for each in rows]
        found = {str(each["account"]["login"]): str(each["id"]) for each in listed if _is_one(each)}
        mine = {name: number for name, number in found.items() if _fits(name, owner)}
        if len(mine) == 1:
            return next(iter(mine.values()))
        if not found:
            raise AccessDenied(
                f"GitHub App {client.id} is installed nowhere: install it from its settings at"
                " GitHub (Install App), then connect again."
            )
        names = ", ".join(sorted(found))
        what = f"not installed for {owner}, but for" if owner else "installed for"
        raise Refused(f"GitHub App {client.id} is {what} {names}: name one of them as organization")


def web_of(client: Client) -> str:
    """The address people open; raises ``Refused`` for a server that may not be called."""
    return web_url(api_url(client.server or HOME, allow_private=client.allow_private))


def manifest(plan: Plan) -> dict[str, Any]:
    """What the app is to be; without a door GitHub can reach it hears of nothing."""
    client = plan.client
    made: dict[str, Any] = {
        "name": f"Worklift {plan.name}"[:_LONGEST],
        "url": plan.home,
        "redirect_url": client.redirect,
        "callback_urls": [client.redirect],
        "setup_url": client.redirect,
        "setup_on_update": False,
        "request_oauth_on_install": False,
        "public": False,
        "default_permissions": permissions(client.extras),
    }
    if plan.door:
        cloud = web_of(client) == HOME or _hosted(client) or client.allow_private
        events = (*_EVENTS, *(_CLOUD_EVENTS if cloud else ()))
        hook = {"hook_attributes": {"url": plan.door, "active": True}}
        made |= {**hook, "default_events": sorted(events)}
    return made


def permissions(extras: frozenset[str]) -> dict[str, str]:
    """What an app is asked to have; nothing of code or administration."""
    writes = "writeback" in extras
    return {
        "metadata": "read",
        "issues": "write" if writes else "read",
        "pull_requests": "read",
        "organization_projects": "read",
        **({"checks": "write"} if writes else {}),
    }


_OVER = (
    "GitHub knows no app of this code: it was used already, or is older than an hour. Begin again;"
    " an app that was made is listed in GitHub's settings under Developer settings."
)


def _converted(client: Client, code: str) -> dict[str, Any]:
    api = api_url(client.server or HOME, allow_private=client.allow_private)
    edge = Edge(requests.Session(), label="GitHub", secret=code, allow_private=client.allow_private)
    url = f"{api}/app-manifests/{code}/conversions"
    try:
        return edge.call(Ask(method="POST", url=url, headers=_JSON, follow=False)).object()
    except (Gone, Rejected, Denied) as error:
        raise AccessDenied(_OVER) from error
    finally:
        edge.close()


def _page(found: dict[str, Any], web: str) -> str:
    """The app's page: servers have it elsewhere than github.com."""
    told, slug = str(found.get("html_url") or ""), quote(str(found.get("slug") or ""), safe="")
    return told if same_origin(told, web) else f"{web}/apps/{slug}"


def _hosted(client: Client) -> bool:
    return (urlsplit(client.server).hostname or "").endswith(".ghe.com")


def _is_one(each: object) -> bool:
    about = each.get("account") if isinstance(each, dict) else None
    return isinstance(about, dict) and "login" in about and "id" in each  # type: ignore[operator]


def _fits(name: str, owner: str) -> bool:
    return not owner or name.lower() == owner.lower()
