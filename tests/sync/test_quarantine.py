"""Whatever one item does to the program, it ends set aside, and everything else is read."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from connector.errors import Refused
from connector.store.tables import UnreadableItem
from integrations.tracker import BROKE, ENDED
from sync import doctor, lease, pipeline, retrying, seen_last
from sync import pull as pulling
from sync.retrying import Wanted
from tests.world import World, key_result, link

READERS = {
    "jira": {
        "quick": lambda issue: issue.fields.summary,
        "careful": lambda issue: issue["fields"]["summary"],
    },
    "github": {"quick": lambda issue: issue.title, "careful": lambda issue: issue["title"]},
}
SCOPES = {"jira": "jira:project:PLAT", "github": "github:repo:acme/api"}
MOST_DEATHS = 5


class PulledPlugError(BaseException):
    """Ends a drain as a kill does: nothing of ours runs any more."""


class Place:
    """A tracker with a few items and one whose payload does to the reader what a test says."""

    def __init__(self, world: World, monkeypatch) -> None:
        self.world, self.act = world, None
        self.tracker = next(iter(world.trackers))
        self.site = world.trackers[self.tracker].site
        self.poison = self.add("poison")
        world.clock.turn(hours=1)  # what changed last is read again and again
        for number in range(1, 6):
            self.add(f"Item {number}")
        world.connect(self.tracker)
        world.apply(key_result("KR-1", link(SCOPES[self.tracker])))
        self._mutate(monkeypatch)

    def add(self, title: str) -> str:
        where = "PLAT" if self.tracker == "jira" else "acme/api"
        made = self.site.add_issue(where, title, at=self.world.clock.turn(seconds=1))
        return made.key if self.tracker == "jira" else f"acme/api#{made}"

    def edit(self, key: str) -> None:
        at = self.world.clock.turn(minutes=2)
        if self.tracker == "jira":
            self.site.edit(key, labels=["edited"], at=at)
        else:
            self.site.edit("acme/api", int(key.rpartition("#")[2]), labels=["edited"], at=at)

    def _mutate(self, monkeypatch) -> None:
        reader = import_module(f"integrations.{self.tracker}.reading")
        for name, title in READERS[self.tracker].items():
            monkeypatch.setattr(reader, name, self._mutated(getattr(reader, name), title))

    def _mutated(self, read, title):
        def mutated(issue, *more):
            if self.act and title(issue) == "poison":
                self.act()
            return read(issue, *more)

        return mutated

    @property
    def keys(self) -> set[str]:
        return {row.key for row in self.world.rows("item")}

    def aside(self) -> list[tuple[str, str]]:
        return [(row.key, row.field) for row in self.world.rows("unreadable_item")]

    def live(self) -> int:
        """What a supervisor does: drain, and start again after each death; tells the deaths."""
        deaths = 0
        while True:
            try:
                self.world.clock.turn(minutes=5)
                self.world.sync()
            except PulledPlugError:
                deaths += 1
                assert deaths <= MOST_DEATHS
                self.world.clock.turn(seconds=lease.LENGTH.total_seconds() + 1)
            else:
                return deaths


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Crashes are logged with all that was at hand, which takes long to draw."""
    with capture_logs():
        yield


@pytest.fixture(params=["jira", "github"])
def place(request, tmp_path, clock, monkeypatch):
    running = request.getfixturevalue(request.param)
    world: World = request.getfixturevalue("world")
    world.trackers = {request.param: running}
    return Place(world, monkeypatch)


def raiser(error: BaseException):
    def act() -> None:
        raise error

    return act


def test_an_item_our_reader_fails_on_is_set_aside_at_once(place) -> None:
    place.act = raiser(RecursionError("deep"))
    (drained,) = place.world.sync()
    assert drained.error is None
    assert place.aside() == [(place.poison, BROKE)]
    assert len(place.keys) == 5
    assert place.world.link()["total"] == 5
    (row,) = place.world.rows("unreadable_item")
    assert "RecursionError" in row.message
    assert row.attempts >= 1


def test_it_is_read_again_when_it_changes(place) -> None:
    place.act = raiser(KeyError("labels"))
    place.world.sync()
    place.act = None
    place.edit(place.poison)
    place.world.sync()
    assert place.aside() == []
    assert place.poison in place.keys


def test_it_is_read_again_when_a_person_asks(place) -> None:
    place.act = raiser(KeyError("labels"))
    place.world.sync()
    place.act = None
    assert retrying.retry(place.world.runtime, Wanted(place.tracker, place.poison)) == 1
    place.world.poll()
    assert place.aside() == []
    assert place.poison in place.keys


def test_only_what_is_set_aside_can_be_tried_again(place) -> None:
    place.world.sync()
    with pytest.raises(Refused, match="has not set"):
        retrying.retry(place.world.runtime, Wanted(place.tracker, place.poison))
    with pytest.raises(Refused, match="no connection"):
        retrying.retry(place.world.runtime, Wanted("elsewhere"))
    assert retrying.retry(place.world.runtime, Wanted(place.tracker)) == 0


def test_it_is_read_again_by_another_version(place) -> None:
    place.act = raiser(KeyError("labels"))
    place.world.sync()
    place.act = None
    place.world.sync()
    assert place.aside() == [(place.poison, BROKE)]
    with place.world.runtime.store.write() as session:
        session.execute(update(UnreadableItem).values(version="0.0.1"))
    place.world.sync()
    assert place.aside() == []


def test_what_is_tried_again_and_fails_again_is_not_tried_all_the_time(place) -> None:
    place.act = raiser(KeyError("labels"))
    place.world.sync()
    retrying.retry(place.world.runtime, Wanted(place.tracker))
    place.world.poll()
    tried = place.world.rows("unreadable_item")[0].attempts
    before = place.world.calls(place.tracker)
    place.world.clock.turn(minutes=5)
    place.world.poll()
    assert place.world.rows("unreadable_item")[0].attempts == tried
    assert place.world.calls(place.tracker) - before <= 3


def test_an_item_that_ends_the_process_is_found_and_everything_else_read(place) -> None:
    place.act = raiser(PulledPlugError())
    assert place.live() == 4
    assert place.aside() == [(place.poison, ENDED)]
    assert len(place.keys) == 5
    assert place.world.link()["total"] == 5
    (source,) = place.world.rows("source")
    assert (source.deaths, source.care) == (0, None)
    assert place.live() == 0
    place.add("Later")
    assert place.live() == 0
    assert len(place.keys) == 6


def test_after_a_death_it_is_read_again_once_when_it_changes(place) -> None:
    place.act = raiser(PulledPlugError())
    place.live()
    place.edit(place.poison)
    assert place.live() == 1
    assert place.aside() == [(place.poison, ENDED)]
    place.act = None
    retrying.retry(place.world.runtime, Wanted(place.tracker, place.poison))
    assert place.live() == 0
    assert place.aside() == []
    assert place.poison in place.keys


def test_one_that_dies_otherwise_in_a_careful_read_blames_no_item(place, monkeypatch) -> None:
    """Deaths between the portions, such as of a machine that is switched off."""
    dying = {"left": 4}
    stored = pulling.stored_apart

    def store(page, keep):
        if dying["left"]:
            dying["left"] -= 1
            raise PulledPlugError
        stored(page, keep)

    monkeypatch.setattr(pulling, "stored_apart", store)
    assert place.live() == 4
    assert place.aside() == []
    assert len(place.keys) == 6


def test_one_death_while_it_is_read_carefully_sets_nothing_aside(place) -> None:
    dying = {"left": 3}

    def act() -> None:
        if dying["left"]:
            dying["left"] -= 1
            raise PulledPlugError

    place.act = act
    assert place.live() == 3
    assert place.aside() == []
    assert len(place.keys) == 6


def test_a_real_kill_of_the_worker_ends_the_same_way(place) -> None:
    place.act = lambda: os.kill(os.getpid(), signal.SIGKILL)
    (source,) = place.world.sources()
    deaths = 0
    while not place.world.rows("source")[0].looked_at:
        place.world.clock.turn(seconds=lease.LENGTH.total_seconds() + 1)
        child = os.fork()
        if child == 0:
            place.world.runtime.store.engine.dispose(close=False)
            pipeline.drain(place.world.runtime, source, force=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        deaths += os.WIFSIGNALED(status)
        assert deaths <= MOST_DEATHS
    assert deaths == 4
    assert place.aside() == [(place.poison, ENDED)]
    assert len(place.keys) == 5


def test_an_item_our_store_cannot_take_is_set_aside_alone(place, monkeypatch) -> None:
    storing = pulling.store_items

    def store(session, source, items, **more):
        if any(item.title == "poison" for item in items):
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return storing(session, source, items, **more)

    monkeypatch.setattr(pulling, "store_items", store)
    (drained,) = place.world.sync()
    assert drained.error is None
    assert place.aside() == [(place.poison, BROKE)]
    assert len(place.keys) == 5
    assert timedelta(0) <= timedelta(seconds=drained.seconds)


def test_doctor_and_audit_name_how_many_are_set_aside_and_where(place) -> None:
    place.world.sync()
    assert _items_check(place).ok
    place.act = raiser(KeyError("labels"))
    place.edit(place.poison)
    place.world.sync()
    found, where = _items_check(place), "jira" if place.tracker == "jira" else "github acme/api"
    assert (found.ok, found.message) == (
        False,
        f"set aside and counted as last seen: 1 item of {where}",
    )
    assert seen_last.by_source(place.world.runtime) == [f"1 item of {where}"]


def _items_check(place):
    (found,) = [each for each in doctor.examine(place.world.runtime) if each.name == "items"]
    return found
