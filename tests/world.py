"""A whole service for tests: both simulated trackers, one runtime, a clock turned by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from connector.settings import Settings
from connector.store.tables import Base
from integrations.simulators import Running
from sync import connections, inbox, pipeline, planning, reports, schedule
from sync.inbox import Receipt
from sync.pipeline import Drained
from sync.runtime import Runtime

TOKENS = {"jira": "jira-token", "github": "github-token"}
EMAIL = "admin@example.com"
TODAY = datetime.now(UTC).date()
"""One day for the whole run: a plan made before midnight is the same after it."""


class Clock:
    """Real time when made, then stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def link(scope: str, measure: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """A link of a plan file; a share of the count unless told otherwise."""
    return {"scope": scope, "measure": measure or {"share": "count"}, **more}


def key_result(key: str, *links: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A key result of a plan file, from 0 to 100 % unless told otherwise."""
    shape = {"kind": "increase", "start": 0, "target": 100, "unit": "%"}
    linked = {"links": list(links)} if links else {}
    return {"key": key, "title": f"Key result {key}", **shape, **linked, **more}


def plan(*key_results: dict[str, Any], **more: Any) -> str:
    """A plan file with one team and one objective, in a cycle that runs now."""
    start, end = TODAY - timedelta(days=30), TODAY + timedelta(days=60)
    objective = {
        "key": "O-1", "cycle": "now", "team": "platform", "title": "Payments never wait",
        "kind": "aspirational", "key_results": list(key_results),
    }  # fmt: skip
    whole = {
        "worklift": 1,
        "cycles": [{"key": "now", "start": start, "end": end}],
        "teams": [
            {"key": "acme", "name": "Acme", "kind": "company"},
            {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme"},
        ],
        "objectives": [objective],
    }
    return yaml.safe_dump({**whole, **more}, sort_keys=False)


@dataclass
class World:
    """What a test drives and asks."""

    runtime: Runtime
    clock: Clock
    trackers: dict[str, Running[Any]]
    secrets: dict[str, str] = field(default_factory=dict)

    def connect(self, tracker: str, name: str = "", **more: Any) -> connections.Connected:
        """Connect a simulator; ``name`` is the tracker's own unless given."""
        running = self.trackers[tracker]
        cloud = tracker == "jira" and running.site.deployment == "cloud"
        request = {
            "tracker": tracker, "name": name or tracker, "url": running.url,
            "token": TOKENS[tracker], "options": {"email": EMAIL} if cloud else {},
            "allow_private": True,
        }  # fmt: skip
        connected = connections.connect(self.runtime, connections.Request(**{**request, **more}))
        if connected.hook_secret:
            self.secrets[connected.name] = connected.hook_secret
        return connected

    def apply(self, *key_results: dict[str, Any], **more: Any) -> planning.Applied:
        return self.apply_text(plan(*key_results, **more))

    def apply_text(self, text: str, **more: Any) -> planning.Applied:
        return planning.apply(self.runtime, text, name="plan.yaml", author="lead", **more)

    def sync(self, *, full: bool = False) -> list[Drained]:
        """Drain every source now, and again while that makes it dirty; tells the first look."""
        found = [self._drained(each, full=full) for each in self.sources()]
        return [each for each in found if not each.skipped]

    def _drained(self, source_id: int, *, full: bool) -> Drained:
        first = pipeline.drain(self.runtime, source_id, force=True, full=full)
        while source_id in self.waiting():
            assert pipeline.drain(self.runtime, source_id).error is None
        return first

    def poll(self) -> list[Drained]:
        """What the clock and the workers do: drain whatever is due, until nothing is."""
        done: list[Drained] = []
        while found := schedule.due(self.runtime):
            done += [pipeline.drain(self.runtime, each) for each in found]
        return done

    def tick(self) -> list[Drained]:
        """The next poll."""
        self.clock.turn(minutes=2)
        return self.poll()

    def sources(self) -> list[int]:
        return [row.id for row in self.rows("source")]

    def waiting(self) -> list[int]:
        return [row.id for row in self.rows("source") if row.dirty_seq > row.done_seq]

    def rows(self, table: str, **where: Any) -> list[Any]:
        """Rows as plain values."""
        columns = Base.metadata.tables[table]
        query = columns.select().filter_by(**where)
        with self.runtime.store.read() as session:
            return list(session.execute(query.order_by(*columns.primary_key)).all())

    def report(self, key: str = "KR-1") -> dict[str, Any]:
        """A key result as ``score --json`` shows it."""
        with self.runtime.store.read() as session:
            found = reports.cycle_report(session, "now", self.clock(), self.runtime.settings)
        shown = {
            each["key"]: each
            for team in found.as_json()["teams"]
            for objective in team["objectives"]
            for each in objective["key_results"]
        }
        return shown[key]

    def link(self, key: str = "KR-1", position: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.report(key)["links"][position]
        return found

    def value(self, key: str = "KR-1") -> float | None:
        found: float | None = self.report(key)["value"]
        return found

    def explain(self, key: str = "KR-1", at: datetime | None = None) -> dict[str, Any]:
        with self.runtime.store.read() as session:
            found = reports.explanation(
                session, "now", key, self.clock(), self.runtime.settings, at=at
            )
        return found.as_json()

    def movements(self, key: str = "KR-1") -> list[tuple[str, str]]:
        """(kind, item), oldest first."""
        found = self.explain(key)["links"][0]["movements"]
        return [(each["kind"], each["item"]) for each in reversed(found)]

    def part(self, item: str, key: str = "KR-1") -> dict[str, Any]:
        parts = self.explain(key)["links"][0]["contributions"]
        (found,) = [each for each in parts if each["item"] == item]
        return dict(found)

    def last_delivery(self, tracker: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of the newest webhook of a simulator."""
        site = self.trackers[tracker].site
        delivery = site.deliveries[-1]
        return dict(site.postman.headers(delivery)), delivery.body

    def deliver(self, tracker: str, name: str = "") -> Receipt:
        """Hand over the newest webhook as the web server would."""
        headers, body = self.last_delivery(tracker)
        return inbox.receive(self.runtime, name or tracker, headers, body)

    def deliver_any(self, tracker: str) -> int:
        """The answer to a delivery about a new item."""
        self.trackers[tracker].site.add_issue("PLAT", "Watched")
        return self.deliver(tracker).status

    def hook(self, tracker: str) -> None:
        """Have the simulator sign and record webhooks; nothing answers at their address."""
        url = "http://127.0.0.1:9/"
        self.trackers[tracker].site.add_hook(url, self.secrets[tracker])

    def calls(self, tracker: str) -> int:
        return len(self.trackers[tracker].site.calls)


def settings(home: Path, **more: Any) -> Settings:
    given = {"home": home, "database_url": f"sqlite:///{home / 'worklift.db'}", "key": b"k" * 32}
    return Settings(**{**given, **more})
