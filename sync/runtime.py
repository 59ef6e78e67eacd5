"""The composition root: settings become a store, trackers, a doorbell and a clock."""

import contextlib
import fcntl
import gc
import os
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import DatabaseError, OperationalError

from connector import settings as settings_module
from connector.errors import Refused, WorkliftError
from connector.settings import Settings
from connector.store import Store, open_store
from connector.store.migrate import upgrade
from integrations import catalogue
from integrations.tracker import Tracker
from sync.queue import Doorbell, RqDoorbell, SilentDoorbell
from sync.vault import Vault, load_key

_CROWDED = ("too many clients", "too many connections", "connection slots are reserved")
"""How PostgreSQL says that it has no connection left."""
Clock = Callable[[], datetime]
Draw = Callable[[], float]
"""A number from 0 to 1, by chance: pauses are spread by it."""


class InUse(Refused):
    """Another process holds the data folder."""


class NoDatabase(WorkliftError):
    """The database does not answer, or is none."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Everything a command, page or job needs; passed in, never looked up."""

    settings: Settings
    store: Store
    vault: Vault
    doorbell: Doorbell
    clock: Clock
    trackers: Mapping[str, Tracker]
    draw: Draw = random.SystemRandom().random

    def tracker(self, key: str) -> Tracker:
        """The tracker of that key; raises ``Refused`` when it is not installed."""
        found = self.trackers.get(key)
        if found is None:
            raise Refused(f"there is no tracker {key!r}; there are: {', '.join(self.trackers)}")
        return found


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(UTC)


def prepare_home(home: Path) -> Path:
    """Make the data folder, open to its owner only."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused(
            f"WORKLIFT_HOME: {home} cannot be made: {error.strerror};"
            " name a folder that this user may write to"
        ) from None
    return home


@contextlib.contextmanager
def hold(home: Path) -> Iterator[None]:
    """Hold the data folder for this process; raises ``InUse`` while another one does."""
    path = prepare_home(home) / "lock"
    try:
        opening = path.open("a+")
    except OSError as error:
        raise Refused(f"WORKLIFT_HOME: {path} cannot be written: {error.strerror}") from None
    with opening as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                f"{home} is in use by another Worklift process; SQLite belongs to one process. "
                "Stop it, or set DATABASE_URL to PostgreSQL to run several"
            ) from None
        yield


def build(
    settings: Settings, *, doorbell: Doorbell | None = None, clock: Clock = utc_now
) -> Runtime:
    """Assemble a runtime; opens no connection and starts no thread."""
    prepare_home(settings.home)
    if doorbell is None:
        doorbell = RqDoorbell(settings.redis_url) if settings.redis_url else SilentDoorbell()
    return Runtime(
        settings=settings,
        store=open_store(settings.database_url),
        vault=Vault(settings.key or load_key(settings.home)),
        doorbell=doorbell,
        clock=clock,
        trackers=Trackers(),
    )


class Trackers(Mapping[str, Tracker]):
    """Every tracker installed, by its key; each is loaded when it is first used."""

    def __getitem__(self, key: str) -> Tracker:
        """The tracker of that key."""
        if key not in catalogue.names():
            raise KeyError(key)
        return catalogue.get(key)

    def __iter__(self) -> Iterator[str]:
        """The keys; loads nothing."""
        return iter(catalogue.names())

    def __len__(self) -> int:
        """How many there are."""
        return len(catalogue.names())


@contextlib.contextmanager
def opened(settings: Settings, doorbell: Doorbell | None = None) -> Iterator[Runtime]:
    """A runtime with the data folder held where SQLite needs it, and the schema up to date."""
    with contextlib.ExitStack() as stack:
        if settings.is_sqlite:
            stack.enter_context(hold(settings.home))
        runtime = build(settings, doorbell=doorbell)
        stack.callback(runtime.store.close)
        _upgrade(runtime.store, settings)
        gc.freeze()  # what was loaded stays: looking through it again and again is for nothing
        try:
            yield runtime
        except OperationalError as error:
            raise _no_database(error, settings) from None


def _upgrade(store: Store, settings: Settings) -> None:
    try:
        upgrade(store)
    except DatabaseError as error:
        if type(error) not in {DatabaseError, OperationalError}:
            raise
        raise _no_database(error, settings) from None


def _no_database(error: DatabaseError, settings: Settings) -> NoDatabase:
    # The driver's own first line names host and port, never the password.
    reason = next(iter(str(error.orig).splitlines()), "no reason given")
    return NoDatabase(f"the database cannot be used ({reason}); {_fix(settings, reason)}")


def _fix(settings: Settings, reason: str) -> str:
    """What was set is to be checked; else it is the data folder and the disk it lies on."""
    if any(words in reason for words in _CROWDED):
        return "let PostgreSQL take more connections (max_connections), or end what holds them"
    if settings.database_url != settings_module.own_database(settings.home):
        return "check DATABASE_URL"
    return (
        f"look whether the disk of the data folder {settings.home} has room, "
        "and whether its files can be written"
    )


def from_environment() -> Settings:
    """Settings of this process."""
    return settings_module.read(os.environ)
