"""Sweeps: what was deleted, moved or hidden is found by ids alone and told apart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from connector.errors import RateLimited
from connector.store.tables import Source
from integrations.tracker import Budget
from sync import pipeline, pull
from tests.sync.shelf import Shelf, hint, states
from tests.world import World, key_result, link


class PulledPlugError(BaseException):
    """Ends a drain as a kill does: nothing of ours runs any more."""


def test_a_sweep_reads_what_changed_and_the_ids_of_all(swept: World, shelf: Shelf) -> None:
    (found,) = swept.poll()
    ((cursor, sweep),) = shelf.reads
    assert (cursor is not None, sweep, shelf.fetches) == (True, True, [])
    assert (found.items_read, found.items_gone) == (0, 0)
    swept.tick()
    assert shelf.reads[1][1] is False


def test_what_was_deleted_is_gone_with_the_trackers_reason(swept: World, shelf: Shelf) -> None:
    del shelf.items["2"], shelf.items["3"]
    shelf.why["2"] = "deleted: nobody can see it"
    (found,) = swept.poll()
    assert shelf.fetches == [["2", "3"]]
    assert found.items_gone == 2
    unsaid = "deleted in the tracker, or no longer visible with this token"
    assert states(swept) == {
        "S-1": None, "S-2": "deleted: nobody can see it", "S-3": unsaid, "S-4": None
    }  # fmt: skip
    assert swept.link()["items"] == 2
    assert swept.part("S-2")["reason"] == "deleted: nobody can see it"


def test_what_moved_away_is_not_gone_and_not_asked_for_again(swept: World, shelf: Shelf) -> None:
    shelf.put(2, "B")
    shelf.items["2"] = replace(shelf.items["2"], updated_at=shelf.clock() - timedelta(hours=8))
    swept.poll()
    # An old look cannot say so; the tracker's newer one does.
    shelf.put(2, "B")
    swept.clock.turn(hours=7)
    (found,) = swept.poll()
    assert (found.items_gone, states(swept)["S-2"]) == (0, None)
    assert [row.place for row in swept.rows("item", key="S-2")] == ["B"]
    assert swept.part("S-2")["reason"] == "no longer in this scope"
    assert swept.link()["items"] == 3
    asked = len(shelf.fetches)
    swept.clock.turn(hours=7)
    swept.poll()
    assert (len(shelf.fetches), shelf.reads[-1][1]) == (asked, True)


def test_what_is_listed_and_was_never_read_is_read_by_id(swept: World, shelf: Shelf) -> None:
    for number in range(5, 110):
        shelf.put(number, "A", at=shelf.clock() - timedelta(days=9))
    swept.poll()
    assert [len(each) for each in shelf.fetches] == [100, 5]
    assert swept.link()["items"] == 109


def test_what_is_hidden_is_kept_as_last_seen_and_said_so(swept: World, shelf: Shelf) -> None:
    shelf.hidden.add("2")
    shelf.why["2"] = "the token may not browse box A"
    (found,) = swept.poll()
    assert (found.items_gone, states(swept)["S-2"]) == (0, None)
    (row,) = swept.rows("unreadable_item")
    assert (row.key, f"{row.field} {row.message}") == (
        "S-2", "out of sight: the token may not browse box A"
    )  # fmt: skip
    assert swept.link()["items"] == 4
    assert "1 item of this scope" in swept.link()["error"]

    shelf.hidden.clear()
    swept.clock.turn(hours=7)
    swept.poll()
    assert swept.rows("unreadable_item") == []
    assert swept.link()["error"] is None


def test_what_was_hidden_and_then_deleted_is_gone(swept: World, shelf: Shelf) -> None:
    shelf.hidden.add("2")
    swept.poll()
    del shelf.items["2"]
    swept.clock.turn(hours=7)
    swept.poll()
    assert states(swept)["S-2"] is not None
    assert swept.rows("unreadable_item") == []


def test_a_hidden_item_nobody_mirrors_is_not_spoken_of(swept: World, shelf: Shelf) -> None:
    shelf.put(9, "Z")
    shelf.hidden.add("9")
    hint(swept, "9")
    swept.poll()
    assert (shelf.fetches, swept.rows("unreadable_item")) == ([["9"]], [])


@pytest.mark.parametrize("hides", [False, True])
def test_a_deletion_the_tracker_told_of_is_called_one(
    swept: World, shelf: Shelf, *, hides: bool
) -> None:
    (source,) = swept.rows("source")
    (row,) = swept.rows("item", key="S-3")
    if hides:
        shelf.hidden.add("3")
    else:
        del shelf.items["3"]
    hint(swept, "3", gone=True, updated_at=row.updated_at)
    hint(swept, "77", gone=True)
    pipeline.drain(swept.runtime, source.id)
    assert states(swept)["S-3"] == "deleted in the tracker"
    assert shelf.fetches == [["3"]]
    hint(swept, "3", gone=True)
    swept.poll()
    assert shelf.fetches == [["3"]]


def test_a_deletion_that_did_not_happen_changes_nothing(swept: World, shelf: Shelf) -> None:
    hint(swept, "3", gone=True)
    swept.poll()
    assert (shelf.fetches, states(swept)["S-3"]) == ([["3"]], None)


def test_a_scope_that_broke_keeps_its_items_and_is_read_anew_when_it_is_sound(
    swept: World, shelf: Shelf
) -> None:
    shelf.broken["box", "A"] = "there is no box A"
    swept.poll()
    assert swept.link()["error"] == "there is no box A"
    before = swept.link()["as_of"]
    shelf.done(1, at=swept.clock.turn(minutes=1))
    swept.clock.turn(minutes=2)
    swept.poll()
    assert (states(swept)["S-1"], swept.link()["items"]) == (None, 4)
    assert swept.link()["as_of"] == before

    shelf.broken.clear()
    shelf.put(5, "A", at=shelf.clock() - timedelta(days=1))
    swept.clock.turn(minutes=12)
    shelf.reads.clear()
    (source,) = swept.sources()
    pipeline.drain(swept.runtime, source)
    assert swept.link()["as_of"] is None
    assert "not read yet" in swept.link()["error"]
    assert swept.waiting() == [source]
    swept.poll()

    (swept_by_ids, whole) = shelf.reads
    assert (swept_by_ids[1], whole) == (True, (None, False))
    assert shelf.fetches == []
    assert (swept.link()["error"], swept.link()["items"]) == (None, 5)
    assert swept.value() == 20


def test_a_parent_that_is_gone_is_found_by_a_sweep(swept: World, shelf: Shelf) -> None:
    shelf.put(10, "P")
    shelf.put(11, "Q", parent_key="S-10", parent_id="10")
    swept.apply(key_result("KR-1", link("shelf:under:S-10")))
    swept.poll()
    assert swept.link()["items"] == 1
    del shelf.items["10"]
    swept.clock.turn(hours=7)
    swept.poll()
    assert states(swept)["S-10"] is not None
    assert states(swept)["S-11"] is None


def test_everything_is_read_again_when_a_person_asks(swept: World, shelf: Shelf) -> None:
    del shelf.items["2"]
    swept.sync(full=True)
    assert shelf.reads == [(None, False)]
    assert shelf.fetches == [["2"]]
    assert states(swept)["S-2"] is not None


def test_a_change_of_small_lists_is_passed_on_until_it_was_read(swept: World, shelf: Shelf) -> None:
    with swept.runtime.store.write() as session:
        both = {"dirty_seq": Source.dirty_seq + 1, "lists_seq": Source.dirty_seq + 1}
        session.execute(update(Source).values(**both))
    shelf.needs.clear()
    swept.poll()
    swept.tick()
    assert [need.lists for need in shelf.needs] == [True, False]


def test_the_budget_is_kept_with_what_it_was_told_with(swept: World, shelf: Shelf) -> None:
    told = {"limit": 100.0, "remaining": 7.0, "near": True}
    shelf.budget = Budget(**told, resets_at=swept.clock())
    swept.poll()
    held = {**told, "resets_at": swept.clock().isoformat()}
    assert swept.rows("connection")[0].budget == held
    shelf.budget = None
    swept.tick()
    assert swept.rows("connection")[0].budget == held
    shelf.budget = Budget(remaining=0)
    shelf.error = RateLimited("wait", swept.clock() + timedelta(hours=1))
    swept.tick()
    assert swept.rows("connection")[0].budget["remaining"] == 0


def test_what_items_name_is_kept_until_it_is_read_again(swept: World, shelf: Shelf) -> None:
    for named in (frozenset({"KR-9", "KR-1"}), None):
        shelf.put(1, "A", at=swept.clock(), mentions=named)
        swept.tick()
        (row,) = swept.rows("item", key="S-1")
        assert (row.updated_at, row.mentions) == (shelf.items["1"].updated_at, ["KR-1", "KR-9"])
    shelf.put(1, "A", at=swept.clock(), mentions=frozenset())
    swept.tick()
    assert [row.mentions for row in swept.rows("item", key="S-1")] == [[]]


def test_what_was_read_before_an_error_is_kept(swept: World, shelf: Shelf) -> None:
    for number in range(5, 11):
        shelf.put(number, "A", at=swept.clock())
    shelf.breaks_after = 2
    (found,) = swept.poll()
    assert "half a list" in (found.error or "")
    assert sorted(states(swept)) == ["S-1", "S-10", "S-2", "S-3", "S-4", "S-5", "S-6", "S-7"]
    assert swept.link()["items"] == 4

    shelf.breaks_after = None
    swept.clock.turn(hours=2)
    swept.poll()
    assert (swept.link()["items"], swept.link()["error"]) == (10, None)


def test_a_drain_killed_between_pages_is_finished_by_the_next(
    swept: World, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "STORE_AT_ONCE", 4)
    for number in range(1, 12):
        shelf.put(number, "A", at=swept.clock())
    read: list[int] = []

    def kill(items: int) -> None:
        read.append(items)
        if len(read) == 2:
            raise PulledPlugError

    (source,) = swept.sources()
    with pytest.raises(PulledPlugError):
        pipeline.drain(swept.runtime, source, force=True, progress=kill)
    assert read == [4, 8]
    assert (len(states(swept)), swept.link()["items"]) == (8, 4)
    swept.clock.turn(minutes=3)
    swept.poll()
    assert swept.link()["items"] == 11
    assert [row.key for row in swept.rows("item") if row.unreckoned] == []
