"""A simulated GitHub: what is renamed, moved, deleted or out of sight, and its limits."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.simulators import start_github
from tests.simulators.conftest import caller

ISSUES = "/repos/acme/api/issues"


@pytest.fixture
def work(github):
    site = github.site
    site.add_repo("acme/web")
    site.add_milestone("acme/api", "One")
    site.add_issue("acme/api", "Bug", 1, ["bug"])
    site.add_issue("acme/api", "Part")
    site.set_parent("acme/api", 2, ("acme/api", 1))
    return site


def follow(rest, answer):
    assert answer.status_code == 301, answer.text
    assert answer.json()["url"] == answer.headers["Location"]
    return rest.session.get(answer.headers["Location"], timeout=10, allow_redirects=False)


@pytest.mark.parametrize("how", ["rename", "transfer"])
def test_a_former_name_leads_to_the_repository_by_its_id(work, rest, how):
    ident = rest.get("/repos/acme/api").json()["id"]
    name = "acme/core" if how == "rename" else "other/api"
    if how == "rename":
        work.rename_repo("acme/api", "core")
    else:
        work.transfer_repo("acme/api", "other")
    answer = rest.get(ISSUES, state="all", per_page=1)
    assert f"/repositories/{ident}/issues?" in answer.headers["Location"]
    (issue,) = follow(rest, answer).json()
    assert issue["repository_url"].endswith(f"/repos/{name}")
    about = follow(rest, rest.get("/repos/acme/api")).json()
    assert (about["id"], about["full_name"]) == (ident, name)
    milestone = rest.get(f"/repos/{name}/milestones/1").json()
    assert milestone["url"].endswith(f"/repos/{name}/milestones/1")
    work.add_repo("acme/api")
    assert rest.get("/repos/acme/api").status_code == 200


def test_a_moved_repository_one_may_not_see_is_not_found(work, rest):
    work.rename_repo("acme/api", "core")
    work.hide_repo("acme/core")
    assert rest.get(ISSUES).status_code == 404
    work.show_repo("acme/core")
    work.delete_repo("acme/core")
    assert rest.get(ISSUES).status_code == 404


def test_a_transferred_issue_leads_on_with_all_below_it(work, rest):
    work.comment("acme/api", 1, "Words")
    number = work.transfer("acme/api", 1, "acme/web")
    for end in ("", "/events", "/comments", "/sub_issues"):
        moved = follow(rest, rest.get(f"{ISSUES}/1{end}"))
        assert moved.status_code == 200
        assert moved.json()
    assert rest.get(f"{ISSUES}/2/parent").json()["number"] == number
    work.hide_repo("acme/web")
    assert rest.get(f"{ISSUES}/1").status_code == 404


def test_an_issue_keeps_its_place_on_a_project_when_it_moves(work, rest):
    board = ("acme", work.add_project("acme", "Board"))
    work.put_on_project(board, ("acme/api", 1), Status="Done")
    work.transfer("acme/api", 1, "acme/web")
    (item,) = rest.get("/orgs/acme/projectsV2/1/items").json()
    assert item["content"]["repository_url"].endswith("/repos/acme/web")


def test_what_is_on_a_project_but_out_of_sight_has_no_content(work, rest):
    board = ("acme", work.add_project("acme", "Board"))
    work.put_on_project(board, ("acme/api", 1))
    work.hide_repo("acme/api")
    (item,) = rest.get("/orgs/acme/projectsV2/1/items").json()
    assert item["content"] is None


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("is:issue", [1]), ("is:pr", [3]), ("is:closed", [1]), ('status:"In Progress"', [1]),
     ("no:status", [3]), ("-no:status", [1]), ("points:>=3", [1]), ("bug", [1]), ("label:bug", [1]),
     ("updated:>2001-01-01", [1, 3]), ("is:archived", [2]), ("repo:acme/web", [])],
)  # fmt: skip
def test_the_items_of_a_project_are_filtered(work, rest, query, numbers):
    board = ("acme", work.add_project("acme", "Board"))
    work.add_issue("acme/api", "Change", pull_request=True)
    work.put_on_project(board, ("acme/api", 1), Status="In Progress", Points=5)
    for number in (2, 3):
        work.put_on_project(board, ("acme/api", number))
    found = work.boards.find(*board)
    work.boards.archive(found, work.item("acme/api", 2), at=work.now)
    work.close("acme/api", 1)
    items = rest.get("/orgs/acme/projectsV2/1/items", q=query).json()
    assert [item["content"]["number"] for item in items] == numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("is:issue", [1, 2]), ("is:pr", [3]), ("repo:acme/api part", [2]), ("label:bug", [1]),
     ("milestone:one", [1]), ("no:milestone is:issue", [2]), ("state:closed", [2]),
     ("org:acme -label:bug is:issue", [2]), ("created:>2001-01-01 is:pr", [3])],
)  # fmt: skip
def test_issues_are_searched(work, rest, query, numbers):
    work.add_issue("acme/api", "Change", pull_request=True)
    work.close("acme/api", 2)
    found = rest.get("/search/issues", q=query, order="asc").json()
    assert [item["number"] for item in found["items"]] == numbers
    assert found["total_count"] == len(numbers)


def test_search_refuses_what_github_refuses(work, rest):
    assert rest.get("/search/issues", q="").status_code == 422
    assert rest.get("/search/issues", q="repo:acme/nothing").status_code == 422
    assert rest.get("/search/issues", q="bug", page=40, per_page=100).status_code == 422
    answer = rest.get("/search/repositories", q="api")
    assert answer.headers["X-RateLimit-Resource"] == "search"
    assert [one["full_name"] for one in answer.json()["items"]] == ["acme/api"]
    assert [one["full_name"] for one in rest.get("/user/repos").json()] == ["acme/api", "acme/web"]


def test_secondary_limits_count_points_and_content(work, rest):
    limits = work.limits
    now = [1000.0]
    limits.secondary, limits.ticks, limits.content = True, lambda: now[0], (2, 500)
    comments = f"{ISSUES}/1/comments"
    sent = [rest.send("POST", comments, {"body": "Words"}) for _ in range(3)]
    assert [answer.status_code for answer in sent] == [201, 201, 403]
    assert sent[2].headers["Retry-After"] == "60"
    assert "secondary rate limit" in sent[2].json()["message"]
    assert int(sent[2].headers["X-RateLimit-Remaining"]) > 0
    now[0] += 61
    assert rest.send("POST", comments, {"body": "Words"}).status_code == 201
    limits.points, limits.status, limits.retry_after = 6, 429, None
    assert [rest.get("/user").status_code for _ in range(2)] == [200, 429]
    assert "Retry-After" not in rest.get("/user").headers


def test_each_caller_has_limits_of_its_own(work, rest):
    work.limit = 2
    for _ in range(2):
        rest.get("/user")
    refused = rest.get("/user")
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
    rest.session.headers["Authorization"] = f"Bearer {work.tokens.classic(login='octocat')}"
    assert rest.get("/user").status_code == 200


def test_an_enterprise_server_has_its_own_ways():
    with start_github(enterprise=True) as running:
        site = running.site
        site.add_repo("acme/api")
        site.add_issue("acme/api", "Bug")
        site.add_project("acme", "Board")
        made = caller(running, Authorization="Bearer github-token")
        with made.session:
            assert made.get("/repos/acme/api").status_code == 404
            answer = made.get(f"/api/v3{ISSUES}")
            assert answer.headers["X-GitHub-Enterprise-Version"] == "3.19.0"
            assert not [name for name in answer.headers if "ratelimit" in name.lower()]
            assert made.get("/api/v3/meta").json()["installed_version"] == "3.19.0"
            for path in ("/rate_limit", f"{ISSUES}/1/sub_issues", f"{ISSUES}/1/parent",
                         "/orgs/acme/issue-types", "/orgs/acme/issue-fields",
                         "/orgs/acme/projectsV2", "/orgs/acme/projectsV2/1"):  # fmt: skip
                assert made.get(f"/api/v3{path}").status_code == 404, path
            asked = {"query": "query { viewer { login } }"}
            told = made.send("POST", "/api/graphql", asked).json()
            assert told == {"data": {"viewer": {"login": "simulated"}}}
            assert made.send("POST", "/graphql", asked).status_code == 404


def test_a_tokens_end_is_told_until_it_comes(github, rest):
    ends = datetime(2026, 12, 31, tzinfo=UTC)
    github.site.now = ends - timedelta(days=1)
    token = github.site.tokens.classic(until=ends)
    rest.session.headers["Authorization"] = f"token {token}"
    answer = rest.get("/user")
    told = answer.headers["GitHub-Authentication-Token-Expiration"]
    assert told == "2026-12-31 00:00:00 UTC"
    github.site.now = ends
    assert rest.get("/user").status_code == 401
