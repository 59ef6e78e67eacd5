"""Connections: can I trust the numbers?"""

from datetime import datetime

from flask import Blueprint, g
from werkzeug.wrappers import Response

from connector.standing import Figures
from sync import conventions, redis_check, reports, writable
from sync.reports.figures import figures
from web import access, live
from web.broken import broken, by_connection
from web.connections import (
    alarm,
    connecting,
    looks,
    managing,
    seeing,
    showing,
    signing_in,
    standing_by,
    writing_back,
)
from web.current import runtime

blueprint = Blueprint("connections", __name__, template_folder="templates")
alarm.install(blueprint)


@blueprint.get("/connections")
def page() -> Response:
    """Every connection with its health and its sources."""
    running = runtime()
    with running.store.read() as session:
        told = reports.connection_reports(session, g.now, running.settings, running.trackers)
        astray = by_connection(broken(session))
        counted = figures(session)
    sight = access.sight()
    found = sight.blurred(told)
    # What items ask for in vain is told where people look after the connection.
    shown = [each for each in found if sight.sees_named(each.name)]
    known = [each.name for each in shown if each.tracker in running.trackers]
    vain = {name: conventions.unfollowed(running, name) for name in known}
    queue = redis_check.watch.state(running)
    return live.page(
        "connections/page.html",
        connections=found,
        vain=vain,
        broken=astray,
        behind=behind(counted),
        queue=queue,
        unwritable=writable.trouble(running.store) if g.principal.role == "admin" else "",
    )


def behind(counted: Figures) -> dict[str, datetime]:
    """By connection since when changes that are known of wait to be read."""
    found: dict[str, datetime] = {}
    for each in counted.sources:
        if each.waiting_since and not each.broken:
            held = found.get(each.connection, each.waiting_since)
            found[each.connection] = min(held, each.waiting_since)
    return found


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
    ("/connections/<name>/runs", "runs", looks.runs, ("GET",)),
    ("/connections/<name>/seen-by", "seen_by", seeing.save, POST),
    ("/connections/<name>/pause", "pause", standing_by.pause, BOTH),
    ("/connections/<name>/resume", "resume", standing_by.resume, POST),
    ("/connections/<name>/rename", "rename", standing_by.rename, BOTH),
):
    blueprint.add_url_rule(path, name, view, methods=list(methods))
for path in ("test", "mapping", "hooks", "write-back", "seen-by", "resume"):
    # Typed or loaded again, the address of what was done leads back to the connection's page.
    blueprint.add_url_rule(
        f"/connections/<name>/{path}", "after", managing.lead_back, methods=["GET"]
    )
