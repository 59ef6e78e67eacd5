"""What people look for by hand: queries judged, names suggested, parts and filters by their id."""

import pytest

from integrations.simulators.jira.finding import add_filter


@pytest.fixture
def named(jira):
    site = jira.site
    site.add_version("PLAT", "2.0")
    site.add_component("PLAT", "Queue consumers")
    site.add_issue("PLAT", "Story", labels=["queue"], fix_versions=["2.0"])
    return site


def test_queries_are_judged_without_being_run(named, cloud):
    body = {"queries": ["project = PLAT AND updated >= -7d", "project = NOPE", "project ="]}
    answer = cloud.send("POST", "/rest/api/3/jql/parse?validation=strict", body)
    good, unknown, broken = answer.json()["queries"]
    assert good == {"query": body["queries"][0]}
    assert unknown["errors"] == ["The value 'NOPE' does not exist for the field 'project'."]
    assert broken["errors"][0].startswith("Error in the JQL Query")
    assert cloud.send("POST", "/rest/api/3/jql/parse", {}).status_code == 400


def test_names_are_suggested_as_a_query_needs_them(named, cloud):
    path = "/rest/api/3/jql/autocompletedata/suggestions"
    asked = {"fixVersion": ("2", '"2.0"'), "component": ("queue", '"Queue consumers"'),
             "labels": ("qu", "queue")}  # fmt: skip
    for field, (start, value) in asked.items():
        (found,) = cloud.get(path, fieldName=field, fieldValue=start).json()["results"]
        assert found["value"] == value
        assert found["displayName"].lower().startswith(f"<b>{start}</b>")
    assert cloud.get(path, fieldName="summary", fieldValue="S").json() == {"results": []}
    named.hide_project("PLAT")
    assert cloud.get(path, fieldName="fixVersion", fieldValue="2").json() == {"results": []}


def test_parts_and_filters_are_read_by_their_id(named, cloud):
    version = named.versions["PLAT"][0]["id"]
    assert cloud.get(f"/rest/api/3/version/{version}").json()["projectId"] == 10000
    part = named.components["PLAT"][0]["id"]
    assert cloud.get(f"/rest/api/3/component/{part}").json()["project"] == "PLAT"
    assert cloud.get("/rest/api/3/version/99999").status_code == 404
    number = add_filter(named, "Versioned", "fixVersion = 2.0")
    assert cloud.get(f"/rest/api/3/filter/{number}").json()["jql"] == "fixVersion = 2.0"
    assert cloud.get("/rest/api/3/filter/99").status_code == 400
    assert cloud.keys(f"filter = {number}") == ["PLAT-1"]
    assert cloud.keys("filter = Versioned AND project = PLAT") == ["PLAT-1"]


def test_data_center_has_no_parser(data_center, center):
    assert center.send("POST", "/rest/api/2/jql/parse", {"queries": ["x"]}).status_code == 404
