"""Keeps what a look told of names beside items: parts of a place as they stand, and what people
said there, of which the last word holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.errors import Renamed
from connector.store.tables import Naming
from integrations.tracker import Command, Names, Renaming, Standing

REFUSED, OLD = 20, timedelta(days=30)
"""Refused commands of a place that are kept, and how long: anybody may write them."""
_VALUE, _KEY = 255, 160


@dataclass(frozen=True, slots=True)
class Where:
    """A place of a connection, in somebody's write."""

    session: Session
    connection_id: int
    place: str


def keep(where: Where, names: Names, now: datetime) -> None:
    """Bring what names key results in a place up to what a look told."""
    for kind, found in names.standing.items():
        _stand(where, kind, found, now)
    said = [each for each in names.commands if each.verb != "why"]
    for command in sorted(said, key=lambda each: each.told_at):
        _say(where, command)
    where.session.flush()
    if names.commands:
        _forget(where, now)


def note(where: Where, command: Command, why: str) -> None:
    """Keep why a command is not heard, until something else is said of the same."""
    row = _row(where, command) or _made(where, command)
    row.place, row.key, row.author = where.place, command.key or _ASKED, command.author
    row.remote_id, row.told_at, row.ends, row.problem = (
        command.remote_id,
        command.told_at,
        True,
        why,
    )
    where.session.flush()


def answered(where: Where, command: Command) -> None:
    """Forget why a question was not answered, now that it is."""
    row = _row(where, command)
    if row is not None and row.key == _ASKED:
        where.session.delete(row)


def rename(session: Session, connection_id: int, renaming: Renaming, told: Renamed) -> None:
    """Call what a place holds by its new name."""
    mine = (Naming.connection_id == connection_id, Naming.place == told.was)
    for row in session.scalars(select(Naming).where(*mine)).all():
        row.place = told.now
        row.value = renaming.value(row.kind, row.value, told.was, told.now)


_ASKED = "/okr why"
"""In the place of a key, where a question could not be answered."""


def _stand(where: Where, kind: str, found: Iterable[Standing], now: datetime) -> None:
    """All parts of one kind, in the place of those that were."""
    session = where.session
    mine = (Naming.connection_id == where.connection_id, Naming.place == where.place)
    query = select(Naming).where(*mine, Naming.kind == kind, Naming.remote_id.is_(None))
    held = {(row.value, row.key): row for row in session.scalars(query).all()}
    wanted = {(each.value, key) for each in found for key in each.keys}
    for gone in held.keys() - wanted:
        session.delete(held[gone])
    session.flush()
    for value, key in sorted(wanted - held.keys()):
        if len(value) <= _VALUE and len(key) <= _KEY:
            about = {"connection_id": where.connection_id, "place": where.place, "kind": kind}
            session.add(Naming(**about, value=value, key=key, told_at=now))


def _say(where: Where, command: Command) -> None:
    """A command, unless something later was said, or it is refused and something holds."""
    if command.waits:
        _wait(where, command)
        return
    _wait_no_more(where, command)
    row = _row(where, command)
    if row is not None and (row.told_at > command.told_at or (command.refused and not row.problem)):
        return
    if command.refused:
        note(where, command, command.refused)
        return
    row = row or _made(where, command)
    row.place, row.key, row.author = where.place, command.key, command.author
    row.remote_id, row.told_at = command.remote_id, command.told_at
    row.ends, row.problem = command.verb == "unlink", None
    where.session.flush()


def _wait(where: Where, command: Command) -> None:
    """Tell that a command waits, beside what holds until it is heard."""
    note(where, replace(command, key=_waiting(command)), command.refused)


def _wait_no_more(where: Where, command: Command) -> None:
    row = _row(where, replace(command, key=_waiting(command)))
    if row is not None:
        where.session.delete(row)


def _waiting(command: Command) -> str:
    """In the place of a key, while nobody knows whether the command is to be heard."""
    return f"/okr {command.verb} {command.key}"[:_KEY]


def _made(where: Where, command: Command) -> Naming:
    row = Naming(connection_id=where.connection_id, kind=command.kind, value=command.value)
    where.session.add(row)
    return row


def _row(where: Where, command: Command) -> Naming | None:
    mine = (
        Naming.connection_id == where.connection_id,
        Naming.kind == command.kind,
        Naming.value == command.value,
    )
    key = (command.key or _ASKED).casefold()
    found: Sequence[Naming] = where.session.scalars(select(Naming).where(*mine)).all()
    return next((row for row in found if row.key.casefold() == key), None)


def _forget(where: Where, now: datetime) -> None:
    """Of refused commands only the last of some time are kept."""
    session = where.session
    mine = (Naming.connection_id == where.connection_id, Naming.place == where.place)
    refused = select(Naming.id).where(*mine, Naming.problem.is_not(None))
    kept = refused.where(Naming.told_at >= now - OLD)
    last = session.scalars(kept.order_by(Naming.told_at.desc(), Naming.id.desc()).limit(REFUSED))
    away = set(session.scalars(refused)) - set(last)
    if away:
        session.execute(delete(Naming).where(Naming.id.in_(away)))
