"""Where work and key results miss each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from connector.coverage import CoverageReport
from connector.errors import Refused
from connector.store.tables import Connection
from sync.reports.coverage import LONGEST, coverage
from tests.world import World, key_result, link, plan


def look(world: World) -> CoverageReport:
    with world.runtime.store.read() as session:
        return coverage(
            session,
            "now",
            now=world.clock(),
            settings=world.runtime.settings,
            trackers=world.runtime.trackers,
        )


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """The SQL statements that run meanwhile."""
    engine, found = world.runtime.store.engine, []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def put(world: World, *key_results: dict[str, Any], **more: Any) -> None:
    world.apply(*key_results, **more)
    world.sync()


def test_work_of_no_key_result_is_counted_by_place_with_its_newest_keys(
    connected: World, jira, github
) -> None:
    start, site = connected.clock() - timedelta(days=30), jira.site
    for name in ("tied", "tied", "loose", "loose"):
        site.add_issue("PLAT", name, labels=["okr"] if name == "tied" else [], at=start)
    site.add_issue("PLAT", "An epic", "Epic", at=start)
    for number, days in enumerate((5, 40), 6):
        site.add_issue("PLAT", "Finished", at=start - timedelta(days=20))
        site.transition(f"PLAT-{number}", "Done", at=connected.clock() - timedelta(days=days))
    site.add_issue("PLAT", "Dropped", at=start)
    site.transition("PLAT-8", "Done", resolution="Won't Do")
    for number in range(25):
        github.site.add_issue("acme/api", f"Change {number}", at=start + timedelta(hours=number))
    github.site.add_issue("acme/api", "Pull", pull_request=True)
    put(
        connected,
        key_result("KR-1", link("jira:label:PLAT/okr")),
        key_result("KR-2", link("github:label:acme/api/okr")),
    )
    found = look(connected)
    api, plat = found.places
    assert (api.tracker, api.place, api.untied, api.total) == ("github", "acme/api", 25, 25)
    assert api.newest == tuple(f"acme/api#{number}" for number in range(25, 5, -1))
    assert (plat.place, plat.untied, plat.total) == ("PLAT", 3, 5)
    assert set(plat.newest) == {"PLAT-3", "PLAT-4", "PLAT-6"}
    assert (found.untied, found.total, found.share) == (28, 30, 2 / 30)
    put(connected, key_result("KR-1"), objectives=_objectives(connected, state="postponed"))
    assert look(connected).share == 0.0


def _objectives(world: World, **more: Any) -> list[dict[str, Any]]:
    whole = {"key": "O-1", "cycle": "now", "team": "platform", "title": "Payments never wait"}
    return [{**whole, "key_results": [], **more}]


def test_a_done_status_that_the_mapping_calls_open_is_open_work(connected: World, jira) -> None:
    long_ago = connected.clock() - timedelta(days=90)
    for number in (1, 2):
        jira.site.add_issue("PLAT", "Waits for its release", at=long_ago)
        jira.site.transition(f"PLAT-{number}", "Done", at=long_ago + timedelta(days=1))
    put(connected, key_result("KR-1", link("jira:label:PLAT/okr")), key_result("KR-2", value=1))
    assert look(connected).total == 0
    for mapping in ({"statuses": {"done": "doing"}}, {"categories": {"done": "todo"}}):
        with connected.runtime.store.write() as session:
            options = {**connected.rows("connection", name="jira")[0].options, "mapping": mapping}
            mine = update(Connection).where(Connection.name == "jira")
            session.execute(mine.values(options=options))
        assert (look(connected).untied, look(connected).total) == (2, 2)


def test_key_results_nothing_moves_are_named_with_the_reason(connected: World, jira) -> None:
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Item {number}", labels=["okr"] if number == 1 else [])
    put(
        connected,
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("jira:label:PLAT/okr")),
        key_result("KR-3"),
        key_result("KR-4", value=3),
        key_result("KR-5", progress_from="supports"),
        key_result("KR-6", value=100),
        key_result("KR-7", value=1, start_date=connected.clock().date()),
    )
    still = {each.key_result.key: each.why for each in look(connected).still}
    assert still == {"KR-3": "no_source", "KR-5": "unsupported"}
    connected.clock.turn(days=13)
    jira.site.transition("PLAT-2", "Done", at=connected.clock())
    connected.poll()
    connected.clock.turn(days=2)
    still = {each.key_result.key: each.why for each in look(connected).still}
    unmoved = dict.fromkeys(("KR-2", "KR-4", "KR-7"), "unmoved")
    assert still == {**unmoved, "KR-3": "no_source", "KR-5": "unsupported"}
    report = next(each for each in look(connected).still if each.key_result.key == "KR-4")
    assert report.sentence == "nothing has moved KR-4 in the last 14 days"
    assert (report.team, report.objective.key) == ("platform", "O-1")
    put(connected, key_result("KR-4", value=4), key_result("KR-2", link("jira:project:PLAT")))
    still = {each.key_result.key: each.why for each in look(connected).still}
    assert "KR-4" not in still
    assert "KR-2" not in still


def test_what_moves_nothing_is_no_movement(connected: World, jira) -> None:
    jira.site.add_issue("PLAT", "One")
    put(connected, key_result("KR-1", link("jira:project:PLAT")))
    connected.clock.turn(days=15)
    jira.site.transition("PLAT-1", "In Progress", at=connected.clock())
    connected.poll()
    assert [each.key_result.key for each in look(connected).still] == ["KR-1"]
    connected.clock.turn(minutes=5)
    jira.site.transition("PLAT-1", "Done", at=connected.clock())
    connected.poll()
    assert look(connected).still == ()


def test_after_the_cycle_nothing_has_to_move(connected: World) -> None:
    put(connected, key_result("KR-1", value=3))
    connected.clock.turn(days=59)
    assert [each.why for each in look(connected).still] == ["unmoved"]
    connected.clock.turn(days=3)
    assert look(connected).still == ()


def test_items_of_several_key_results_empty_links_and_missing_estimates(
    connected: World, jira
) -> None:
    for number in range(3):
        jira.site.add_issue("PLAT", f"Item {number}", points=1.0 if number == 0 else None)
    put(
        connected,
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("jira:project:PLAT", {"share": "points"})),
        key_result("KR-3", link("jira:label:PLAT/none")),
        key_result("KR-4", link("jira:project:PLAT", types=["Bug"])),
    )
    found = look(connected)
    (twice,) = found.twice
    assert (twice.item, twice.key_results) == ("PLAT-1", ("KR-1", "KR-2"))
    assert twice.sentence == "PLAT-1 counts for KR-1 and KR-2 of O-1"
    assert [(each.key_result.key, each.items) for each in found.empty] == [("KR-3", 0), ("KR-4", 3)]
    (unsized,) = found.unsized
    assert (unsized.key_result.key, unsized.unsized) == ("KR-2", 2)
    assert unsized.keys == ("PLAT-2", "PLAT-3")
    assert unsized.coverage == pytest.approx(1 / 3)
    shown = found.as_json()
    assert shown["twice"][0]["key_results"] == ["KR-1", "KR-2"]
    assert (
        shown["unsized"][0]["sentence"] == "2 items of jira:project:PLAT of KR-2 have no estimate"
    )
    assert shown["cut"] == {}


def test_long_lists_are_cut_and_say_how_long_they_are(connected: World, jira) -> None:
    put(connected, *(key_result(f"KR-{number}") for number in range(LONGEST + 3)))
    for number in range(LONGEST + 2):
        jira.site.add_issue("PLAT", f"Item {number}")
    linked = [key_result(key, link("jira:project:PLAT")) for key in ("KR-0", "KR-1")]
    put(connected, *linked)
    found = look(connected)
    assert (len(found.still), len(found.twice)) == (LONGEST, LONGEST)
    assert dict(found.cut) == {"still": LONGEST + 1, "twice": LONGEST + 2}


def test_it_takes_as_many_statements_for_many_teams_as_for_one(connected: World, jira) -> None:
    jira.site.add_issue("PLAT", "One")
    put(connected, key_result("KR-1", link("jira:project:PLAT")))
    with statements(connected) as few:
        look(connected)
    teams = [{"key": f"t{each}", "name": "Team", "kind": "team", "parent": "acme"}
             for each in range(20)]  # fmt: skip
    objectives = [
        {"key": f"O{each}", "cycle": "now", "team": f"t{each}", "title": "More",
         "key_results": [key_result(f"K{each}", link("jira:project:PLAT"))]} for each in range(20)
    ]  # fmt: skip
    root = {"key": "acme", "name": "Acme", "kind": "company"}
    connected.apply_text(plan(teams=[root, *teams], objectives=objectives))
    connected.sync()
    with statements(connected) as many:
        report = look(connected)
    assert len(many) == len(few) <= 15
    assert report.share == 1.0


def test_a_cycle_that_is_not_there_is_refused(connected: World) -> None:
    with pytest.raises(Refused, match="there is no cycle 'now'"):
        look(connected)


def test_nothing_known_is_not_nothing_tied(connected: World) -> None:
    put(connected, key_result("KR-1", value=1))
    found = look(connected)
    assert (found.share, found.places) == (None, ())
    assert found.sentence == "no work of cycle now is known yet"
