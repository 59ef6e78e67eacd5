"""Notes on work items, as tests ask for them, send them and look at them."""

from dataclasses import dataclass, replace
from typing import Any

from connector.plans import Entry
from integrations.simulators.jira.notes import Notes
from sync import writeback
from sync.planning import editing
from tests.world import World, key_result, link

PUBLIC = "https://worklift.example.com"
ALL = ["epic", "issues", "comment", "property"]
EPIC = "jira:epic:PLAT-1"


@dataclass
class Noted:
    """A world that knows its own address, and an epic PLAT-1 with three stories, one done."""

    world: World

    def ask(self, *kinds: str, allow: list[str] | None = None, scope: str = EPIC) -> None:
        """Link KR-1 to the epic, asking for these kinds, and allow them (or others)."""
        self.apply(link(scope, write_back=list(kinds)))
        self.allow(*(kinds if allow is None else allow))
        self.world.sync()

    def apply(self, *links: dict[str, Any], **more: Any) -> None:
        self.world.apply(key_result("KR-1", *links), **more)

    def allow(self, *kinds: str) -> None:
        writeback.allow(self.world.runtime, "jira", kinds)

    def send(self) -> list[str]:
        """Do what the doorbell rings for; returns the calls that were made for it."""
        before = len(self.site.calls)
        for connection_id in writeback.waiting(self.world.runtime):
            while writeback.send(self.world.runtime, connection_id).more:
                pass
        return [str(call) for call in self.site.calls[before:]]

    def decide(self, state: str, *, cycle: bool = False) -> None:
        """Say in which state the objective, or its cycle, is, and send what follows of it."""
        entry = Entry("objective", "O-1", "now", {"state": state}, 0)
        if cycle:
            entry = Entry("cycle", "now", None, {"state": state}, 0)
        editing.change(self.world.runtime, [entry], author="lead")
        self.world.clock.turn(minutes=16)  # time alone has words looked at again
        self.world.sync()
        self.send()

    def finish(self, key: str, **at: Any) -> None:
        """Finish an item, and read that."""
        self.world.clock.turn(minutes=2)
        self.site.transition(key, "Done", **at)
        self.world.sync()

    @property
    def site(self) -> Any:
        return self.world.trackers["jira"].site

    @property
    def faults(self) -> Any:
        return self.world.trackers["jira"].faults

    @property
    def notes(self) -> Notes:
        found: Notes = self.site.notes
        return found

    def titles(self, key: str = "PLAT-1") -> list[str]:
        links = self.notes.remote_links(self.site.held(key).id)
        return [each["object"]["title"] for each in links]

    def comments(self, key: str = "PLAT-1") -> list[str]:
        return [each["body"] for each in self.notes.said(self.site.held(key).id)]

    def properties(self, key: str = "PLAT-1") -> dict[str, Any]:
        found: dict[str, Any] = self.notes.known(self.site.held(key).id)
        return found

    def property(self, key: str = "PLAT-1") -> dict[str, Any]:
        """The one property of ours."""
        (name,) = self.properties(key)
        assert name.startswith("worklift.")
        return dict(self.properties(key)[name])

    def writes(self) -> list[str]:
        """All calls so far that touched a note."""
        words = ("/remotelink", "/comment", "/properties")
        calls = [str(call) for call in self.site.calls]
        return [call for call in calls if any(word in call for word in words)]

    def report(self) -> writeback.WriteBack:
        with self.world.runtime.store.read() as session:
            found = writeback.write_back(self.world.runtime, session)
        return next(each for each in found if each.name == "jira")


def noted(connected: World) -> Noted:
    """Such a world, made of one whose trackers are connected."""
    site = connected.trackers["jira"].site
    site.add_issue("PLAT", "Queue", "Epic")
    for number in range(3):
        site.add_issue("PLAT", f"Story {number}", parent="PLAT-1")
    site.transition("PLAT-2", "Done")
    settings = replace(connected.runtime.settings, public_url=PUBLIC)
    return Noted(replace(connected, runtime=replace(connected.runtime, settings=settings)))
