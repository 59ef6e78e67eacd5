"""The unit of work: short reads, and writes that commit whole or not at all."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from connector import failpoints
from connector.store.folding import fold
from connector.store.turns import Turns

CHECKPOINT_EVERY = 200
"""Commits between two checkpoints of SQLite's write-ahead log."""
RESTED = 1.0
"""Seconds without use after which a connection to PostgreSQL is asked before it is used."""


def _dumps(value: Any) -> str:
    """JSON text, fast; what orjson refuses (huge numbers, halves of characters) the slow way."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def _loads(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


JSON: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": _loads}


class Store:
    """A database with one way to read and one way to write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        # SQLite takes one writer at a time; waiting here is fair, its own busy wait is not.
        self._turns = Turns() if self.is_sqlite else None
        self._writing: AbstractContextManager[None] = self._turns or nullcontext()
        self._commits = 0
        self._watching = threading.Lock()
        self._watch: Any = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; whatever it changed is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when anything is raised."""
        with self._writing:
            connection = self.engine.connect().execution_options(writing=True)
            with connection, Session(connection, expire_on_commit=False) as session:
                failpoints.reach("store.begun")
                yield session
                failpoints.reach("store.committing")
                session.commit()
            failpoints.reach("store.committed")
            self._checkpoint()

    @contextmanager
    def trial(self) -> Iterator[Session]:
        """A session that writes as ``write`` does, and whose work is taken back at the end.

        Nothing is committed, so whatever is kept for what is committed stays good.
        """
        with self._writing:
            connection = self.engine.connect().execution_options(writing=True)
            with connection, Session(connection, expire_on_commit=False) as session:
                if self.is_sqlite:  # what does not fit the cache would else go into the log
                    session.execute(text("PRAGMA cache_spill = OFF"))
                try:
                    yield session
                finally:
                    session.rollback()
                    if self.is_sqlite:
                        session.execute(text("PRAGMA cache_spill = ON"))
                        session.rollback()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The same without objects and in an early turn: for what is short and run often."""
        with self._turns.early() if self._turns else nullcontext():
            connection = self.engine.connect().execution_options(writing=True)
            with connection, connection.begin() as begun:
                failpoints.reach("store.begun")
                yield connection
                failpoints.reach("store.committing")
                begun.commit()
            failpoints.reach("store.committed")
            self._checkpoint()

    def version(self, session: Session) -> str:
        """What all that was committed is called: the same as long as nothing more was.

        PostgreSQL names the transactions that a statement sees. SQLite tells each connection when
        another one, of any process, committed; one that only looks is asked.
        """
        if self.is_sqlite:
            return self._committed()
        return str(session.execute(text("SELECT CAST(pg_current_snapshot() AS text)")).scalar())

    def _committed(self) -> str:
        with self._watching:
            if self._watch is None:
                self._watch = self.engine.raw_connection()
                self._watch.detach()
            cursor = self._watch.cursor()
            return str(cursor.execute("PRAGMA data_version").fetchone()[0])

    def _checkpoint(self) -> None:
        """Checkpoint only while no other connection can commit.

        SQLite before 3.51.3 can lose commits when the two race (sqlite.org/wal.html).
        """
        self._commits += 1
        if self.is_sqlite and self._commits % CHECKPOINT_EVERY == 0:
            raw = self.engine.raw_connection()
            try:
                # What was committed stays so even without room for this: a later one does it.
                with suppress(sqlite3.OperationalError):
                    raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                raw.close()

    def close(self) -> None:
        """Give all database connections back."""
        with self._watching:
            if self._watch is not None:
                self._watch.close()
            self._watch = None
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the database at ``url`` (``sqlite:///…`` or ``postgresql://…``); connects lazily."""
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        connect = {"timeout": 30, "check_same_thread": False}
        engine = create_engine(parsed, connect_args=connect, **JSON)
        _prepare_sqlite(engine)
    else:
        connect = {"connect_timeout": 5} if "connect_timeout" not in parsed.query else {}
        engine = create_engine(parsed, connect_args=connect, pool_size=10, max_overflow=20, **JSON)
        _ping_rested(engine)
    return Store(engine)


def _ping_rested(engine: Engine) -> None:
    """Ask a connection that rested whether it still stands; at each use it would cost a trip."""

    @event.listens_for(engine, "checkin")
    def _checkin(_raw: Any, record: ConnectionPoolEntry) -> None:
        record.info["rested"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _checkout(raw: Any, record: ConnectionPoolEntry, _held: Any) -> None:
        rested = record.info.get("rested")
        if rested is None or time.monotonic() < rested + RESTED:
            return
        try:
            engine.dialect.do_ping(raw)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _prepare_sqlite(engine: Engine) -> None:
    """Take transactions away from the driver: writers begin IMMEDIATE, so none is lost."""

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "wal_autocheckpoint=0",
        ):
            raw.execute(f"PRAGMA {pragma}")
        raw.create_function("worklift_fold", 1, fold, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
