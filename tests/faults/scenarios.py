"""What a process does when it is cut off at one place after another, whatever place that is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sync import connections, pipeline, planning, schedule, writeback
from sync.connections import Request
from tests.faults import company
from tests.faults.play import Play
from tests.world import EMAIL, TOKENS, key_result, link

Act = Callable[[Play], None]
EXTRA = key_result("KR-9", link("jira:project:OPS", company.COUNT))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A company, what happened before, and what is done while fate strikes."""

    names: tuple[str, ...]
    before: Act
    act: Act


def _edited(play: Play) -> None:
    """Items were changed, finished, made and deleted, a while ago."""
    if "jira" in play.sites:
        site = play.sites["jira"]
        play.edits.of("jira", lambda: site.transition("PLAT-3", "Done"))
        play.edits.of("jira", lambda: site.edit("PLAT-5", points=5.0))
        play.edits.of("jira", lambda: site.add_issue("PLAT", "New", "Bug", parent="PLAT-1"))
        play.edits.of("jira", lambda: site.delete("OPS-1"))
    else:
        site = play.sites["github"]
        play.edits.of("github", lambda: site.close("acme/web", 1))
        play.edits.of("github", lambda: site.add_issue("acme/api", "New", milestone=1))
        play.edits.of("github", lambda: site.delete("acme/api", 3))
    play.mail.waiting.extend(play.edits.sent)
    play.edits.sent.clear()
    play.stage.clock.turn(minutes=3)


def _slowly(play: Play) -> None:
    """Items were changed one after another, farther apart than reads and sweeps overlap."""
    site = play.sites["jira"]
    for key in ("PLAT-3", "PLAT-5", "PLAT-4"):
        play.stage.clock.turn(minutes=95)
        status = "To Do" if key == "PLAT-4" else "Done"
        play.edits.of("jira", partial(site.transition, key, status))
    play.stage.clock.turn(minutes=3)


def _told_late(play: Play) -> None:
    """Our clock was ahead when all was read; then something is told that happened before."""
    site, clock = play.sites["jira"], play.stage.clock
    play.stage.skew = timedelta(minutes=130)
    play.edits.of("jira", lambda: site.transition("PLAT-3", "Done"))
    _drain(play)
    play.stage.skew = timedelta()
    clock.turn(seconds=5)
    before = clock() - timedelta(seconds=45)
    play.edits.of("jira", lambda: site.edit("PLAT-5", points=5.0, at=before))


def _delivered(play: Play) -> None:
    """The same, and every delivery was acknowledged, while searches are behind."""
    if "jira" in play.sites:
        play.sites["jira"].index_delay = 1e9
    _edited(play)
    _deliver(play)


def _behind(play: Play) -> None:
    """What a delivery named was read, searches still show what it was before, and another delivery
    has them asked again."""
    site = play.sites["jira"]
    site.index_delay = 1e9
    for change in (
        partial(site.transition, "PLAT-3", "Done"),
        partial(site.edit, "PLAT-5", points=5.0),
    ):
        play.edits.of("jira", change)
    (first, second) = play.edits.sent
    play.edits.sent.clear()
    play.stage.clock.turn(minutes=1)
    play.mail.hand(first)
    _drain(play)
    play.mail.hand(second)


def _planned(play: Play) -> None:
    """A sprint ended, and what was not done went on to the next; another came and one left."""
    site = play.sites["jira"]
    for change in (
        partial(site.transition, "PLAT-3", "Done"),
        partial(site.close_sprint, 1, 2),
        partial(site.put_in_sprint, "PLAT-5", None),
        partial(site.put_in_sprint, "OPS-2", 2),
    ):
        play.edits.of("jira", change)
    play.mail.waiting.extend(play.edits.sent)
    play.edits.sent.clear()
    play.stage.clock.turn(minutes=3)


def _expired(play: Play) -> None:
    """Items were changed, and the token ended since."""
    _edited(play)
    play.stage.clock.turn(minutes=61)


def _set_back(play: Play) -> None:
    """A backup was made, then items were changed, read and told of; and nothing of that is known
    any more."""
    play.stage.save()
    _seen(play)
    _send(play)
    play.stage.restore()
    play.mail.acked.clear()
    play.stage.clock.turn(minutes=3)


def _deliver(play: Play) -> None:
    """Hand over all that waits; what is not acknowledged stays."""
    for letter in list(play.mail.waiting):
        play.mail.waiting.remove(letter)
        play.mail.waiting.append(letter)
        play.mail.hand(letter)
        if letter in play.mail.waiting:
            play.mail.waiting.remove(letter)


def _later(play: Play) -> None:
    if "jira" in play.sites:
        _slowly(play)
    _edited(play)
    play.stage.clock.turn(hours=7)


def _renamed(play: Play) -> None:
    _edited(play)
    play.edits.of("github", lambda: play.sites["github"].rename_repo("acme/api", "core"))


def _seen(play: Play) -> None:
    """The same, and it was read: notes wait to be sent."""
    _edited(play)
    _drain(play)


def _sent(play: Play) -> None:
    """All notes are there, and say what is no longer true."""
    _send(play)
    _edited(play)
    _drain(play)


def _drain(play: Play) -> None:
    for source_id in play.stage.world.sources():
        pipeline.drain(play.stage.runtime, source_id, force=True)


def _both(play: Play) -> None:
    _drain(play)
    _send(play)


def _whole(play: Play) -> None:
    for source_id in play.stage.world.sources():
        pipeline.drain(play.stage.runtime, source_id, force=True, full=True)


def _send(play: Play) -> None:
    for connection_id in writeback.waiting(play.stage.runtime):
        writeback.send(play.stage.runtime, connection_id)


def _apply(play: Play) -> None:
    text = company.plan_of(play.stage.names, EXTRA)
    planning.apply(play.stage.runtime, text, name="plan.yaml", author="lead")
    _drain(play)


def _asks(play: Play) -> None:
    """A milestone names the key result that it serves, and may."""
    site = play.sites["github"]
    site.edit_milestone("acme/web", 1, description="Serves KR-5")
    options = {"conventions": "acme/web"}
    request = Request(
        tracker="github", name="github", url=site.url, token=TOKENS["github"], options=options,
        allow_private=True,
    )  # fmt: skip
    assert connections.connect(play.stage.runtime, request).error is None


def _connect(play: Play) -> None:
    """The same settings once more, as a person who is not sure saves them."""
    site = play.sites["jira"]
    request = Request(
        tracker="jira", name="jira", url=site.url, token=TOKENS["jira"],
        options={"email": EMAIL}, allow_private=True,
    )  # fmt: skip
    connections.connect(play.stage.runtime, request)


def _tick(play: Play) -> None:
    """The clock, and whoever hears what it rings for."""
    schedule.sweep(play.stage.runtime)
    while play.stage.bell.rung:
        play.stage.answer(*play.stage.bell.rung.pop(0))


SCENARIOS: dict[str, Scenario] = {
    "accept a delivery": Scenario(("jira",), _edited, _deliver),
    "read everything": Scenario(("jira",), _edited, _whole),
    "read what changed": Scenario(("jira",), _slowly, _drain),
    "read what changed, GitHub": Scenario(("github",), _edited, _drain),
    "read what is told late": Scenario(("jira",), _told_late, _drain),
    "read what deliveries named": Scenario(("jira",), _delivered, _drain),
    "read what deliveries named, GitHub": Scenario(("github",), _delivered, _drain),
    "sweep after deletions": Scenario(("jira",), _later, _drain),
    "sweep after deletions, GitHub": Scenario(("github",), _later, _drain),
    "follow a rename": Scenario(("github",), _renamed, _drain),
    "write notes": Scenario(("jira",), _seen, _send),
    "write notes, GitHub": Scenario(("github",), _seen, _send),
    "change notes": Scenario(("jira",), _sent, _send),
    "change notes, GitHub": Scenario(("github",), _sent, _send),
    "apply a plan": Scenario(("jira",), _edited, _apply),
    "hear a convention": Scenario(("github",), _asks, _drain),
    "connect again": Scenario(("jira",), _edited, _connect),
    "read what searches still show": Scenario(("jira",), _behind, _drain),
    "read on Data Center": Scenario(("jira/data center",), _delivered, _drain),
    "read sprints": Scenario(("jira/sprints",), _planned, _drain),
    "renew a sign-in": Scenario(("jira/signed in",), _expired, _drain),
    "renew an app's token": Scenario(("github/app",), _expired, _drain),
    "go on with a backup": Scenario(("jira",), _set_back, _both),
    "go on with a backup, GitHub": Scenario(("github",), _set_back, _both),
    "tick": Scenario(("jira",), _delivered, _tick),
}
