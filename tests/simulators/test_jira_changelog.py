"""The simulated Jira's changelogs as Cloud and Data Center serve them, live and recorded."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from integrations.simulators.demo import fill

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def bulk(cloud, *ids, **more):
    answer = cloud.send(
        "POST", "/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": list(ids), **more}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_many_changelogs_come_by_date_over_pages_and_silence_has_two_meanings(jira, cloud):
    site = jira.site
    ids = [site.add_issue("PLAT", f"Story {number}", at=MONDAY).id for number in range(3)]
    for number in range(6):
        site.edit(ids[number % 2], points=number + 1, at=MONDAY + timedelta(hours=number))
    first = bulk(cloud, *ids, "999999", "NOPE-1", maxResults=3)
    second = bulk(
        cloud, *ids, "999999", "NOPE-1", maxResults=3, nextPageToken=first["nextPageToken"]
    )
    assert [log["issueId"] for log in first["issueChangeLogs"]] == ids[:2]
    assert [len(log["changeHistories"]) for log in first["issueChangeLogs"]] == [2, 1]
    assert [len(log["changeHistories"]) for log in second["issueChangeLogs"]] == [2, 1]
    assert "nextPageToken" not in second
    change = first["issueChangeLogs"][0]["changeHistories"][0]
    assert datetime.fromisoformat(change["created"]) == MONDAY
    assert change["author"]["displayName"]


def test_data_center_shows_all_changes_and_no_field_ids(data_center, center):
    site = data_center.site
    site.add_issue("PLAT", "Epic", "Epic")
    site.add_issue("PLAT", "Story")
    site.edit("PLAT-2", parent="PLAT-1", points=3)
    for number in range(30):
        site.edit("PLAT-2", summary=f"Words {number}")
    asked = {"expand": "changelog", "fields": "summary"}
    log = center.get("/rest/api/2/issue/PLAT-2", **asked).json()["changelog"]
    assert (log["total"], len(log["histories"])) == (31, 31)
    items = [item for change in log["histories"] for item in change["items"]]
    assert not any("fieldId" in item for item in items)
    assert [item["field"] for item in items[:2]] == ["Epic Link", "Story Points"]
    found = center.get("/rest/api/2/search", jql="key = PLAT-2", **asked).json()
    assert found["issues"][0]["changelog"] == log
    assert center.get("/rest/api/2/issue/PLAT-2/changelog").status_code == 404


def test_a_move_takes_along_only_the_parts_the_new_project_has(jira, cloud):
    site = jira.site
    site.add_project("PAY", "Payments")
    for project, name in (("PLAT", "1.0"), ("PLAT", "2.0"), ("PAY", "2.0")):
        site.add_version(project, name)
    site.add_component("PLAT", "Queue")
    site.add_issue("PLAT", "Story", fix_versions=["1.0", "2.0"], components=["Queue"])
    site.move("PLAT-1", "PAY")
    fields = cloud.get("/rest/api/3/issue/PAY-1").json()["fields"]
    (mine,) = cloud.get("/rest/api/3/project/PAY/versions").json()
    assert [part["id"] for part in fields["fixVersions"]] == [mine["id"]]
    assert fields["components"] == []
    (change,) = cloud.get("/rest/api/3/issue/PAY-1/changelog").json()["values"]
    told = [(item["field"], item["fromString"], item["toString"]) for item in change["items"]]
    assert told == [
        ("project", "Platform", "Payments"), ("Key", "PLAT-1", "PAY-1"),
        ("Fix Version", "1.0", None), ("Fix Version", "2.0", None), ("Fix Version", None, "2.0"),
        ("Component", "Queue", None),
    ]  # fmt: skip


def test_recorded_changelogs_are_served_even_of_issues_that_were_not_recorded(
    jira, cloud, recorded
):
    jira.site.load(recorded / "jira")
    pages = json.loads((recorded / "jira/changelogs.json").read_text("utf-8"))
    issues = json.loads((recorded / "jira/issues.json").read_text("utf-8"))
    was = {ident: len(histories) for ident, histories in pages.items()}
    was |= {one["id"]: one["changelog"]["total"] for one in issues}
    found = bulk(cloud, *was, maxResults=10000)
    served = {log["issueId"]: log["changeHistories"] for log in found["issueChangeLogs"]}
    assert {ident: len(histories) for ident, histories in served.items()} == was
    for ident, histories in pages.items():
        log = cloud.get(f"/rest/api/3/issue/{ident}/changelog", maxResults=100).json()
        assert log["total"] == len(histories)
        moments = [datetime.fromisoformat(change["created"]) for change in log["values"]]
        assert moments == sorted(moments)
        assert cloud.get(f"/rest/api/3/issue/{ident}").status_code == 404
    types = {one["id"]: one["name"] for one in cloud.get("/rest/api/3/issuetype").json()}
    assert types["10002"] == "Technical-Debt"


def _changes(site):
    return [
        (issue, datetime.fromisoformat(change["created"]), item)
        for issue in site.issues.values()
        for change in issue.histories
        for item in change["items"]
    ]


@pytest.mark.parametrize(
    ("today", "weeks"),
    [(date(2026, 10, 3), 1), (date(2026, 11, 22), 5), (date(2026, 12, 31), 4)],
    ids=str,
)
def test_the_demo_company_works_as_people_do(jira, github, today, weeks):
    site = jira.site
    site.projects.clear()
    site.now = github.site.now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    fill(site, github.site, today)
    changes = _changes(site)
    estimates = [item for _, _, item in changes if item["field"] == "Story Points"]
    assert len(estimates) > 10
    taken_up = [
        (issue, at)
        for issue, at, item in changes
        if item["field"] == "Epic Link" and item["toString"] and at > issue.created
    ]
    opening = min(datetime(today.year, 10, 1, tzinfo=UTC), site.now - timedelta(days=6))
    assert len({at.isocalendar().week for _, at in taken_up if at > opening}) >= weeks
    left = [
        issue for issue, _, item in changes if item["field"] == "Epic Link" and not item["toString"]
    ]
    assert len(left) == 4
    assert [
        issue.key.partition("-")[0] for issue, _, item in changes if item["field"] == "Key"
    ] == ["APP"]


def test_some_work_of_the_demo_company_came_back_after_it_was_done(jira, github):
    site = jira.site
    site.projects.clear()
    site.now = github.site.now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    fill(site, github.site, date(2026, 11, 22))
    weeks = set()
    back = {True: 0, False: 0}
    for issue in site.issues.values():
        items = [(change["created"], item) for change in issue.histories
                 for item in change["items"] if item["field"] == "status"]  # fmt: skip
        assert all(a["toString"] == b["fromString"] for (_, a), (_, b) in pairwise(items))
        weeks |= {datetime.fromisoformat(at).isocalendar().week for at, item in items
                  if item["toString"] == "Done"}  # fmt: skip
        if any(item["fromString"] == "Done" for _, item in items):
            back[issue.fields["status"]["name"] == "Done"] += 1
    assert len(weeks) >= 6
    assert min(back.values()) >= 1
