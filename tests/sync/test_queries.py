"""What queries list, hide and let go, and what an index shows too long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync import pipeline
from tests.sync.shelf import Shelf, hint, states
from tests.world import World, key_result, link


def test_what_leaves_a_query_without_a_change_is_asked_for_once(swept: World, shelf: Shelf) -> None:
    shelf.matches["open"] = {"1", "2", "3"}
    swept.apply(key_result("KR-1", link("shelf:asked:open")))
    swept.poll()
    assert swept.link()["items"] == 3
    shelf.fetches.clear()
    shelf.matches["open"] = {"1"}
    del shelf.items["2"]
    swept.tick()
    assert shelf.fetches == [["2", "3"]]
    assert (states(swept)["S-2"] is not None, states(swept)["S-3"]) == (True, None)
    assert swept.link()["items"] == 1
    swept.tick()
    assert shelf.fetches == [["2", "3"]]


@pytest.fixture
def asked(swept: World, shelf: Shelf) -> World:
    """The same, linked by a query that lists items 1 to 3."""
    shelf.matches["open"] = {"1", "2", "3"}
    swept.apply(key_result("KR-1", link("shelf:asked:open")))
    swept.poll()
    assert swept.link()["items"] == 3
    shelf.fetches.clear()
    return swept


def test_what_a_query_hides_from_us_still_counts_as_last_seen(asked: World, shelf: Shelf) -> None:
    shelf.matches["open"] = {"1"}
    shelf.hidden.add("2")
    asked.tick()
    assert asked.link()["items"] == 2
    assert "1 item of this scope" in asked.link()["error"]
    asked.tick()
    assert (shelf.fetches, asked.link()["items"]) == ([["2", "3"]], 2)

    shelf.hidden.clear()
    shelf.matches["open"] = {"1", "2"}
    asked.tick()
    assert (shelf.fetches[1:], asked.link()["items"]) == ([["2"]], 2)
    assert asked.link()["error"] is None


def test_what_left_a_query_while_it_was_hidden_is_found_by_a_sweep(
    asked: World, shelf: Shelf
) -> None:
    shelf.matches["open"] = {"1", "2"}
    shelf.hidden.add("3")
    asked.tick()
    shelf.hidden.clear()
    asked.tick()
    assert (shelf.fetches, asked.link()["items"]) == ([["3"]], 3)
    asked.clock.turn(hours=7)
    asked.poll()
    assert (shelf.fetches[1:], asked.link()["items"]) == ([["3"]], 2)
    assert asked.link()["error"] is None


def test_what_a_query_hides_while_all_is_read_anew_still_counts(asked: World, shelf: Shelf) -> None:
    asked.apply(key_result("KR-1", link("shelf:asked:open"), link("shelf:box:B")))
    shelf.broken["box", "B"] = "there is no box B"
    asked.poll()
    shelf.broken.clear()
    shelf.matches["open"] = {"1", "2"}
    shelf.hidden.add("3")
    asked.clock.turn(minutes=12)
    (source,) = asked.sources()
    pipeline.drain(asked.runtime, source)
    asked.poll()
    assert shelf.reads[-1] == (None, False)
    assert asked.link()["items"] == 3
    assert "1 item of this scope" in asked.link()["error"]


def test_what_enters_a_query_again_is_read_as_it_is_by_now(asked: World, shelf: Shelf) -> None:
    shelf.matches["open"] = {"1"}
    asked.tick()
    shelf.done(2, at=asked.clock.turn(minutes=1))
    asked.tick()
    asked.tick()
    shelf.fetches.clear()
    shelf.matches["open"] = {"1", "2", "3"}
    asked.tick()
    assert shelf.fetches == [["2", "3"]]
    assert (asked.link()["done"], asked.link()["total"]) == (1, 3)
    asked.tick()
    assert shelf.fetches == [["2", "3"]]


def test_what_an_index_still_shows_stays_gone_until_it_is_there_by_id(
    swept: World, shelf: Shelf
) -> None:
    swept.poll()
    shelf.deleted.add("3")
    hint(swept, "3", gone=True)
    swept.poll()
    shelf.done(3, at=swept.clock() + timedelta(hours=1))
    shelf.fetches.clear()
    swept.tick()
    assert (shelf.fetches, states(swept)["S-3"]) == ([["3"]], "deleted in the tracker")
    assert swept.link()["items"] == 3

    shelf.deleted.clear()
    swept.tick()
    assert (states(swept)["S-3"], swept.link()["items"], swept.link()["done"]) == (None, 4, 1)


def test_where_lists_are_no_index_they_bring_back_what_was_gone(swept: World, shelf: Shelf) -> None:
    shelf.spec = replace(shelf.spec, capabilities=frozenset())
    kept = shelf.items.pop("3")
    swept.poll()
    assert states(swept)["S-3"] is not None
    shelf.items["3"] = replace(kept, updated_at=swept.clock())
    swept.tick()
    assert (shelf.fetches, states(swept)["S-3"]) == ([], None)
