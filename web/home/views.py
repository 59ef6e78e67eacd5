"""The first page, and the health check."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from sync import reports
from web.current import runtime

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
def start() -> ResponseReturnValue:
    """Go to the current cycle; without one, say what comes first."""
    running = runtime()
    today = g.now.astimezone(running.settings.zone).date()
    with running.store.read() as session:
        current = reports.current_cycle(session, today)
        connections = reports.connection_reports(session, g.now, running.settings, running.trackers)
    if current is not None:
        return redirect(url_for("company.overview", cycle=current.key), 303)
    return render_template("home/first.html", connections=connections)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the service and its database answer."""
    with runtime().store.read() as session:
        session.execute(text("SELECT 1"))
    return {"ok": True}
