"""Where a schedule is played: trackers, a wire, a database, and the process that may be killed."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from connector.settings import Settings
from connector.store import Store
from sync import auditing, pipeline, writeback
from sync import runtime as composition
from sync.connections import Connected
from sync.queue import Job
from sync.runtime import Runtime
from tests import databases, servers
from tests.faults import artefacts, calm, company, trackers, ways
from tests.faults.ways import tracker_of
from tests.faults.wire import Wire, plugged
from tests.world import Clock, World, settings

DO: dict[Job, Callable[[Runtime, int], object]] = {
    "drain": pipeline.drain,
    "notes": writeback.answer,
    "audit": auditing.audit_source,
}
FURNISH = {"jira": company.furnish_jira, "github": company.furnish_github}
ADDED = {"jira/sprints": company.plan_sprints, "github/boards": company.set_up_boards}


@dataclass
class Bell:
    """What was rung for and not answered yet, as Redis holds it; ``deaf`` when it is lost."""

    rung: list[tuple[int, Job]] = field(default_factory=list)
    deaf: bool = False
    may_ring: Callable[[int, Job], bool] = lambda _subject_id, _job: True
    early: list[str] = field(default_factory=list)
    """Rings for what nobody else could see yet."""

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Remember a ring once, unless nobody hears it."""
        if not self.may_ring(subject_id, job):
            self.early.append(f"{job} {subject_id} was rung for before anything was committed")
        if not self.deaf and (subject_id, job) not in self.rung:
            self.rung.append((subject_id, job))


@dataclass
class Stage:
    """One world and the process that serves it; a killed process is built anew on its database."""

    settings: Settings
    clock: Clock
    wire: Wire
    bell: Bell
    world: World
    ours: "Skewed"
    names: tuple[str, ...]
    """The trackers, each with the way it is run."""
    server: str | None
    addresses: list[str]
    """Of all databases that were made for it."""
    saved: str = ""
    """The address of the newest backup."""
    restored: bool = False
    forgotten: set[tuple[str, artefacts.Place]] = field(default_factory=set)
    """The notes that a restored backup knew nothing of, by connection."""
    kills: int = 0
    draw: Callable[[], float] = lambda: 0.5

    @property
    def skew(self) -> timedelta:
        """By how much our clock is wrong; the trackers' clock is always right."""
        return self.ours.skew

    @skew.setter
    def skew(self, by: timedelta) -> None:
        self.ours.skew = by

    @property
    def runtime(self) -> Runtime:
        """That of the process that lives."""
        return self.world.runtime

    def site(self, tracker: str) -> Any:
        """A tracker."""
        return self.world.trackers[tracker].site

    def restart(self) -> None:
        """Throw the process away, and begin another one on the same database."""
        self.kills += 1
        self._end()
        self._begin()

    def save(self) -> None:
        """Make a backup of the database."""
        _emptied(self.runtime.store)
        self._end()
        self.saved = self._copy()
        self._begin()

    def restore(self) -> None:
        """Go on with the backup, as if nothing had happened since it was made."""
        self._end()
        self.settings = replace(self.settings, database_url=self.saved)
        self._begin()
        self.saved, self.restored = "", True
        sites = {tracker_of(each): self.site(tracker_of(each)) for each in self.names}
        with self.runtime.store.read() as session:
            self.forgotten.update(artefacts.unknown(session, sites))

    def connect(self, tracker: str) -> Connected:
        """Do once more what a person did to connect it."""
        (name,) = [each for each in self.names if tracker_of(each) == tracker]
        return ways.connect(self.world, name)

    def _end(self) -> None:
        self.world.runtime.store.close()
        calm.forget()

    def _begin(self) -> None:
        self.world.runtime = process(self.settings, self.bell, self.ours, self._drawn)

    def _copy(self) -> str:
        held = self.settings.database_url
        if self.server is not None:
            url = databases.copied(self.server, databases.name_of(held))
        else:
            url = f"{held}-{len(self.addresses)}"
            _path(url).write_bytes(_path(held).read_bytes())
        self.addresses.append(url)
        return url

    def _drawn(self) -> float:
        return self.draw()

    def refused(self, kind: str) -> list[int]:
        """The sources in which scopes of this kind could not be read."""
        rows = self.world.rows("link", kind=kind, ended_at=None)
        return sorted({row.source_id for row in rows if row.broken is not None})

    def answer(self, subject_id: int, job: Job) -> None:
        """Do what was rung for."""
        DO[job](self.runtime, subject_id)


@dataclass
class Skewed:
    """Our clock, which may be wrong."""

    clock: Clock
    skew: timedelta = timedelta()

    def __call__(self) -> datetime:
        """What it shows."""
        return self.clock() + self.skew


def process(given: Settings, bell: Bell, clock: Skewed, draw: Callable[[], float]) -> Runtime:
    """What a process is made of."""
    made = composition.build(given, doorbell=bell, clock=clock)
    return replace(made, draw=draw)


@contextlib.contextmanager
def played(names: tuple[str, ...], server: str | None = None) -> Iterator[Stage]:
    """A stage with these trackers connected, linked and read; on SQLite or on a PostgreSQL."""
    with tempfile.TemporaryDirectory(dir=servers.memory()) as folder:
        home = Path(folder)
        secrets = dict(_template(names, server))
        url = _copied(names, server, home)
        stage = _empty(names, settings(home, **_shape(url)), server)
        stage.world.secrets.update(secrets)
        with plugged(stage.wire), calm.by(stage.ours):
            company.hooked(stage.world, names)
            try:
                yield stage
            finally:
                stage.runtime.store.close()
                if server is not None:
                    for each in stage.addresses:
                        databases.dropped(server, each)


def _shape(url: str) -> dict[str, Any]:
    return {"database_url": url, "public_url": company.PUBLIC}


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _empty(names: tuple[str, ...], given: Settings, server: str | None) -> Stage:
    calm.forget()
    clock = Clock()
    clock.now = company.BEGINS
    wire, bell, running = Wire(clock), Bell(), {}
    for name in names:
        tracker, site = tracker_of(name), trackers.site_of(name, clock)
        FURNISH[tracker](site)
        if name in ADDED:
            ADDED[name](site)
        ways.prepare(name, site, _granted.get((name, server)))
        wire.hosts[trackers.HOSTS[tracker]] = trackers.answering(tracker, site)
        running[tracker] = trackers.running(site)
    ours = Skewed(clock)
    world = World(process(given, bell, ours, lambda: 0.5), clock, running)
    return Stage(given, clock, wire, bell, world, ours, names, server, [given.database_url])


_granted: dict[tuple[str, str | None], Any] = {}
_kept: dict[tuple[str, ...], bytes] = {}
_named: dict[tuple[tuple[str, ...], str], str] = {}


@cache
def _template(names: tuple[str, ...], server: str | None) -> tuple[tuple[str, str], ...]:
    """Set out once; the database is kept to be copied. Returns the webhooks' secrets."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if server is None:
            databases.lay_out(home)
            url = f"sqlite:///{home / 'worklift.db'}"
        else:
            url = databases.with_tables(server)
        stage = _empty(names, settings(home, **_shape(url)), server)
        with plugged(stage.wire), calm.by(stage.ours):
            company.set_out(stage.world, names)
        for name in names:
            _granted[name, server] = ways.known(name, stage.site(tracker_of(name)))
        _emptied(stage.runtime.store)
        stage.runtime.store.close()
        if server is None:
            _kept[names] = (home / "worklift.db").read_bytes()
        else:
            _named[names, server] = databases.name_of(url)
        return tuple(stage.world.secrets.items())


def _emptied(store: Store) -> None:
    """Have SQLite's log written into its file."""
    if store.is_sqlite:
        with contextlib.closing(store.engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copied(names: tuple[str, ...], server: str | None, home: Path) -> str:
    if server is not None:
        return databases.copied(server, _named[names, server])
    (home / "worklift.db").write_bytes(_kept[names])
    return f"sqlite:///{home / 'worklift.db'}"
