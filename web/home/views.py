"""The first page, and the health check."""

from datetime import date, timedelta

from flask import Blueprint, g, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from connector.okr import Cycle
from sync import reports, writable
from sync.reports.beginning import beginning
from web import access, live
from web.current import runtime

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
def start() -> ResponseReturnValue:
    """Go to the current cycle; without one, say what comes first."""
    with runtime().store.read() as session:
        current = reports.current_cycle(session, _today(), drafts=access.drafts_of() != frozenset())
    if current is not None:
        return redirect(url_for("company.overview", cycle=current.key), 303)
    return first()


@blueprint.get("/first")
def first() -> ResponseReturnValue:
    """The steps to the first score, with those that are done."""
    with runtime().store.read() as session:
        found = beginning(session, _today(), drafts=access.drafts_of() is None)
    return live.page("home/first.html", found=found, quarter=_quarter(_today()))


def _today() -> date:
    today: date = g.now.astimezone(runtime().settings.zone).date()
    return today


def _quarter(today: date) -> Cycle:
    """The calendar quarter today lies in, for the plan shown as an example."""
    number = (today.month - 1) // 3
    start = date(today.year, 3 * number + 1, 1)
    following = date(today.year + number // 3, 3 * (number + 1) % 12 + 1, 1)
    return Cycle(f"{today.year}-Q{number + 1}", start, following - timedelta(days=1))


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the service and its database answer, and the database takes what is written."""
    store = runtime().store
    with store.read() as session:
        session.execute(select(1))
    if writable.trouble(store):
        return {"ok": False, "error": writable.SAID}, 503, {"Retry-After": "60"}
    return {"ok": True}
