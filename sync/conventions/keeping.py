"""Keeps what a look told of names beside items: parts of a place as they stand, and what people
said there, of which the last word holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.errors import Renamed
from connector.store.tables import Naming
from integrations.tracker import Command, Names, Renaming, Standing

REFUSED, OLD = 20, timedelta(days=30)
"""Refused commands of a place that are kept, and how long: anybody may write them."""
_VALUE, _KEY = 255, 160


def keep(session: Session, connection_id: int, names: Names, now: datetime) -> None:
    """Bring what names key results in a place up to what a look told."""
    for kind, found in names.standing.items():
        _stand(session, connection_id, names.place, (kind, found), now)
    said = [each for each in names.commands if each.verb != "why"]
    for command in sorted(said, key=lambda each: each.told_at):
        _say(session, connection_id, names.place, command)
    session.flush()
    if names.commands:
        _forget(session, connection_id, names.place, now)


def note(session: Session, connection_id: int, place: str, command: Command, why: str) -> None:
    """Keep why a command is not heard, until something else is said of the same."""
    row = _row(session, connection_id, command)
    if row is None:
        row = Naming(
            connection_id=connection_id, place=place, kind=command.kind, value=command.value
        )
        session.add(row)
    row.place, row.key, row.author = place, command.key or _ASKED, command.author
    row.remote_id, row.told_at, row.ends, row.problem = (
        command.remote_id,
        command.told_at,
        True,
        why,
    )


def answered(session: Session, connection_id: int, command: Command) -> None:
    """Forget why a question was not answered, now that it is."""
    row = _row(session, connection_id, command)
    if row is not None and row.key == _ASKED:
        session.delete(row)


def rename(session: Session, connection_id: int, renaming: Renaming, told: Renamed) -> None:
    """Call what a place holds by its new name."""
    mine = (Naming.connection_id == connection_id, Naming.place == told.was)
    for row in session.scalars(select(Naming).where(*mine)).all():
        row.place = told.now
        row.value = renaming.value(row.kind, row.value, told.was, told.now)


_ASKED = "/okr why"
"""In the place of a key, where a question could not be answered."""


def _stand(
    session: Session,
    connection_id: int,
    place: str,
    told: tuple[str, Iterable[Standing]],
    now: datetime,
) -> None:
    """All parts of one kind, in the place of those that were."""
    kind, found = told
    mine = (Naming.connection_id == connection_id, Naming.kind == kind, Naming.place == place)
    held = {
        (row.value, row.key): row
        for row in session.scalars(select(Naming).where(*mine, Naming.remote_id.is_(None))).all()
    }
    wanted = {(each.value, key) for each in found for key in each.keys}
    for gone in held.keys() - wanted:
        session.delete(held[gone])
    session.flush()
    for value, key in sorted(wanted - held.keys()):
        if len(value) <= _VALUE and len(key) <= _KEY:
            about = {"connection_id": connection_id, "place": place, "kind": kind}
            session.add(Naming(**about, value=value, key=key, told_at=now))


def _say(session: Session, connection_id: int, place: str, command: Command) -> None:
    """A command, unless something later was said, or it is refused and something holds."""
    row = _row(session, connection_id, command)
    if row is not None and (row.told_at > command.told_at or (command.refused and not row.problem)):
        return
    if command.refused:
        note(session, connection_id, place, command, command.refused)
        return
    if row is None:
        row = Naming(connection_id=connection_id, kind=command.kind, value=command.value)
        session.add(row)
    row.place, row.key, row.author = place, command.key, command.author
    row.remote_id, row.told_at = command.remote_id, command.told_at
    row.ends, row.problem = command.verb == "unlink", None
    session.flush()


def _row(session: Session, connection_id: int, command: Command) -> Naming | None:
    mine = (
        Naming.connection_id == connection_id,
        Naming.kind == command.kind,
        Naming.value == command.value,
    )
    key = (command.key or _ASKED).casefold()
    found: Sequence[Naming] = session.scalars(select(Naming).where(*mine)).all()
    return next((row for row in found if row.key.casefold() == key), None)


def _forget(session: Session, connection_id: int, place: str, now: datetime) -> None:
    """Of refused commands only the last of some time are kept."""
    mine = (Naming.connection_id == connection_id, Naming.place == place)
    refused = select(Naming.id).where(*mine, Naming.problem.is_not(None))
    kept = refused.where(Naming.told_at >= now - OLD)
    last = session.scalars(kept.order_by(Naming.told_at.desc(), Naming.id.desc()).limit(REFUSED))
    away = set(session.scalars(refused)) - set(last)
    if away:
        session.execute(delete(Naming).where(Naming.id.in_(away)))
