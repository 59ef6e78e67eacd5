"""Where a one-time link leads: somebody sets the password of their own account."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from web.accounts import invitations, sessions, signing
from web.current import runtime

blueprint = Blueprint("welcome", __name__, template_folder="templates")


@blueprint.route("/welcome", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Set a password with a one-time link, and be signed in."""
    token = request.values.get("token", "")[:200]
    with runtime().store.read() as store:
        user = invitations.holder(store, token, g.now)
    name = user.name if user else ""
    if request.method == "GET":
        problems = () if user else (str(invitations.WRONG),)
        return _form(token, name, problems), 200 if user else 404
    try:
        return sessions.enter(signing.by_link(token, request.form.get("password", "")))
    except signing.Wait as error:
        return _form(token, "", error.problems), 429, {"Retry-After": str(error.seconds)}
    except Refused as error:
        return _form(token, name, error.problems), 400


def _form(token: str, name: str, problems: tuple[str, ...]) -> str:
    shown = {"token": token, "name": name, "problems": problems}
    return render_template("accounts/welcome.html", **shown)
