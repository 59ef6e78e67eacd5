"""Live actors, one step at a time: each runs to the next place, then another may be chosen.

Every actor has a thread, and only one of them runs: control is handed over at places, never by
time. Who waits for a lock of the database counts as waiting, and another goes on.
"""

import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from connector import failpoints

State = Literal["running", "parked", "blocked", "done"]
PATIENCE = 120.0
"""Seconds after which actors that do not come to a place are given up: nothing asserts them."""
LOOK = 0.002
"""Seconds between two looks whether the database has an actor wait."""


class Stuck(AssertionError):
    """No actor can go on."""


@dataclass(eq=False)
class Actor:
    """One who acts: what it does, where it is, how it ended."""

    name: str
    work: Callable[[], object]
    state: State = "running"
    place: str = ""
    error: BaseException | None = None
    ident: int = 0


@dataclass
class Stepper:
    """Steps actors; ``waiting`` tells how many wait in the database, ``between`` is done between
    two steps, ``trace`` is who went where."""

    chance: random.Random
    waiting: Callable[[], int] = lambda: 0
    between: Callable[[], None] = lambda: None
    trace: list[str] = field(default_factory=list)
    actors: dict[int, Actor] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, works: Mapping[str, Callable[[], object]]) -> list[Actor]:
        """Have all of them act to their end; returns them."""
        several = [Actor(name, work) for name, work in works.items()]
        threads = [threading.Thread(target=self._live, args=(each,)) for each in several]
        with failpoints.acting(self._reached):
            for thread in threads:
                thread.start()
                self._settle(several)
            last = several[0]
            while any(each.state != "done" for each in several):
                last = self._step(several, last)
            for thread in threads:
                thread.join()
        return several

    def _live(self, actor: Actor) -> None:
        actor.ident = threading.get_ident()
        with self.changed:
            self.actors[actor.ident] = actor
        self._reached("begun")
        try:
            actor.work()
        except BaseException as error:  # noqa: BLE001 - told to whoever stepped
            actor.error = error
        with self.changed:
            actor.state = "done"
            del self.actors[actor.ident]
            self.changed.notify_all()

    def _reached(self, name: str) -> None:
        actor = self.actors.get(threading.get_ident())
        if actor is None:
            return
        with self.changed:
            actor.state, actor.place = "parked", name
            self.changed.notify_all()
            self.changed.wait_for(lambda: actor.state == "running")

    def _step(self, several: list[Actor], last: Actor) -> Actor:
        parked = [each for each in several if each.state == "parked"]
        if parked:
            # To go on with the same one is likelier: it takes long to get anywhere.
            stays = last in parked and self.chance.random() < 0.6
            last = last if stays else self.chance.choice(parked)
            self.between()
            with self.changed:
                last.state = "running"
                self.trace.append(f"{last.name} from {last.place}")
                self.changed.notify_all()
        self._settle(several)
        return last

    def _settle(self, several: list[Actor]) -> None:
        """Wait until nobody runs, but for those that wait for the database."""
        looks = int(PATIENCE / LOOK)
        with self.changed:
            for _ in range(looks):
                if self.changed.wait_for(lambda: not self._running(several), LOOK):
                    if any(each.state in ("parked", "done") for each in several):
                        return
                elif self.waiting() >= len(self._running(several)) and self._others(several):
                    return
        raise Stuck("; ".join(f"{each.name} {each.state} at {each.place}" for each in several))

    def _running(self, several: list[Actor]) -> list[Actor]:
        begun = [each for each in several if each.state == "running"]
        return [each for each in begun if each.ident]

    def _others(self, several: list[Actor]) -> bool:
        return any(each.state == "parked" for each in several)


class Doors:
    """The lock of SQLite's one writer, given in turn; who waits for it lets others step."""

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._holder: int | None = None
        self._depth = 0
        self._queue: deque[int] = deque()

    def __enter__(self) -> None:
        me, changed = threading.get_ident(), self._stepper.changed
        with changed:
            if self._holder not in (None, me):
                self._queue.append(me)
                self._marked(me, "blocked")
                changed.wait_for(lambda: self._holder == me)
            self._holder = me
            self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        with self._stepper.changed:
            self._depth -= 1
            if self._depth:
                return
            self._holder = self._queue.popleft() if self._queue else None
            if self._holder is not None:
                self._marked(self._holder, "running")

    def early(self) -> Self:
        """Whose turn comes first is the stepper's to say."""
        return self

    def _marked(self, ident: int, state: State) -> None:
        actor = self._stepper.actors.get(ident)
        if actor is not None:
            actor.state = state
        self._stepper.changed.notify_all()
