"""A connection to a shelf, linked and read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync import connections
from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests.databases import lay_out
from tests.sync.shelf import Shelf
from tests.world import Clock, World, key_result, link, settings


@pytest.fixture
def shelf(clock: Clock) -> Shelf:
    return Shelf(clock)


@pytest.fixture
def swept(tmp_path: Path, clock: Clock, shelf: Shelf) -> Iterator[World]:
    """A shelf with items 1 to 4 in box A, linked and read; a sweep is due."""
    lay_out(tmp_path)
    made = composition.build(settings(tmp_path), doorbell=SilentDoorbell(), clock=clock)
    world = World(replace(made, trackers={"shelf": shelf}), clock, {})  # type: ignore[dict-item]
    request = connections.Request(
        tracker="shelf", name="shelf", url="https://shelf.example", token="t", options={}
    )
    assert connections.connect(world.runtime, request).error is None
    for number in range(1, 5):
        shelf.put(number, "A", at=clock() - timedelta(minutes=number))
    world.apply(key_result("KR-1", link("shelf:box:A")))
    world.poll()
    shelf.reads.clear()
    shelf.fetches.clear()
    clock.turn(hours=7)
    yield world
    made.store.close()
