"""What is kept of the past: wordings, dates, and that an empty scope was read."""

from datetime import UTC, datetime, timedelta

import yaml

from tests.world import World, key_result, link, plan

OPEN_BUGS = link("jira:jql:project = PLAT AND type = Bug", {"number": "count", "over": "open"})


def edited(text: str, section: str, **more: object) -> str:
    """A plan with other fields in the only object of a section."""
    whole = yaml.safe_load(text)
    whole[section][0].update(more)
    return yaml.safe_dump(whole, sort_keys=False)


def test_an_empty_scope_that_was_read_says_so_at_that_time_too(connected: World, jira) -> None:
    jira.site.add_issue("PLAT", "No bug")
    shape = {"unit": "", "kind": "decrease", "start": 120, "target": 40}
    connected.apply(key_result("KR-1", OPEN_BUGS, **shape),
                    key_result("KR-2", link("jira:label:PLAT/nobody")))  # fmt: skip
    before = connected.clock()
    connected.clock.turn(minutes=5)
    connected.sync()
    read = connected.clock()
    connected.clock.turn(hours=1)
    for key, shown in (("KR-1", (0.0, None)), ("KR-2", (None, "no items yet"))):
        for moment in (None, read):
            found = connected.explain(key, moment)
            assert (found["value"], found["links"][0]["error"]) == shown, (key, moment)
        found = connected.explain(key, before)
        assert found["value"] is None
        assert "not read by" in found["links"][0]["error"]


def test_the_kind_of_the_objective_is_that_of_then(connected: World) -> None:
    plan_then = plan(key_result("KR-1", value=20))
    connected.apply_text(plan_then)
    then, shown = connected.clock(), connected.report()["health"]
    connected.clock.turn(hours=1)
    connected.apply_text(edited(plan_then, "objectives", kind="committed"))
    assert connected.report()["health"] == connected.explain()["health"] != shown
    assert connected.explain(at=then)["health"] == shown


def test_the_dates_of_the_cycle_are_those_of_then(connected: World) -> None:
    plan_then = plan(key_result("KR-1", value=20))
    connected.apply_text(plan_then)
    then, shown = connected.clock(), connected.report()["health"]
    connected.clock.turn(hours=1)
    end = datetime.now(UTC).date() + timedelta(days=1)
    connected.apply_text(edited(plan_then, "cycles", end=end))
    assert connected.report()["health"] == connected.explain()["health"] != shown
    assert connected.explain(at=then)["health"] == shown


def test_connecting_again_without_an_e_mail_sends_none_any_more(world: World, jira) -> None:
    assert world.connect("jira").error is None
    jira.site.add_issue("PLAT", "Item")
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    again = world.connect("jira", options={})
    assert again.error is not None
    (stored,) = world.rows("connection")
    assert "email" not in stored.options
