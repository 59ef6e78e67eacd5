"""Once a day each source is compared with its tracker, in few calls; differences name items."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from connector.store.tables import Item, Source
from sync import auditing, schedule
from tests.world import World, key_result, link


class Bell:
    """A doorbell that only remembers."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, int]] = []

    def ring(self, subject_id: int, job: str = "drain") -> None:
        self.rung.append((job, subject_id))

    def audits(self) -> list[int]:
        return [each for job, each in self.rung if job == "audit"]


@pytest.fixture
def settled(connected: World, jira, github) -> World:
    for number in range(6):
        at = connected.clock.turn(minutes=1)
        jira.site.add_issue("PLAT", f"Item {number}", at=at)
        github.site.add_issue("acme/api", f"Change {number}", at=at)
    connected.clock.turn(minutes=10)
    connected.apply(key_result("KR-1", link("jira:project:PLAT"), link("github:repo:acme/api")))
    connected.sync()
    return connected


@pytest.fixture(params=["whole", "listed"])
def size(request, monkeypatch) -> str:
    """Small sources are read whole; of big ones ids are compared, where they are listed."""
    if request.param == "listed":
        monkeypatch.setattr(auditing, "WHOLE", 0)
    return str(request.param)


def audited(world: World) -> dict[str, dict]:
    return {row.key: row.audit for row in world.rows("source")}


def _lose(session: Session, *keys: str) -> None:
    """Have the mirror take items for gone that are not."""
    gone_at = datetime(2026, 1, 1, tzinfo=UTC)
    session.execute(update(Item).where(Item.key.in_(keys)).values(gone_at=gone_at))


def audit(world: World) -> list[str]:
    found = [auditing.audit_source(world.runtime, each) for each in world.sources()]
    return [sentence for each in found if each for sentence in each.differences]


def test_where_all_fits_nothing_differs(settled: World, size: str) -> None:
    assert audit(settled) == []
    for kept in audited(settled).values():
        assert kept["here"] == kept["there"] == 6
        assert kept["differences"] == 0
        assert not kept["note"]


def test_an_item_the_mirror_lost_is_named(settled: World) -> None:
    with settled.runtime.store.write() as session:
        _lose(session, "PLAT-2", "acme/api#3")
    assert audit(settled) == ["PLAT-2 is not in the mirror", "acme/api#3 is not in the mirror"]
    kept = audited(settled)
    assert kept[""]["named"] == ["PLAT-2 is not in the mirror"]
    assert (kept[""]["here"], kept[""]["there"]) == (5, 6)


def test_an_item_a_big_mirror_lost_is_named_by_its_id(settled: World, monkeypatch) -> None:
    monkeypatch.setattr(auditing, "WHOLE", 0)
    with settled.runtime.store.write() as session:
        _lose(session, "PLAT-2")
    assert audit(settled) == ["PLAT-2 is not in the mirror"]


def test_an_item_the_tracker_has_no_more_is_named(settled: World, jira, size: str) -> None:
    jira.site.delete("PLAT-4")
    assert audit(settled) == ["PLAT-4 is not in the tracker"]


def test_an_item_that_shows_something_else_is_named(settled: World) -> None:
    with settled.runtime.store.write() as session:
        session.execute(update(Item).where(Item.key == "PLAT-5").values(status="Elsewhere"))
    assert audit(settled) == ["PLAT-5 differs from the tracker in status"]


def test_what_came_since_the_last_look_is_no_difference(settled: World, jira, size: str) -> None:
    jira.site.add_issue("PLAT", "New", at=settled.clock.turn(minutes=1))
    assert audit(settled) == []


def test_what_is_set_aside_is_told_there_and_not_again(settled: World, jira, size: str) -> None:
    jira.site.edit("PLAT-3", labels=["x" * 300], at=settled.clock.turn(minutes=1))
    settled.sync()
    assert [row.key for row in settled.rows("unreadable_item")] == ["PLAT-3"]
    assert audit(settled) == []


def test_it_makes_no_more_calls_than_it_may(settled: World, monkeypatch) -> None:
    monkeypatch.setattr(auditing, "MOST_CALLS", 1)
    before = {name: settled.calls(name) for name in ("jira", "github")}
    assert audit(settled) == []
    kept = audited(settled)[""]
    assert "not compared to the end" in kept["note"]
    assert settled.calls("jira") - before["jira"] <= 6


def test_each_source_has_its_turn_once_a_day(settled: World) -> None:
    bell = Bell()
    settled.runtime = replace(settled.runtime, doorbell=bell)  # type: ignore[arg-type]
    for _ in range(4):
        auditing.ring(settled.runtime)
        for each in bell.audits()[-1:]:
            auditing.audit_source(settled.runtime, each)
    assert bell.audits() == settled.sources()
    assert auditing.audit_source(settled.runtime, settled.sources()[0]) is None
    settled.clock.turn(hours=25)
    assert auditing.ring(settled.runtime) == settled.sources()[0]


def test_the_clock_rings_for_it(settled: World) -> None:
    bell = Bell()
    settled.runtime = replace(settled.runtime, doorbell=bell)  # type: ignore[arg-type]
    schedule.sweep(settled.runtime)
    assert len(bell.audits()) == 1


def test_a_source_that_fails_is_not_audited(settled: World) -> None:
    with settled.runtime.store.write() as session:
        session.execute(update(Source).values(failing_since=settled.clock()))
    assert auditing.ring(settled.runtime) is None
