"""Whatever happens, in whatever order: the audit finds nothing, and past instants stay as shown."""

import contextlib
import copy
import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from connector.errors import Refused
from sync import mappings, reports, said, schedule
from sync.audit import audit
from sync.mappings import Saving
from sync.said import Subject, Word
from tests.shown import differing, plain
from tests.storm import Storm
from tests.world import World, key_result, link, plan

KEYS = [f"KR-{number}" for number in range(1, 10)]
POLICIES = (
    {"health": {"by": "ratio"}},
    {"health": {"on_track": 0.2, "at_risk": 0.3}, "pass": {"aspirational": 0.5}},
    {"working_days": ["mon", "tue"]},
    {"holidays": ["2026-12-25"]},
)
MAPPINGS = (
    {},
    {"statuses": {"In Progress": "done"}},
    {"types": {"Bug": {"counts": "never"}}},
    {"weights": {"doing": 0.25}},
)
RULES: tuple[tuple[str, Any], ...] = (
    ("statuses", {"doing": 0.5}), ("statuses", {"todo": 0.1, "Done": 0.9}), ("statuses", {}),
    ("types", ["Story"]), ("types", ["Bug", "Issue"]), ("labels", ["okr"]), ("dropped", "as_done"),
    ("dropped", "as_open"), ("unestimated", "zero"), ("unestimated", "default:2"),
    ("unestimated", "median"), ("weight", 3),
)  # fmt: skip
SPARE = ("jira:label:PLAT/okr", "github:milestone:acme/api/1", "jira:epic:PLAT-2")


def objective(key: str, team: str, *key_results: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = {"cycle": "now", "team": team, "title": f"Objective {key}", "kind": "aspirational"}
    return {"key": key, **shape, "key_results": list(key_results), **more}


def beginning() -> dict[str, Any]:
    """What the company set out with; objectives, teams and scoring of a plan file."""
    number, points = {"number": "count"}, {"share": "points"}
    counted = {"unit": "", "target": 10}
    return {
        "teams": [
            {"key": "acme", "name": "Acme", "kind": "company"},
            {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme"},
            {"key": "apps", "name": "Apps", "kind": "team", "parent": "platform"},
        ],
        "objectives": [
            objective(
                "O-1", "platform",
                key_result("KR-1", link("jira:project:PLAT", points, unestimated="median")),
                key_result("KR-2", link("jira:epic:PLAT-1"), link("github:milestone:acme/api/1"),
                           combine="weighted"),
                key_result("KR-5", link("jira:epic:PLAT-1"), link("jira:project:PLAT"),
                           needs_confirmation=True, target=50),
                takes="both",
            ),
            objective(
                "O-2", "apps",
                key_result("KR-3", link("jira:jql:project = PLAT AND type = Bug", number),
                           **counted),
                key_result("KR-4", link("github:repo:acme/api", {**number, "over": "open"}),
                           unit="", kind="decrease", start=10, target=0),
                supports=[{"key": "O-1", "weight": 2}],
            ),
            objective("O-3", "platform", key_result("KR-6", **counted), supports=["KR-7"]),
            objective(
                "O-4", "acme",
                key_result("KR-7", progress_from="supports"),
                key_result("KR-8", link("github:milestone:acme/api/1", points)),
                key_result("KR-9", link("jira:label:PLAT/okr", {**number, "over": "open"}),
                           unit="", kind="at_most", start=None, target=2, guardrail=True),
                kind="committed",
            ),
        ],
    }  # fmt: skip


def file(wanted: dict[str, Any]) -> str:
    """The plan file, every value written out: aliases are refused."""
    return plan(**json.loads(json.dumps(wanted)))


@dataclass
class Weather:
    """Trackers, plan, mappings and people all at once; remembers what was shown when."""

    world: World
    storm: Storm
    plan: dict[str, Any] = field(default_factory=beginning)
    shown: list[tuple[datetime, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def blow(self, steps: int) -> None:
        acts = [self.storm.edit] * 8 + [self._rule, self._link, self._target, self._weight,
                self._objective, self._company, self._mapping, self._mapping, self._override,
                self._override, self._check_in, self._push, self._full]  # fmt: skip
        for _ in range(steps):
            self.world.clock.turn(seconds=self.pick([1, 1, 45, 400, 4000, 30_000]))
            self.pick(acts)()
            if self.storm.random.random() < 0.5:
                self.quiet()
            if self.storm.random.random() < 0.15:
                self.remember()

    def pick(self, several: Any) -> Any:
        return self.storm.random.choice(list(several))

    def quiet(self) -> None:
        self.world.clock.turn(seconds=1)
        schedule.sweep(self.world.runtime)
        self.world.poll()

    def remember(self) -> None:
        if self.pick([True, True, False]):
            self.quiet()
        now = self.world.clock()
        explained = {key: self.world.explain(key) for key in KEYS}
        self.shown.append((now, explained, report(self.world)))

    def apply(self, wanted: dict[str, Any]) -> None:
        """A plan that is refused changes nothing; the one before it stays."""
        with contextlib.suppress(Refused):
            self.world.apply_text(file(wanted), reapply=self.pick([True, False]))
            self.plan = wanted

    def _changed(self, change: Any) -> None:
        wanted = copy.deepcopy(self.plan)
        change(
            wanted, {each["key"]: each for o in wanted["objectives"] for each in o["key_results"]}
        )
        self.apply(wanted)

    def _rule(self) -> None:
        name, value = self.pick(RULES)

        def change(_plan: dict[str, Any], key_results: dict[str, Any]) -> None:
            ruled = self.pick(
                self.pick([each for each in key_results.values() if "links" in each])["links"]
            )
            if ruled.pop(name, None) is None:
                ruled[name] = value

        self._changed(change)

    def _link(self) -> None:
        def change(_plan: dict[str, Any], key_results: dict[str, Any]) -> None:
            links = key_results[self.pick(["KR-2", "KR-5", "KR-8"])]["links"]
            how = self.pick(["add", "end", "turn"])
            if how == "add":
                links.insert(
                    self.pick(range(len(links) + 1)), link(self.pick(SPARE), links[0]["measure"])
                )
            elif how == "end" and len(links) > 1:
                links.remove(self.pick(links))
            else:
                links.reverse()

        self._changed(change)

    def _target(self) -> None:
        def change(_plan: dict[str, Any], key_results: dict[str, Any]) -> None:
            key_results[self.pick(["KR-1", "KR-3", "KR-5", "KR-6"])]["target"] = self.pick(
                [7, 40, 90]
            )

        self._changed(change)

    def _weight(self) -> None:
        def change(wanted: dict[str, Any], key_results: dict[str, Any]) -> None:
            some = [*wanted["objectives"], *key_results.values()]
            self.pick(some)["weight"] = self.pick([0, 1, 2.5])

        self._changed(change)

    def _objective(self) -> None:
        def change(wanted: dict[str, Any], _key_results: dict[str, Any]) -> None:
            one = self.pick(wanted["objectives"])
            name, several = self.pick([
                ("state", ["active", "active", "draft", "cancelled"]),
                ("takes", ["key_results", "children", "both"]),
                ("team", ["platform", "apps"]),
            ])  # fmt: skip
            one[name] = self.pick(several)
            wanted["objectives"][2]["supports"] = self.pick([["KR-7"], ["KR-7", "O-1"], None])

        self._changed(change)

    def _company(self) -> None:
        def change(wanted: dict[str, Any], _key_results: dict[str, Any]) -> None:
            wanted["teams"][2]["parent"] = self.pick(["acme", "platform"])
            wanted["scoring"] = self.pick(POLICIES)

        self._changed(change)

    def _mapping(self) -> None:
        saving = Saving(author="lead", reason="as agreed", reapply=self.pick([True, False]))
        runtime = self.world.runtime
        with self.world.runtime.store.read() as session:
            known = [each.version for each in mappings.versions(session, "jira")]
        if known and self.pick([True, False]):
            mappings.restore(runtime, "jira", self.pick(known), saving)
        elif self.pick([True, False]):
            mappings.save(runtime, "jira", self.pick(MAPPINGS), saving)
        else:
            body = self.pick([{}, {"points": ["label:points: *"]}, {"points": [{"okr": 4}]}])
            mappings.save(runtime, "github", body, saving)

    def _subject(self, *keys: str) -> Subject:
        return Subject("now", self.pick(keys), "lead")

    def _override(self) -> None:
        subject = self._subject("KR-1", "KR-5", "KR-6", "KR-7")
        today = self.world.clock().date()
        until: date | None = self.pick([None, today, today + timedelta(days=1)])
        if self.pick([True, True, False]):
            value = self.pick([0, 3.5, 60])
            said.override(self.world.runtime, subject, value, reason="seen myself", until=until)
        else:
            with contextlib.suppress(Refused):
                said.end_override(self.world.runtime, subject)

    def _check_in(self) -> None:
        subject = self._subject("KR-1", "KR-5", "KR-7")
        confirms = subject.key == "KR-5" and self.pick([True, False])
        word = Word(confidence=self.pick(range(1, 11)), confirms=confirms)
        said.check_in(self.world.runtime, subject, word)

    def _push(self) -> None:
        said.push(self.world.runtime, self._subject("KR-6"), self.pick([1, 4.5, 12]))

    def _full(self) -> None:
        self.world.sync(full=True)


def report(world: World, at: datetime | None = None) -> dict[str, Any]:
    """The cycle as it is shown, without what cannot be kept."""
    with world.runtime.store.read() as session:
        found = reports.cycle_report(
            session, "now", world.clock(), world.runtime.settings, at=at
        ).as_json()
    return plain(found)


@pytest.fixture
def weather(connected: World, jira, github, request: pytest.FixtureRequest) -> Weather:
    jira.site.add_project("OPS", "Operations")
    for name in ("The epic", "The other epic"):
        jira.site.add_issue("PLAT", name, "Epic")
    for number in range(6):
        jira.site.add_issue("PLAT", f"Item {number}", parent="PLAT-1", points=1.0 + number)
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    made = Weather(connected, Storm(connected, request.param))
    connected.apply_text(file(beginning()))
    connected.sync()
    return made


@pytest.mark.parametrize("weather", range(1, 4), indirect=True)
def test_numbers_survive_any_storm_and_past_instants_stay_as_shown(weather: Weather) -> None:
    world = weather.world
    weather.blow(40)
    world.clock.turn(hours=7)
    weather.quiet()
    weather.remember()
    assert audit(world.runtime) == []
    world.clock.turn(days=1)
    for at, explained, reported in weather.shown:
        for key in KEYS:
            assert not differing(plain(world.explain(key, at)), plain(explained[key])), (key, at)
            sums_to_what_is_shown(explained[key])
        assert not differing(report(world, at), reported), at


def sums_to_what_is_shown(explained: dict[str, Any]) -> None:
    whole = sum(each["delta"] for each in explained["changes"])
    assert whole == pytest.approx(explained["progress"] or 0, abs=1e-9), explained["key"]
    for each in explained["links"]:
        moved = sum(one["delta"] for one in each["movements"])
        assert moved == pytest.approx(each["reading"] or 0, abs=1e-9)
