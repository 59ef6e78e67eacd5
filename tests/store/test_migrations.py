"""Migrations make exactly the tables the code declares, on both databases."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from connector.errors import Refused
from connector.store import Store, open_store
from connector.store.migrate import current, upgrade
from connector.store.tables import Base


def test_migrations_make_exactly_what_the_tables_declare(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert set(Base.metadata.tables) < set(inspect(store.engine).get_table_names())


def test_upgrading_again_changes_nothing(store: Store) -> None:
    before = current(store)
    assert upgrade(store) == before[1] == before[0]
    assert current(store) == before


def test_several_processes_may_upgrade_at_once(database_url: str) -> None:
    stores = [open_store(database_url) for _ in range(3)]
    found: list[str] = []
    threads = [threading.Thread(target=lambda s=s: found.append(upgrade(s))) for s in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    for each in stores:
        each.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(store: Store) -> None:
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match="9999, made by a newer Worklift"):
        upgrade(store)
    assert current(store)[0] == "9999"


def test_an_empty_database_says_that_it_has_no_revision(database_url: str) -> None:
    opened = open_store(database_url)
    found, newest = current(opened)
    opened.close()
    assert found is None
    assert newest
