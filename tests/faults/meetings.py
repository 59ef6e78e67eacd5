"""Two or three who act on one world at a time, stepped by a seed."""

import contextlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import text

from connector.store import Store, open_store
from sync import pipeline, planning, schedule, writeback
from sync.runtime import Runtime
from tests.faults import company, quiet
from tests.faults.fate import Fate, Killed, Lost, watching
from tests.faults.fence import fenced
from tests.faults.play import Play
from tests.faults.stage import Stage, played
from tests.faults.stepper import Doors, Stepper
from tests.world import key_result, link

COMPANIES = (("jira",), ("jira/data center",), ("jira/signed in",), ("github",), ("github/app",),
             ("github/boards",))  # fmt: skip
ACTS = (3, 4, 5)
"""So many meetings follow one another in one world, each on what the one before it left."""
EXTRA = key_result("KR-9", link("jira:project:OPS", company.COUNT))
Names = tuple[str, ...]
Work = Callable[[], object]


@dataclass
class Met:
    """Who went where, and how many meetings it took."""

    acts: int
    trace: list[str] = field(default_factory=list)


def meetings(
    seed: int, server: str | None = None, *, kinds: Names = (), names: Names = ()
) -> tuple[list[str], Met]:
    """Play some in one world, of these kinds of actors or any; what is wrong, and what happened."""
    chance = random.Random(f"meeting {seed}")
    company = chance.choice(COMPANIES)
    with (
        played(names or company, server) as stage,
        watching(Fate()) as fate,
        fenced() as fence,
        _several(stage, server) as runtimes,
        _watched(server, stage) as waiting,
    ):
        play, met = Play(stage, seed, fate), Met(chance.choice(ACTS))
        wrong: list[str] = []
        for act in range(met.acts):
            wrong += [*quiet.lull(play), *quiet.polled(play)] if act else []
            stepper = Stepper(play.chance, waiting, lambda: _between(play), met.trace)
            wrong += _met(play, stepper, runtimes, kinds)
        return [*wrong, *quiet.judged(play), *fence.broken], met


def _met(play: Play, stepper: Stepper, runtimes: list[Runtime], kinds: Names) -> list[str]:
    """One meeting: who ended otherwise than as is their fate."""
    _prepare(play)
    store = play.stage.runtime.store
    if store.engine.dialect.name == "sqlite":
        store._writing = store._turns = Doors(stepper)
    actors = stepper.run(_cast(play, runtimes, kinds))
    errors = [(each.name, each.error) for each in actors if each.error is not None]
    return [f"{name} ended in {error!r}" for name, error in errors if not _is_fate(error)]


def _is_fate(error: BaseException) -> bool:
    return isinstance(error, Killed | Lost)


def _prepare(play: Play) -> None:
    """Something to do for everybody."""
    play.lag()
    for _ in range(play.chance.choice([1, 2, 3])):
        play.edits.edit()
    play.mail.waiting.extend(play.edits.sent)
    play.edits.sent.clear()
    # After an hour whoever comes first renews the sign-in, while others come.
    waits = [0, 3, 61] if play.renewals else [0, 3]
    play.stage.clock.turn(minutes=play.chance.choice(waits))
    for _ in range(play.chance.choice([0, 1, 2])):
        if play.mail.waiting:
            play.mail.hand(play.mail.waiting.pop(0))


def _cast(play: Play, runtimes: list[Runtime], kinds: tuple[str, ...]) -> dict[str, Work]:
    """Who meets whom."""
    source, any_kinds = play.chance.choice(play.stage.world.sources()), play.chance.choice(MEETINGS)
    made: dict[str, Work] = {}
    for number, kind in enumerate(kinds or any_kinds):
        runtime = runtimes[number % len(runtimes)]
        made[f"{kind} {number}"] = _work(play, runtime, kind, source)
    return made


MEETINGS = (
    ("drain", "drain"),
    ("drain", "drain", "drain"),
    ("drain", "drain", "accept"),
    ("drain", "accept"),
    ("drain", "accept", "accept"),
    ("send", "send"),
    ("send", "send", "drain"),
    ("drain", "apply"),
    ("drain", "apply", "accept"),
    ("clock", "clock"),
    ("clock", "clock", "drain"),
    ("send", "apply"),
)


def _work(play: Play, runtime: Runtime, kind: str, source: int) -> Work:
    connection_id = 1
    return {
        "drain": lambda: pipeline.drain(runtime, source, force=True),
        "accept": lambda: _accept(play, runtime),
        "send": lambda: writeback.send(runtime, connection_id),
        "apply": lambda: _apply(play, runtime),
        "clock": lambda: schedule.sweep(runtime),
    }[kind]


def _accept(play: Play, runtime: Runtime) -> None:
    mail = replace(play.mail, runtime=lambda: runtime)
    for _ in range(2):
        if play.mail.waiting:
            mail.hand(play.mail.waiting.pop(0))


def _apply(play: Play, runtime: Runtime) -> None:
    names = play.stage.names
    more = (EXTRA,) if tuple(play.sites) == ("jira",) else ()
    planning.apply(runtime, company.plan_of(names, *more), name="plan.yaml", author="lead")


def _between(play: Play) -> None:
    """Time passes, leases run out and items change while somebody stands still."""
    if play.chance.random() < 0.12:
        play.stage.clock.turn(seconds=play.chance.choice([1, 31, 61]))
    if play.chance.random() < 0.06:
        play.edits.edit()
        play.mail.waiting.extend(play.edits.sent)
        play.edits.sent.clear()


@contextlib.contextmanager
def _several(stage: Stage, server: str | None) -> Iterator[list[Runtime]]:
    """Processes on one database; SQLite belongs to one, whose threads they are then."""
    if server is None:
        yield [stage.runtime]
        return
    stores = [open_store(stage.settings.database_url) for _ in range(2)]
    try:
        yield [stage.runtime, *(replace(stage.runtime, store=each) for each in stores)]
    finally:
        for each in stores:
            each.close()


@contextlib.contextmanager
def _watched(server: str | None, stage: Stage) -> Iterator[Callable[[], int]]:
    """How many wait for a lock in the database, asked over a connection of its own."""
    if server is None:
        yield lambda: 0
        return
    store: Store = open_store(stage.settings.database_url)
    try:
        yield lambda: _waiting(store)
    finally:
        store.close()


def _waiting(store: Store) -> int:
    query = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'"""
    with store.read() as session:
        return int(session.scalar(text(query)) or 0)
