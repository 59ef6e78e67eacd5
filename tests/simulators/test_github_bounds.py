"""A simulated GitHub: what it refuses of families, comments, checks, repositories and queries."""

import pytest

ISSUES = "/repos/acme/api/issues"


@pytest.fixture
def work(github):
    site = github.site
    site.add_repo("other/thing")
    site.add_issue("other/thing", "Elsewhere")
    for number in range(1, 12):
        site.add_issue("acme/api", f"Issue {number}")
    return site


@pytest.fixture
def adopt(work, rest):
    def adopted(parent, child, repo="acme/api", **more):
        ident = work.item(repo, child).fields["id"]
        return rest.send("POST", f"{ISSUES}/{parent}/sub_issues", {"sub_issue_id": ident, **more})

    return adopted


def test_a_family_is_eight_levels_deep_at_most_and_no_ring(adopt):
    for number in range(1, 8):
        assert adopt(number, number + 1).status_code == 201
    assert adopt(8, 9).status_code == 422
    assert adopt(8, 1).status_code == 422


def test_an_issue_has_one_parent_of_its_own_owner(adopt, rest, work):
    assert adopt(1, 2).status_code == 201
    refused = adopt(3, 2)
    assert refused.json()["errors"][0]["message"] == "Sub issue may only have one parent"
    assert adopt(3, 2, replace_parent=True).status_code == 201
    assert adopt(1, 1, repo="other/thing").status_code == 422
    gone = {"sub_issue_id": work.item("acme/api", 2).fields["id"]}
    assert rest.send("DELETE", f"{ISSUES}/3/sub_issue", gone).status_code == 200
    assert rest.send("DELETE", f"{ISSUES}/3/sub_issue", gone).status_code == 404
    assert rest.get(f"{ISSUES}/2/parent").status_code == 404


def test_a_family_is_a_hundred_wide_at_most(work, adopt):
    for number in range(100):
        work.set_parent("acme/api", work.add_issue("acme/api", f"Part {number}"), ("acme/api", 1))
    assert adopt(1, 2).status_code == 422


@pytest.mark.parametrize("body", [{}, {"body": " "}, {"body": 7}, {"body": "x" * 65_537}])
def test_a_comment_needs_words_and_not_too_many(work, rest, body):
    assert rest.send("POST", f"{ISSUES}/1/comments", body).status_code == 422


def test_others_comments_are_theirs(work, rest):
    ident = work.comment("acme/api", 1, "Mine", login="octocat")
    path = f"{ISSUES}/comments/{ident}"
    assert rest.send("PATCH", path, {"body": "Ours"}).json()["body"] == "Ours"
    work.repo("acme/api").roles["passer-by"] = "read"
    rest.session.headers["Authorization"] = f"Bearer {work.tokens.classic(login='passer-by')}"
    assert rest.send("PATCH", path, {"body": "Theirs"}).status_code == 403
    assert rest.send("DELETE", path).status_code == 403
    assert rest.get(f"{ISSUES}/comments/1").status_code == 404


def test_checks_are_of_apps_on_known_commits_and_of_the_one_that_made_them(work, rest):
    number = work.add_issue("acme/api", "Change", pull_request=True)
    sha = rest.get(f"/repos/acme/api/pulls/{number}").json()["head"]["sha"]
    run = {"name": "Worklift", "head_sha": sha, "conclusion": "neutral"}
    path = "/repos/acme/api/check-runs"
    refused = rest.send("POST", path, run)
    assert refused.json()["message"] == "You must authenticate via a GitHub App."
    tokens = []
    for name in ("One", "Two"):
        where = work.install_app(work.add_app(name), "acme")
        tokens.append(work.apps.grant(where, None, where.permissions)[0])
    rest.session.headers["Authorization"] = f"Bearer {tokens[0]}"
    assert rest.send("POST", path, {**run, "head_sha": "f" * 40}).status_code == 422
    assert rest.send("POST", path, {"head_sha": sha}).status_code == 422
    made = rest.send("POST", path, run).json()
    assert (made["status"], made["app"]["slug"]) == ("completed", "one")
    rest.send("POST", path, run)
    listed = rest.get(f"/repos/acme/api/commits/{sha}/check-runs").json()
    assert (listed["total_count"], listed["check_runs"][0]["name"]) == (1, "Worklift")
    rest.session.headers["Authorization"] = f"Bearer {tokens[1]}"
    assert rest.send("PATCH", f"{path}/{made['id']}", {"name": "x"}).status_code == 403


def test_archived_repositories_and_those_without_issues_say_so(work, rest):
    work.archive_repo("acme/api")
    refused = rest.send("POST", f"{ISSUES}/1/comments", {"body": "Words"})
    assert refused.json()["message"] == "Repository was archived so is read-only."
    assert rest.get(f"{ISSUES}/1").status_code == 200
    work.repo("acme/api").about["has_issues"] = False
    assert rest.get(ISSUES).status_code == 410


def test_labels_are_changed_wherever_they_are(work, rest):
    work.edit("acme/api", 1, labels=["bug", "fast"])
    renamed = rest.send("PATCH", "/repos/acme/api/labels/bug", {"new_name": "defect"}).json()
    assert renamed["url"].endswith("/labels/defect")
    names = [label["name"] for label in rest.get(f"{ISSUES}/1").json()["labels"]]
    assert names == ["defect", "fast"]
    assert rest.get("/repos/acme/api/labels/bug").status_code == 404
    assert rest.send("POST", "/repos/acme/api/labels", {"name": "Fast"}).status_code == 422
    rest.send("DELETE", "/repos/acme/api/labels/defect")
    assert [label["name"] for label in rest.get(f"{ISSUES}/1").json()["labels"]] == ["fast"]


def test_what_knows_a_repository_by_name_follows_it(work, rest, receiver):
    config = {"url": receiver.url, "content_type": "json"}
    rest.send("POST", "/repos/acme/api/hooks", {"events": ["issues"], "config": config})
    token = work.tokens.fine("acme", repos=["acme/api"])
    where = work.install_app(work.add_app(), "acme", ["acme/api"])
    work.rename_repo("acme/api", "core")
    work.set_private("acme/core")
    work.close("acme/core", 1)
    assert receiver.wait(2)
    assert receiver.bodies()[1]["repository"]["full_name"] == "acme/core"
    text, _ = work.apps.grant(where, None, where.permissions)
    for each in (token, text):
        rest.session.headers["Authorization"] = f"Bearer {each}"
        assert rest.get("/repos/acme/core/issues").status_code == 200


def test_a_used_up_quota_of_graphql_is_told_with_status_200(work, rest):
    work.limits.sizes["graphql"] = 1
    asked = {"query": "query { viewer { login } }"}
    assert rest.send("POST", "/graphql", asked).json() == {
        "data": {"viewer": {"login": "simulated"}}
    }
    refused = rest.send("POST", "/graphql", asked)
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (200, "0")
    assert refused.json()["errors"][0]["type"] == "RATE_LIMITED"
    assert rest.get("/user").status_code == 200
