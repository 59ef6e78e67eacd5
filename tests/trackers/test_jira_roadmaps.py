"""Data Center with Advanced Roadmaps and without: parents of epics, and the levels above them."""

import json

import pytest

from connector.work import Ref
from integrations import catalogue
from integrations.jira.levels import levels_of, text_of
from integrations.simulators import start_jira
from integrations.tracker import Account
from tests.jira_looks import Told, later, need, opened

FIELD = "customfield_10018"
OLDER = {"parent_link": "", "levels": ""}
DEEP = need(("epic", "PLAT-1"), parents=frozenset({"PLAT-2"}))


@pytest.fixture
def running():
    with start_jira(deployment="datacenter") as jira:
        site = jira.site
        site.add_project("PLAT", "Platform")
        site.add_issue("PLAT", "Payments never wait", "Initiative")
        site.add_issue("PLAT", "Queue", "Epic", parent="PLAT-1")
        site.add_issue("PLAT", "Story", parent="PLAT-2")
        yield jira


@pytest.fixture
def site(running):
    return running.site


def checked(running, **options):
    account = Account(
        name="m", url=running.url, token="jira-token", options=options, allow_private=True
    )
    session = catalogue.get("jira").open(account)
    try:
        return session.check().options
    finally:
        session.close()


def parents(items):
    return {key: (item.level, item.parent_key) for key, item in items.items()}


BELOW = {"PLAT-1": (2, None), "PLAT-2": (1, "PLAT-1"), "PLAT-3": (0, "PLAT-2")}


def test_the_connection_test_finds_the_field_and_the_levels(running, site):
    found = checked(running)
    assert (found["parent_link"], found["levels"]) == (FIELD, "10000:1,10005:2")
    site.remove_roadmaps()
    assert not {"parent_link", "levels"} & checked(running).keys()


def test_cloud_tells_parents_and_levels_itself():
    with start_jira() as cloud:
        assert not {"parent_link", "levels"} & checked(cloud, email="admin@example.com").keys()


@pytest.mark.parametrize("objects", [False, True], ids=["keys", "objects"])
def test_an_older_connection_finds_both_and_reads_all_once(running, site, objects):
    site.parents_as_objects = objects
    site.changed()
    before = '{"since": 5, "lists": {"read_at": null, "entries": {}, "bound": {}}}'
    told = Told(opened(running, **OLDER), DEEP, before)
    assert parents(told.items) == BELOW
    assert told.look.complete
    idle = Told(opened(running, **OLDER), DEEP, told.look.cursor)
    assert idle.calls == 1
    assert not idle.look.complete
    (epic,) = opened(running, **OLDER).fetch("", [Ref(None, "PLAT-2")]).items
    assert (epic.level, epic.parent_key) == (1, "PLAT-1")


def test_without_roadmaps_nothing_is_above_an_epic_and_nothing_is_asked_twice(running, site):
    site.remove_roadmaps()
    told = Told(opened(running, **OLDER), DEEP)
    assert parents(told.items) == {**BELOW, "PLAT-1": (0, None), "PLAT-2": (1, None)}
    assert told.look.broken == {}
    idle = Told(opened(running, **OLDER), DEEP, told.look.cursor)
    assert idle.calls == 1
    site.edit("PLAT-3", parent=None)
    assert Told(opened(running, **OLDER), DEEP, told.look.cursor).items["PLAT-3"].parent_key is None


def test_a_field_that_was_taken_away_stops_nothing(running, site):
    site.remove_roadmaps()
    told = Told(opened(running), DEEP)
    assert told.look.broken == {}
    assert parents(told.items)["PLAT-3"] == (0, "PLAT-2")


def test_where_the_levels_are_not_told_what_epics_lie_below_is_above_them(running, site):
    site.shows_hierarchy = False
    site.add_issue("PLAT", "Bug in none", "Bug")
    assert checked(running)["levels"] == "10005:2"
    site.edit("PLAT-2", parent=None)
    assert "levels" not in checked(running)
    assert parents(Told(opened(running), DEEP).items)["PLAT-1"] == (2, None)


def test_a_parent_that_is_hidden_says_nothing_of_levels(running, site):
    site.shows_hierarchy = False
    site.hide_issue("PLAT-1")
    assert "levels" not in checked(running)


def test_a_type_that_came_to_lie_above_is_learnt_by_a_sweep_and_read_anew(running, site):
    told = Told(opened(running, levels="10000:1"), DEEP)
    assert told.items["PLAT-1"].level == 0
    idle = Told(opened(running, levels="10000:1"), DEEP, told.look.cursor)
    assert idle.calls == 1
    swept = Told(opened(running, levels="10000:1"), DEEP, idle.look.cursor, sweep=True)
    assert parents(swept.items) == BELOW
    again = Told(opened(running, levels="10000:1"), DEEP, swept.look.cursor)
    assert again.calls == 1
    grown = need(("epic", "PLAT-1"), ("project", "PLAT"), before=again.look.cursor)
    assert parents(Told(opened(running, levels="10000:1"), grown).items) == BELOW


def test_the_survey_and_the_search_know_what_is_above_epics(running):
    session = opened(running)
    found = session.survey()
    assert {("Initiative", 2), ("Epic", 1), ("Story", 0), ("Sub-task", -1)} <= set(found.types)
    assert found.proposed["types"] == {"Initiative": {"counts": "parent"}}
    assert [each.value for each in session.finder.search("never")] == ["PLAT-1"]
    assert [each.value for each in session.finder.search("PLAT-1")] == ["PLAT-1"]


def test_an_initiative_may_name_key_results_itself(running, site):
    site.edit("PLAT-1", labels=["okr-KR-1"])
    told = Told(opened(running), need(conventions=frozenset({"PLAT"})))
    assert told.items["PLAT-1"].mentions == {"KR-1"}


def test_what_was_learnt_of_names_outlives_a_full_read(running, site):
    site.add_version("PLAT", "2.0")
    scope = ("version", "PLAT/2.0")
    first = Told(opened(running), need(scope))
    site.rename_version("PLAT", "2.0", "2.1")
    said = {scope: "Version 2.0 of PLAT is called 2.1 now; change the link to"
                   " jira:version:PLAT/2.1."}  # fmt: skip
    told = Told(opened(running), need(scope, before=first.look.cursor))
    assert told.look.complete
    assert told.look.broken == said
    assert later(opened(running), need(scope), told.look.cursor, site).look.broken == said
    for spoilt in (None, "x", json.dumps({"since": -1})):
        (why,) = Told(opened(running), need(scope, before=spoilt)).look.broken.values()
        assert why == "PLAT has no version called 2.0."


@pytest.mark.parametrize("text", ["", "x", "5:x", "5:0", "5:100", ":2", "5", "5:-1", "5:٣"])
def test_levels_that_cannot_be_read_are_none(text):
    assert levels_of(text) == {}


def test_levels_are_written_as_they_are_read():
    assert levels_of(text_of({"6": 3, "5": 2})) == {"5": 2, "6": 3}
