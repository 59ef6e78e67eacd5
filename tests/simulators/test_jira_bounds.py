"""The bounds of Cloud's newer calls, and that what is kept in memory never shows something old."""

import pytest

SEARCH, BULK = "/rest/api/3/search/jql", "/rest/api/3/issue/bulkfetch"
LOGS = "/rest/api/3/changelog/bulkfetch"
COUNT = "/rest/api/3/search/approximate-count"


@pytest.fixture
def site(jira):
    for number in range(1, 8):
        jira.site.add_issue("PLAT", f"Story {number}")
    return jira.site


def _pages(cloud, **asked):
    asked = {"jql": "project = PLAT ORDER BY key", "fields": ["summary"], **asked}
    pages = []
    while True:
        page = cloud.send("POST", SEARCH, asked).json()
        pages.append([issue["key"] for issue in page["issues"]])
        if "nextPageToken" not in page:
            assert page["isLast"] is True
            return pages
        asked["nextPageToken"] = page["nextPageToken"]


def test_pages_may_be_shorter_than_asked(site, cloud):
    assert [len(page) for page in _pages(cloud, maxResults=100)] == [7]
    site.short_pages = True
    pages = _pages(cloud, maxResults=3)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert [key for page in pages for key in page] == [f"PLAT-{number}" for number in range(1, 8)]


def test_a_page_of_ids_is_never_longer_than_five_thousand(site, cloud, monkeypatch):
    monkeypatch.setattr("integrations.simulators.jira.search.IDS_ONLY_CAP", 4)
    ids = cloud.send("POST", SEARCH, {"jql": "project = PLAT", "maxResults": 9000}).json()
    assert len(ids["issues"]) == 4
    assert set(ids["issues"][0]) == {"id", "key", "self", "expand"}
    whole = {"jql": "project = PLAT", "maxResults": 9000, "fields": ["summary"]}
    assert len(cloud.send("POST", SEARCH, whole).json()["issues"]) == 7


def test_tokens_expire(site, cloud):
    asked = {"jql": "project = PLAT", "maxResults": 2}
    token = cloud.send("POST", SEARCH, asked).json()["nextPageToken"]
    assert cloud.send("POST", SEARCH, asked | {"nextPageToken": token}).status_code == 200
    site.token_life = 0.0
    late = cloud.send("POST", SEARCH, asked | {"nextPageToken": token})
    assert late.status_code == 400
    assert "invalid or expired" in late.json()["errorMessages"][0]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (SEARCH, {"expand": None}),
        (SEARCH, {"expand": ["names"]}),
        (SEARCH, {"fields": "summary"}),
        (SEARCH, {"maxResults": "50"}),
        (SEARCH, {"maxResults": True}),
        (SEARCH, {"startAt": 0}),
        (SEARCH, {"reconcileIssues": list(range(51))}),
        (SEARCH, {"properties": ["a", "b", "c", "d", "e", "f"]}),
        (COUNT, {"maxResults": 5}),
        (BULK, {"issueIdsOrKeys": ["PLAT-1"], "expand": "names"}),
        (BULK, {"issueIdsOrKeys": ["PLAT-1"], "maxResults": 5}),
        (BULK, {"issueIdsOrKeys": []}),
        (BULK, {"issueIdsOrKeys": [str(number) for number in range(101)]}),
        (LOGS, {"issueIdsOrKeys": []}),
        (LOGS, {"issueIdsOrKeys": [str(number) for number in range(1001)]}),
        (LOGS, {"issueIdsOrKeys": ["PLAT-1"], "fieldIds": [str(n) for n in range(11)]}),
        (LOGS, {"issueIdsOrKeys": ["PLAT-1"], "fieldIds": None}),
    ],
)
def test_what_the_newer_calls_do_not_know_is_refused(site, cloud, path, body):
    jql = {"jql": "project = PLAT"} if path in (SEARCH, COUNT) else {}
    answer = cloud.send("POST", path, jql | body)
    assert answer.status_code == 400
    assert answer.json()["errorMessages"]


def test_the_greatest_asks_are_answered(site, cloud):
    keys = [f"PLAT-{number}" for number in range(1, 101)]
    body = {"issueIdsOrKeys": keys, "fields": ["summary"], "expand": ["changelog"]}
    assert len(cloud.send("POST", BULK, body).json()["issues"]) == 7
    keys = [f"PLAT-{number}" for number in range(1, 1001)]
    asked = {"issueIdsOrKeys": keys, "fieldIds": [str(n) for n in range(10)]}
    assert cloud.send("POST", LOGS, asked).status_code == 200


def test_data_center_knows_none_of_them(data_center, center):
    jql, ids = {"jql": "project = PLAT"}, {"issueIdsOrKeys": ["1"]}
    for path, body in ((SEARCH, jql), (COUNT, jql), (BULK, ids), (LOGS, ids)):
        assert center.send("POST", path.replace("/3/", "/2/"), body).status_code == 404


def test_data_centers_pages_are_as_long_as_its_admin_allows(data_center, center):
    data_center.site.page_cap = 1
    for number in range(12):
        data_center.site.add_issue("PLAT", f"Story {number}")
    page = center.get("/rest/api/2/search", jql="project = PLAT", maxResults=5000).json()
    assert (len(page["issues"]), page["maxResults"], page["total"]) == (10, 10, 12)


def _seen(cloud, key):
    """The issue and its neighbours as a search and a read of many show them, which must agree."""
    asked = {"fields": ["*all"]}
    found = cloud.send("POST", SEARCH, {"jql": "created > 100000 ORDER BY id", **asked})
    body = {"issueIdsOrKeys": [issue["id"] for issue in found.json()["issues"]], **asked}
    fetched = cloud.send("POST", BULK, body).json()["issues"]
    assert sorted(found.json()["issues"], key=lambda issue: issue["id"]) == fetched
    return next(issue["fields"] for issue in fetched if issue["key"] == key)


def test_what_was_shown_before_a_change_is_never_shown_after(jira, cloud):
    site = jira.site
    site.add_project("PAY", "Payments")
    site.add_issue("PLAT", "Epic", "Epic")
    site.add_issue("PLAT", "Story", parent="PLAT-1")
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-2")
    assert _seen(cloud, "PLAT-2")["parent"]["fields"]["summary"] == "Epic"
    site.edit("PLAT-1", summary="Great epic")
    assert _seen(cloud, "PLAT-2")["parent"]["fields"]["summary"] == "Great epic"
    site.transition("PLAT-3", "Done")
    assert _seen(cloud, "PLAT-2")["subtasks"][0]["fields"]["status"]["name"] == "Done"
    site.move("PLAT-1", "PAY")
    assert _seen(cloud, "PLAT-2")["parent"]["key"] == "PAY-1"
    site.add_issue("PAY", "Other epic", "Epic")
    assert cloud.keys("parent = PAY-2") == []
    site.edit("PLAT-2", parent="PAY-2")
    assert cloud.keys("parent = PAY-2") == ["PLAT-2"]
    site.edit("PLAT-2", parent=None)
    assert "parent" not in _seen(cloud, "PLAT-2")
    assert cloud.keys("parent = PAY-1") == []
    site.delete("PLAT-3")
    assert _seen(cloud, "PLAT-2")["subtasks"] == []
    site.add_issue("PLAT", "Another", "Sub-task", parent="PLAT-2")
    assert [one["key"] for one in _seen(cloud, "PLAT-2")["subtasks"]] == ["PLAT-4"]


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = PAY", ["PAY-1"]),
        ("project in (PLAT, PAY) AND summary ~ Story", ["PLAT-2", "PAY-1"]),
        ("project = PLAT OR key = PAY-1", ["PLAT-1", "PLAT-2", "PAY-1"]),
        ("project = PLAT OR summary ~ Story", ["PLAT-1", "PLAT-2", "PAY-1"]),
        ("project = PLAT AND project = PAY", []),
        ("NOT project = PLAT", ["PAY-1"]),
        ("key in (PLAT-2, PAY-1) AND project = PAY", ["PAY-1"]),
        ("parent = PLAT-1", ["PLAT-2"]),
        ("parent = PLAT-1 OR parent is empty", ["PLAT-1", "PLAT-2", "PAY-1"]),
        ("project = payments", ["PAY-1"]),
    ],
)
def test_queries_find_the_same_by_index_as_without(jira, cloud, jql, keys):
    jira.site.add_project("PAY", "Payments")
    jira.site.add_issue("PLAT", "Epic", "Epic")
    jira.site.add_issue("PLAT", "Story", parent="PLAT-1")
    jira.site.add_issue("PAY", "Story")
    assert cloud.keys(jql) == keys
    jira.site.index_delay = 60.0
    jira.site.edit("PLAT-1", labels=["x"])
    assert cloud.keys(jql) == keys


def test_queries_about_time_are_asked_anew(jira, cloud):
    site = jira.site
    site.add_issue("PLAT", "Story")
    before = site.now
    assert cloud.keys("created >= -1d") == cloud.keys("created > startOfDay(-1d)") == ["PLAT-1"]
    site.now = before.replace(year=before.year + 1)
    assert cloud.keys("created >= -1d") == cloud.keys("created > startOfDay(-1d)") == []


def test_fields_changed_past_the_site_are_shown_too(jira, cloud):
    jira.site.add_issue("PLAT", "Story")
    assert _seen(cloud, "PLAT-1")["summary"] == "Story"
    assert cloud.keys("summary ~ Strange") == []
    jira.site.find("PLAT-1").fields["summary"] = "Strange"
    assert _seen(cloud, "PLAT-1")["summary"] == "Strange"
    assert cloud.keys("summary ~ Strange") == ["PLAT-1"]
    jira.site.find("PLAT-1").fields |= {"summary": "Other"}
    assert _seen(cloud, "PLAT-1")["summary"] == "Other"
