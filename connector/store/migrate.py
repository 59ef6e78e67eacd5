"""Brings the database to the newest schema; safe to call at every start, by several at once."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from connector.errors import Refused
from connector.store.unit import Store

LOCK = 0x776F726B  # any constant: names our advisory lock in PostgreSQL


def upgrade(store: Store) -> str:
    """Apply what is missing and return the revision; refuses a newer database."""
    config = _config()
    newest = ScriptDirectory.from_config(config).get_current_head()
    writing = store.engine.connect().execution_options(writing=True)
    with writing as connection, connection.begin():
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _refuse_newer(connection, ScriptDirectory.from_config(config))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return newest or ""


def current(store: Store) -> tuple[str | None, str | None]:
    """(revision of the database, newest revision there is)."""
    with store.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "connector.store:migrations")
    return config


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise Refused(
            f"the database has revision {found}, made by a newer Worklift; "
            "install that version again, or restore a backup made before it"
        )
