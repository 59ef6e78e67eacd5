"""A link's items are read, weighed and written some at a time: the ledger shows nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync import connections, holding, members, reckon
from sync import runtime as composition
from sync.audit import audit
from sync.queue import SilentDoorbell
from tests.databases import lay_out
from tests.sync.shelf import Shelf
from tests.world import Clock, World, key_result, link, settings

ITEMS = 23


@contextmanager
def company(home: Path, clock: Clock) -> Iterator[tuple[World, Shelf]]:
    """A shelf with many items in box A, linked by box and by query, not read yet."""
    home.mkdir()
    lay_out(home)
    shelf = Shelf(clock)
    made = composition.build(settings(home), doorbell=SilentDoorbell(), clock=clock)
    world = World(replace(made, trackers={"shelf": shelf}), clock, {})  # type: ignore[dict-item]
    request = connections.Request(
        tracker="shelf", name="shelf", url="https://shelf.example", token="t", options={}
    )
    assert connections.connect(world.runtime, request).error is None
    for number in range(1, ITEMS + 1):
        shelf.put(number, "A", at=clock() - timedelta(minutes=number), numbers=size(number))
    shelf.matches["open"] = {str(number) for number in range(5, ITEMS)}
    yield world, shelf
    made.store.close()


def size(number: int) -> dict[str, float]:
    return {} if number % 3 == 0 else {"size": number / 10}


def happened(world: World, shelf: Shelf, *, scopes: tuple[str, str]) -> None:
    """Items come, are done, change their size, leave and return, and a rule is changed."""
    box, query = scopes
    linked = link(box), link(query, {"share": "field:size"}, unestimated="median")
    for kr in ({}, {"dropped": "as_done"}):
        world.apply(key_result("KR-1", linked[0]), key_result("KR-2", {**linked[1], **kr}))
        world.poll()
        for number in (2, 9, 17, ITEMS):
            world.clock.turn(minutes=1)
            shelf.done(number, at=world.clock())
        shelf.put(11, "B")
        shelf.put(9, "B")  # the last of the mirror: ids are sorted as texts
        shelf.put(12, "A", numbers={"size": 40.5})
        del shelf.items["21"]
        shelf.matches["open"] -= {"8", "21"}
        shelf.matches["open"] |= {"2"}
        world.clock.turn(hours=7)
        world.poll()
        assert audit(world.runtime, trackers=False) == []
        shelf.put(11, "A")
        shelf.put(9, "A")
        shelf.put(21, "A", numbers=size(21))
        world.clock.turn(hours=7)
        world.poll()
        assert audit(world.runtime, trackers=False) == []


def told(world: World) -> tuple[Any, ...]:
    """All that the ledger, the readings and the scores hold, in the order of links and items."""
    named = {row.id: row.key for row in world.rows("item")}
    versions = [tuple(row[1:]) for row in world.rows("contribution")]
    return sorted(map(repr, versions)), world.rows("reading"), world.rows("score"), named


def test_some_at_a_time_writes_what_all_at_once_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = "shelf:box:A", "shelf:asked:open"
    begun = Clock()().replace(hour=12)
    found = []
    for name, portion in (("whole", None), ("portions", 3)):
        if portion:
            monkeypatch.setattr(members, "PORTION", portion)
            monkeypatch.setattr(holding, "FEW", portion)
            monkeypatch.setattr(holding, "PORTION", portion)
            monkeypatch.setattr(reckon, "AT_ONCE", 2)
        clock = Clock()
        clock.now = begun
        with company(tmp_path / name, clock) as (world, shelf):
            happened(world, shelf, scopes=scopes)
            found.append(told(world))
            assert audit(world.runtime) == []
            assert len(world.rows("contribution")) > 2 * ITEMS
    assert found[0] == found[1]
