"""Coming back from a tracker's sign-in: nothing changes until a person says so here."""

from dataclasses import asdict

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.errors import Refused, TrackerError
from sync import agreements
from sync.agreements import Choice
from sync.connections import Connected
from web import once
from web.connections.connecting import refilled
from web.connections.sentences import ours
from web.connections.showing import to_connected
from web.current import runtime
from web.language import _, lazy
from web.security import let_forms_go

ASKED = lazy(
    "The app is asked for, not installed: an owner of the organization has to agree first, which"
    " GitHub tells them. Once it is installed, connect with the app that is there: its App ID, and"
    " a private key made in its settings under Private keys."
)


def back() -> ResponseReturnValue:
    """Where the tracker sends people: what was agreed, with the button that finishes it."""
    state, code = request.args.get("state", ""), _brought()
    if request.args.get("setup_action") == "request":
        return _stopped(ours(str(ASKED)))
    if not code:
        said = request.args.get("error_description") or request.args.get("error") or ""
        return _stopped(ours(_disagreed(said)))
    name = agreements.name_of(runtime(), state, once.who())
    if name is None:
        return _stopped(agreements.OVER, typed=True)
    proposed = agreements.is_proposed(runtime(), state, once.who())
    if proposed:
        let_forms_go(agreements.leads_to(runtime(), state, once.who()))
    return render_template(
        "connections/back.html", name=name, state=state, code=code, proposed=proposed
    )


def _disagreed(said: str) -> str:
    if not said:
        return _("You did not agree, so nothing was connected.")
    return _("You did not agree, so nothing was connected. The tracker says: %(said)s", said=said)


def _brought() -> str:
    """What a tracker sends people back with: a code, or an installation."""
    return request.args.get("code") or request.args.get("installation_id") or ""


def finish() -> ResponseReturnValue:
    """Make the connection, or ask which of several sites is meant; where our application was made
    just now, go on to install it."""
    state, code, site = (request.form.get(each, "") for each in ("state", "code", "site"))
    begun = agreements.begun(runtime(), state, once.who())
    try:
        if agreements.is_proposed(runtime(), state, once.who()):
            return redirect(agreements.made(runtime(), state, code, once.who()), 303)
        if site:
            return to_connected(agreements.choose(runtime(), state, site, once.who()))
        found: Connected | Choice = agreements.finish(runtime(), state, code, once.who())
    except Refused as error:
        return _stopped(str(error))
    except TrackerError as error:
        if agreements.begun(runtime(), state, once.who()):
            again = url_for("connections.back", state=state, code=code)
            return _stopped(str(error), again=again)
        return refilled(begun, str(error)) if begun else _stopped(str(error))
    if isinstance(found, Choice):
        once.tell("sites", choice=asdict(found), state=state)
        return redirect(url_for("connections.sites"), 303)
    return to_connected(found)


def sites() -> ResponseReturnValue:
    """Which of the sites that a sign-in opens is meant."""
    words = once.told("sites", again=True)
    if not words:
        return redirect(url_for("connections.choose"), 303)
    return render_template("connections/sites.html", **words)


def _stopped(sentence: str, *, typed: bool = False, again: str = "") -> ResponseReturnValue:
    words = {"sentence": sentence, "typed": typed, "again": again}
    return render_template("connections/stopped.html", **words), 400
