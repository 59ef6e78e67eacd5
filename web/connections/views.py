"""Connections: can I trust the numbers?"""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from sync import reports
from web import live
from web.current import runtime

blueprint = Blueprint("connections", __name__, template_folder="templates")


@blueprint.get("/connections")
def page() -> Response:
    """Every connection with its health and its sources."""
    running = runtime()
    with running.store.read() as session:
        found = reports.connection_reports(session, g.now, running.settings, running.trackers)
    return live.page("connections/page.html", connections=found)
