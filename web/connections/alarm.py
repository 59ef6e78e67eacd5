"""One word beside the way to the connections while one of them is in trouble.

It costs no page a statement: it is looked up after an answer went out, now and then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, request
from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from connector.store.tables import Connection, Source
from web.current import runtime

RENEWED, OLDEST = timedelta(seconds=15), timedelta(minutes=5)
"""When it is looked up again; older than that it is not shown but looked up at once."""
_PLACE = "worklift-alarm"
_SILENT = frozenset({"static", "bootstrap.static", "hooks.receive", "home.healthz", "metrics.page"})


@dataclass(frozen=True, slots=True)
class Alarm:
    """How many connections are in trouble, and when that was looked up."""

    number: int
    at: datetime


def install(blueprint: Blueprint) -> None:
    """Let every template ask, and keep the answer fresh."""
    blueprint.add_app_template_global(in_trouble)
    blueprint.after_app_request(_renew)


def in_trouble() -> int:
    """How many connections are broken, or have a source that fails."""
    held = _held()
    return held.number if held and _age(held) < OLDEST else _look()


def _renew(response: Response) -> Response:
    held = _held()
    is_due = held is None or _age(held) >= RENEWED
    if is_due and request.endpoint not in _SILENT and response.status_code < 500:
        _look()
    return response


def _held() -> Alarm | None:
    held: Alarm | None = current_app.extensions.get(_PLACE)
    return held


def _age(held: Alarm) -> timedelta:
    return abs(runtime().clock() - held.at)


def _look() -> int:
    failing = or_(Connection.error.is_not(None), Source.error.is_not(None))
    query = (
        select(func.count(Connection.id.distinct()))
        .outerjoin(Source, Source.connection_id == Connection.id)
        .where(Connection.ended_at.is_(None), failing)
    )
    try:
        with runtime().store.read() as session:
            number = session.scalar(query) or 0
    except SQLAlchemyError:  # a database that is away says so itself; no page waits for it twice
        number = 0
    current_app.extensions[_PLACE] = Alarm(number, runtime().clock())
    return number
