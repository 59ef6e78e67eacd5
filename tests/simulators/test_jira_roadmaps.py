"""Advanced Roadmaps of a simulated Data Center: parents of epics, their levels, and without it."""

import re

import pytest

FIELD = "customfield_10018"


@pytest.fixture
def site(data_center):
    here = data_center.site
    for name, kind, parent in (("Initiative", "Initiative", None), ("Epic", "Epic", "PLAT-1"),
                               ("Story", "Story", "PLAT-2")):  # fmt: skip
        here.add_issue("PLAT", name, kind, parent=parent)
    return here


def found(center, jql):
    answer = center.send("POST", "/rest/api/2/search", {"jql": jql, "fields": [FIELD]})
    return {each["key"]: each["fields"].get(FIELD) for each in answer.json()["issues"]}


def test_an_epic_shows_what_it_lies_below_as_a_key_or_as_an_object(site, center):
    assert found(center, "project = PLAT") == {"PLAT-1": None, "PLAT-2": "PLAT-1", "PLAT-3": None}
    site.parents_as_objects = True
    site.changed()
    shown = found(center, "key = PLAT-2")["PLAT-2"]
    assert (shown["data"]["key"], shown["showField"]) == ("PLAT-1", True)


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ('"Parent Link" = PLAT-1', {"PLAT-2"}), ("cf[10018] in (PLAT-1, PLAT-2)", {"PLAT-2"}),
        ("cf[10018] is not EMPTY", {"PLAT-2"}), ("parent = PLAT-1", set()),
        ('"Epic Link" = PLAT-1', set()), ('"Epic Link" = PLAT-2', {"PLAT-3"}),
    ],
)  # fmt: skip
def test_each_field_of_parents_knows_its_own_level(site, center, jql, keys):
    assert found(center, jql).keys() == keys


def test_a_move_is_told_by_the_name_of_the_field(site, center):
    change = {"fields": {FIELD: None}}
    assert center.send("PUT", "/rest/api/2/issue/PLAT-2", change).status_code == 204
    log = center.get("/rest/api/2/issue/PLAT-2?expand=changelog").json()["changelog"]
    last = log["histories"][-1]["items"][0]
    assert (last["field"], last["fromString"], last["toString"]) == ("Parent Link", "PLAT-1", None)
    assert "fieldId" not in last


def test_levels_come_in_pages_of_one_and_types_tell_none(site, center):
    levels = center.get("/rest/jpo-api/1.0/hierarchy?page=1&size=100").json()
    assert [(each["id"], each["title"]) for each in levels] == [
        (0, "Sub-task"), (1, "Story"), (2, "Epic"), (3, "Initiative")]  # fmt: skip
    assert center.get("/rest/jpo-api/1.0/hierarchy?page=3").json() == levels[2:3]
    assert not any("hierarchyLevel" in each for each in center.get("/rest/api/2/issuetype").json())
    site.shows_hierarchy = False
    assert center.get("/rest/jpo-api/1.0/hierarchy").status_code == 403


def test_without_it_there_is_no_such_field(site, center):
    site.remove_roadmaps()
    assert FIELD not in {each["id"] for each in center.get("/rest/api/2/field").json()}
    assert center.get("/rest/jpo-api/1.0/hierarchy").status_code == 404
    answer = center.send("POST", "/rest/api/2/search", {"jql": "cf[10018] = PLAT-1"})
    assert (answer.status_code, "does not exist" in answer.text) == (400, True)
    for change in ({FIELD: "PLAT-1"}, {"parent": None}):
        refused = center.send("PUT", "/rest/api/2/issue/PLAT-2", {"fields": change})
        assert refused.status_code == 400
    assert FIELD not in center.get("/rest/api/2/issue/PLAT-2").json()["fields"]
    site.add_roadmaps()
    assert found(center, "cf[10018] = PLAT-1") == {"PLAT-2": "PLAT-1"}


def test_cloud_knows_none_of_it(cloud):
    assert cloud.get("/rest/jpo-api/1.0/hierarchy").status_code == 404


def test_it_is_removed_and_installed_by_a_button(site, center):
    assert "Advanced Roadmaps" in center.get("/_sim").text
    form = {"item": "app:roadmaps", "action": "Remove"}
    page = center.get("/_sim").text
    form["csrf"] = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    center.session.post(f"{center.base}/_sim/do", form, allow_redirects=False)
    assert not site.roadmaps
    form["action"] = "Install"
    center.session.post(f"{center.base}/_sim/do", form, allow_redirects=False)
    assert site.roadmaps
