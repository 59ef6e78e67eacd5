"""One schedule: what happens is drawn from a seed, then all is quiet, then the oracle judges."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sync import schedule
from sync.queue import Job
from tests.faults.edits import Edits, Subject
from tests.faults.fate import Fate, Killed, Lost
from tests.faults.mail import Mail
from tests.faults.stage import Stage
from tests.faults.ways import RENEWALS, forget_tokens, tracker_of
from tests.faults.wire import AFTER, BEFORE, Trouble

MOST_KILLS = 3
"""More would rightly make the service suspect the items it was reading when it was killed."""
FAR = {"drain": (4, 30), "notes": (5, 20), "sweep": (3, 12), "deliver": (1, 9),
       "audit": (3, 12)}  # fmt: skip
"""About how many transactions, and how many places, each kind of work comes by."""
SKEWS = (0, 0, 1, -1, 9, -9, 130, -130)
"""Minutes by which our clock may be wrong."""


@dataclass
class Play:
    """One schedule under way."""

    stage: Stage
    seed: int
    fate: Fate
    chance: random.Random = field(init=False)
    edits: Edits = field(init=False)
    mail: Mail = field(init=False)
    told: list[str] = field(default_factory=list)
    """What happened, for who reads a failure."""
    acts: int = 1
    """How many schedules it is."""
    drifts: int = 0
    ends: int = 0
    """So many reads from now on, an hour passes after each."""
    renewals: tuple[str, ...] = ()
    """The trackers whose sign-ins are renewed."""
    kills: int = 0
    """How often the process was killed since all that it left was worked off."""
    late: bool = False
    """Whether searches were behind for longer than reads overlap: a sweep makes up for that."""
    sites: dict[str, Any] = field(init=False)
    _acked: dict[Subject, int] = field(default_factory=dict)
    """What was acknowledged when the backup was made."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        running = self.stage.world.trackers
        self.sites = {name: each.site for name, each in running.items()}
        self.edits = Edits(self.chance, self.stage.clock, self.sites)
        headers = {name: each.postman.headers for name, each in self.sites.items()}
        self.mail = Mail(self.chance, lambda: self.stage.runtime, headers)
        self.renewals = tuple(each for each in self.stage.names if each in RENEWALS)
        self.stage.draw = self.chance.random
        self.stage.wire.passed = self._drift
        self.stage.bell.may_ring = self._may_ring

    @property
    def is_hurt(self) -> bool:
        """Whether anything befell that may take what a tracker answered and nobody stored."""
        return bool(self.fate.strikes or self.stage.wire.hidden or self.stage.restored)

    def lag(self) -> None:
        """Searches may be behind what direct reads see, until all is quiet."""
        if "jira" in self.sites and self.chance.random() < 0.4:
            self.sites["jira"].index_delay = 1e9

    def blow(self, steps: int) -> None:
        """So many rounds of weather: edits, their deliveries, and work, each if chance wills."""
        self.lag()
        for _ in range(steps):
            self.stage.clock.turn(seconds=self.chance.choice([0, 1, 20, 45, 400]))
            if self.chance.random() < 0.7:
                self.chance.choice(self._weather())()
            for often, act in ((0.8, self._edit), (0.8, self._deliver), (0.7, self._work)):
                if self.chance.random() < often:
                    act()

    def _weather(self) -> list[Callable[[], None]]:
        """What may happen next, the likelier the more often it is named."""
        weather = [self._trouble] * 4 + [self._tick, self._tick, self._bell, self._skew,
                   self._drifting, self._forge, self._forge, self._replay,
                   self._back_up]  # fmt: skip
        weather += [self._back_up] * 4 if self.stage.saved else []
        weather += [self._token] * 6 if self.renewals else []
        return weather

    def _edit(self) -> None:
        for _ in range(self.chance.choice([1, 1, 2, 3])):
            self.edits.edit()
        self.mail.take(self.edits.sent)

    def _deliver(self) -> None:
        for _ in range(self.chance.choice([1, 2, 4])):
            if (letter := self.mail.next()) is not None:
                self.attempt(f"deliver {letter.subject}", self.mail.hand, letter)

    def _work(self) -> None:
        """Answer some rings, in any order; a worker may also look by itself."""
        rung = self.stage.bell.rung
        for source_id in self.stage.world.waiting():
            if (source_id, "drain") not in rung and self.chance.random() < 0.3:
                rung.append((source_id, "drain"))
        for _ in range(min(len(rung), self.chance.choice([1, 1, 2]))):
            if rung:
                subject_id, job = rung.pop(self.chance.randrange(len(rung)))
                self.attempt(f"{job} {subject_id}", self.stage.answer, subject_id, job)

    def _tick(self) -> None:
        self.stage.clock.turn(seconds=self.chance.choice([15, 70, 300]))
        self.attempt("sweep", schedule.sweep, self.stage.runtime)

    def _trouble(self) -> None:
        made = Trouble(
            self.chance.choice([*BEFORE, *AFTER]), count=self.chance.choice([1, 1, 2, 4]),
            skip=self.chance.choice([0, 0, 1, 2]), writes=self.chance.choice([None, True, False]),
        )  # fmt: skip
        self.told.append(f"trouble: {made}")
        self.stage.wire.troubles.append(made)

    def _bell(self) -> None:
        """Redis is lost, is back, or forgot everything."""
        bell = self.stage.bell
        bell.deaf = self.chance.choice([True, False])
        bell.rung.clear()
        self.told.append(f"redis: deaf {bell.deaf}")

    def _skew(self) -> None:
        self.stage.skew = timedelta(minutes=self.chance.choice(SKEWS))
        self.told.append(f"skew: {self.stage.skew}")

    def _drifting(self) -> None:
        self.drifts = self.chance.choice([1, 2, 3])

    def _drift(self) -> None:
        """Items change between two pages; an hour passes, and with it a token's time."""
        if self.ends:
            self.ends -= 1
            self.stage.clock.turn(minutes=61)
        if self.drifts:
            self.drifts -= 1
            self.edits.edit()
            self.mail.take(self.edits.sent)

    def _token(self) -> None:
        """A token ends: soon, or in the midst of reading, or before its time; or its renewal
        meets trouble of its own."""
        name = self.chance.choice(self.renewals)
        match self.chance.choice(["soon", "amid", "early", "trouble"]):
            case "soon":
                self.stage.clock.turn(minutes=self.chance.choice([54, 57, 61]))
            case "amid":
                self.ends = self.chance.choice([1, 2])
            case "early":
                forget_tokens(name, self.sites[tracker_of(name)])
            case _:
                self.stage.clock.turn(minutes=57)
                kind = self.chance.choice([*BEFORE, *AFTER])
                many = self.chance.choice([1, 2])
                self.stage.wire.troubles.append(Trouble(kind, many, path=RENEWALS[name]))
        self.told.append(f"token of {name}")

    def _back_up(self) -> None:
        """A backup is made; or the database is set back to it, while the trackers went on."""
        if not self.stage.saved:
            self.stage.save()
            self._acked = dict(self.mail.acked)
            self.told.append("backup")
            return
        self.stage.restore()
        # What was acknowledged since then is lost with the rest, and only found again.
        self.mail.acked = self._acked
        self.told.append("restored")

    def _forge(self) -> None:
        if self.mail.waiting:
            letter = self.chance.choice(self.mail.waiting)
            self.attempt("forge", self.mail.forge, letter)

    def _replay(self) -> None:
        if self.mail.handed:
            letter = self.chance.choice(self.mail.handed)
            self.attempt("replay", self.mail.replay, letter)

    def _may_ring(self, subject_id: int, job: Job) -> bool:
        """Whether others can see why it is rung for; the clock and drains ring without reason."""
        return job != "drain" or not self.mail.busy or subject_id in self.stage.world.waiting()

    def attempt(self, what: str, act: Callable[..., object], *given: object) -> None:
        """Do it, with whatever fate has in store."""
        kind = self.chance.choice(["", "", "kill", "kill", "lost", "unsure"])
        if kind == "kill" and self.kills >= MOST_KILLS:
            kind = ""
        if kind:
            near, far = FAR.get(what.split(maxsplit=1)[0], (3, 8))
            self.fate.arm(kind, self.chance.randint(1, far if kind == "kill" else near))
        try:
            act(*given)
        except Killed:
            self.kills += 1
            self.stage.restart()
        except Lost:
            pass  # the edge of a thread or of a request: it is tried again
        finally:
            self.told.append(f"{what} [{kind} at {self.fate.struck}]" if self.fate.struck else what)
            self.fate.arm("kill", 0)
