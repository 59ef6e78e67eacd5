"""Coming back from a tracker's sign-in: nothing changes until a person says so here."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from connector.errors import Refused, TrackerError
from sync import agreements
from sync.agreements import Choice
from sync.connections import Connected
from web.connections.connecting import refilled, who
from web.connections.showing import connected_page
from web.current import runtime


def back() -> ResponseReturnValue:
    """Where the tracker sends people: what was agreed, with the button that finishes it."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not code:
        said = request.args.get("error_description") or request.args.get("error") or ""
        sentence = "You did not agree, so nothing was connected."
        return _stopped(f"{sentence} The tracker says: {said}" if said else sentence)
    name = agreements.name_of(runtime(), state, who())
    if name is None:
        return _stopped(agreements.OVER, typed=True)
    return render_template("connections/back.html", name=name, state=state, code=code)


def finish() -> ResponseReturnValue:
    """Make the connection, or ask which of several sites is meant."""
    state, code, site = (request.form.get(each, "") for each in ("state", "code", "site"))
    begun = agreements.begun(runtime(), state, who())
    try:
        if site:
            return connected_page(agreements.choose(runtime(), state, site, who()))
        found: Connected | Choice = agreements.finish(runtime(), state, code, who())
    except Refused as error:
        return _stopped(str(error))
    except TrackerError as error:
        return refilled(begun, str(error)) if begun else _stopped(str(error))
    if isinstance(found, Choice):
        return render_template("connections/sites.html", choice=found, state=state)
    return connected_page(found)


def _stopped(sentence: str, *, typed: bool = False) -> ResponseReturnValue:
    return render_template("connections/stopped.html", sentence=sentence, typed=typed), 400
