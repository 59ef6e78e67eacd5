"""The statements of a batch, written out: they run for every delivery, so nothing is composed.

Lists and rows are told as one parameter, as JSON, so that no statement depends on how many. Those
that need nothing of each other's answers go to PostgreSQL together: waiting for an answer, and then
for Python's lock, takes longer than the statements themselves.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy.exc import DBAPIError

from connector import failpoints
from connector.store.base import as_texts

LOCK_WAIT = 500
"""Milliseconds that PostgreSQL waits for a row another transaction holds."""
_SQLITE_LIST = "IN (SELECT value FROM json_each(:{0}))"
_POSTGRES_LIST = "IN (SELECT CAST(value AS {1}) FROM json_array_elements_text(CAST(:{0} AS json)))"

_CONNECTIONS = """
SELECT id, uid, name, tracker, hook_cipher, grant_cipher, options, ended_at
FROM connection WHERE id [ids:integer] ORDER BY id"""
_DELIVERIES = """
INSERT INTO delivery (connection_id, identifier, event, received_at)
SELECT connection_id, identifier, event, received_at
FROM {told:connection_id integer, identifier text, event text, received_at timestamptz}
WHERE connection_id IN (SELECT id FROM connection)
ON CONFLICT (connection_id, identifier) DO NOTHING RETURNING connection_id, identifier"""
_TAKEN_BACK = """
DELETE FROM delivery WHERE connection_id = :connection AND identifier [identifiers:text]"""
_DELIVERED = """
UPDATE connection SET delivered_at = :at WHERE id [ids:integer]"""
_RETEST = """
UPDATE connection SET checked_at = NULL WHERE id [ids:integer]"""
_ALL_SOURCES = """
SELECT connection_id, key, id FROM source WHERE connection_id [connections:integer]"""
_PLACES = """
SELECT 'source', connection_id, key, id FROM source
WHERE connection_id [connections:integer] AND key [sources:text]
UNION ALL SELECT 'id', connection_id, external_id, source_id FROM item
WHERE connection_id [connections:integer] AND external_id [ids:text]
UNION ALL SELECT 'key', connection_id, key, source_id FROM item
WHERE connection_id [connections:integer] AND key [keys:text]"""
_DIRTY = """
UPDATE source SET dirty_seq = dirty_seq + 1 WHERE id [ids:integer]
RETURNING id, dirty_seq, done_seq"""
_LISTS = """
UPDATE source SET lists_seq = dirty_seq WHERE id [ids:integer]"""
# Nothing comes back from a deletion: what tells of it last may have been sent first.
_HINTS = """
INSERT INTO hint (source_id, external_id, key, updated_at, gone, seq)
SELECT source_id, told.external_id, told.key, told.updated_at, told.gone, source.dirty_seq
FROM {told:source_id integer, external_id text, key text, updated_at timestamptz, gone boolean}
JOIN source ON source.id = source_id
WHERE true ON CONFLICT TARGET DO UPDATE SET
    key = COALESCE(excluded.key, hint.key), gone = (hint.gone OR excluded.gone), seq = excluded.seq,
    updated_at = CASE
        WHEN hint.updated_at IS NULL OR excluded.updated_at IS NULL THEN NULL
        WHEN excluded.updated_at > hint.updated_at THEN excluded.updated_at
        ELSE hint.updated_at END"""
_STATEMENTS = {
    "connections": _CONNECTIONS,
    "deliveries": _DELIVERIES,
    "taken_back": _TAKEN_BACK,
    "delivered": _DELIVERED,
    "retest": _RETEST,
    "all_sources": _ALL_SOURCES,
    "places": _PLACES,
    "dirty": _DIRTY,
    "lists": _LISTS,
    "hints_by_id": _HINTS.replace("TARGET", "(source_id, external_id)"),
    "hints_by_key": _HINTS.replace("TARGET", "(source_id, key) WHERE external_id IS NULL"),
}


Rows = Sequence[Sequence[Any]]
Ask = tuple[str, Mapping[str, Any]]
"""One of the statements by its name, and what it is given."""


def ask(name: str, **given: Any) -> Ask:
    """One of the statements, with what it is given."""
    return name, given


def run(database: Database, *asked: Ask, last: bool = False) -> dict[str, Rows]:
    """Run statements in this order, in one trip; gives the rows of each by its name, if it has any.

    They go past SQLAlchemy, which takes longer over them than the database. The ``last`` ones of
    a transaction take its commit along to PostgreSQL, whose answer is then waited for once.
    """
    driver = database.dialect.loaded_dbapi
    try:
        return _rows(database, asked, last=last)
    except driver.Error as error:
        names = ", ".join(name for name, _ in asked)
        raise DBAPIError.instance(names, None, error, driver.Error) from error


def _rows(database: Database, asked: Sequence[Ask], *, last: bool) -> dict[str, Rows]:
    dialect = database.dialect.name
    cursors = [(name, database.connection.cursor()) for name, _ in asked]
    try:
        with _trip(database):
            for (name, cursor), (_, given) in zip(cursors, asked, strict=True):
                told = {key: _told(value, dialect) for key, value in given.items()}
                cursor.execute(_WRITTEN[dialect][name], told or None)
            if last:
                failpoints.reach("inbox.storing")
                if dialect == "postgresql":
                    database.connection.commit()
        return {name: cursor.fetchall() if cursor.description else () for name, cursor in cursors}
    finally:
        for _, cursor in cursors:
            cursor.close()


def _trip(database: Database) -> AbstractContextManager[object]:
    raw: Any = database.connection.driver_connection
    trip: AbstractContextManager[object] = nullcontext()
    return raw.pipeline() if database.dialect.name == "postgresql" else trip


def _told(value: Any, dialect: str) -> Any:
    if isinstance(value, datetime):
        return _instant(value, dialect)
    return json.dumps(value, default=lambda at: _instant(at, dialect))


def _instant(at: datetime, dialect: str) -> str:
    if dialect != "sqlite":
        return at.isoformat()
    ((text,),) = as_texts([[at]])
    return str(text)


def _sqlite(text: str) -> str:
    def rows(found: re.Match[str]) -> str:
        names = [each.split()[0] for each in found[2].split(",")]
        columns = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
        return f"(SELECT {columns} FROM json_each(:{found[1]})) AS told"  # noqa: S608 - our own words

    text = re.sub(r"\{(\w+):([^}]+)\}", rows, text)
    return re.sub(r"\[(\w+):(\w+)\]", lambda found: _SQLITE_LIST.format(found[1]), text)


def _postgresql(text: str) -> str:
    rows = r"json_to_recordset(CAST(:\1 AS json)) AS told(\2)"
    text = re.sub(r"\{(\w+):([^}]+)\}", rows, text)
    text = re.sub(r"\[(\w+):(\w+)\]", lambda found: _POSTGRES_LIST.format(found[1], found[2]), text)
    return re.sub(r":(\w+)", r"%(\1)s", text)


_WRITTEN: Mapping[str, Mapping[str, str]] = {
    "sqlite": {name: _sqlite(text) for name, text in _STATEMENTS.items()},
    "postgresql": {
        name: _postgresql(text + (" FOR UPDATE" if name == "connections" else ""))
        for name, text in _STATEMENTS.items()
    }
    | {"wait_briefly": f"SET LOCAL lock_timeout = {LOCK_WAIT}"},
}
