"""A simulated GitHub: lists, pages, conditional reads, quota, writes, what has gone."""

from datetime import UTC, date, datetime

import pytest

from tests.servers import PATIENCE

ISSUES = "/repos/acme/api/issues"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


@pytest.fixture
def work(github):
    site = github.site
    first = site.add_milestone("acme/api", "One", due_on=date(2026, 12, 31), at=MONDAY)
    site.add_issue("acme/api", "Bug", first, ["bug", "fast"], at=MONDAY)
    site.add_issue("acme/api", "Wish", first, at=MONDAY)
    site.add_issue("acme/api", "Change", first, pull_request=True, at=MONDAY)
    site.add_issue("acme/api", "Loose", labels=["bug"], at=MONDAY)
    site.close("acme/api", 1, at=TUESDAY)
    site.close("acme/api", 2, "not_planned", at=TUESDAY)
    site.close("acme/api", 3, merged=True, at=TUESDAY)
    return site


def _numbers(rest, **asked):
    return [issue["number"] for issue in rest.get(ISSUES, **asked).json()]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({}, [4]),
        ({"state": "all"}, [4, 3, 2, 1]),
        ({"state": "closed", "direction": "asc"}, [1, 2, 3]),
        ({"state": "all", "labels": "bug"}, [4, 1]),
        ({"state": "all", "labels": "bug,Fast"}, [1]),
        ({"state": "all", "milestone": 1}, [3, 2, 1]),
        ({"state": "all", "milestone": "none"}, [4]),
        ({"state": "all", "milestone": "*"}, [3, 2, 1]),
        ({"state": "all", "since": "2026-11-17T00:00:00Z"}, [3, 2, 1]),
        ({"state": "all", "sort": "updated", "direction": "asc"}, [4, 1, 2, 3]),
    ],
)
def test_lists_take_the_documented_filters(work, rest, asked, numbers):
    assert _numbers(rest, **asked) == numbers


def test_pull_requests_are_mixed_in_and_counted_by_milestones(work, rest):
    issues = {one["number"]: one for one in rest.get(ISSUES, state="all").json()}
    assert [n for n, one in sorted(issues.items()) if "pull_request" in one] == [3]
    assert issues[3]["pull_request"]["merged_at"] == "2026-11-17T09:00:00Z"
    assert (issues[1]["state_reason"], issues[2]["state_reason"]) == ("completed", "not_planned")
    milestone = issues[1]["milestone"]
    assert (milestone["open_issues"], milestone["closed_issues"]) == (0, 3)
    assert milestone["due_on"] == "2026-12-31T08:00:00Z"


@pytest.mark.parametrize("root", ["", "/api/v3"])
def test_pages_are_followed_by_their_links(github, rest, root):
    for number in range(5):
        github.site.add_issue("acme/api", f"Issue {number}")
    answer = rest.get(f"{root}{ISSUES}", per_page=2)
    seen = [one["number"] for one in answer.json()]
    assert set(answer.links) == {"next", "last"}
    while "next" in answer.links:
        assert answer.links["next"]["url"].startswith(f"{github.url}{root}/repositories/")
        answer = rest.session.get(answer.links["next"]["url"], timeout=PATIENCE)
        seen += [one["number"] for one in answer.json()]
    assert seen == [5, 4, 3, 2, 1]


def test_long_lists_page_by_cursor_only(github, rest):
    github.site.cursor_from = 4
    for number in range(5):
        github.site.add_issue("acme/api", f"Issue {number}")
    answer = rest.get(ISSUES, per_page=2)
    assert set(answer.links) == {"next"}
    assert "after=" in answer.links["next"]["url"]
    refused = rest.get(ISSUES, per_page=2, page=3)
    assert refused.status_code == 422
    assert "cursor" in refused.json()["message"]
    seen = len(answer.json())
    while "next" in answer.links:
        answer = rest.session.get(answer.links["next"]["url"], timeout=PATIENCE)
        seen += len(answer.json())
    assert seen == 5


def test_an_unchanged_list_answers_304_and_costs_nothing(work, rest):
    first = rest.get(ISSUES, state="all")
    left = first.headers["X-RateLimit-Remaining"]
    rest.session.headers["If-None-Match"] = first.headers["ETag"]
    same = rest.get(ISSUES, state="all")
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["X-RateLimit-Remaining"] == left
    work.reopen("acme/api", 1)
    changed = rest.get(ISSUES, state="all")
    assert changed.status_code == 200
    assert int(changed.headers["X-RateLimit-Remaining"]) == int(left) - 1


def test_a_used_up_quota_refuses_until_it_is_reset(github, rest):
    github.site.limit = 1
    now = github.site.now
    github.site.now = now
    assert rest.get("/user").status_code == 200
    refused = rest.get("/user")
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert "rate limit exceeded" in refused.json()["message"]
    assert rest.get("/rate_limit").json()["resources"]["core"]["remaining"] == 0
    github.site.now = datetime.fromtimestamp(int(refused.headers["X-RateLimit-Reset"]), UTC)
    assert rest.get("/user").status_code == 200


def test_milestones_list_open_ones_by_default(work, rest):
    work.add_milestone("acme/api", "Two")
    work.edit_milestone("acme/api", 1, state="closed")
    path = "/repos/acme/api/milestones"
    assert [one["title"] for one in rest.get(path).json()] == ["Two"]
    assert {one["title"] for one in rest.get(path, state="all").json()} == {"One", "Two"}
    made = rest.send("POST", path, {"title": "Three", "due_on": "2026-12-24T10:00:00Z"})
    assert (made.status_code, made.json()["number"]) == (201, 3)
    assert made.json()["due_on"] == "2026-12-24T08:00:00Z"
    assert rest.send("POST", path, {"title": "Three"}).status_code == 422
    changed = rest.send("PATCH", f"{path}/3", {"state": "closed", "description": "Words"}).json()
    assert (changed["state"], changed["description"]) == ("closed", "Words")
    assert rest.get(f"{path}/9").status_code == 404


def test_issues_are_made_and_changed_over_http(work, rest):
    made = rest.send("POST", ISSUES, {"title": "New", "milestone": 1, "labels": ["bug"]})
    assert made.status_code == 201
    path = f"{ISSUES}/{made.json()['number']}"
    closed = rest.send("PATCH", path, {"state": "closed", "state_reason": "not_planned"}).json()
    assert (closed["state"], closed["state_reason"]) == ("closed", "not_planned")
    opened = rest.send("PATCH", path, {"state": "open", "milestone": None, "labels": []}).json()
    assert (opened["state_reason"], opened["milestone"], opened["labels"]) == ("reopened", None, [])
    events = [event["event"] for event in rest.get(f"{path}/events").json()]
    assert events == ["labeled", "milestoned", "closed", "unlabeled", "demilestoned", "reopened"]
    for body in ({"state": "done"}, {"milestone": 99}, {"state_reason": "bored"}):
        assert rest.send("PATCH", path, body).status_code == 422


def test_repository_events_come_newest_first_with_their_issue(work, rest):
    events = rest.get("/repos/acme/api/issues/events").json()
    assert events[0]["created_at"] == "2026-11-17T09:00:00Z"
    assert {event["issue"]["number"] for event in events} == {1, 2, 3, 4}


def test_what_was_transferred_or_deleted_says_so(work, rest):
    work.add_repo("acme/web")
    number = work.transfer("acme/api", 4, "acme/web")
    moved = rest.get(f"{ISSUES}/4")
    assert moved.status_code == 301
    assert moved.headers["Location"].endswith(f"/repos/acme/web/issues/{number}")
    work.delete("acme/api", 2)
    assert rest.get(f"{ISSUES}/2").status_code == 410
    assert rest.get(f"{ISSUES}/99").status_code == 404
    assert _numbers(rest, state="all") == [3, 1]


def test_unseen_repositories_and_wrong_tokens_are_refused(github, rest):
    answer = rest.get("/repos/acme/secret/issues")
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
    rest.session.headers["Authorization"] = "Bearer wrong"
    answer = rest.get("/user")
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")
    del rest.session.headers["Authorization"]
    assert rest.get("/user").status_code == 401


def test_sub_issues_are_summed_up(work, rest):
    child = rest.get(f"{ISSUES}/1").json()["id"]
    assert rest.send("POST", f"{ISSUES}/4/sub_issues", {"sub_issue_id": child}).status_code == 201
    parent = rest.get(f"{ISSUES}/4").json()
    summary = {"total": 1, "completed": 1, "percent_completed": 100}
    assert parent["sub_issues_summary"] == summary
    assert [one["number"] for one in rest.get(f"{ISSUES}/4/sub_issues").json()] == [1]
    assert rest.get(f"{ISSUES}/1/parent").json()["number"] == 4
