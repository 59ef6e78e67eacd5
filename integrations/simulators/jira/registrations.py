"""Setting up webhooks over HTTP: an admin's, old and new form, and the dynamic ones of apps."""

import base64
import hmac
import itertools
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request

from integrations.simulators.hooks import Hook
from integrations.simulators.jira.state import JiraError, State
from integrations.simulators.jira.web import BY_APP, answer, api, page, payload, site
from integrations.simulators.jira.words import Json

LASTS = timedelta(days=30)
MOST = 5
"""Webhooks of one app for one person."""
EVENTS = frozenset(
    """jira:issue_created jira:issue_updated jira:issue_deleted comment_created comment_updated
    comment_deleted issue_property_set issue_property_deleted sprint_created sprint_updated
    sprint_closed sprint_deleted sprint_started jira:version_released jira:version_unreleased
    jira:version_created jira:version_moved jira:version_updated jira:version_merged
    jira:version_deleted""".split()
)
_PROJECTS = re.compile(r"\s*project\s*(?:=\s*([^\s()]+)|in\s*\(([^()]+)\))\s*", re.IGNORECASE)
_CLAUSE = re.compile(r"([\w.\[\]]+)\s*(?:!?=|not\s+in|in)", re.IGNORECASE)

blueprint = Blueprint("registrations", __name__)
dynamic = api("dynamic")


@dataclass(frozen=True)
class DynamicHook(Hook):
    """A webhook of an app: of some projects, for thirty days. Its body is not signed; what it bears
    proves the app, whose id and secret are ``app``."""

    projects: frozenset[str] = frozenset()
    jql: str = ""
    until: datetime | None = None
    here: State | None = field(default=None, repr=False, compare=False)
    app: tuple[str, str] = field(default=("", ""), repr=False)

    @property
    def bearer(self) -> str:
        """A JSON Web Token, good for some minutes."""
        name, secret = self.app
        now = int(self.here.clock().timestamp()) if self.here else 0
        claims = {"iss": name, "iat": now, "exp": now + 180}
        said = ".".join(_encoded(json.dumps(each)) for each in ({"alg": "HS256"}, claims))
        return f"{said}.{_encoded(hmac.digest(secret.encode(), said.encode(), 'sha256'))}"

    def wants(self, event: str, repo: str) -> bool:
        """Whether the event is one of its own, of its projects, and in time."""
        in_time = self.until is None or self.here is None or self.here.clock() < self.until
        return in_time and event in self.events and (not repo or repo in self.projects)


@blueprint.get("/rest/webhooks/1.0/webhook")
def listed() -> Response:
    """Admin webhooks."""
    _need_admin()
    return answer([_shown(hook) for hook in _admins()])


@blueprint.post("/rest/webhooks/1.0/webhook")
def made() -> Response:
    """A new admin webhook, its id in its address only. Data Center's old form never signs."""
    _need_admin()
    body = payload()
    secret = str(body.get("secret") or "") if site().cloud else ""
    return answer(_shown(_added(body, secret)) | {"name": body.get("name", "")}, 201)


@blueprint.delete("/rest/webhooks/1.0/webhook/<int:number>")
def deleted(number: int) -> Response:
    """An admin webhook less."""
    _need_admin()
    return _without(number)


@blueprint.get("/rest/jira-webhook/1.0/webhooks")
def listed_newer() -> Response:
    """The same since Data Center 10."""
    _need_newer()
    return answer([_newer(hook) for hook in _admins()])


@blueprint.post("/rest/jira-webhook/1.0/webhooks")
def made_newer() -> Response:
    """A new one; it signs when the configuration holds a secret."""
    _need_newer()
    body = payload()
    held = body.get("configuration") or {}
    hook = _added(body, str(held.get("SECRET") or ""))
    return answer(_newer(hook) | {"name": body.get("name", "")}, 201)


@blueprint.delete("/rest/jira-webhook/1.0/webhooks/<int:number>")
def deleted_newer(number: int) -> Response:
    """One less."""
    _need_newer()
    return _without(number)


@dynamic.get("/webhook")
def apps() -> Response:
    """The app's webhooks."""
    _need_app()
    shown = [
        {"id": hook.id, "url": hook.url, "events": sorted(hook.events), "jqlFilter": hook.jql,
         "expirationDate": _milliseconds(hook.until)}
        for hook in _dynamic()
    ]  # fmt: skip
    return answer(page(shown, 100))


@dynamic.post("/webhook")
def register() -> Response:
    """New webhooks, each with its id or what is wrong with it."""
    _need_app()
    body = payload()
    url, asked = str(body.get("url") or ""), body.get("webhooks")
    if not url or not isinstance(asked, list) or not asked:
        raise JiraError(400, "The request must name a URL and webhooks.")
    if any(hook.url != url for hook in _dynamic()):
        raise JiraError(400, "Only a single URL per app is allowed to be registered.")
    return answer({"webhookRegistrationResult": [_registered(url, each) for each in asked]})


@dynamic.put("/webhook/refresh")
def refresh() -> Response:
    """Thirty days more; ids nobody knows are left out."""
    _need_app()
    ids, until = _ids(), site().clock() + LASTS
    postman = site().postman
    postman.hooks = [
        replace(hook, until=until) if isinstance(hook, DynamicHook) and hook.id in ids else hook
        for hook in postman.hooks
    ]
    return answer({"expirationDate": _milliseconds(until)})


@dynamic.delete("/webhook")
def unregister() -> Response:
    """Webhooks less; ids nobody knows are left out."""
    _need_app()
    ids, postman = _ids(), site().postman
    postman.hooks = [
        hook for hook in postman.hooks if not (isinstance(hook, DynamicHook) and hook.id in ids)
    ]
    return Response(status=202)


def _encoded(part: str | bytes) -> str:
    raw = part.encode() if isinstance(part, str) else part
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _need_admin() -> None:
    if not site().is_admin or request.environ.get(BY_APP):
        raise JiraError(403, "You must be a Jira administrator to use webhooks.")


def _need_newer() -> None:
    if site().cloud or site().version < 10:
        raise JiraError(404, "null for uri: " + request.path)
    _need_admin()


def _need_app() -> None:
    if not site().cloud:
        raise JiraError(404, "null for uri: " + request.path)
    if not request.environ.get(BY_APP):
        raise JiraError(403, "The calling user is not an app.")


def _admins() -> list[Hook]:
    return [hook for hook in site().postman.hooks if not isinstance(hook, DynamicHook)]


def _dynamic() -> list[DynamicHook]:
    now = site().clock()
    mine = [hook for hook in site().postman.hooks if isinstance(hook, DynamicHook)]
    return [hook for hook in mine if hook.until is None or now < hook.until]


def _added(body: Json, secret: str) -> Hook:
    if not body.get("url"):
        raise JiraError(400, url="A webhook needs a URL.")
    return site().postman.add(str(body["url"]), secret, events=body.get("events") or None)


def _without(number: int) -> Response:
    if number not in {hook.id for hook in _admins()}:
        raise JiraError(404, f"No webhook with id {number}.")
    postman = site().postman
    postman.hooks = [hook for hook in postman.hooks if hook.id != number]
    return Response(status=204)


def _shown(hook: Hook) -> Json:
    return {"self": f"/rest/webhooks/1.0/webhook/{hook.id}", "enabled": True, "url": hook.url,
            "events": sorted(hook.events), "filters": {}, "excludeBody": False}  # fmt: skip


def _newer(hook: Hook) -> Json:
    return {"id": hook.id, "name": "", "url": hook.url, "events": sorted(hook.events),
            "active": True, "sslVerificationRequired": True, "configuration": {}}  # fmt: skip


def _registered(url: str, asked: Any) -> Json:
    about = asked if isinstance(asked, dict) else {}
    jql, events = str(about.get("jqlFilter") or ""), frozenset(about.get("events") or ())
    errors = [*_wrong(jql), *(f"{each} is no event" for each in sorted(events - EVENTS))]
    if len(_dynamic()) >= MOST:
        errors.append(f"An app may have {MOST} webhooks of one person")
    if errors or not events:
        return {"errors": errors or ["A webhook needs events"]}
    here, known = site(), [hook.id for hook in site().postman.hooks]
    number = next(each for each in itertools.count(1000) if each not in known)
    here.postman.hooks.append(
        DynamicHook(
            number, url, "", events,
            projects=frozenset(_projects(jql)), jql=jql, until=here.clock() + LASTS,
            app=next(iter(here.passes.apps.items())),
            here=here,
        )
    )  # fmt: skip
    return {"createdWebhookId": number}


def _wrong(jql: str) -> list[str]:
    """What is wrong with a filter: it may name projects, by ``=`` or ``in``."""
    if not _PROJECTS.fullmatch(jql):
        named = _CLAUSE.findall(jql) or ["it"]
        return [f"The clause {named[0]} is unsupported"]
    missing = [each for each in _projects(jql) if each not in site().projects]
    return [f"The value '{each}' does not exist for the field 'project'." for each in missing]


def _projects(jql: str) -> list[str]:
    found = _PROJECTS.fullmatch(jql)
    names = (found[1] or found[2]).split(",") if found else []
    return [each.strip().strip("\"'") for each in names]


def _ids() -> frozenset[Any]:
    found = payload().get("webhookIds")
    if not isinstance(found, list) or not found:
        raise JiraError(400, "The list of webhook IDs is missing.")
    return frozenset(found)


def _milliseconds(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1000) if moment else 0
