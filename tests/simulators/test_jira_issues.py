"""Single issues of a simulated Jira: history, workflow, moves, writes over HTTP."""

from datetime import UTC, datetime

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def _items(cloud, key):
    log = cloud.get(f"/rest/api/3/issue/{key}/changelog").json()["values"]
    return [(item["field"], item["fromString"], item["toString"])
            for change in log for item in change["items"]]  # fmt: skip


def test_a_transition_sets_and_clears_what_jira_would(jira, cloud):
    site = jira.site
    site.add_issue("PLAT", "Story", at=MONDAY)
    site.transition("PLAT-1", "Done", "Won't Do", at=TUESDAY)
    closed = cloud.get("/rest/api/3/issue/PLAT-1").json()["fields"]
    assert closed["resolution"]["name"] == "Won't Do"
    assert closed["status"]["statusCategory"]["key"] == "done"
    moments = [closed[name] for name in ("resolutiondate", "statuscategorychangedate", "updated")]
    assert {datetime.fromisoformat(moment) for moment in moments} == {TUESDAY}
    assert datetime.fromisoformat(closed["created"]) == MONDAY
    site.transition("PLAT-1", "To Do")
    opened = cloud.get("/rest/api/3/issue/PLAT-1").json()["fields"]
    assert (opened["resolution"], opened["resolutiondate"]) == (None, None)
    assert _items(cloud, "PLAT-1") == [
        ("status", "To Do", "Done"), ("resolution", None, "Won't Do"),
        ("status", "Done", "To Do"), ("resolution", "Won't Do", None),
    ]  # fmt: skip


def test_edits_write_history_and_no_change_writes_none(jira, cloud):
    site = jira.site
    site.add_issue("PLAT", "Epic", "Epic")
    site.add_version("PLAT", "2.0")
    site.add_issue("PLAT", "Story", points=3)
    site.edit("PLAT-2", points=5, parent="PLAT-1", fix_versions=["2.0"], labels=["a", "b"])
    site.edit("PLAT-2", points=5, labels=["a", "b"])
    assert _items(cloud, "PLAT-2") == [
        ("Story Points", "3", "5"), ("IssueParentAssociation", None, "PLAT-1"),
        ("Epic Link", None, "PLAT-1"), ("Fix Version", None, "2.0"), ("labels", "", "a b"),
    ]  # fmt: skip


def test_points_of_a_team_managed_project_have_their_own_field(jira, cloud):
    jira.site.add_project("NEXT", "Next", style="next-gen")
    jira.site.add_issue("NEXT", "Story", points=8)
    names = {
        one["id"]: one["schema"].get("custom", "") for one in cloud.get("/rest/api/3/field").json()
    }
    fields = cloud.get("/rest/api/3/issue/NEXT-1").json()["fields"]
    assert [names[name] for name, value in fields.items() if value == 8] == [
        "com.pyxis.greenhopper.jira:jsw-story-points"
    ]


def test_a_moved_issue_keeps_its_id_and_answers_to_both_keys(jira, cloud):
    jira.site.add_project("PAY", "Payments")
    ident = jira.site.add_issue("PLAT", "Story").id
    jira.site.move("PLAT-1", "PAY")
    old, new = (cloud.get(f"/rest/api/3/issue/{key}").json() for key in ("PLAT-1", "PAY-1"))
    assert old["id"] == new["id"] == ident
    assert old["key"] == "PAY-1"
    assert ("Key", "PLAT-1", "PAY-1") in _items(cloud, "PAY-1")
    assert jira.site.add_issue("PLAT", "Next").key == "PLAT-2"


def test_a_deleted_issue_takes_its_subtasks_along(jira, cloud):
    site = jira.site
    site.add_issue("PLAT", "Story")
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-1")
    assert cloud.send("DELETE", "/rest/api/3/issue/PLAT-1").status_code == 400
    assert cloud.send("DELETE", "/rest/api/3/issue/PLAT-1?deleteSubtasks=true").status_code == 204
    for key in ("PLAT-1", "PLAT-2"):
        answer = cloud.get(f"/rest/api/3/issue/{key}")
        assert answer.status_code == 404
        assert "does not exist" in answer.json()["errorMessages"][0]


def test_an_issue_is_made_changed_and_closed_over_http(cloud):
    fields = {"project": {"key": "PLAT"}, "summary": "New", "issuetype": {"name": "Story"},
              "customfield_10016": 2}  # fmt: skip
    key = cloud.send("POST", "/rest/api/3/issue", {"fields": fields}).json()["key"]
    path = f"/rest/api/3/issue/{key}"
    change = {"fields": {"summary": "Newer"}, "update": {"labels": [{"add": "x"}]}}
    assert cloud.send("PUT", path, change).status_code == 204
    ways = cloud.get(f"{path}/transitions").json()["transitions"]
    done = next(way["id"] for way in ways if way["to"]["statusCategory"]["key"] == "done")
    assert (
        cloud.send("POST", f"{path}/transitions", {"transition": {"id": done}}).status_code == 204
    )
    now = cloud.get(path).json()["fields"]
    assert (now["summary"], now["labels"], now["customfield_10016"]) == ("Newer", ["x"], 2)
    assert now["resolution"]["name"] == "Done"


def test_impossible_writes_are_refused_by_field(jira, cloud):
    jira.site.add_issue("PLAT", "Story")
    path = "/rest/api/3/issue/PLAT-1"
    for fields in ({"status": "Done"}, {"customfield_10016": "many"}, {"colour": "red"},
                   {"parent": {"key": "PLAT-9"}}):  # fmt: skip
        answer = cloud.send("PUT", path, {"fields": fields})
        assert answer.status_code == 400
        assert list(answer.json()["errors"]) == list(fields)
    assert cloud.send("POST", "/rest/api/3/issue", {"fields": {"summary": "x"}}).status_code == 400


def test_expanded_changelogs_are_cut_in_searches(jira, cloud):
    jira.site.add_issue("PLAT", "Story")
    for number in range(30):
        jira.site.edit("PLAT-1", summary=f"Words {number}")
    asked = {"jql": "key = PLAT-1", "fields": "summary", "expand": "changelog"}
    log = cloud.get("/rest/api/3/search/jql", **asked).json()["issues"][0]["changelog"]
    assert (log["total"], len(log["histories"])) == (30, 20)
    assert log["histories"][0]["items"][0]["toString"] == "Words 29"
    page = cloud.get("/rest/api/3/issue/PLAT-1/changelog", startAt=20, maxResults=50).json()
    assert (len(page["values"]), page["total"], page["isLast"]) == (10, 30, True)


def test_version_3_shows_documents_and_version_2_text(jira, cloud):
    jira.site.add_issue("PLAT", "Story", description="Plain words")
    new, old = (
        cloud.get(f"/rest/api/{v}/issue/PLAT-1").json()["fields"]["description"] for v in (3, 2)
    )
    assert old == "Plain words"
    assert new["content"][0]["content"][0]["text"] == "Plain words"
