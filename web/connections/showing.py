"""What the pages of one connection show: the outcome of a test, and how it does."""

from typing import Any

import yaml
from flask import abort, g, render_template
from sqlalchemy import select

from connector.errors import Refused
from connector.freshness import ConnectionReport
from connector.store.tables import Connection
from sync import mappings, reports, writeback
from sync.connections import Connected
from sync.hooks.status import HookStatus, status
from sync.writeback import WriteBack
from web.current import runtime


def report(name: str) -> ConnectionReport:
    """How a connection does; 404 where there is none of that name."""
    running = runtime()
    with running.store.read() as session:
        found = reports.connection_reports(session, g.now, running.settings, running.trackers)
    one = next((each for each in found if each.name == name), None)
    return one or abort(404)


def page(name: str, **more: Any) -> str:
    """The page of one connection; ``tested`` is a test just made, ``said`` what was just done."""
    shown = report(name)
    return render_template(
        "connections/one.html",
        each=shown,
        mapping=mapping(name),
        hooks=hooks(name),
        write_back=notes(name),
        capabilities=capabilities(shown.tracker),
        **more,
    )


def connected_page(made: Connected) -> str:
    """What a connection just made found, and what to do next; its secret is shown this once."""
    proposed = dict(made.survey.proposed) if made.survey else {}
    return render_template(
        "connections/connected.html",
        made=made,
        proposed=document(proposed),
        notes=made.survey.notes if made.survey else (),
        hooks=hooks(made.name),
    )


def hooks(name: str) -> HookStatus | None:
    """How the webhooks of a connection do; None where that cannot be told."""
    try:
        return status(runtime(), name)
    except Refused:
        return None


def notes(name: str) -> WriteBack | None:
    """What a connection writes back; None where its tracker takes nothing."""
    running = runtime()
    with running.store.read() as session:
        found = writeback.write_back(running, session)
    return next((each for each in found if each.name == name and each.able), None)


def mapping(name: str) -> dict[str, Any]:
    """The mapping in use as a file, or the one proposed when the connection was made."""
    with runtime().store.read() as session:
        row = session.scalars(select(Connection).where(Connection.name == name)).one()
        found = mappings.versions(session, name)
    surveyed = row.options.get("surveyed", {})
    proposed = surveyed.get("proposed", {})
    newest = found[0] if found else None
    return {
        "version": newest,
        "used": document(dict(newest.body)) if newest else "",
        "proposed": document(proposed) if not newest or newest.body != proposed else "",
        "notes": surveyed.get("notes", []),
    }


def document(body: dict[str, Any]) -> str:
    """A mapping as the file that would set it; '' for an empty one."""
    if not body:
        return ""
    return str(yaml.safe_dump(body, sort_keys=False, allow_unicode=True)).rstrip()


def capabilities(tracker: str) -> frozenset[str]:
    """What a tracker can do; nothing where it is not installed."""
    known = runtime().trackers.get(tracker)
    return known.spec.capabilities if known else frozenset()
