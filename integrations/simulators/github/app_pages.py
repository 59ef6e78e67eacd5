"""The pages on which people make a GitHub App from a manifest, and install it."""

import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from integrations.simulators.github.apps import App
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.web import site
from integrations.simulators.pages import POLICY

blueprint = Blueprint("app_pages", __name__)
FORMS = re.compile(r"(/organizations/[^/]+)?/settings/apps/new")
"""Where a form may be sent from another site: manifests come from the page of who wants an app."""
_POLICY = POLICY.replace("form-action 'self'", "form-action *")
_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated GitHub</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{color-scheme:light dark} body{font:16px/1.5 system-ui;max-width:36em;margin:8vh auto;
padding:0 1em} button,input,select{font:inherit;padding:.4em 1em} li,p{overflow-wrap:anywhere}
label{display:block;margin:.5em 0}</style><h1>Simulated GitHub</h1>"""
_MANIFEST = """<form method="post" action="{{ action }}">
<label>Name <input name="name" value="{{ name }}" required></label>
<p>Owner: {{ owner }}</p><ul>{% for what, level in permissions %}<li>{{ what }}: {{ level }}</li>
{% endfor %}</ul><p>Events: {{ events }}</p><input type="hidden" name="manifest" value="{{ text }}">
<input type="hidden" name="state" value="{{ state }}">
<button id="create">Create GitHub App</button></form>"""
_INSTALL = """<form method="post"><p>Install {{ name }} for</p>
<label>Account <select name="account">{% for each in accounts %}<option>{{ each }}</option>
{% endfor %}</select></label>
<label><input type="radio" name="selection" value="all" checked> All repositories</label>
<label><input type="radio" name="selection" value="selected"> Only these:</label>
{% for repo in repos %}
<label><input type="checkbox" name="repo" value="{{ repo }}"> {{ repo }}</label>
{% endfor %}<input type="hidden" name="state" value="{{ state }}">
<button id="install" name="act" value="install">Install</button>
<button id="request" name="act" value="request">Request</button></form>"""


@blueprint.post("/settings/apps/new")
@blueprint.post("/organizations/<owner>/settings/apps/new")
def proposed(owner: str = "") -> Response:
    """A manifest, with the one button that makes an app of it."""
    manifest = _manifest()
    permissions = sorted((manifest.get("default_permissions") or {}).items())
    return _page(
        _MANIFEST, name=manifest.get("name") or "", owner=owner or "you", permissions=permissions,
        events=", ".join(manifest.get("default_events") or ()) or "none",
        text=json.dumps(manifest), state=request.args.get("state", ""),
        action=f"{request.path.removesuffix('/new')}/create",
    )  # fmt: skip


@blueprint.post("/settings/apps/create")
@blueprint.post("/organizations/<owner>/settings/apps/create")
def created(owner: str = "") -> AnyResponse:
    """The app is made; its code goes back to who asked."""
    manifest, here = _manifest(), site()
    app = here.add_app(
        request.form.get("name") or str(manifest.get("name") or "App"),
        owner or here.actor["login"], permissions=manifest.get("default_permissions") or {},
        events=manifest.get("default_events") or (),
    )  # fmt: skip
    if not owner:
        here.people.add(here.actor["login"])
    _settings(app, manifest)
    here.hook_app(app)
    code = secrets.token_hex(20)
    here.apps.codes[code] = app
    asked = {"code": code} | ({"state": request.form["state"]} if request.form.get("state") else {})
    return _sent(str(manifest["redirect_url"]), asked)


@blueprint.get("/apps/<slug>/installations/new")
def offered(slug: str) -> Response:
    """The page to choose an account and repositories on."""
    here, app = site(), _app(slug)
    accounts = sorted({repo.name.split("/")[0] for repo in here.repos.values()})
    names = [repo.name for repo in here.repos.values() if repo.name.lower() not in here.hidden]
    return _page(_INSTALL, name=app.name, accounts=accounts, repos=names,
                 state=request.args.get("state", ""))  # fmt: skip


@blueprint.post("/apps/<slug>/installations/new")
def installed(slug: str) -> AnyResponse:
    """Installed, or asked for where an owner has to agree; then back to who asked."""
    app, form, here = _app(slug), request.form, site()
    asked = {"setup_action": str(form.get("act") or "install")}
    account = str(form.get("account") or "")
    known = {repo.name.split("/")[0].lower() for repo in here.repos.values()}
    if account.lower() not in known:
        abort(400, "There is no such account.")
    if asked["setup_action"] == "install":
        chosen = form.getlist("repo") if form.get("selection") == "selected" else None
        where = here.install_app(app, account, chosen)
        asked = {"installation_id": str(where.id), **asked}
    if form.get("state"):
        asked["state"] = form["state"]
    return _sent(app.setup_url or app.callback_url or f"{here.url}/_sim", asked)


@blueprint.get("/organizations/<owner>/settings/installations/<int:number>")
@blueprint.get("/settings/installations/<int:number>")
def configured(number: int, owner: str = "") -> AnyResponse:
    """Where an installation of an account is looked after: here, on the control page."""
    if owner and owner.lower() in site().people:
        abort(404)
    return redirect(f"/_sim#installation:{number}")


def _app(slug: str) -> App:
    return site().apps.by_slug(slug) or abort(404)


def _manifest() -> Json:
    """The manifest of a form; 400 for one GitHub would not take."""
    try:
        manifest: Any = json.loads(request.form.get("manifest", ""))
    except ValueError:
        abort(400, "The manifest is no JSON.")
    if not isinstance(manifest, dict):
        abort(400, "The manifest is no JSON object.")
    for name in ("url", "redirect_url"):
        if urlsplit(str(manifest.get(name) or "")).scheme not in ("http", "https"):
            abort(400, f"The manifest needs {name}.")
    return manifest


def _settings(app: App, manifest: Json) -> None:
    hook = manifest.get("hook_attributes") or {}
    app.url, app.hook_url = str(manifest["url"]), str(hook.get("url") or "")
    if hook.get("active") is False:
        app.hook_url = ""
    app.setup_url = str(manifest.get("setup_url") or "")
    app.callback_url = next(iter(manifest.get("callback_urls") or ()), "")


def _sent(where: str, asked: dict[str, str]) -> AnyResponse:
    joint = "&" if urlsplit(where).query else "?"
    return redirect(f"{where}{joint}{urlencode(asked)}")


def _page(body: str, **values: Any) -> Response:
    text = render_template_string(_HEAD + body, **values)
    return Response(text, content_type="text/html",
                    headers={"Content-Security-Policy": _POLICY})  # fmt: skip
