"""The anomaly loop: cut a scenario off at its first place, then at its second, until none is left.

How many places there are is found out by running; ``reached.json`` holds how many there were when
somebody last looked, so that none vanishes unseen.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from connector.errors import WorkliftError
from tests.faults.fate import PLACES, Fate, Killed, Lost, watching
from tests.faults.play import Play
from tests.faults.quiet import judged
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import played
from tests.faults.wire import Trouble

REACHED = Path(__file__).with_name("reached.json")
TROUBLES = ("forbidden", "silence", "truncated")
"""What each call of a tracker meets in its turn: refused, done without a word, half an answer."""
KINDS = (*PLACES, *TROUBLES)
MOST = 1000
"""More places than any scenario has."""


def places(name: str, server: str | None = None) -> list[str]:
    """The places that a scenario comes by when nothing happens to it."""
    scenario = SCENARIOS[name]
    with played(scenario.names, server) as stage, watching(Fate()) as fate:
        play = Play(stage, 0, fate)
        scenario.before(play)
        fate.arm("kill", 0)
        scenario.act(play)
        return list(fate.names)


def struck(name: str, kind: str, at: int, server: str | None = None) -> tuple[bool, list[str]]:
    """Run a scenario that is struck at its so manieth place; whether it was, what is wrong."""
    scenario = SCENARIOS[name]
    with played(scenario.names, server) as stage, watching(Fate()) as fate:
        play = Play(stage, at, fate)
        scenario.before(play)
        trouble = Trouble(kind, skip=at - 1)
        if kind in TROUBLES:
            stage.wire.troubles.append(trouble)
        else:
            fate.arm(kind, at)
        try:
            scenario.act(play)
        except Killed:
            stage.restart()
        except (Lost, WorkliftError):
            pass  # the edge of a thread or a request: it is said, and tried again
        fired = bool(fate.struck) or trouble.count == 0
        fate.arm("kill", 0)
        return fired, judged(play)


def loop(
    name: str, kind: str, server: str | None = None, *, first: int = 1, every: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """Strike at each place in turn, or at one of so many, until none is left; yields each with
    what is wrong."""
    for at in range(first, MOST, every):
        fired, wrong = struck(name, kind, at, server)
        if not fired:
            return
        yield at, wrong


def reached(database: str) -> dict[str, int]:
    """How many places each scenario came by when somebody last looked."""
    told: dict[str, dict[str, int]] = json.loads(REACHED.read_text())
    return told[database]


def counted(database: str, server: str | None = None) -> dict[str, int]:
    """How many places each scenario comes by now."""
    return {name: len(places(name, server)) for name in SCENARIOS}


def kept(database: str, numbers: dict[str, int]) -> None:
    """Write down how many there are, for review."""
    told = json.loads(REACHED.read_text()) if REACHED.exists() else {}
    told[database] = dict(sorted(numbers.items()))
    REACHED.write_text(json.dumps(dict(sorted(told.items())), indent=2) + "\n")
