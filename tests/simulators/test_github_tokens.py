"""A simulated GitHub: who is let in with which token, and what is said to who is not."""

from datetime import timedelta

import pytest

ISSUES = "/repos/acme/secret/issues"


@pytest.fixture
def work(github):
    site = github.site
    site.add_repo("acme/secret", private=True)
    site.add_milestone("acme/secret", "One")
    site.add_issue("acme/secret", "Bug", 1)
    return site


@pytest.fixture
def ask(rest):
    def asked(token, path, method="GET", body=None):
        rest.session.headers["Authorization"] = f"Bearer {token}"
        return rest.send(method, path, body)

    return asked


def test_a_classic_token_tells_its_scopes_and_sees_private_work_with_repo_alone(work, ask):
    answer = ask(work.tokens.classic(scopes=["repo"]), ISSUES)
    assert answer.status_code == 200
    assert answer.headers["X-OAuth-Scopes"] == "repo"
    assert answer.headers["X-Accepted-OAuth-Scopes"] == "repo"
    less = work.tokens.classic(scopes=["read:org"])
    assert ask(less, ISSUES).status_code == 404
    assert ask(less, "/repos/acme/api/issues").status_code == 200
    assert [one["name"] for one in ask(less, "/orgs/acme/repos").json()] == ["api"]


def test_a_fine_grained_token_does_what_its_permissions_allow(work, ask):
    token = work.tokens.fine("acme", {"issues": "read"}, until=work.now + timedelta(days=9))
    answer = ask(token, ISSUES)
    assert answer.status_code == 200
    assert answer.headers["GitHub-Authentication-Token-Expiration"].endswith(" UTC")
    assert "X-OAuth-Scopes" not in answer.headers
    refused = ask(token, f"{ISSUES}/1", "PATCH", {"state": "closed"})
    assert refused.status_code == 403
    assert refused.json()["message"] == "Resource not accessible by personal access token"
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "issues=write"
    wanted = "issues=write; pull_requests=write"
    refused = ask(token, "/repos/acme/secret/milestones/1", "PATCH", {"description": "x"})
    assert refused.headers["X-Accepted-GitHub-Permissions"] == wanted
    work.tokens.change(token, permissions={"issues": "write"})
    assert ask(token, f"{ISSUES}/1", "PATCH", {"state": "closed"}).status_code == 200


def test_a_fine_grained_token_is_for_its_owner_and_its_repositories(work, ask):
    work.add_repo("other/thing", private=True)
    token = work.tokens.fine("acme", repos=["acme/api"])
    assert ask(token, ISSUES).status_code == 404
    assert ask(token, "/repos/other/thing").status_code == 404
    waiting = work.tokens.fine("acme", pending=True)
    assert ask(waiting, ISSUES).status_code == 404
    assert ask(waiting, "/repos/acme/api/issues").status_code == 200
    work.tokens.change(waiting, pending=False)
    assert ask(waiting, ISSUES).status_code == 200


def test_tokens_end_and_are_revoked(work, ask):
    token = work.tokens.fine("acme", until=work.now - timedelta(seconds=1))
    assert ask(token, "/user").json()["message"] == "Bad credentials"
    good = work.tokens.classic()
    assert ask(good, "/user").status_code == 200
    work.tokens.revoke(good)
    assert ask(good, "/user").status_code == 401


def test_single_sign_on_and_forbidden_kinds_say_so(work, ask):
    token = work.tokens.classic(sso=frozenset({"acme"}))
    refused = ask(token, ISSUES)
    assert refused.status_code == 403
    assert "SAML" in refused.json()["message"]
    assert refused.headers["X-GitHub-SSO"].startswith("required; url=http")
    assert ask(token, "/user").status_code == 200
    work.tokens.forbid("acme", "classic")
    refused = ask(work.token, ISSUES)
    assert refused.status_code == 403
    assert "personal access token (classic)" in refused.json()["message"]
    assert ask(work.tokens.fine("acme"), ISSUES).status_code == 200


def test_a_person_does_what_the_role_allows(work, ask):
    work.repo("acme/secret").roles["reader"] = "read"
    token = work.tokens.classic(login="reader")
    assert ask(token, "/user").json()["login"] == "reader"
    assert ask(token, ISSUES).status_code == 200
    milestone = "/repos/acme/secret/milestones/1"
    assert ask(token, milestone, "PATCH", {"description": "x"}).status_code == 403
    assert ask(token, "/repos/acme/secret/hooks").status_code == 404
    assert ask(work.tokens.classic(login="stranger"), ISSUES).status_code == 404
    permission = "/repos/acme/secret/collaborators/reader/permission"
    assert ask(work.token, permission).json()["permission"] == "read"


def test_what_is_hidden_is_not_there(work, ask):
    work.hide_repo("acme/api")
    assert ask(work.token, "/repos/acme/api/issues").status_code == 404
    work.show_repo("acme/api")
    assert ask(work.token, "/repos/acme/api/issues").status_code == 200


def test_a_version_nobody_knows_is_refused(work, rest):
    rest.session.headers["X-GitHub-Api-Version"] = "2001-01-01"
    assert rest.get("/user").status_code == 400
    rest.session.headers["X-GitHub-Api-Version"] = "2026-03-10"
    answer = rest.get("/user")
    assert answer.headers["X-GitHub-Api-Version-Selected"] == "2026-03-10"
