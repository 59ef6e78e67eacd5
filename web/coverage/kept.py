"""A cycle's coverage, kept for some seconds: turning its pages goes through no work anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, current_app, g
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Contribution, Item, Link, MappingVersion
from sync.reports import covered as covering
from sync.reports.covered import Covered
from web import access
from web.current import runtime

LASTS = timedelta(seconds=30)
_PLACE = "worklift-coverage"


@dataclass(frozen=True, slots=True)
class _Kept:
    cycle: str
    mark: tuple[Any, ...]
    at: datetime
    covered: Covered


def covered(session: Session, cycle: str) -> Covered:
    """How a cycle's work is covered, at most some seconds old; 404 where there is no such cycle."""
    access.objects.whole_or_404(session, cycle)
    mark = _mark(session)
    held: _Kept | None = current_app.extensions.get(_PLACE)
    if held and (held.cycle, held.mark) == (cycle, mark) and abs(g.now - held.at) < LASTS:
        return held.covered
    running = runtime()
    try:
        found = covering.covered(
            session, cycle, now=g.now, settings=running.settings, trackers=running.trackers
        )
    except Refused:
        abort(404)
    current_app.extensions[_PLACE] = _Kept(cycle, mark, g.now, found)
    return found


def _mark(session: Session) -> tuple[Any, ...]:
    """What is another one as soon as work is read, linked or given another meaning."""
    newest = (
        select(func.max(table.id)).scalar_subquery()
        for table in (Item, Contribution, Link, MappingVersion)
    )
    ended = select(func.max(Link.ended_at)).scalar_subquery()
    return tuple(session.execute(select(*newest, ended)).one())
