"""Why what items ask for is not done, as sentences for people."""

from collections.abc import Sequence

from sqlalchemy import select

from connector.store.tables import Connection, Naming
from sync.connections import find
from sync.conventions.asking import Asked, asked_of, named
from sync.conventions.wishes import wishes
from sync.move_settings import withheld
from sync.runtime import Runtime
from sync.sources import naming_places

SHOWN = 20
"""Sentences told of one connection."""


def unfollowed(runtime: Runtime, name: str) -> tuple[str, ...]:
    """What the items of a connection ask for and does not happen, with the reason each."""
    with runtime.store.read() as session:
        connection = find(session, name)
        asked, problems = asked_of(runtime, session, connection), _resting(runtime, connection)
        if asked is not None:
            problems += [problem for _, _, problem in wishes(asked, named(asked))]
            problems += _refused(asked)
    return tuple(each for each in problems if each is not None)[:SHOWN]


def _resting(runtime: Runtime, connection: Connection) -> list[str | None]:
    """The places that went to another owner, and may not link themselves until that is allowed."""
    tracker = runtime.trackers.get(connection.tracker)
    naming = tracker.spec.naming if tracker is not None else None
    settings = {each.name: each.label for each in tracker.spec.settings} if tracker else {}
    label = settings.get(naming.setting, "") if naming else ""
    return [
        f"{was} went to another owner and is {now} now: what is said there links nothing until an"
        f" admin names {now} under {label} of {connection.name}. The links made so far stay."
        for now, was in sorted(withheld(connection).items())
    ]


def _refused(asked: Asked) -> Sequence[str | None]:
    """Why commands were not heard, the last first."""
    places = naming_places(asked.connection, asked.tracker)
    mine = (Naming.connection_id == asked.connection.id, Naming.place.in_(places))
    query = select(Naming.problem).where(*mine, Naming.problem.is_not(None))
    return asked.session.scalars(query.order_by(Naming.told_at.desc(), Naming.id)).all()
