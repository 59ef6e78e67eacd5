"""Connections: can I trust the numbers?"""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from sync import conventions, redis_check, reports, writable
from web import live
from web.broken import broken, by_connection
from web.connections import connecting, managing, showing, signing_in, writing_back
from web.current import runtime

blueprint = Blueprint("connections", __name__, template_folder="templates")


@blueprint.get("/connections")
def page() -> Response:
    """Every connection with its health and its sources."""
    running = runtime()
    with running.store.read() as session:
        found = reports.connection_reports(session, g.now, running.settings, running.trackers)
        astray = by_connection(broken(session))
    # What items ask for in vain is told where people look after the connection.
    known = [each.name for each in found if each.tracker in running.trackers]
    vain = {name: conventions.unfollowed(running, name) for name in known}
    queue = redis_check.watch.state(running)
    return live.page(
        "connections/page.html",
        connections=found,
        vain=vain,
        broken=astray,
        queue=queue,
        unwritable=writable.trouble(running.store) if g.principal.role == "admin" else "",
    )


BOTH, POST = ("GET", "POST"), ("POST",)
for path, name, view, methods in (
    ("/connect", "choose", connecting.choose, ("GET",)),
    ("/connect/<tracker>", "form", connecting.form, BOTH),
    ("/connect/leave", "leave", connecting.leave, ("GET",)),
    ("/connect/sites", "sites", signing_in.sites, ("GET",)),
    ("/connect/signed-in", "back", signing_in.back, ("GET",)),
    ("/connect/signed-in", "finish", signing_in.finish, POST),
    ("/connections/<name>", "one", managing.one, ("GET",)),
    ("/connections/<name>/connected", "connected", showing.connected, ("GET",)),
    ("/connections/<name>/left", "left", managing.left, ("GET",)),
    ("/connections/<name>/test", "test", managing.test, POST),
    ("/connections/<name>/mapping", "use_mapping", managing.use_mapping, POST),
    ("/connections/<name>/hooks", "hooks", managing.hooks, POST),
    ("/connections/<name>/disconnect", "disconnect", managing.disconnect, BOTH),
    ("/connections/<name>/write-back", "allow", writing_back.allow, POST),
):
    blueprint.add_url_rule(path, name, view, methods=list(methods))
for path in ("test", "mapping", "hooks", "write-back"):
    # Typed or loaded again, the address of what was done leads back to the connection's page.
    blueprint.add_url_rule(
        f"/connections/<name>/{path}", "after", managing.lead_back, methods=["GET"]
    )
