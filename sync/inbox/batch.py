"""One transaction's worth of deliveries: stored once each, with what they are about marked."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection as Database

from sync.hooks import meant
from sync.inbox import marks, sql
from sync.inbox.doors import COLUMNS, door_of
from sync.inbox.entry import Entry

_Rows = Mapping[int, Sequence[Any]]
_OPTIONS, _ENDED_AT = len(COLUMNS), len(COLUMNS) + 1


Times = dict[int, datetime]
"""By connection when this process last said that a delivery came."""
_TO_THE = timedelta(seconds=1)


def store(database: Database, entries: Sequence[Entry], said: Times) -> None:
    """Store them and decide the fate of each; nothing is certain before the commit.

    All that lock several rows lock the connection first, and connections in the order of their ids.
    """
    sql.wait_briefly(database)
    ids = sorted({each.door.id for each in entries})
    rows = {row[0]: row for row in sql.run(database, "connections", ids=ids)}
    fresh = _inserted(database, [each for each in entries if _still_stands(rows, each)])
    if not fresh:
        return
    _say_delivered(database, fresh, said)
    settings = {connection_id: _settings(row[_OPTIONS]) for connection_id, row in rows.items()}
    about = [each for each in fresh if meant.fits(settings[each.door.id], each.delivery)]
    asked = {each.door.id for each in about if each.delivery.access}
    if asked:
        sql.run(database, "retest", ids=sorted(asked))
    marks.mark(database, about)


def _say_delivered(database: Database, entries: Sequence[Entry], said: Times) -> None:
    """Keep when the last one came, to the second."""
    at = max(each.received_at for each in entries)
    ids = {each.door.id for each in entries}
    late = sorted(each for each in ids if not at - _TO_THE < said.get(each, at - _TO_THE) <= at)
    if late:
        sql.run(database, "delivered", ids=late, at=at)
        said.update(dict.fromkeys(late, at))


def _still_stands(rows: _Rows, entry: Entry) -> bool:
    """Whether its connection is as it was when the delivery was judged."""
    row = rows.get(entry.door.id)
    if row is not None and row[_ENDED_AT] is None and door_of(row) == entry.door:
        return True
    entry.fate = "changed"
    return False


def _inserted(database: Database, entries: Sequence[Entry]) -> list[Entry]:
    """Those that were not known; of several alike the first."""
    firsts: dict[tuple[int, str], Entry] = {}
    for each in entries:
        each.fate = "repeated"
        firsts.setdefault(each.key, each)
    if not firsts:
        return []
    told = [_row(each) for each in firsts.values()]
    found = sql.run(database, "deliveries", told=told)
    fresh = [firsts[connection_id, identifier] for connection_id, identifier in found]
    for each in fresh:
        each.fate = "stored"
    return fresh


def _row(entry: Entry) -> dict[str, Any]:
    connection_id, identifier = entry.key
    return {
        "connection_id": connection_id,
        "identifier": identifier,
        "event": entry.delivery.event[:128],
        "received_at": entry.received_at,
    }


def _settings(stored: Any) -> Mapping[str, Any]:
    """A connection's settings; SQLite gives them as text."""
    found: Mapping[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found
