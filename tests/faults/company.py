"""A tiny company: what both trackers hold at the beginning, and what is linked to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from integrations.simulators.github.posting import GithubHook
from sync import writeback
from tests.faults import ways
from tests.faults.boards import DAY, DAYS, SIZE
from tests.faults.ways import tracker_of
from tests.world import World, key_result, link

BEGINS = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
"""When all worlds begin: a seed tells the same every day."""
EPICS = ("PLAT-1", "PLAT-2")
REPOS = ("acme/api", "acme/web")
PUBLIC = "https://worklift.example.com"
NOTES = {"jira": ("comment", "issues"), "github": ("milestone", "comments")}
"""What may be written there."""
COUNT, POINTS = {"share": "count"}, {"share": "points"}
ESTIMATE = {"share": f"field:project:acme/1/{SIZE}"}
LINKS: dict[str, list[dict[str, Any]]] = {
    "jira": [
        key_result("KR-1", link("jira:epic:PLAT-1", COUNT, write_back=["comment", "issues"])),
        key_result("KR-2", link("jira:project:PLAT", POINTS, unestimated="zero")),
        key_result("KR-3", link("jira:jql:project = PLAT AND type = Bug", {"number": "count"}),
                   unit="", target=10),
    ],
    "github": [
        key_result("KR-4", link("github:milestone:acme/api/1", COUNT,
                                write_back=["milestone", "comments"])),
        key_result("KR-5", link("github:repo:acme/web", COUNT)),
        key_result("KR-6", link("github:label:acme/api/okr", COUNT)),
    ],
}  # fmt: skip
"""The key results on each tracker."""
MORE: dict[str, list[dict[str, Any]]] = {
    "jira/sprints": [
        key_result("KR-7", link("jira:sprint:1", COUNT)),
        key_result("KR-8", link("jira:sprint:2", POINTS, unestimated="zero")),
    ],
    "github/boards": [
        key_result("KR-10", link("github:project:acme/1", COUNT, write_back=["comments"])),
        key_result(
            "KR-11",
            link("github:project:acme/1?Status=In Progress,Done", ESTIMATE, unestimated="zero"),
        ),
        key_result(
            "KR-12",
            link("github:project:acme/1?Estimate>=3&Repository=acme/api", {"number": "count"}),
            unit="",
            target=10,
        ),
        key_result("KR-13", link("github:project:acme/1?Day=@current", COUNT)),
        key_result("KR-14", link("github:project:acme/2?Status!=Done", COUNT)),
    ],
}
"""Those of trackers that are run in one way."""


def plan_of(names: tuple[str, ...], *more: dict[str, Any]) -> str:
    """The plan file that links these trackers, and more key results."""
    linked = [[*LINKS[tracker_of(name)], *MORE.get(name, ())] for name in names]
    objectives = [
        {
            "key": f"O-{number}", "cycle": "now", "team": "platform", "kind": "aspirational",
            "title": f"Objective {number}", "key_results": [*each, *extra],
        }
        for number, (each, extra) in enumerate(
            zip(linked, [more, *[()] * len(names)], strict=False), 1
        )
    ]  # fmt: skip
    day = BEGINS.date()
    whole = {
        "worklift": 1,
        "cycles": [
            {"key": "now", "start": day - timedelta(days=30), "end": day + timedelta(days=60)}
        ],
        "teams": [
            {"key": "acme", "name": "Acme", "kind": "company"},
            {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme"},
        ],
        "objectives": objectives,
    }
    return yaml.dump(whole, Dumper=_Plain, sort_keys=False)


class _Plain(yaml.SafeDumper):
    """Writes every value out: a plan file knows no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def furnish_jira(site: Any) -> None:
    """Two projects, two epics, some items below the first."""
    site.add_project("PLAT", "Platform")
    site.add_project("OPS", "Operations")
    for name in ("The epic", "The other epic"):
        site.add_issue("PLAT", name, "Epic")
    site.add_issue("PLAT", "Queue", parent="PLAT-1", points=3.0)
    site.add_issue("PLAT", "Retry", "Bug", parent="PLAT-1", points=2.0)
    site.add_issue("PLAT", "Drain", parent="PLAT-2")
    site.add_issue("OPS", "Elsewhere", parent="PLAT-1")
    site.add_issue("OPS", "Nobody counts it", at=site.now - timedelta(days=9))
    site.transition("PLAT-4", "Done")


def plan_sprints(site: Any) -> None:
    """Two sprints, one under way, with some of the items."""
    for name, state in (("One", "active"), ("Two", "future")):
        site.add_sprint(name, state)
    for key, number in (("PLAT-3", 1), ("PLAT-4", 1), ("PLAT-5", 2), ("OPS-1", 1)):
        site.put_in_sprint(key, number)


def furnish_github(site: Any) -> None:
    """Two repositories with a milestone each and some issues."""
    for repo in REPOS:
        site.add_repo(repo)
        site.add_milestone(repo, "v1")
        for number, title in enumerate(("Queue", "Retry", "Drain")):
            site.add_issue(repo, title, milestone=1 if number else None, labels=["okr"][:number])
        site.close(repo, 2)


def set_up_boards(site: Any) -> None:
    """Two projects, with some of the issues; only the first one says how big they are."""
    today = site.now.date()
    days = [(title, today + timedelta(days=number), 1) for title, number in DAYS.items()]
    for title in ("The board", "The other board"):
        place = "acme", site.add_project("acme", title)
        board = site.boards.find(*place)
        site.boards.add_field(board, DAY, "iteration", at=site.now, iterations=days)
        for number, item in enumerate((("acme/api", 1), ("acme/api", 2), ("acme/web", 3))):
            values = {"Status": "In Progress", DAY: f"Day {number}", SIZE: 2.0 + number}
            values = {name: values[name] for name in values if place[1] == 1 or name != SIZE}
            site.put_on_project(place, item, **values)
        site.put_on_project(place, "An idea", Status="Done")


def hooked(world: World, names: tuple[str, ...]) -> None:
    """Have the trackers sign and record webhooks; only an organization's tell of its projects."""
    for name in names:
        tracker = tracker_of(name)
        if name == "github/boards":
            hooks = world.trackers[tracker].site.postman.hooks
            url, secret = world.trackers[tracker].site.url, world.secrets[tracker]
            hooks.append(GithubHook(1, url, secret, kind="org", owner="acme"))
        else:
            world.hook(tracker)


def set_out(world: World, names: tuple[str, ...]) -> None:
    """Connect, link and read all once; allow notes."""
    for name in names:
        assert ways.connect(world, name).error is None
    world.apply_text(plan_of(names))
    for tracker in world.trackers:
        writeback.allow(world.runtime, tracker, NOTES[tracker])
    world.poll()
