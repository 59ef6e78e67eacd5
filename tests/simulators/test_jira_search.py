"""Searching a simulated Jira: pages, bounds, removed paths, reads of many."""

import pytest


@pytest.fixture
def five(jira):
    for number in range(1, 6):
        jira.site.add_issue("PLAT", f"Story {number}")
    return jira.site


def test_cloud_pages_by_token_until_it_is_absent(five, cloud):
    asked = {"jql": "project = PLAT ORDER BY key", "fields": "summary", "maxResults": 2}
    seen, token, last = [], None, []
    while True:
        page = cloud.get("/rest/api/3/search/jql", nextPageToken=token, **asked).json()
        seen += [issue["key"] for issue in page["issues"]]
        last.append(page["isLast"])
        assert "total" not in page
        assert "startAt" not in page
        token = page.get("nextPageToken")
        if token is None:
            break
    assert seen == ["PLAT-1", "PLAT-2", "PLAT-3", "PLAT-4", "PLAT-5"]
    assert last == [False, False, True]


def test_what_vanishes_between_pages_hides_no_other(five, cloud):
    asked = {"jql": "project = PLAT ORDER BY key", "fields": "summary", "maxResults": 2}
    first = cloud.get("/rest/api/3/search/jql", **asked).json()
    five.delete("PLAT-1")
    token = first["nextPageToken"]
    second = cloud.get("/rest/api/3/search/jql", nextPageToken=token, **asked).json()
    assert [issue["key"] for issue in second["issues"]] == ["PLAT-3", "PLAT-4"]


def test_a_token_belongs_to_its_query(five, cloud):
    page = cloud.get("/rest/api/3/search/jql", jql="project = PLAT", maxResults=2).json()
    other = cloud.get(
        "/rest/api/3/search/jql", jql="project = PLAT AND key != PLAT-1",
        nextPageToken=page["nextPageToken"],
    )  # fmt: skip
    assert other.status_code == 400
    garbled = cloud.get("/rest/api/3/search/jql", jql="project = PLAT", nextPageToken="%%%")
    assert garbled.status_code == 400


def test_pages_with_fields_are_capped_and_pages_of_ids_are_not(five, cloud):
    five.page_cap = 3
    asked = {"jql": "project = PLAT", "maxResults": 5000}
    ids = cloud.get("/rest/api/3/search/jql", fields="id", **asked).json()
    full = cloud.get("/rest/api/3/search/jql", fields="summary", **asked).json()
    assert (len(ids["issues"]), len(full["issues"])) == (5, 3)


def test_without_fields_only_the_identity_comes(five, cloud):
    issue = cloud.get("/rest/api/3/search/jql", jql="key = PLAT-1").json()["issues"][0]
    assert "fields" not in issue
    assert issue["id"].isdigit()


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ("ORDER BY key", "Unbounded"),
        ("", "Unbounded"),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("colour = red", "Field 'colour' does not exist"),
        ("status = Nowhere", "The value 'Nowhere' does not exist"),
        ("parent = PLAT-99", "An issue with key 'PLAT-99' does not exist"),
        ("project = PLAT AND", "Error in the JQL Query"),
        ("project PLAT", "Expecting operator"),
        ("updated > yesterday", "Date value 'yesterday'"),
        ("sprint in someSprints()", "Unable to find JQL function"),
    ],
)
def test_bad_queries_are_refused_in_jiras_form(five, cloud, jql, message):
    answer = cloud.get("/rest/api/3/search/jql", jql=jql)
    assert answer.status_code == 400
    assert message in answer.json()["errorMessages"][0]


@pytest.mark.parametrize("version", ["2", "3", "latest"])
def test_the_classic_search_is_gone_on_cloud(five, cloud, version):
    answer = cloud.get(f"/rest/api/{version}/search", jql="project = PLAT")
    assert answer.status_code == 410
    assert "search/jql" in answer.json()["errorMessages"][0]


def test_data_center_pages_by_number(data_center, center):
    for number in range(3):
        data_center.site.add_issue("PLAT", f"Story {number}")
    page = center.get("/rest/api/2/search", jql="project = PLAT", startAt=2, maxResults=2).json()
    assert (page["startAt"], page["maxResults"], page["total"]) == (2, 2, 3)
    assert [issue["key"] for issue in page["issues"]] == ["PLAT-1"]
    assert center.get("/rest/api/3/search/jql", jql="project = PLAT").status_code == 404
    assert center.get("/rest/api/2/search/jql", jql="project = PLAT").status_code == 404


def test_data_center_puts_stories_below_epics_by_the_epic_link(data_center, center):
    site = data_center.site
    site.add_issue("PLAT", "Epic", "Epic")
    site.add_issue("PLAT", "Story", parent="PLAT-1")
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-2")

    def found(jql):
        issues = center.get("/rest/api/2/search", jql=jql, fields="*all").json()["issues"]
        return {issue["key"]: issue["fields"] for issue in issues}

    link = next(
        one["id"]
        for one in center.get("/rest/api/2/field").json()
        if one["schema"].get("custom", "").endswith("gh-epic-link")
    )
    story = found('"Epic Link" = PLAT-1')["PLAT-2"]
    assert story[link] == "PLAT-1"
    assert "parent" not in story
    assert list(found(f"cf[{link[12:]}] = PLAT-1")) == ["PLAT-2"]
    assert found("parent = PLAT-1") == {}
    assert found("parent = PLAT-2")["PLAT-3"]["parent"]["key"] == "PLAT-2"
    assert "hierarchyLevel" not in story["issuetype"]
    assert "statuscategorychangedate" not in story


def test_bulk_fetch_follows_moves_and_leaves_out_what_is_not_there(five, cloud):
    five.add_project("PAY", "Payments")
    five.move("PLAT-2", "PAY")
    five.delete("PLAT-4")
    body = {"issueIdsOrKeys": ["plat-5", "PLAT-2", "PLAT-4", "NOPE-1"], "fields": ["summary"]}
    answer = cloud.send("POST", "/rest/api/3/issue/bulkfetch", body).json()
    assert [issue["key"] for issue in answer["issues"]] == ["PAY-1", "PLAT-5"]
    assert answer["issueErrors"] == []
    many = {"issueIdsOrKeys": [str(n) for n in range(101)]}
    assert cloud.send("POST", "/rest/api/3/issue/bulkfetch", many).status_code == 400


def test_the_index_lags_while_direct_reads_do_not(five, cloud):
    five.index_delay = 60.0
    five.edit("PLAT-1", summary="New words")
    five.add_issue("PLAT", "Fresh")
    five.delete("PLAT-2")
    assert cloud.keys("project = PLAT") == ["PLAT-1", "PLAT-2", "PLAT-3", "PLAT-4", "PLAT-5"]
    assert cloud.keys('summary ~ "New words"') == []
    assert cloud.get("/rest/api/3/issue/PLAT-1").json()["fields"]["summary"] == "New words"
    assert cloud.get("/rest/api/3/issue/PLAT-2").status_code == 404
    ident = five.find("PLAT-1").id
    assert cloud.keys('summary ~ "New words"', reconcileIssues=ident) == ["PLAT-1"]


def test_approximate_count_counts(five, cloud):
    path = "/rest/api/3/search/approximate-count"
    assert cloud.send("POST", path, {"jql": "project = PLAT"}).json() == {"count": 5}
    assert cloud.send("POST", path, {"jql": "ORDER BY key"}).status_code == 400


def test_changelogs_in_bulk_page_and_keep_to_the_fields_asked_for(five, cloud):
    five.transition("PLAT-1", "In Progress")
    five.edit("PLAT-1", summary="Other")
    five.transition("PLAT-2", "Done")
    body = {"issueIdsOrKeys": ["PLAT-1", "PLAT-2"], "fieldIds": ["status"], "maxResults": 1}
    path, seen = "/rest/api/3/changelog/bulkfetch", []
    while True:
        page = cloud.send("POST", path, body).json()
        for log in page["issueChangeLogs"]:
            seen += [item["toString"] for change in log["changeHistories"]
                     for item in change["items"]]  # fmt: skip
        if "nextPageToken" not in page:
            break
        body["nextPageToken"] = page["nextPageToken"]
    assert seen == ["In Progress", "Done"]


def test_only_the_right_credentials_are_let_in(jira, data_center, cloud, center):
    assert cloud.get("/rest/api/3/myself").status_code == 200
    assert center.get("/rest/api/2/myself").status_code == 200
    cloud.session.auth = None
    center.session.headers.pop("Authorization")
    assert cloud.get("/rest/api/3/myself").status_code == 401
    assert center.get("/rest/api/2/myself").status_code == 401
    assert cloud.get("/rest/api/3/serverInfo").json()["deploymentType"] == "Cloud"
    assert center.get("/rest/api/2/serverInfo").json()["deploymentType"] == "Server"
    cloud.session.headers["Authorization"] = "Bearer jira-token"
    assert cloud.get("/rest/api/3/myself").status_code == 401


def test_every_call_is_noted(jira, cloud):
    cloud.get("/rest/api/3/myself")
    cloud.get("/rest/api/3/field")
    cloud.get("/_sim")
    assert jira.site.calls == ["GET /rest/api/3/myself", "GET /rest/api/3/field"]
