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
from web.connections.showing import to_connected
from web.current import runtime


def back() -> ResponseReturnValue:
    """Where the tracker sends people: what was agreed, with the button that finishes it."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not code:
        said = request.args.get("error_description") or request.args.get("error") or ""
        sentence = "You did not agree, so nothing was connected."
        return _stopped(f"{sentence} The tracker says: {said}" if said else sentence)
    name = agreements.name_of(runtime(), state, once.who())
    if name is None:
        return _stopped(agreements.OVER, typed=True)
    return render_template("connections/back.html", name=name, state=state, code=code)


def finish() -> ResponseReturnValue:
    """Make the connection, or ask which of several sites is meant."""
    state, code, site = (request.form.get(each, "") for each in ("state", "code", "site"))
    begun = agreements.begun(runtime(), state, once.who())
    try:
        if site:
            return to_connected(agreements.choose(runtime(), state, site, once.who()))
        found: Connected | Choice = agreements.finish(runtime(), state, code, once.who())
    except Refused as error:
        return _stopped(str(error))
    except TrackerError as error:
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


def _stopped(sentence: str, *, typed: bool = False) -> ResponseReturnValue:
    return render_template("connections/stopped.html", sentence=sentence, typed=typed), 400
