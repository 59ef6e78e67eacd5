"""One transaction's worth of deliveries: stored once each, with what they are about marked."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection as Database

from sync.hooks import meant
from sync.inbox import marks, sql
from sync.inbox.doors import COLUMNS, door_of
from sync.inbox.entry import Entry

_OPTIONS, _ENDED_AT = len(COLUMNS), len(COLUMNS) + 1
_Connections = Mapping[int, Sequence[Any]]


Times = dict[int, datetime]
"""By connection when this process last said that a delivery came."""
_TO_THE = timedelta(seconds=1)


def store(database: Database, entries: Sequence[Entry], said: Times) -> None:
    """Store them and decide the fate of each; nothing is certain before the transaction's end,
    although its last statements may have committed it.

    All that lock several rows lock the connection first, and connections in the order of their ids.
    """
    found = sql.run(database, *_asked(database, entries))
    rows = {row[0]: row for row in found["connections"]}
    standing = [each for each in entries if _still_stands(rows, each)]
    _take_back(database, found["deliveries"], standing)
    fresh = _fresh(standing, found["deliveries"])
    if not fresh:
        return
    settings = {connection_id: _settings(row[_OPTIONS]) for connection_id, row in rows.items()}
    about = [each for each in fresh if meant.fits(settings[each.door.id], each.delivery)]
    marks.mark(database, about, found, [*_delivered(fresh, said), *_retested(about)])


def _asked(database: Database, entries: Sequence[Entry]) -> Iterator[sql.Ask]:
    if database.dialect.name == "postgresql":  # SQLite's writers take turns
        yield sql.ask("wait_briefly")
    yield sql.ask("connections", ids=sorted({each.door.id for each in entries}))
    yield sql.ask("deliveries", told=[_row(each) for each in _firsts(entries).values()])
    yield from marks.asked(entries)


def _firsts(entries: Iterable[Entry]) -> dict[tuple[int, str], Entry]:
    """Of several alike the first."""
    found: dict[tuple[int, str], Entry] = {}
    for each in entries:
        found.setdefault(each.key, each)
    return found


def _row(entry: Entry) -> dict[str, Any]:
    connection_id, identifier = entry.key
    return {
        "connection_id": connection_id,
        "identifier": identifier,
        "event": entry.delivery.event[:128],
        "received_at": entry.received_at,
    }


def _still_stands(rows: _Connections, entry: Entry) -> bool:
    """Whether its connection is as it was when the delivery was judged."""
    row = rows.get(entry.door.id)
    if row is not None and row[_ENDED_AT] is None and door_of(row) == entry.door:
        return True
    entry.fate = "changed"
    return False


def _take_back(database: Database, inserted: sql.Rows, standing: Sequence[Entry]) -> None:
    """What was inserted before it was seen that its connection is another now, which is rare."""
    good = {each.key for each in standing}
    wrong: dict[int, list[str]] = {}
    for connection_id, identifier in inserted:
        if (connection_id, identifier) not in good:
            wrong.setdefault(connection_id, []).append(identifier)
    for connection_id, identifiers in wrong.items():
        sql.run(database, sql.ask("taken_back", connection=connection_id, identifiers=identifiers))


def _fresh(standing: Sequence[Entry], inserted: sql.Rows) -> list[Entry]:
    """Those that were not known."""
    firsts = _firsts(standing)
    for each in standing:
        each.fate = "repeated"
    keys = [(connection_id, identifier) for connection_id, identifier in inserted]
    fresh = [firsts[key] for key in keys if key in firsts]
    for each in fresh:
        each.fate = "stored"
    return fresh


def _delivered(entries: Sequence[Entry], said: Times) -> Iterator[sql.Ask]:
    """Keep when the last one came, to the second."""
    at = max(each.received_at for each in entries)
    ids = {each.door.id for each in entries}
    late = sorted(each for each in ids if not at - _TO_THE < said.get(each, at - _TO_THE) <= at)
    if late:
        said.update(dict.fromkeys(late, at))
        yield sql.ask("delivered", ids=late, at=at)


def _retested(entries: Sequence[Entry]) -> Iterator[sql.Ask]:
    asked = {each.door.id for each in entries if each.delivery.access}
    if asked:
        yield sql.ask("retest", ids=sorted(asked))


def _settings(stored: Any) -> Mapping[str, Any]:
    """A connection's settings; SQLite gives them as text."""
    found: Mapping[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found
