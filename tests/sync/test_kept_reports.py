"""A report is made once for as long as nothing is committed, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread, current_thread
from typing import Any

import pytest

from connector.errors import Refused
from connector.report import CycleReport
from connector.settings import Settings
from connector.store import Store, open_store
from connector.store import tables as t
from sync.reports import kept
from sync.reports.kept import SECONDS, kept_made

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SETTINGS = Settings(home=Path(), database_url="")


@pytest.fixture(autouse=True)
def cycle(store: Store) -> None:
    with store.write() as session:
        days = {"start": date(2026, 10, 1), "end": date(2026, 12, 31)}
        session.add(t.Cycle(key="now", state="active", **days))
        session.add(t.Team(key="acme", name="Acme", kind="company", position=0))


def told(store: Store, now: datetime = NOW) -> CycleReport:
    with store.read() as session:
        return kept_made(store, session, "now", now, SETTINGS)[1]


def rename(store: Store, name: str) -> None:
    with store.write() as session:
        session.query(t.Team).one().name = name


def test_the_same_report_serves_until_something_is_committed(store: Store) -> None:
    # PostgreSQL's own housekeeping counts as well: it may read once more than it had to.
    assert any(told(store) is told(store) for _ in range(3))
    rename(store, "Acme Corporation")
    assert told(store).teams[0].name == "Acme Corporation"


def test_what_another_process_commits_counts_too(store: Store) -> None:
    told(store)
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    rename(other, "Somebody else")
    other.close()
    assert told(store).teams[0].name == "Somebody else"


def test_time_alone_is_followed_as_well(store: Store) -> None:
    first = told(store)
    later = told(store, NOW + timedelta(seconds=SECONDS))
    assert later.elapsed > first.elapsed


def test_a_session_that_began_earlier_reads_for_itself(store: Store) -> None:
    first = told(store)
    with store.read() as session:
        assert session.query(t.Team).count() == 1
        own = kept_made(store, session, "now", NOW, SETTINGS)[1]
    assert own is not first
    assert own == first


def test_other_settings_make_another_report(store: Store) -> None:
    first = told(store)
    with store.read() as session:
        shorter = replace(SETTINGS, freshness=timedelta(hours=1))
        assert kept_made(store, session, "now", NOW, shorter)[1] is not first


def test_many_at_once_take_one_reading(store: Store) -> None:
    together, found = Barrier(6), []

    def ask() -> None:
        together.wait()
        found.append(told(store))

    threads = [Thread(target=ask) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({id(each) for each in found}) <= 2


def test_who_waited_for_a_reading_that_failed_reads_for_themselves(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(store)
    rename(store, "Acme Corporation")
    held, made, version = kept._held, kept.made_now, store.version
    asked, found = Event(), list[CycleReport]()
    other = Thread(target=lambda: found.append(told(store)))

    def waiting(*given: Any) -> Any:
        if current_thread() is other:
            asked.set()
        return held(*given)

    def slow(session: Any) -> str:
        if not asked.is_set():
            other.start()
            assert asked.wait(5)
        return version(session)

    def failing(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(kept, "made_now", made)
        raise Refused("the database is away")

    monkeypatch.setattr(kept, "_held", waiting)
    monkeypatch.setattr(store, "version", slow)
    monkeypatch.setattr(kept, "made_now", failing)
    with pytest.raises(Refused, match="away"):
        told(store)
    other.join()
    assert found[0].teams[0].name == "Acme Corporation"
