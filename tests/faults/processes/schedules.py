"""Schedules as elsewhere in these tests, but what is killed is a process, by SIGKILL."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from sync import runtime as composition
from sync import schedule
from sync.inbox import Receipt
from sync.queue import Job
from sync.runtime import Runtime
from tests.faults.fate import Fate, Killed, Lost
from tests.faults.mail import Mail
from tests.faults.play import MOST_KILLS, Play
from tests.faults.processes.child import FarBell, Line, answered, forked
from tests.faults.quiet import judged
from tests.faults.stage import DO, Stage, played
from web.app import create_app

COMPANIES = (("jira",), ("jira",), ("github",), ("github",), ("jira", "github"))


FAR = {"deliver": 8, "replay": 8, "sweep": 10, "drain": 24, "notes": 20, "audit": 12}
"""About so many places each act comes by."""
_apps: list[Flask] = []


def _app(runtime: Runtime) -> Flask:
    """The web application, made once: each child gives it a runtime of its own."""
    if not _apps:
        _apps.append(create_app(runtime))
    return _apps[0]


@dataclass
class Processes:
    """Has whatever the service does done in a child of its own, on the stage's database."""

    stage: Stage
    fate: Fate
    killed_at: list[str] = field(default_factory=list)

    def run(self, work: Callable[[Runtime], Any]) -> Any:
        """What ``work`` gives, done by a new process."""
        self.stage.runtime.store.close()  # a connection does not bear to be in two processes
        try:
            return forked(self.fate, lambda line: work(self._runtime(line)), self._answer)
        except Killed as killed:
            self.killed_at.append(str(killed))
            raise

    def receive(self, tracker: str, headers: dict[str, str], body: bytes) -> Receipt:
        """Deliver to a web process."""

        def web(runtime: Runtime) -> Receipt:
            app = _app(runtime)
            app.extensions["worklift"] = runtime
            told = app.test_client().post(
                f"/hooks/{tracker}", data=body, headers=headers, base_url=self.public_url
            )
            return Receipt(told.status_code, told.get_data(as_text=True).strip())

        _app(self.stage.runtime)
        found: Receipt = self.run(web)
        return found

    @property
    def public_url(self) -> str:
        """Where trackers send webhooks to."""
        return str(self.stage.settings.public_url)

    def answer(self, subject_id: int, job: Job) -> None:
        """Have a worker do what was rung for."""
        self.run(lambda runtime: DO[job](runtime, subject_id) and None)

    def sweep(self) -> None:
        """Have a process sweep."""
        self.run(lambda runtime: schedule.sweep(runtime) and None)

    def _runtime(self, line: Line) -> Runtime:
        return composition.build(
            self.stage.settings, doorbell=FarBell(line), clock=self.stage.runtime.clock
        )

    def _answer(self, about: str, what: Any) -> Any:
        if about == "ring":
            return self.stage.bell.ring(*what)
        return answered(self.stage.wire, what)


@dataclass
class RealMail(Mail):
    """Hands letters to a web process."""

    processes: Processes = field(kw_only=True)

    def _received(self, letter: Any, headers: dict[str, str], body: bytes) -> Receipt:
        receipt = self.processes.receive(letter.tracker, headers, body)
        if receipt.status == 503:  # it said that nothing is certain, so nothing is promised
            raise Lost("answered with 503")
        return receipt


@dataclass
class RealPlay(Play):
    """A schedule whose acts are done by processes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.processes = Processes(self.stage, self.fate)
        headers = {name: each.postman.headers for name, each in self.sites.items()}
        self.mail = RealMail(self.chance, lambda: self.stage.runtime, headers,
                             processes=self.processes)  # fmt: skip

    def blow(self, steps: int) -> None:
        """Less weather and more deaths than elsewhere: a process costs more than a call."""
        acts = [self._deliver, self._deliver, *[self._work] * 4, self._edit, self._tick]
        rare = [self._trouble, self._bell, self._drifting, self._replay]
        self._edit()
        for _ in range(steps):
            self.stage.clock.turn(seconds=self.chance.choice([0, 1, 20, 45]))
            self.chance.choice(acts if self.chance.random() < 0.85 else rare)()

    def attempt(self, what: str, act: Callable[..., object], *given: object) -> None:
        """Do it in a process of its own, which is killed on the way more often than not."""
        kind = self.chance.choice(["kill", "kill", "kill", "lost", "unsure", ""])
        if kind == "kill" and self.stage.kills >= MOST_KILLS:
            kind = ""
        far = FAR[what.split(maxsplit=1)[0]] if kind == "kill" else 3
        self.fate.arm(kind or "kill", self.chance.randint(1, far) if kind else 0)
        try:
            self._elsewhere(act)(*given)
        except Killed:
            self.stage.restart()
        except Lost:
            pass  # the edge of a thread or of a request: it is tried again
        finally:
            self.told.append(f"{what} [{kind} at {self.fate.struck}]" if self.fate.struck else what)
            self.fate.arm("kill", 0)

    def _elsewhere(self, act: Callable[..., object]) -> Callable[..., object]:
        """What does the same in a process of its own."""
        if act == schedule.sweep:
            return lambda _runtime: self.processes.sweep()
        return self.processes.answer if act == self.stage.answer else act


def schedule_of(seed: int, server: str | None = None) -> tuple[list[str], RealPlay]:
    """Play one schedule; returns what is wrong, and what happened."""
    chance = random.Random(f"process {seed}")
    with played(chance.choice(COMPANIES), server) as stage:
        play = RealPlay(stage, seed, Fate())
        play.blow(chance.choice([4, 6, 8]))
        return judged(play), play


def schedules(seeds: Iterable[int], server: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Play many; yields each seed with what is wrong."""
    for seed in seeds:
        wrong, _ = schedule_of(seed, server)
        yield seed, wrong
