"""Settings: who you are here, your language, your password, and where you are signed in."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.store.tables import Person, User
from sync.people import person_of_user
from web import once
from web.accounts import passwords, sessions, signing
from web.current import runtime
from web.language import LANGUAGES, _, lazy

blueprint = Blueprint("settings", __name__, template_folder="templates", url_prefix="/settings")

ROLES = {
    "member": lazy("You see what your teams promised and what serves it."),
    "lead": lazy("You plan for the teams you lead and link their work."),
    "viewer": lazy("You see everything and change nothing."),
    "admin": lazy("You see and change everything, connections and accounts too."),
}
SAID = {
    "language": lazy("Your pages are in this language now."),
    "password": lazy("Your password is changed, and every other session has ended."),
    "sessions": lazy("Every other session has ended."),
}
"""What is told once after a change."""


@dataclass(frozen=True, slots=True)
class Mine:
    """What the page shows of whoever is signed in."""

    user: User
    person: Person | None
    others: tuple[datetime, ...]
    has_password: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the password form, by field."""

    current: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


@blueprint.get("")
def page() -> str:
    """Everything about oneself."""
    return _page()


def _page(wrong: Wrong | None = None) -> str:
    said = SAID.get(once.told("settings").get("said", ""))
    with runtime().store.read() as session:
        mine = _mine(session)
    values = {"mine": mine, "languages": LANGUAGES, "said": said, "wrong": wrong or Wrong()}
    return render_template("accounts/settings.html", **values, can=ROLES[g.principal.role])


def _mine(session: Session) -> Mine:
    user = session.get_one(User, g.principal.user_id)
    return Mine(
        user=user,
        person=person_of_user(session, user.id),
        others=sessions.others(session, user.id, sessions.own_secret()),
        has_password=user.password_hash != passwords.NO_PASSWORD,
    )


@blueprint.post("/language")
def speak() -> Response:
    """Choose the language of one's pages; an empty one follows the browser."""
    wanted = request.form.get("language", "")
    if wanted and wanted not in LANGUAGES:
        raise Refused(_("There is no such language here; choose one of the list."))
    with runtime().store.write() as session:
        session.get_one(User, g.principal.user_id).language = wanted or None
    return _done("language")


@blueprint.post("/password")
def change_password() -> ResponseReturnValue:
    """Take another password; sessions elsewhere end."""
    new = request.form.get("new", "")
    try:
        signing.check(g.principal.name, request.form.get("current", ""))
    except signing.Wait as error:
        answer = _page(Wrong(current=error.problems))
        return answer, 429, {"Retry-After": str(error.seconds)}
    except Refused:
        return _page(Wrong(current=(_("This is not your password."),))), 400
    if new != request.form.get("again", ""):
        return _page(Wrong(again=(_("Both new passwords must be the same."),))), 400
    try:
        passwords.check_rules(g.principal.name, new)
    except Refused as refused:
        return _page(Wrong(wanted=refused.problems)), 400
    _store(new)
    return _done("password")


def _store(password: str) -> None:
    hashed = passwords.hashed(password)
    with runtime().store.write() as session:
        session.get_one(User, g.principal.user_id).password_hash = hashed
        sessions.forget_invitation(session, g.principal.user_id)
        sessions.end_others(session, g.principal.user_id, sessions.own_secret())


@blueprint.post("/sessions")
def end_others() -> Response:
    """Sign out everywhere else."""
    with runtime().store.write() as session:
        sessions.end_others(session, g.principal.user_id, sessions.own_secret())
    return _done("sessions")


def _done(said: str) -> Response:
    once.tell("settings", said=said)
    return redirect(url_for("settings.page"), 303)
