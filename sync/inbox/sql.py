"""The statements of a batch, written out: they run for every delivery, so nothing is composed.

Lists and rows are told as one parameter, as JSON, so that no statement depends on how many.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy.exc import DBAPIError

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
WHERE true ON CONFLICT (connection_id, identifier) DO NOTHING
RETURNING connection_id, identifier"""
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
SELECT source_id, external_id, key, updated_at, gone, seq
FROM {told:source_id integer, external_id text, key text, updated_at timestamptz, gone boolean,
      seq integer}
WHERE true ON CONFLICT TARGET DO UPDATE SET
    key = COALESCE(excluded.key, hint.key), gone = (hint.gone OR excluded.gone), seq = excluded.seq,
    updated_at = CASE
        WHEN hint.updated_at IS NULL OR excluded.updated_at IS NULL THEN NULL
        WHEN excluded.updated_at > hint.updated_at THEN excluded.updated_at
        ELSE hint.updated_at END"""
_STATEMENTS = {
    "connections": _CONNECTIONS,
    "deliveries": _DELIVERIES,
    "delivered": _DELIVERED,
    "retest": _RETEST,
    "all_sources": _ALL_SOURCES,
    "places": _PLACES,
    "dirty": _DIRTY,
    "lists": _LISTS,
    "hints_by_id": _HINTS.replace("TARGET", "(source_id, external_id)"),
    "hints_by_key": _HINTS.replace("TARGET", "(source_id, key) WHERE external_id IS NULL"),
}


def run(database: Database, name: str, **given: Any) -> Sequence[Sequence[Any]]:
    """Run one of the statements; gives its rows, if it has any."""
    dialect, driver = database.dialect.name, database.dialect.loaded_dbapi
    told = {key: _told(value, dialect) for key, value in given.items()}
    # Past SQLAlchemy, which takes longer over these than the database.
    cursor = database.connection.cursor()
    try:
        cursor.execute(_WRITTEN[dialect][name], told)
        return cursor.fetchall() if cursor.description else ()
    except driver.Error as error:
        raise DBAPIError.instance(name, None, error, driver.Error) from error
    finally:
        cursor.close()


def wait_briefly(database: Database) -> None:
    """Have this transaction wait for others only so long; SQLite's writers take turns."""
    if database.dialect.name == "postgresql":
        database.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_WAIT}")


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
        return f"(SELECT {columns} FROM json_each(:{found[1]}))"  # noqa: S608 - our own words

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
    },
}
