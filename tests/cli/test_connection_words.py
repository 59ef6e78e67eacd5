"""``worklift pause``, ``resume``, ``rename``, ``seen-by`` and ``suggest``, as people type them."""

import pytest

from tests.cli.conftest import Typed
from tests.world import key_result, link

WHY = "Jira is moved"


def test_a_pause_is_told_wherever_freshness_is_and_ended(ready: Typed) -> None:
    assert "--why" in ready.refused("pause", "jira")
    said = ready("pause", "jira", "--why", WHY, "--author", "ada").stdout
    assert said == "jira is paused; worklift resume jira has it read again\n"
    shown = ready("connections").stdout
    assert "  paused  " in shown
    assert f"by ada: {WHY}" in shown
    assert "worklift resume jira" in shown
    assert "by an admin" in ready("status").stdout
    told = ready("sync", "jira", code=1).stdout
    assert f"reads of jira are paused by ada ({WHY}); worklift resume jira ends that" in told
    (found,) = [e for e in ready.json("connections")["connections"] if e["name"] == "jira"]
    assert (found["word"], found["pause"]["why"]) == ("paused", WHY)
    assert "already, by ada" in ready.refused("pause", "jira", "--why", "again")
    assert ready("resume", "jira").stdout == "jira is read again: 1 source at once\n"
    assert "is not paused" in ready.refused("resume", "jira")
    ready("sync", "jira")


def test_another_name_keeps_everything(ready: Typed) -> None:
    before = ready.json("explain", "KR-1")["links"]
    said = ready("rename", "jira", "jira-eu").stdout
    assert said.startswith("jira is called jira-eu from now on")
    assert ready.json("explain", "KR-1")["links"] == before
    assert "jira is called jira-eu now" in ready.refused("sync", "jira")
    assert "another connection is called github" in ready.refused("rename", "jira-eu", "github")
    ready("sync", "jira-eu")


def test_who_sees_a_connection_is_shown_and_chosen(ready: Typed) -> None:
    assert ready("seen-by", "jira").stdout == "jira: everybody signed in sees its work items\n"
    shown = ready("seen-by", "jira", "--team", "acme", "--viewers").stdout
    assert "seen by the teams whose key results link to it (now Platform)" in shown
    assert "and Acme (acme) with all below it" in shown
    assert "people who sign in as viewers" in shown
    found = ready.json("seen-by", "jira", "--bound")
    assert (found["everybody"], found["teams"], found["viewers"]) == (False, [], False)
    assert "there is no team 'nobody'" in ready.refused("seen-by", "jira", "--team", "nobody")
    assert "give it alone" in ready.refused("seen-by", "jira", "--everybody", "--bound")
    assert "everybody signed in" in ready("seen-by", "jira", "--everybody").stdout


@pytest.fixture
def alike(typed: Typed) -> Typed:
    """A key result without links, and an epic that was read whose title is like its own."""
    epic = typed.jira.site.add_issue("PLAT", "Move the payment queue", "Epic").key
    typed.jira.site.add_issue("PLAT", "First step", parent=epic)
    typed.connect()
    bare = key_result("KR-1", title="Move the payment queue")
    typed("apply", typed.plan(bare, key_result("KR-2", link("jira:project:PLAT"))))
    typed("sync")
    return typed


def test_what_is_suggested_is_accepted_or_turned_down(alike: Typed) -> None:
    shown = alike("suggest", "list").stdout
    assert "KR-1  jira:epic:PLAT-1  Move the payment queue" in shown
    (one,) = alike.json("suggest", "list", "KR-1")["suggested"]["KR-1"]
    assert one["scope"] == "jira:epic:PLAT-1"
    said = alike("suggest", "dismiss", "KR-1", one["scope"]).stdout
    assert said == "jira:epic:PLAT-1 is suggested for KR-1 no more\n"
    assert "nothing is suggested" in alike("suggest", "list").stderr
    told = alike.refused("suggest", "accept", "KR-1", one["scope"])
    assert "is not suggested for KR-1, nothing is" in told
    alike("suggest", "recall", "KR-1", one["scope"])
    assert "1 counted" in alike("suggest", "accept", "KR-1", one["scope"], "--dry-run").stdout
    said = alike("suggest", "accept", "KR-1", one["scope"]).stdout
    assert said == "KR-1 counts jira:epic:PLAT-1 as soon as it was read\n"
    assert "there is no key result 'KR-9'" in alike.refused("suggest", "list", "KR-9")
    assert "say for which KEY" in alike.refused("suggest", "list", "--trackers")


def test_trackers_are_searched_for_one_key_result(alike: Typed) -> None:
    found = alike.json("suggest", "list", "KR-1", "--trackers")["suggested"]["KR-1"]
    assert found[0]["scope"] == "jira:epic:PLAT-1"
