"""Links that items ask for themselves, by a label or a line, and people's word above theirs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import Refused
from connector.okr import LinkRule
from sync import conventions, linking
from sync.said import Subject
from tests.world import EMAIL, World, key_result, link

ALLOWED = {"email": EMAIL, "conventions": "plat, ops"}
LEAD = Subject("now", "KR-1", "Platform lead")


@pytest.fixture
def epic(jira: Any) -> str:
    key: str = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    jira.site.add_issue("PLAT", "Step 1", parent=key)
    jira.site.add_issue("PLAT", "Step 2", parent=key)
    jira.site.transition("PLAT-2", "Done")
    jira.site.add_project("OPS", "Operations")
    return key


@pytest.fixture
def allowed(world: World, epic: str) -> World:
    """A connection whose projects PLAT and OPS may, and a key result that nothing is linked to."""
    assert world.connect("jira", options=ALLOWED).error is None
    world.apply(key_result("KR-1"))
    return world


def links(world: World) -> list[Any]:
    return [row for row in world.rows("link") if row.ended_at is None]


def told(world: World) -> tuple[str, ...]:
    return conventions.unfollowed(world.runtime, "jira")


def test_a_label_makes_the_link_and_taking_it_away_ends_it(
    allowed: World, epic: str, jira: Any
) -> None:
    allowed.sync()
    assert links(allowed) == []
    jira.site.edit(epic, labels=["team", "OKR-kr-1"])
    allowed.sync()
    (made,) = links(allowed)
    assert (made.scope, made.origin) == (f"jira:epic:{epic}", "convention")
    assert allowed.value() == 50
    (worded,) = allowed.rows("revision", kind="link", subject_id=made.id)[:1]
    assert worded.author == f"{epic} in Jira"
    jira.site.edit(epic, labels=["team"])
    allowed.sync()
    (ended,) = allowed.rows("link")
    assert (ended.ended_at, ended.ended_by) == (allowed.clock(), f"{epic} in Jira")
    assert allowed.value() is None


@pytest.mark.parametrize("describe", ["Why.\nKey-Result: KR-1, KR-2", "*Key results:* KR-2 KR-1"])
def test_a_line_of_the_description_links_several(
    allowed: World, epic: str, jira: Any, describe: str
) -> None:
    allowed.apply(key_result("KR-1"), key_result("KR-2"))
    jira.site.edit(epic, description=describe)
    allowed.sync()
    assert len(links(allowed)) == 2
    assert (allowed.value("KR-1"), allowed.value("KR-2")) == (50, 50)


def test_only_parents_in_projects_that_allow_it_are_heard(
    allowed: World, epic: str, jira: Any
) -> None:
    jira.site.add_project("WEB", "Website")
    jira.site.add_issue("WEB", "Elsewhere", "Epic", labels=["okr-KR-1"])
    jira.site.edit("PLAT-2", labels=["okr-KR-1"])
    allowed.sync()
    assert links(allowed) == []


def test_a_connection_that_does_not_allow_it_makes_no_call_more(
    world: World, epic: str, jira: Any
) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    world.connect("jira")
    world.apply(key_result("KR-1"))
    assert world.sync() == []
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.sync()
    plain = world.tick()[0].calls
    world.connect("jira", options=ALLOWED)
    world.sync()
    assert len(links(world)) == 2
    world.sync()
    assert world.tick()[0].calls == plain + 1
    world.connect("jira", options={**ALLOWED, "conventions": "PLAT, NOPE"})
    world.sync()
    assert world.tick()[0].calls == plain + 1
    assert len(links(world)) == 2


def test_turning_it_off_ends_the_links_it_made(allowed: World, epic: str, jira: Any) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    allowed.connect("jira", options={"email": EMAIL})
    allowed.sync()
    assert links(allowed) == []


def test_a_link_a_person_made_is_the_only_one(allowed: World, epic: str, jira: Any) -> None:
    linking.add(allowed.runtime, LEAD, f"jira:epic:{epic.lower()}", LinkRule())
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    assert [each.origin for each in links(allowed)] == ["person"]
    jira.site.edit(epic, labels=[])
    allowed.sync()
    assert [each.origin for each in links(allowed)] == ["person"]


def test_who_ended_it_is_not_overruled_until_the_item_asks_anew(
    allowed: World, epic: str, jira: Any
) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    linking.remove(allowed.runtime, links(allowed)[0].id, author="Platform lead")
    allowed.sync()
    allowed.sync(full=True)
    assert links(allowed) == []
    (said,) = told(allowed)
    assert said.startswith(f"{epic} names KR-1, but Platform lead ended that link")
    jira.site.edit(epic, labels=[])
    allowed.sync()
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    assert len(links(allowed)) == 1
    assert told(allowed) == ()


def test_ending_a_persons_link_of_an_item_that_asks_for_it_stays_ended(
    allowed: World, epic: str, jira: Any
) -> None:
    linking.add(allowed.runtime, LEAD, f"jira:epic:{epic}", LinkRule())
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    linking.remove(allowed.runtime, links(allowed)[0].id, author="Platform lead")
    allowed.sync()
    assert links(allowed) == []


def test_a_rule_that_a_lead_changed_is_kept(allowed: World, epic: str, jira: Any) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    (made,) = links(allowed)
    linking.change(allowed.runtime, made.id, LinkRule(types=("Bug",)), author="Platform lead")
    allowed.sync()
    (kept,) = links(allowed)
    assert (kept.id, kept.origin, kept.rule["types"]) == (made.id, "convention", ["Bug"])


def test_it_is_measured_as_the_key_result_is_already(allowed: World, epic: str, jira: Any) -> None:
    other = jira.site.add_issue("PLAT", "Other", "Epic").key
    allowed.apply(key_result("KR-1", link(f"jira:epic:{other}", {"share": "points"})))
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    assert [each.rule["measure"]["of"] for each in links(allowed)] == ["points", "points"]


def test_what_cannot_be_done_is_said(allowed: World, epic: str, jira: Any) -> None:
    allowed.apply(key_result("KR-1"), key_result("KR-2", value=12))
    jira.site.edit(epic, labels=["okr-KR-2", "okr-KR-9"])
    allowed.sync()
    assert links(allowed) == []
    typed, unknown = told(allowed)
    assert typed.startswith(f"{epic} names KR-2, which cannot be linked: a value (12) was typed")
    assert unknown == f"{epic} names KR-9, but no open cycle has a key result of that key."
    allowed.apply(key_result("KR-9"))
    allowed.sync()
    assert len(links(allowed)) == 1
    assert len(told(allowed)) == 1


def test_of_several_cycles_the_active_one_is_meant(allowed: World, epic: str, jira: Any) -> None:
    today = datetime.now(UTC).date()
    more = f"""
worklift: 1
cycles: [{{key: next, start: {today}, end: {today + timedelta(days=80)}, state: draft}}]
objectives:
  - {{key: O-9, cycle: next, team: platform, title: Later, key_results: [
      {{key: KR-1, title: Again, target: 100, unit: "%"}}]}}
"""
    allowed.apply_text(more)
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    (made,) = links(allowed)
    assert allowed.value() == 50
    allowed.apply_text(more.replace("draft", "active"))
    linking.remove(allowed.runtime, made.id, author="Platform lead")
    jira.site.edit(epic, labels=[])
    allowed.sync()
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    assert told(allowed) == (
        f"{epic} names KR-1, which is in several open cycles (next, now); close all but one.",
    )


def test_a_plan_that_does_not_name_it_leaves_it(allowed: World, epic: str, jira: Any) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    allowed.apply(key_result("KR-1", link("jira:project:PLAT")))
    assert sorted(each.origin for each in links(allowed)) == ["convention", "plan"]
    allowed.apply(key_result("KR-1", links=[]))
    assert [each.origin for each in links(allowed)] == ["convention"]
    with pytest.raises(Refused, match="take the key result's name off the items"):
        allowed.apply(key_result("KR-1", value=12))


def test_a_deleted_item_takes_its_word_along(allowed: World, epic: str, jira: Any) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    allowed.hook("jira")
    jira.site.delete(epic)
    allowed.deliver("jira")
    allowed.sync(full=True)
    assert links(allowed) == []


def test_an_item_that_is_only_hidden_has_not_taken_its_word_back(
    allowed: World, epic: str, jira: Any
) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    allowed.sync()
    jira.site.hide_project("PLAT")
    allowed.sync(full=True)
    allowed.clock.turn(hours=7)
    allowed.sync()
    assert len(links(allowed)) == 1
    jira.site.show_project("PLAT")
    allowed.clock.turn(hours=7)
    allowed.sync()
    assert (len(allowed.rows("link")), allowed.value()) == (1, 50)


def test_a_project_that_is_not_there_does_not_stop_the_others(
    world: World, epic: str, jira: Any
) -> None:
    jira.site.edit(epic, labels=["okr-KR-1"])
    world.connect("jira", options={"email": EMAIL, "conventions": "NOPE, PLAT, 7 x"})
    world.apply(key_result("KR-1"))
    world.sync()
    assert len(links(world)) == 1
    jira.site.add_project("NOPE", "There after all")
    jira.site.add_issue("NOPE", "New", "Epic", labels=["okr-KR-1"])
    world.clock.turn(hours=7)
    world.sync()
    assert len(links(world)) == 2
