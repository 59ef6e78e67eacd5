"""Sync: is everything read, and what needs somebody?"""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from connector.errors import Refused
from sync import redis_check, reports, retrying, writable
from sync.reports.standing import standing
from sync.retrying import Wanted
from web import live, once, words
from web.current import runtime
from web.language import _n, told_plainly
from web.syncing.glance import glance

blueprint = Blueprint("syncing", __name__, template_folder="templates")


@blueprint.get("/sync")
def page() -> Response:
    """Sources, the queue, what is set aside, the last drains, and notes that failed."""
    running = runtime()
    with running.store.read() as session:
        found = standing(session)
        connections = reports.connection_reports(session, g.now, running.settings, running.trackers)
    figures = {(each.connection, each.key): each for each in found.figures.sources}
    return live.page(
        "syncing/page.html",
        connections=connections,
        standing=found,
        glance=list(glance(connections, found)),
        figures=figures,
        queue=redis_check.watch.state(running),
        unwritable=writable.trouble(running.store),
        scaled=running.settings.is_scaled,
        said=once.told("sync").get("said", ""),
    )


@blueprint.post("/sync/retry")
def retry() -> ResponseReturnValue:
    """Have an item that is set aside tried again, or all of a connection."""
    wanted = Wanted(request.form.get("connection", ""), request.form.get("item", ""))
    try:
        number = retrying.retry(runtime(), wanted)
        said = _n(
            "%(num)s item will be tried again by the next look.",
            "%(num)s items will be tried again by the next look.",
            number,
        )
    except Refused as refused:
        said = words.sentence(told_plainly(str(refused)))
    once.tell("sync", said=said)
    return redirect(url_for("syncing.page"), 303)
