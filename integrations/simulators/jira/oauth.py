"""Atlassian's sign-in and gateway, simulated: consent page, tokens, sites, ``/ex/jira/<id>``."""

import base64
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, jsonify, render_template_string, request

from integrations.simulators.jira.passes import CLOUD_ID, Pass
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.web import BY_APP, site
from integrations.simulators.pages import POLICY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

blueprint = Blueprint("oauth", __name__)
_GATEWAY = re.compile(r"/ex/jira/([^/]+)(/rest/.*)")
_READS_BY_POST = ("/search", "/bulkfetch", "/approximate-count", "/parse", "/match")
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated Atlassian</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{color-scheme:light dark} body{font:16px/1.5 system-ui;max-width:32em;margin:12vh auto;
padding:0 1em} a{display:inline-block;margin-right:1em;padding:.5em 1em;border:1px solid}</style>
<h1>Simulated Atlassian</h1><p>An app asks for: {{ scopes }}. It will reach {{ host }}.</p>
<p><a id="accept" href="{{ accept }}">Accept</a><a id="refuse" href="{{ refuse }}">Refuse</a></p>"""


def install(app: Flask) -> None:
    """Add the sign-in, and the gateway in front of everything."""
    app.register_blueprint(blueprint)
    here: JiraSite = app.config["SITE"]
    app.wsgi_app = Gateway(app.wsgi_app, here)  # type: ignore[method-assign,assignment]


@blueprint.get("/authorize")
def authorize() -> Response:
    """The page a person agrees on."""
    asked = request.args
    if asked.get("client_id") not in site().passes.apps or asked.get("response_type") != "code":
        abort(400, "There is no such app.")
    redirect, scopes = asked.get("redirect_uri", ""), frozenset(asked.get("scope", "").split())
    if urlsplit(redirect).scheme not in ("http", "https") or not asked.get("state") or not scopes:
        abort(400, "redirect_uri, state and scope are needed.")
    code = site().passes.code(redirect, scopes)
    accept = urlencode({"state": asked["state"], "code": code})
    refused = {"state": asked["state"], "error": "access_denied",
               "error_description": "User did not authorize the request"}  # fmt: skip
    body = render_template_string(
        _PAGE, scopes=", ".join(sorted(scopes)), host=urlsplit(redirect).netloc,
        accept=f"{redirect}?{accept}", refuse=f"{redirect}?{urlencode(refused)}",
    )  # fmt: skip
    return Response(body, content_type="text/html", headers={"Content-Security-Policy": POLICY})


@blueprint.post("/oauth/token")
def token() -> tuple[dict[str, object], int]:
    """A grant for a code or a refresh token; each serves once."""
    given = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    asked = given if isinstance(given, dict) else {}
    passes = site().passes
    secret = passes.apps.get(str(asked.get("client_id")))
    if secret is None or secret != asked.get("client_secret"):
        return _wrong("access_denied", "Unauthorized", 401)
    if asked.get("grant_type") == "refresh_token":
        scopes = passes.renew(str(asked.get("refresh_token")))
        if scopes is None:
            return _wrong("unauthorized_client", "refresh_token is invalid", 403)
        return passes.grant(scopes, site().clock), 200
    redirect, scopes = passes.codes.pop(str(asked.get("code")), ("", frozenset()))
    if not redirect or redirect != asked.get("redirect_uri"):
        return _wrong("invalid_grant", "Invalid authorization code", 403)
    return passes.grant(scopes, site().clock), 200


@blueprint.get("/oauth/token/accessible-resources")
def resources() -> Response:
    """The sites a grant opens."""
    found = _pass(site(), request.headers.get("Authorization", ""))
    if found is None:
        return _said(401, "Unauthorized")
    scopes = sorted(found.scopes - {"offline_access"})
    mine = {"id": CLOUD_ID, "url": site().url, "name": "simulated"}
    opened = (mine, *site().passes.others)
    return jsonify([{**each, "scopes": scopes, "avatarUrl": ""} for each in opened])


class Gateway:
    """WSGI: ``/ex/jira/<cloud id>/rest/…`` is the site, for tokens that have scopes."""

    def __init__(self, app: "WSGIApplication", here: JiraSite) -> None:
        self.app, self.here = app, here

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        found = _GATEWAY.fullmatch(environ.get("PATH_INFO", ""))
        if found is None:
            return self.app(environ, start)
        if found[1] != CLOUD_ID or not self.here.cloud:
            return _said(404, "Site not found")(environ, start)
        held = _pass(self.here, environ.get("HTTP_AUTHORIZATION", ""))
        if held is None:
            return _said(401, "Unauthorized")(environ, start)
        if _needed(environ["REQUEST_METHOD"], found[2]) not in held.scopes:
            return _said(401, "Unauthorized; scope does not match")(environ, start)
        pair = f"{self.here.email}:{self.here.token}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        more = {"PATH_INFO": found[2], "HTTP_AUTHORIZATION": basic, BY_APP: held.until is not None}
        return self.app({**environ, **more}, start)


def _needed(method: str, path: str) -> str:
    """The scope a call needs."""
    if path.endswith("/myself"):
        return "read:jira-user"
    if re.fullmatch(r"/rest/api/[^/]+/webhook(/.*)?", path):
        return "manage:jira-webhook"
    if method == "GET" or (method == "POST" and any(word in path for word in _READS_BY_POST)):
        return "read:jira-work"
    return "write:jira-work"


def _pass(here: JiraSite, given: str) -> Pass | None:
    """What an Authorization header stands for, while it is good."""
    kind, _, text = given.partition(" ")
    if kind == "Bearer":
        found = here.passes.service.get(text)
    elif kind == "Basic":
        email, _, secret = _plain(text).partition(":")
        found = here.passes.scoped.get(secret) if email == here.email else None
    else:
        found = None
    return None if found is None or (found.until and found.until <= here.clock()) else found


def _plain(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def _wrong(error: str, description: str, status: int) -> tuple[dict[str, object], int]:
    return {"error": error, "error_description": description}, status


def _said(status: int, message: str) -> Response:
    body = f'{{"code": {status}, "message": "{message}"}}'
    return Response(body, status, content_type="application/json")
