"""The looks at one connection, a page at a time."""

from flask import render_template, request

from connector.standing import RunLine
from sync.reports import runs as running
from sync.reports.runs import Wanted
from web.connections.showing import report
from web.current import runtime
from web.paging import Paged, paged_by

SIZE = 50
EVERY = "*"
"""Stands for all sources: that of a whole account has an empty name."""


def runs(name: str) -> str:
    """When it was looked at, what that cost and brought, and why it failed."""
    shown = report(name)
    source = request.args.get("source", EVERY)
    wanted = Wanted(name, None if source == EVERY else source, failed="failed" in request.args)
    return render_template("connections/runs.html", each=shown, wanted=wanted, runs=_page(wanted))


def _page(wanted: Wanted) -> Paged[RunLine]:
    with runtime().store.read() as session:
        return paged_by(
            lambda first, size: list(running.runs(session, wanted, first=first, many=size)),
            running.number(session, wanted),
            "page",
            SIZE,
        )
