"""One way to write: whole or not at all, in UTC, and no update is lost."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from connector.store import Store, open_store
from connector.store.tables import Keep, Lease

MOMENT = datetime(2026, 11, 3, 14, 0, 0, 123456, tzinfo=UTC)


def keep(store: Store, value: str) -> None:
    with store.write() as session:
        session.merge(Keep(name="n", value=value, updated_at=MOMENT))


def kept(store: Store) -> str:
    with store.read() as session:
        return session.get_one(Keep, "n").value


def test_instants_come_back_as_utc_to_the_microsecond(store: Store) -> None:
    east = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with store.write() as session:
        session.add(Lease(name="east", until=east))
    with store.read() as session:
        (found,) = session.scalars(select(Lease.until).where(Lease.until == east))
    assert found == MOMENT
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    def store_naive() -> None:
        with store.write() as session:
            session.add(Lease(name="naive", until=MOMENT.replace(tzinfo=None)))

    with pytest.raises(StatementError, match="without a zone"):
        store_naive()
    with store.read() as session:
        assert session.get(Lease, "naive") is None


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.write() as session:
            session.get_one(Keep, "n").value = "half"
            session.flush()
            raise LookupError

    keep(store, "before")
    with pytest.raises(LookupError):
        fail()
    assert kept(store) == "before"


def test_what_a_reader_changes_is_not_kept(store: Store) -> None:
    keep(store, "before")
    with store.read() as session:
        session.get_one(Keep, "n").value = "by a reader"
        session.flush()
    assert kept(store) == "before"


@pytest.mark.parametrize("stores", [1, 2])
def test_no_update_is_lost_between_threads_and_processes(tmp_path, stores: int) -> None:
    url = f"sqlite:///{tmp_path / 'worklift.db'}"
    opened = [open_store(url) for _ in range(stores)]
    Keep.metadata.create_all(opened[0].engine, [Keep.__table__])
    keep(opened[0], "0")

    def count(mine: Store) -> None:
        for _ in range(50):
            with mine.write() as session:
                row = session.get_one(Keep, "n")
                row.value = str(int(row.value) + 1)

    threads = [threading.Thread(target=count, args=(opened[n % stores],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(opened[0]) == "200"
    for each in opened:
        each.close()


def test_the_write_ahead_log_is_folded_back_by_the_writer(tmp_path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'worklift.db'}")
    Keep.metadata.create_all(opened.engine, [Keep.__table__])
    log = tmp_path / "worklift.db-wal"
    sizes = []
    for number in range(450):
        keep(opened, f"{number}" * 50)
        sizes.append(log.stat().st_size)
    opened.close()
    assert max(sizes) < sizes[190] * 1.2
