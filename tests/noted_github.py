"""Notes on a simulated GitHub, as tests ask for them, send them and look at them."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from sync import writeback
from sync.writeback import sending
from tests.world import TOKENS, World, key_result, link

PUBLIC = "https://worklift.example.com"
MILESTONE = "github:milestone:acme/api/1"
PERMISSIONS = {
    "metadata": "read", "issues": "write", "pull_requests": "write", "checks": "write",
}  # fmt: skip


@dataclass
class Noted:
    """A world that knows its own address, and milestone 1 with issues 1 to 3, one closed.

    ``rests`` are the seconds that were let pass between notes.
    """

    world: World
    rests: list[float]

    def ask(self, *kinds: str, scope: str = MILESTONE, **more: Any) -> None:
        """Link KR-1 to the milestone, asking for these kinds, and allow them."""
        self.world.apply(key_result("KR-1", link(scope, write_back=list(kinds), **more)))
        self.allow(*kinds)
        self.world.sync()

    def allow(self, *kinds: str) -> None:
        writeback.allow(self.world.runtime, "github", kinds)

    def send(self) -> list[str]:
        """Do what the doorbell rings for; returns the calls that were made for it."""
        before = len(self.site.calls)
        for connection_id in writeback.waiting(self.world.runtime):
            while writeback.send(self.world.runtime, connection_id).more:
                pass
        return [str(call) for call in self.site.calls[before:]]

    def writes(self) -> list[str]:
        """The same, of those that change something."""
        return [call for call in self.send() if not call.startswith("GET")]

    def finish(self, number: int) -> None:
        """Close an issue, and read that."""
        self.world.clock.turn(minutes=2)
        self.site.close("acme/api", number)
        self.world.sync()

    @property
    def site(self) -> Any:
        return self.world.trackers["github"].site

    @property
    def description(self) -> str:
        return str(self.site.milestone("acme/api", 1)["description"] or "")

    def comments(self, number: int) -> list[str]:
        said = self.site.comments.values()
        return [each.body for each in said if each.of("acme/api", number)]

    def checks(self) -> list[dict[str, Any]]:
        return list(self.site.repo("acme/api").checks.values())

    def report(self) -> writeback.WriteBack:
        with self.world.runtime.store.read() as session:
            found = writeback.write_back(self.world.runtime, session)
        return next(each for each in found if each.name == "github")

    def as_app(self, **permissions: str) -> None:
        """Have the connection's token be that of a GitHub App from now on."""
        app = self.site.add_app("Worklift", "acme", permissions=PERMISSIONS | permissions)
        where = self.site.install_app(app, "acme")
        _, token = self.site.apps.grant(where, None, where.permissions)
        self.site.tokens.revoke(TOKENS["github"])
        self.site.apps.granted[TOKENS["github"]] = token


def noted(connected: World, monkeypatch: pytest.MonkeyPatch) -> Noted:
    """Such a world, made of one whose trackers are connected; nobody waits between notes."""
    rests: list[float] = []
    monkeypatch.setattr(sending, "rest", rests.append)
    site = connected.trackers["github"].site
    for number in range(1, 4):
        site.add_issue("acme/api", f"Issue {number}", milestone=1)
    site.close("acme/api", 1)
    settings = replace(connected.runtime.settings, public_url=PUBLIC)
    runtime = replace(connected.runtime, settings=settings)
    return Noted(replace(connected, runtime=runtime), rests)
