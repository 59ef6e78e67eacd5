"""Sign in, sign out, first set-up and the demo's one click."""

from flask import (
    Blueprint,
    abort,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from connector.errors import Refused
from web import security
from web.accounts import bootstrap, people, sessions, signing
from web.accounts import demo as demo_accounts
from web.current import runtime

blueprint = Blueprint("accounts", __name__, template_folder="templates")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Prove who you are by name and password."""
    if request.method == "GET":
        return _form()
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        return _enter(signing.check(name, password))
    except signing.Wait as error:
        return _form(str(error), name), 429, {"Retry-After": str(error.seconds)}
    except Refused as error:
        return _form(str(error), name), 401


def _form(problem: str = "", name: str = "") -> str:
    with runtime().store.read() as store:
        first = not people.has_admin(store) and not runtime().settings.demo
    values = {"problem": problem, "name": name, "first": first, "next": request.values.get("next")}
    values["lost"] = "lost" in request.values
    doors = demo_accounts.WHO if _demo_is_open() else {}
    return render_template("accounts/sign_in.html", doors=doors, **values)


def _enter(user_id: int) -> Response:
    """A fresh session, and on to where they wanted to go."""
    return sessions.enter(user_id, signing.local_path(request.form.get("next")))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this session, here and in the database."""
    with runtime().store.write() as store:
        sessions.end(store, sessions.own_secret())
    session.clear()
    response = redirect(url_for("accounts.sign_in"), 303)
    sessions.clear_cookie(response)
    return response


@blueprint.route("/setup", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    """Make the first admin with the token printed at the start."""
    with runtime().store.read() as store:
        if people.has_admin(store) or runtime().settings.demo:
            abort(404)
    if request.method == "GET":
        return render_template("accounts/set_up.html", problems=(), name="", token="")
    try:
        return _enter(signing.first_admin(request.form))
    except Refused as error:
        token = "" if isinstance(error, bootstrap.BadToken) else request.form.get("token", "")
        values = {"problems": error.problems, "name": request.form.get("name", ""), "token": token}
        return render_template("accounts/set_up.html", **values), 400


def _demo_is_open() -> bool:
    return runtime().settings.demo and security.is_loopback(request)


@blueprint.post("/demo/<role>")
def demo(role: str) -> Response:
    """Sign in by one click; only in the demo and only on this machine."""
    if role not in demo_accounts.WHO or not _demo_is_open():
        abort(404)
    with runtime().store.write() as store:
        user_id = demo_accounts.account(store, role, g.now).id
    return _enter(user_id)
