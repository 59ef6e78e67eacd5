"""Coverage: how much of the work serves a key result, and what serves none?"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.coverage import PlaceReport
from connector.freshness import ConnectionReport
from sync import reports
from sync.reports import untied
from sync.reports.covered import Covered
from web import access, sheet
from web.coverage import asked as asking
from web.coverage import kept, linking
from web.current import runtime
from web.paging import paged

blueprint = Blueprint("coverage", __name__, template_folder="templates")
PATH = "/<cycle>/-/coverage"
HEAD = {
    "places": ("tracker", "connection", "place", "items", "serving a key result", "serving none"),
    "items": (
        "tracker",
        "connection",
        "place",
        "key",
        "title",
        "type",
        "status",
        "made",
        "address",
    ),
}


@blueprint.get("/coverage")
def page() -> ResponseReturnValue:
    """That of the cycle that runs; without any, say what comes first."""
    today = g.now.astimezone(runtime().settings.zone).date()
    with runtime().store.read() as session:
        current = reports.current_cycle(session, today, drafts=access.drafts_of() is None)
    if current is None:
        return render_template("coverage/first.html")
    return redirect(url_for("coverage.of", cycle=current.key), 303)


@blueprint.get(PATH)
def of(cycle: str) -> str:
    """A cycle's work by place and over its weeks, with the items that serve nothing."""
    asked = asking.asked()
    with runtime().store.read() as session:
        covered = kept.covered(session, cycle)
        report = access.objects.sight().blurred(covered.report)
        items = asking.listed(session, asking.found(session, covered, asked))
        connections = _connections(session)
        every = [each for each in reports.cycles(session) if access.objects.sees_cycle(each.state)]
    return render_template(
        "coverage/page.html",
        cycle=cycle,
        cycles=every,
        asked=asked,
        report=report,
        weeks=[(_last_day(each.until), each) for each in covered.weeks],
        places=paged(report.places, "places"),
        connections=asking.by_connection(report.places),
        items=items,
        unread=[each for each in connections if each.word not in {"fresh", "waiting"}],
        read=connections,
    )


@blueprint.get(f"{PATH}.csv")
def table(cycle: str) -> Response:
    """The places as a file, or with ``of=items`` the items that serve nothing."""
    asked = asking.asked()
    kind = "items" if request.args.get("of") == "items" else "places"
    with runtime().store.read() as session:
        covered = kept.covered(session, cycle)
        if kind == "items":
            rows = list(_item_rows(session, covered, asked))
        else:
            rows = list(_place_rows(access.objects.sight().blurred(covered.report).places))
    return sheet.download(f"{cycle}-coverage-{kind}", HEAD[kind], rows)


@blueprint.get(f"{PATH}/link")
def link(cycle: str) -> str:
    """Which key result is to count the work of a place; the link editor follows."""
    asked = asking.asked()
    if not access.objects.sight().sees_named(asked.connection):
        abort(404)
    with runtime().store.read() as session:
        access.objects.whole_or_404(session, cycle)
        if all(each.key != cycle for each in reports.cycles(session)):
            abort(404)
        scope = linking.scope_of(session, asked.connection, asked.place)
        found = linking.choices(session, cycle, asked.words)
    if scope is None:
        abort(404)
    return render_template(
        "coverage/link.html", cycle=cycle, asked=asked, scope=scope, choices=paged(found, "page")
    )


def _last_day(until: datetime) -> date:
    """The last day of a week that ends at an instant."""
    return (until - timedelta(microseconds=1)).astimezone(runtime().settings.zone).date()


def _connections(session: Session) -> Sequence[ConnectionReport]:
    """How the connections do, as whoever is signed in may see it."""
    running = runtime()
    found = reports.connection_reports(session, g.now, running.settings, running.trackers)
    return access.objects.sight().blurred(found)


def _item_rows(
    session: Session, covered: Covered, asked: asking.Asked
) -> Iterator[tuple[object, ...]]:
    for each in untied.every(session, asking.found(session, covered, asked)):
        where = (each.tracker, each.connection, each.place)
        yield *where, each.key, each.title, each.type, each.status, each.created_at, each.url


def _place_rows(places: Sequence[PlaceReport]) -> Iterator[tuple[object, ...]]:
    for each in places:
        where = (each.tracker, each.connection, each.place)
        yield *where, each.total, each.total - each.untied, each.untied
