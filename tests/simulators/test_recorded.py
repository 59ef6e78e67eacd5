"""Loading recorded answers: served as they were, queried and edited like any other item."""

import json

import pytest


def test_jira_serves_recorded_issues_as_they_were(jira, cloud, recorded):
    jira.site.load(recorded / "jira")
    was = {
        one["key"]: one for one in json.loads((recorded / "jira/issues.json").read_text("utf-8"))
    }
    page = cloud.get(
        "/rest/api/3/search/jql", jql="project in (EE, K5)", fields="*all", maxResults=100
    ).json()
    shown = {issue["key"]: issue for issue in page["issues"]}
    assert shown.keys() == was.keys()
    for key, issue in shown.items():
        fields, before = issue["fields"], was[key]["fields"]
        assert issue["id"] == was[key]["id"]
        names = ["summary", "resolutiondate", "updated", "labels", "customfield_10024"]
        assert [fields[name] for name in names] == [before.get(name) for name in names]
        for name in ("status", "issuetype", "resolution"):
            now, then = fields[name] or {}, before[name] or {}
            assert (now.get("id"), now.get("name")) == (then.get("id"), then.get("name"))
        now, then = (f["status"]["statusCategory"]["key"] for f in (fields, before))
        assert now == then
    assert "merico.atlassian.net" not in json.dumps(page)


@pytest.mark.parametrize(
    ("jql", "count"),
    [
        ("project = EE", 30),
        ("project = K5", 3),
        ("parent = EE-1", 5),
        ('parent = EE-1 AND resolution = "Won\'t Do"', 1),
        ("key = EE-35 AND statusCategory = new", 1),
        ("status = 已完成 AND project = EE", 30),
        ("parent = K5-1", 1),
        ('"Epic Link" = K5-4', 1),
        ("updated >= 1628000000000 AND project = EE", 1),
        ("sprint = 7", 1),
    ],
)
def test_queries_work_on_recorded_issues(jira, cloud, recorded, jql, count):
    jira.site.load(recorded / "jira")
    path = "/rest/api/3/search/approximate-count"
    expected = cloud.send("POST", path, {"jql": jql})
    assert expected.status_code == 200, expected.text
    found = expected.json()["count"]
    assert found >= 1 if jql == "sprint = 7" else found == count


def test_recorded_issues_are_edited_like_others(jira, cloud, recorded):
    jira.site.load(recorded / "jira")
    before = cloud.get("/rest/api/3/issue/EE-2/changelog").json()
    jira.site.transition("EE-2", "To Do")
    after = cloud.get("/rest/api/3/issue/EE-2").json()["fields"]
    assert after["status"]["statusCategory"]["key"] == "new"
    assert after["resolution"] is None
    log = cloud.get("/rest/api/3/issue/EE-2/changelog").json()
    assert log["total"] == before["total"] + 1
    assert log["values"][-1]["items"][0]["field"] == "status"
    assert jira.site.add_issue("EE", "New", "Bug").key == "EE-38"


def test_github_serves_recorded_items_under_one_milestone(github, rest, recorded):
    github.site.load(recorded / "github")
    was = json.loads((recorded / "github/issues.json").read_text("utf-8"))
    path = "/repos/panjf2000/ants/issues"
    shown = rest.get(path, milestone=7, state="all", per_page=100).json()
    assert {one["number"] for one in shown} == {one["number"] for one in was}
    assert sum("pull_request" in one for one in shown) == 15
    milestone = rest.get("/repos/panjf2000/ants/milestones/7").json()
    assert (milestone["open_issues"], milestone["closed_issues"]) == (2, 118)
    assert milestone["html_url"] == f"{github.url}/panjf2000/ants/milestone/7"
    assert len(rest.get(f"{path}/events", per_page=100).json()) > 40
    one = shown[0]["number"]
    github.site.reopen("panjf2000/ants", one)
    milestone = rest.get("/repos/panjf2000/ants/milestones/7").json()
    assert (milestone["open_issues"], milestone["closed_issues"]) == (3, 117)
    assert [item["number"] for item in rest.get(path).json()] == [one]
