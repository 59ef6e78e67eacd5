"""Pages for people: the simulator's items with buttons, and its fault switches. No script."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template_string,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from integrations.simulators.faults import KINDS, Faults, is_api
from integrations.simulators.page_text import CONTROL, LAYOUT, SHEET

SHORT_OF_HOST = ("localhost", "127.0.0.1", "[::1]")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"


@dataclass(frozen=True)
class Row:
    """One item on a page; ``tone`` is todo, doing, done or dropped."""

    item: str
    key: str
    title: str
    url: str
    status: str
    tone: str
    about: str = ""
    actions: Sequence[str] = ()


@dataclass(frozen=True)
class Group:
    """Items under a heading; ``note`` is a line below it."""

    title: str
    rows: Sequence[Row]
    url: str = ""
    note: str = ""


class Pages(Protocol):
    """What a simulated tracker shows people and lets them do."""

    name: str

    def groups(self) -> Sequence[Group]:
        """Everything, for the control page."""
        ...

    def act(self, item: str, action: str) -> None:
        """Do what a button says."""
        ...

    def install(self, app: Flask) -> None:
        """Add the vendor's own addresses."""
        ...


def install(app: Flask, pages: Pages, faults: Faults) -> None:
    """Add the control page, the fault switches and the vendor's pages; loopback only."""
    app.config["PAGES"], app.config["FAULTS"] = pages, faults
    app.config["CSRF"] = secrets.token_urlsafe(16)
    app.before_request(_loopback_only)
    app.add_url_rule("/", view_func=_home)
    app.add_url_rule("/_sim", view_func=_control)
    app.add_url_rule("/_sim/do", view_func=_act, methods=["POST"])
    app.add_url_rule("/_sim/faults", view_func=_faults, methods=["GET", "POST", "DELETE"])
    pages.install(app)


def sheet(app: Flask, title: str, groups: Sequence[Group], text: str = "") -> Response:
    """A page of the vendor's own kind: a title and groups of items."""
    return _page(app, SHEET, title=title, groups=groups, text=text)


def _page(app: Flask, template: str, **values: Any) -> Response:
    body = render_template_string(
        LAYOUT.replace("BODY", template), site=app.config["PAGES"].name,
        csrf=app.config["CSRF"], here=request.full_path.rstrip("?"), **values,
    )  # fmt: skip
    answer = Response(body, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _loopback_only() -> None:
    """Pages and switches are for this machine's own people: no other address or host name."""
    if is_api(request.path):
        return
    remote = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104
    host = request.host.rpartition(":")[0] if ":" in request.host else request.host
    if not remote.is_loopback or host not in SHORT_OF_HOST:
        abort(403)
    elsewhere = current_app.config.get("OPEN_FORMS")
    if elsewhere and elsewhere.fullmatch(request.path):
        return
    origin = request.headers.get("Origin")
    if request.method not in ("GET", "HEAD") and origin and urlsplit(origin).netloc != request.host:
        abort(403)


def _home() -> AnyResponse:
    return redirect("/_sim")


def _control() -> Response:
    app = current_app
    groups = app.config["PAGES"].groups()
    active = app.config["FAULTS"].listed()
    return _page(app, CONTROL, title="Control page", groups=groups, kinds=KINDS, active=active)


def _formed() -> dict[str, str]:
    form = request.form.to_dict()
    if not secrets.compare_digest(form.pop("csrf", ""), current_app.config["CSRF"]):
        abort(403)
    return form


def _back(path: str) -> AnyResponse:
    safe = path.startswith("/") and not path.startswith(("//", "/\\"))
    return redirect(path if safe else "/_sim", 303)


def _act() -> AnyResponse:
    form = _formed()
    current_app.config["PAGES"].act(form.get("item", ""), form.get("action", ""))
    return _back(form.get("next", "/_sim"))


def _faults() -> AnyResponse:
    """GET lists; POST switches on ``{"kind": …, "count": …}`` or, with ``clear``, off."""
    faults: Faults = current_app.config["FAULTS"]
    if request.method == "DELETE":
        faults.clear()
    elif request.method == "POST" and not request.is_json:
        form = _formed()
        back = form.pop("next", "/_sim")
        _switch(faults, {name: value for name, value in form.items() if value})
        return _back(back)
    elif request.method == "POST":
        wanted = request.get_json()
        if not isinstance(wanted, dict):
            abort(400)
        _switch(faults, wanted)
    return jsonify(faults.listed())


def _switch(faults: Faults, wanted: dict[str, Any]) -> None:
    numbers = {"count": int, "status": int, "seconds": float}
    clear = wanted.pop("clear", None)
    if clear:
        faults.clear(clear if clear in KINDS else None)
        return
    try:
        how = {name: numbers[name](value) if name in numbers else value
               for name, value in wanted.items() if value is not None}  # fmt: skip
        faults.add(how.pop("kind"), **how)
    except (KeyError, TypeError, ValueError) as error:
        abort(400, f"not a fault: {error}")
