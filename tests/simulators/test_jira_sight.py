"""What a caller may not see on a simulated Jira is just not there."""

import pytest

GONE = "does not exist for the field 'project'"


@pytest.fixture
def site(jira):
    here = jira.site
    here.add_project("PAY", "Payments")
    here.add_issue("PLAT", "Epic", "Epic")
    here.add_issue("PAY", "Story", parent="PLAT-1")
    here.add_issue("PAY", "Part", "Sub-task", parent="PAY-1")
    here.add_issue("PLAT", "Other")
    return here


def _bulk(cloud, *keys):
    body = {"issueIdsOrKeys": list(keys), "fields": ["summary", "parent", "subtasks"]}
    return cloud.send("POST", "/rest/api/3/issue/bulkfetch", body).json()["issues"]


def _refused(cloud, jql):
    answer = cloud.get("/rest/api/3/search/jql", jql=jql)
    assert answer.status_code == 400, answer.text
    return answer.json()["errorMessages"][0]


@pytest.mark.parametrize(
    ("take", "give"),
    [("hide_project", "show_project"), ("delete_project", "restore_project")],
)
def test_a_project_taken_away_is_nowhere_until_it_is_back(site, cloud, take, give):
    everything = cloud.keys("created > 100000")
    assert len(_bulk(cloud, "PAY-1", "PLAT-1")) == 2
    getattr(site, take)("PAY")
    assert GONE in _refused(cloud, "project = PAY")
    assert "An issue with key 'PAY-1' does not exist" in _refused(cloud, "key = PAY-1")
    assert cloud.keys("created > 100000") == ["PLAT-1", "PLAT-2"]
    assert cloud.keys("parent = PLAT-1") == []
    assert [one["key"] for one in _bulk(cloud, "PAY-1", "PLAT-1")] == ["PLAT-1"]
    assert cloud.get("/rest/api/3/issue/PAY-1").status_code == 404
    for path in ("project/PAY", "project/PAY/versions", "issue/PAY-1/changelog"):
        assert cloud.get(f"/rest/api/3/{path}").status_code == 404
    listed = cloud.get("/rest/api/3/project/search").json()["values"]
    assert [one["key"] for one in listed] == ["PLAT"]
    log = {"issueIdsOrKeys": ["PAY-1"]}
    changes = cloud.send("POST", "/rest/api/3/changelog/bulkfetch", log).json()
    assert changes["issueChangeLogs"] == []
    getattr(site, give)("PAY")
    assert cloud.keys("created > 100000") == everything
    assert [one["key"] for one in _bulk(cloud, "PAY-1")] == ["PAY-1"]


def test_what_is_hidden_goes_on_changing(site, cloud):
    site.hide_project("PAY")
    site.transition("PAY-1", "Done")
    site.show_project("PAY")
    assert cloud.keys("statusCategory = Done") == ["PAY-1"]


def test_one_issue_can_be_hidden(site, cloud):
    assert _bulk(cloud, "PAY-1")[0]["fields"]["subtasks"] != []
    site.hide_issue("PAY-2")
    assert [one["key"] for one in _bulk(cloud, "PAY-1", "PAY-2")] == ["PAY-1"]
    assert _bulk(cloud, "PAY-1")[0]["fields"]["subtasks"] == []
    assert cloud.keys("project = PAY") == ["PAY-1"]
    assert cloud.get("/rest/api/3/issue/PAY-2").status_code == 404
    site.show_issue("PAY-2")
    assert cloud.keys("project = PAY") == ["PAY-1", "PAY-2"]


def test_a_hidden_parent_is_named_and_no_more(site, cloud):
    assert "fields" in _bulk(cloud, "PAY-1")[0]["fields"]["parent"]
    site.hide_issue("PLAT-1")
    parent = _bulk(cloud, "PAY-1")[0]["fields"]["parent"]
    assert parent["key"] == "PLAT-1"
    assert "fields" not in parent
    assert "An issue with key 'PLAT-1'" in _refused(cloud, "parent = PLAT-1")


def test_an_archived_project_is_read_by_id_and_never_searched(site, cloud):
    site.archive_project("PAY")
    assert GONE in _refused(cloud, "project = PAY")
    assert cloud.keys("created > 100000") == ["PLAT-1", "PLAT-2"]
    assert cloud.get("/rest/api/3/issue/PAY-1").status_code == 200
    assert cloud.get("/rest/api/3/project/PAY").json()["archived"] is True
    site.restore_project("PAY")
    assert cloud.keys("project = PAY") == ["PAY-1", "PAY-2"]


def test_data_center_hides_the_same(data_center, center):
    here = data_center.site
    here.add_issue("PLAT", "Story")
    here.hide_project("PLAT")
    answer = center.get("/rest/api/2/search", jql="project = PLAT")
    assert answer.status_code == 400
    assert GONE in answer.json()["errorMessages"][0]
    assert center.get("/rest/api/2/issue/PLAT-1").status_code == 404
    assert center.get("/rest/api/2/project").json() == []
    assert center.get("/rest/api/2/search", jql="created > 100000").json()["total"] == 0
