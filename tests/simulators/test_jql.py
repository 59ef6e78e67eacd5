"""JQL: what each clause lists, against a site whose answers can be told by eye."""

from datetime import UTC, datetime

import pytest

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def work(jira):
    site = jira.site
    site.now = NOW
    site.add_project("PAY", "Payments")
    site.add_version("PLAT", "2.0")
    site.add_component("PLAT", "Core / API")
    sprint = site.add_sprint("Sprint 1", startDate="2026-11-16T08:00:00.000Z")
    early = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
    site.add_issue("PLAT", "Epic", "Epic", at=early)
    site.add_issue("PLAT", "One", parent="PLAT-1", points=5, labels=["fast", "Big"], at=early)
    site.add_issue("PLAT", "Two", parent="PLAT-1", fix_versions=["2.0"], at=early)
    site.add_issue("PLAT", "Three", "Bug", components=["Core / API"], sprint=sprint["id"], at=early)
    site.add_issue("PAY", "Four", assignee="Payments engineer", at=early)
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-2", at=early)
    site.transition("PLAT-2", "In Progress", at=datetime(2026, 11, 18, 10, 0, tzinfo=UTC))
    site.transition("PLAT-3", "Done", at=datetime(2026, 11, 19, 10, 0, 30, tzinfo=UTC))
    site.transition("PLAT-4", "Done", "Won't Do", at=NOW)
    return site


ALL = {"PLAT-1", "PLAT-2", "PLAT-3", "PLAT-4", "PAY-1", "PLAT-5"}


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = PAY", {"PAY-1"}),
        ("project = payments", {"PAY-1"}),
        ("project != PAY", ALL - {"PAY-1"}),
        ("project in (PLAT, PAY)", ALL),
        ("project not in (PLAT)", {"PAY-1"}),
        ("key = plat-1", {"PLAT-1"}),
        ("issue in (PLAT-1, PAY-1)", {"PLAT-1", "PAY-1"}),
        ("id = 10101", {"PLAT-1"}),
        ("parent = PLAT-1", {"PLAT-2", "PLAT-3"}),
        ("parent in (PLAT-1, PLAT-2)", {"PLAT-2", "PLAT-3", "PLAT-5"}),
        ("parent is empty", {"PLAT-1", "PLAT-4", "PAY-1"}),
        ("parent is not EMPTY", {"PLAT-2", "PLAT-3", "PLAT-5"}),
        ('"Epic Link" = PLAT-1', {"PLAT-2", "PLAT-3"}),
        ("cf[10014] in (PLAT-1)", {"PLAT-2", "PLAT-3"}),
        ("type = Bug", {"PLAT-4"}),
        ("issuetype in (Epic, Sub-task)", {"PLAT-1", "PLAT-5"}),
        ('status = "In Progress"', {"PLAT-2"}),
        ("statusCategory = Done", {"PLAT-3", "PLAT-4"}),
        ("statusCategory != done", ALL - {"PLAT-3", "PLAT-4"}),
        ('statusCategory in ("To Do", indeterminate)', ALL - {"PLAT-3", "PLAT-4"}),
        ("resolution = Done", {"PLAT-3"}),
        ("resolution is EMPTY", ALL - {"PLAT-3", "PLAT-4"}),
        ("resolution = Unresolved", ALL - {"PLAT-3", "PLAT-4"}),
        # What has no resolution matches neither = nor !=.
        ("resolution != Done", {"PLAT-4"}),
        ('resolution in ("Won\'t Do", Duplicate)', {"PLAT-4"}),
        ("labels = big", {"PLAT-2"}),
        ("labels in (fast, unheard)", {"PLAT-2"}),
        ("labels is empty AND project = PLAT AND type = Story", {"PLAT-3"}),
        ('fixVersion = "2.0"', {"PLAT-3"}),
        ('component = "Core / API"', {"PLAT-4"}),
        ("sprint = 1", {"PLAT-4"}),
        ("sprint in openSprints()", {"PLAT-4"}),
        ('assignee = "Payments engineer"', {"PAY-1"}),
        ("assignee is EMPTY", ALL - {"PAY-1"}),
        ("cf[10016] >= 5", {"PLAT-2"}),
        ('"Story Points" < 5', set()),
        ("summary ~ thr", {"PLAT-4"}),
        ("NOT project = PLAT OR key = PLAT-1", {"PAY-1", "PLAT-1"}),
        ("project = PLAT AND (type = Bug OR NOT parent is not EMPTY)", {"PLAT-1", "PLAT-4"}),
        ("project = PAY or project = PLAT and type = Epic", {"PAY-1", "PLAT-1"}),
    ],
)
def test_clauses(work, cloud, jql, keys):
    assert set(cloud.keys(jql)) == keys


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        (f"updated >= {int(NOW.timestamp() * 1000)}", {"PLAT-4"}),
        (f"updated < {int(NOW.timestamp() * 1000)}", ALL - {"PLAT-4"}),
        # 11:00 in Berlin is 10:00 UTC: text is read in the user's zone, to the minute.
        ('updated >= "2026/11/19 11:00"', {"PLAT-3", "PLAT-4"}),
        ('updated >= "2026/11/19 11:01"', {"PLAT-4"}),
        ('updated >= "2026-11-18" AND updated < "2026-11-19"', {"PLAT-2"}),
        ("updated >= -2d", {"PLAT-3", "PLAT-4"}),
        ('updated >= "-2d 3h"', {"PLAT-2", "PLAT-3", "PLAT-4"}),
        ("created >= -1w", set()),
        ("created <= -10d", ALL),
        ("resolved > startOfDay()", {"PLAT-4"}),
    ],
)
def test_dates(work, cloud, jql, keys):
    assert set(cloud.keys(jql)) == keys


def test_order_by_several_fields(work, cloud):
    asked = {"jql": "project = PLAT ORDER BY status DESC, key ASC", "fields": "status"}
    issues = cloud.get("/rest/api/3/search/jql", **asked).json()["issues"]
    assert [issue["key"] for issue in issues] == ["PLAT-1", "PLAT-5", "PLAT-2", "PLAT-3", "PLAT-4"]
