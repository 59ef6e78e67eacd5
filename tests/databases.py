"""Databases with all tables, copied from one that is migrated once in each process."""

import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from connector.store import Store, open_store
from connector.store.migrate import upgrade


def lay_out(home: Path) -> None:
    """Put an SQLite database with all tables, and nothing in them, into a data folder."""
    (home / "worklift.db").write_bytes(_sqlite())


@cache
def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "worklift.db")
        _upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def empty(server: str) -> str:
    """A new database without tables on the PostgreSQL whose socket lies in ``server``."""
    return _created(server, f"t{uuid4().hex}")


def with_tables(server: str) -> str:
    """A new database there with all tables, and nothing in them."""
    return _created(server, f"t{uuid4().hex}", f" TEMPLATE {_template(server)} STRATEGY file_copy")


@cache
def _template(server: str) -> str:
    _upgrade(_created(server, "template"))
    return "template"


def copied(server: str, name: str) -> str:
    """A new database there that is a copy of one by its name."""
    return _created(server, f"t{uuid4().hex}", f" TEMPLATE {name} STRATEGY file_copy")


def name_of(url: str) -> str:
    """The name of the database at an address."""
    return str(make_url(url).database)


def dropped(server: str, url: str) -> None:
    """Give back what a database there takes."""
    _told(server, f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")


def _created(server: str, name: str, template: str = "") -> str:
    _told(server, f"CREATE DATABASE {name}{template}")
    return f"postgresql://postgres@/{name}?host={server}"


def _told(server: str, statement: str) -> None:
    with psycopg.connect(host=server, user="postgres", autocommit=True) as admin:
        admin.execute(statement.encode())


def somebody_waits(store: Store) -> bool:
    """Whether anything on its PostgreSQL waits for a lock."""
    with store.read() as session:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return bool(session.scalar(text(query)))


def _upgrade(url: str) -> None:
    store: Store = open_store(url)
    upgrade(store)
    store.close()
