"""What the pages of one connection show: the outcome of a test, and how it does."""

from typing import Any

import yaml
from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.freshness import ConnectionReport
from connector.store.tables import Link
from sync import mappings, names, reports, seeing, writeback
from sync.connections import Connected, find
from sync.hooks.lost import summary
from sync.hooks.status import HookStatus, status
from sync.writeback import WriteBack
from web import once
from web.current import runtime
from web.renamed import lead_on


def report(name: str) -> ConnectionReport:
    """How a connection does; where none has that name, on to the one that had it, or 404."""
    running = runtime()
    with running.store.read() as session:
        found = reports.connection_reports(session, g.now, running.settings, running.trackers)
    one = next((each for each in found if each.name == name), None)
    return one or lead_on(name)


def back_to(name: str, **words: Any) -> Response:
    """To the page of a connection, which then tells these words once."""
    once.tell(f"one/{name}", **words)
    return redirect(url_for("connections.one", name=name), 303)


def page(name: str, **more: Any) -> str:
    """The page of one connection; ``tested`` is a test just made, ``said`` what was just done."""
    shown = report(name)
    try:
        told = _told(name)
    except Refused:  # renamed or ended since a moment ago
        lead_on(name)
    return render_template(
        "connections/one.html",
        each=shown,
        hook_summary=summary,
        capabilities=capabilities(shown.tracker),
        **told,
        **more,
    )


def _told(name: str) -> dict[str, Any]:
    return {
        "mapping": mapping(name),
        "noted": noted(name),
        "hooks": hooks(name),
        "write_back": notes(name),
        "seen_by": seen_by(name),
        "former": former(name),
    }


def outcome(made: Connected) -> dict[str, Any]:
    """What a test found, as pages tell it."""
    told = ("name", "error", "who", "ends", "notes", "warnings")
    return {**{each: getattr(made, each) for each in told}, "options": dict(made.options)}


def to_connected(made: Connected) -> Response:
    """To what a connection just made found."""
    survey = made.survey
    once.tell(
        f"connected/{made.name}",
        made={**outcome(made), "hook_secret": made.hook_secret},
        proposed=document(dict(survey.proposed)) if survey else "",
        notes=survey.notes if survey else (),
    )
    return redirect(url_for("connections.connected", name=made.name), 303)


def connected(name: str) -> ResponseReturnValue:
    """What it found, and what to do next; its secret is shown this once."""
    words = once.told(f"connected/{name}")
    if not words:
        return redirect(url_for("connections.one", name=name), 303)
    told = {"hooks": hooks(name), "first": _is_first_way()}
    return render_template("connections/connected.html", **told, **words)


def _is_first_way() -> bool:
    """Whether nothing is linked yet: connecting was a step on the way to the first score."""
    with runtime().store.read() as session:
        return session.scalars(select(Link.id).limit(1)).first() is None


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


def seen_by(name: str) -> seeing.Shown:
    """Who sees the work items of a connection, and which teams there are."""
    with runtime().store.read() as session:
        return seeing.shown(session, name)


def former(name: str) -> list[str]:
    """What the connection was called before, the newest name first."""
    with runtime().store.read() as session:
        row = find(session, name)
        return [each.name for each in names.former(session, row.id)]


def mapping(name: str) -> dict[str, Any]:
    """The mapping in use as a file, or the one proposed when the connection was made."""
    with runtime().store.read() as session:
        row = find(session, name)
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


def noted(name: str) -> list[str]:
    """What the last good test said of the account, in sentences."""
    with runtime().store.read() as session:
        row = find(session, name)
    return [str(each) for each in row.options.get("noted", ())]


def document(body: dict[str, Any]) -> str:
    """A mapping as the file that would set it; '' for an empty one."""
    if not body:
        return ""
    return str(yaml.safe_dump(body, sort_keys=False, allow_unicode=True)).rstrip()


def capabilities(tracker: str) -> frozenset[str]:
    """What a tracker can do; nothing where it is not installed."""
    known = runtime().trackers.get(tracker)
    return known.spec.capabilities if known else frozenset()
