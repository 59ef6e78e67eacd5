"""What admins change on a simulated Jira: versions, components, statuses, types, sprints."""

from datetime import UTC, datetime

import pytest

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
SPRINT = "customfield_10020"


@pytest.fixture
def site(jira, receiver):
    here = jira.site
    here.now = MONDAY
    here.add_version("PLAT", "2.0")
    here.add_version("PLAT", "3.0")
    here.add_component("PLAT", "Payments")
    here.add_sprint("Sprint 1")
    here.add_sprint("Sprint 2", "future")
    here.add_issue("PLAT", "Story", fix_versions=["2.0"], components=["Payments"], sprint=1)
    here.add_hook(receiver.url)
    here.now = TUESDAY
    return here


def _fields(cloud, key="PLAT-1"):
    found = cloud.get("/rest/api/3/search/jql", jql=f"key = {key}", fields="*all").json()
    read = cloud.get(f"/rest/api/3/issue/{key}").json()["fields"]
    assert found["issues"][0]["fields"] == read
    return read


def _items(cloud, key="PLAT-1"):
    log = cloud.get(f"/rest/api/3/issue/{key}/changelog").json()["values"]
    return [(item["field"], item["from"], item["to"]) for one in log for item in one["items"]]


def _told(site, receiver):
    assert site.postman.settle()
    return [body["webhookEvent"] for body in receiver.bodies()]


@pytest.mark.parametrize(
    "case",
    [
        (lambda s: s.rename_version("PLAT", "2.0", "2.1"), "jira:version_updated",
         lambda f: f["fixVersions"][0]["name"] == "2.1"),
        (lambda s: s.release_version("PLAT", "2.0"), "jira:version_released",
         lambda f: (f["fixVersions"][0]["released"], f["fixVersions"][0]["releaseDate"])
         == (True, "2026-11-17")),
        (lambda s: s.unrelease_version("PLAT", "2.0"), "jira:version_unreleased",
         lambda f: f["fixVersions"][0]["released"] is False),
        (lambda s: s.archive_version("PLAT", "2.0"), "jira:version_updated",
         lambda f: f["fixVersions"][0]["archived"]),
        (lambda s: s.move_version("PLAT", "3.0"), "jira:version_moved", lambda f: True),
        (lambda s: s.rename_component("PLAT", "Payments", "Money"), None,
         lambda f: f["components"][0]["name"] == "Money"),
        (lambda s: s.rename_status("To Do", "Open"), None,
         lambda f: f["status"]["name"] == "Open"),
        (lambda s: s.recategorise_status("To Do", "done"), None,
         lambda f: f["status"]["statusCategory"]["key"] == "done"),
        (lambda s: s.rename_type("Story", "Feature"), None,
         lambda f: f["issuetype"]["name"] == "Feature"),
        (lambda s: s.rename_project("PLAT", "Base"), "project_updated",
         lambda f: f["project"]["name"] == "Base"),
        (lambda s: s.start_sprint(2), "sprint_started", lambda f: True),
        (lambda s: s.rename_sprint(1, "First"), "sprint_updated",
         lambda f: f[SPRINT][0]["name"] == "First"),
        (lambda s: s.close_sprint(1), "sprint_closed",
         lambda f: f[SPRINT][0]["state"] == "closed"),
    ],
)  # fmt: skip
def test_words_change_on_every_issue_and_bump_none(site, cloud, receiver, case):
    change, event, shown = case
    _fields(cloud)
    change(site)
    fields = _fields(cloud)
    assert shown(fields)
    assert datetime.fromisoformat(fields["updated"]) == MONDAY
    assert _items(cloud) == []
    assert _told(site, receiver) == ([event] if event else [])


def test_versions_are_listed_in_the_order_they_were_moved_to(site, cloud):
    site.move_version("PLAT", "3.0")
    listed = cloud.get("/rest/api/3/project/PLAT/versions").json()
    assert [one["name"] for one in listed] == ["3.0", "2.0"]


@pytest.mark.parametrize(
    "case",
    [
        (lambda s: s.delete_version("PLAT", "2.0"), [], "jira:version_deleted"),
        (lambda s: s.delete_version("PLAT", "2.0", swap="3.0"), ["3.0"], "jira:version_deleted"),
        (lambda s: s.merge_version("PLAT", "2.0", "3.0"), ["3.0"], "jira:version_merged"),
    ],
)
def test_a_version_that_goes_changes_its_issues(site, cloud, receiver, case):
    drop, left, event = case
    drop(site)
    fields = _fields(cloud)
    assert [one["name"] for one in fields["fixVersions"]] == left
    assert datetime.fromisoformat(fields["updated"]) == TUESDAY
    assert ("Fix Version", "10000", None) in _items(cloud)
    assert (("Fix Version", None, "10001") in _items(cloud)) == bool(left)
    assert _told(site, receiver) == ["jira:issue_updated", event]
    refused = cloud.get("/rest/api/3/search/jql", jql='fixVersion = "2.0"')
    assert "does not exist for the field" in refused.json()["errorMessages"][0]


def test_a_version_that_goes_while_it_has_the_other_too_leaves_one(site, cloud):
    site.edit("PLAT-1", fix_versions=["2.0", "3.0"])
    site.merge_version("PLAT", "2.0", "3.0")
    assert [one["name"] for one in _fields(cloud)["fixVersions"]] == ["3.0"]


def test_new_parts_never_get_the_number_of_an_old_one(site):
    first = site.add_version("PLAT", "4.0")["id"]
    site.delete_version("PLAT", "2.0")
    assert site.add_version("PLAT", "5.0")["id"] not in (first, "10000")


def test_a_deleted_status_leaves_its_issues_in_another(site, cloud):
    site.add_status("Waiting", "indeterminate")
    site.transition("PLAT-1", "Waiting")
    site.delete_status("waiting", into="In Progress")
    assert _fields(cloud)["status"]["name"] == "In Progress"
    assert "Waiting" not in [one["name"] for one in cloud.get("/rest/api/3/status").json()]
    site.delete_status("To Do", into="Backlog")
    assert site.add_issue("PLAT", "Fresh").fields["status"]["name"] == "Backlog"


def test_a_deleted_component_leaves_its_issues(site, cloud):
    site.delete_component("PLAT", "Payments")
    assert _fields(cloud)["components"] == []
    assert ("Component", "10000", None) in _items(cloud)


def test_issues_go_through_sprints_with_all_ids_in_the_changelog(site, cloud):
    site.start_sprint(2)
    done = site.add_issue("PLAT", "Done story", status="Done", sprint=1).key
    site.close_sprint(1, move_to=2)
    assert [one["id"] for one in _fields(cloud)[SPRINT]] == [1, 2]
    assert [one["id"] for one in _fields(cloud, done)[SPRINT]] == [1]
    site.put_in_sprint("PLAT-1", None)
    assert [one["id"] for one in _fields(cloud)[SPRINT]] == [1]
    assert _items(cloud) == [("Sprint", "1", "1, 2"), ("Sprint", "1, 2", "1")]
    assert cloud.keys("sprint = 1") == ["PLAT-1", done]


def test_a_deleted_sprint_is_unknown_and_holds_nothing(site, cloud, receiver):
    site.delete_sprint(1)
    assert _fields(cloud)[SPRINT] == []
    assert cloud.get("/rest/agile/1.0/sprint/1").status_code == 404
    assert cloud.get("/rest/api/3/search/jql", jql="sprint = 1").status_code == 400
    assert _told(site, receiver) == ["jira:issue_updated", "sprint_deleted"]
    assert site.add_sprint("Sprint 3")["id"] == 3


def test_subtasks_move_along_and_old_keys_lead_on(site, cloud):
    site.add_project("PAY", "Payments")
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-1")
    site.move("PLAT-1", "PAY")
    found = [cloud.get(f"/rest/api/3/issue/{key}").json()["key"] for key in ("PLAT-1", "PLAT-2")]
    assert found == ["PAY-1", "PAY-2"]
    assert cloud.keys("project = PAY") == ["PAY-1", "PAY-2"]
    assert cloud.keys("project = PLAT") == []
    assert _fields(cloud, "PAY-2")["parent"]["key"] == "PAY-1"
