"""Writes a migration for changed tables: ``python -m connector.store.revise "what changes"``."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine


def revise(message: str) -> None:
    """Compare the tables with a database at the newest revision and write the difference."""
    config = Config()
    config.set_main_option("script_location", "connector.store:migrations")
    newest = ScriptDirectory.from_config(config).get_current_head() or "0000"
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'empty.db'}")
        with engine.connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            number = f"{int(newest) + 1:04}"
            command.revision(config, message=message, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('usage: make migration NAME="what changes"')
    revise(sys.argv[1])
