"""Each place that an act comes by, one after the other: killed there, the next finishes it."""

from collections.abc import Callable

from tests.faults.fate import Fate, Killed
from tests.faults.processes.schedules import RealPlay
from tests.faults.quiet import judged
from tests.faults.stage import played

MOST = 120
"""More places than any act comes by."""
Act = Callable[[RealPlay], None]


def _accept(play: RealPlay) -> None:
    if play.mail.waiting:
        play.mail.hand(play.mail.waiting.pop(0))


def _rung(play: RealPlay, *jobs: str) -> None:
    bell = play.stage.bell
    while found := [each for each in bell.rung if each[1] in jobs]:
        bell.rung.remove(found[0])
        play.processes.answer(*found[0])


def _drain(play: RealPlay) -> None:
    _rung(play, "drain")


def _send(play: RealPlay) -> None:
    _rung(play, "notes")


def _sweep(play: RealPlay) -> None:
    play.processes.sweep()


ACTS: dict[str, tuple[Act, set[str]]] = {
    "accept": (_accept, {"inbox.stored", "inbox.committed", "inbox.rung"}),
    "drain": (_drain, {"tracker.asking", "tracker.answered", "store.committed"}),
    "send": (_send, {"tracker.asking", "tracker.answered", "store.committed"}),
    "sweep": (_sweep, {"store.begun", "store.committed", "clock.looked"}),
}
"""What is killed at every place, and some of the places that must be among them."""


def each_place(
    which: str, tracker: str, server: str | None = None, *, stride: int = 1
) -> tuple[set[str], list[str]]:
    """Kill it at every place in turn, or at some; returns their names, and what went wrong."""
    seen, wrong = set[str](), list[str]()
    for at in range(1, MOST, stride):
        with played((tracker,), server) as stage:
            play = RealPlay(stage, at, Fate())
            _prepare(play, which)
            found = _killed(play, which, at)
            wrong += [f"killed at place {at}, {found}: {each}" for each in judged(play)]
        if not found:
            return seen, wrong
        seen.add(found)
    raise AssertionError(f"{which} comes by more than {MOST} places")


def _killed(play: RealPlay, which: str, at: int) -> str:
    """The name of the place where it was killed, empty where it got to its end before."""
    play.fate.arm("kill", at)
    try:
        ACTS[which][0](play)
    except Killed as killed:
        play.stage.restart()
        return str(killed)
    finally:
        play.fate.arm("kill", 0)
    return ""


def _prepare(play: RealPlay, which: str) -> None:
    """An edit that moves a number, told of as far as the act begins."""
    site = play.sites
    play.stage.clock.turn(seconds=20)
    done = ("jira", lambda: site["jira"].transition("PLAT-3", "Done"))
    closed = ("github", lambda: site["github"].close("acme/api", 3))
    play.edits.of(*(done if "jira" in site else closed))
    play.mail.waiting, play.edits.sent = [*play.edits.sent], []
    if which in ("drain", "send"):
        play.mail.hand(play.mail.waiting.pop(0))
    if which == "send":
        _drain(play)
