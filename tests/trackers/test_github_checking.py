"""Testing a GitHub connection by token: who, what it may, which GitHub, and what is wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from connector.errors import AccessDenied, Gone, Unavailable
from integrations import catalogue
from integrations.simulators import Running, start_github
from integrations.tracker import Account, Identity

FULL = {"issues": "read", "pull_requests": "read", "organization_projects": "read",
        "repository_hooks": "write"}  # fmt: skip


@pytest.fixture
def github() -> Iterator[Running[Any]]:
    with start_github() as running:
        running.site.add_repo("acme/api", private=True)
        running.site.add_repo("acme/web", private=True)
        running.site.add_milestone("acme/api", "v1")
        running.site.add_project("acme", "Board")
        yield running


@pytest.fixture
def network() -> Iterator[Any]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


def checked(github: Any, token: str = "github-token", *scopes: tuple[str, str]) -> Identity:
    account = Account(name="m", url=github.url, token=token, allow_private=True,
                      scopes=frozenset(scopes))  # fmt: skip
    session = catalogue.get("github").open(account)
    try:
        return session.check()
    finally:
        session.close()


def typed(url: str) -> Identity:
    session = catalogue.get("github").open(Account(name="m", url=url, token="a-good-token"))
    try:
        return session.check()
    finally:
        session.close()


def test_a_good_token_is_told_who_it_is_and_what_it_sees(github: Any) -> None:
    found = checked(github, "github-token", ("milestone", "acme/api/1"), ("project", "acme/1"))
    assert (found.who, found.warnings) == ("simulated", ())
    assert found.options == {"deployment": "github.com"}
    assert found.notes == ("The sign-in sees 2 repositories: acme/api, acme/web.",)
    assert found.token_until is None


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        ((), ["neither the scope repo nor public_repo", "read:project", "read:org", "repo_hook"]),
        (("public_repo", "project", "read:org", "admin:repo_hook"), ["lacks the scope repo,"]),
        (("repo",), ["lacks the scope read:project", "lacks the scope read:org"]),
        (("repo", "project", "admin:org"), []),
    ],
)
def test_each_scope_a_classic_token_lacks_is_a_sentence(github: Any, scopes, told) -> None:
    found = [each for each in checked(github, github.site.tokens.classic(scopes=scopes)).warnings
             if "scope" in each]  # fmt: skip
    assert len(found) == len(told)
    for sentence, words in zip(found, told, strict=True):
        assert words in sentence
        assert f"{github.url}/settings/tokens" in sentence


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (FULL, None),
        ({"pull_requests": "read"} | {"repository_hooks": "write"}, "Issues: Read-only"),
        ({"issues": "read", "repository_hooks": "write"}, "Pull requests: Read-only"),
        ({"issues": "read", "pull_requests": "read"}, "Webhooks: Read and write"),
    ],
)
def test_each_permission_a_fine_grained_token_lacks_is_a_sentence(github: Any, given, told) -> None:
    token = github.site.tokens.fine("acme", given)
    found = checked(github, token, ("repo", "acme/api")).warnings
    assert len(found) == (told is not None)
    assert all(str(told) in each and "acme/api" in each for each in found)


def test_a_right_is_asked_for_in_each_repository_that_links_need(github: Any) -> None:
    token = github.site.tokens.fine("acme", {"issues": "read", "repository_hooks": "write"})
    before = len(github.site.calls)
    (told,) = checked(github, token, ("repo", "acme/api"), ("repo", "acme/web")).warnings
    assert "Pull requests: Read-only in acme/api, acme/web" in told
    asked = [call.path.partition("/repos")[2] for call in github.site.calls[before:]]
    for right in ("pulls", "hooks"):
        assert sorted(each for each in asked if each.endswith(right)) == [
            f"/acme/{name}/{right}" for name in ("api", "web")
        ]


def test_a_project_needs_its_own_permission(github: Any) -> None:
    token = github.site.tokens.fine("acme", {**FULL, "organization_projects": ""})
    (told,) = checked(github, token, ("project", "acme/1")).warnings
    assert "project acme/1" in told
    assert "Projects: Read-only" in told


def test_what_links_name_and_the_token_cannot_see_is_named(github: Any) -> None:
    token = github.site.tokens.fine("acme", FULL, repos=["acme/web"])
    found = checked(github, token, ("milestone", "acme/api/1"), ("label", "acme/nope/x"),
                    ("repo", "acme/web")).warnings  # fmt: skip
    (told,) = found
    assert "the repositories acme/api, acme/nope, which the sign-in cannot see" in told
    assert "Repository access" in told


def test_a_milestone_that_is_not_there_is_told_from_a_hidden_repository(github: Any) -> None:
    (told,) = checked(github, "github-token", ("milestone", "acme/api/9")).warnings
    assert "milestone 9 of acme/api, which is not there" in told


def test_a_token_waiting_for_approval_sees_nothing_and_is_told_why(github: Any) -> None:
    token = github.site.tokens.fine("acme", FULL, pending=True)
    told = " ".join(checked(github, token, ("repo", "acme/api")).warnings)
    assert "owner's approval" in told
    assert "acme/api, which the sign-in cannot see" in told


def test_single_sign_on_tells_where_to_authorize(github: Any) -> None:
    token = github.site.tokens.classic(sso=frozenset({"acme"}))
    (told,) = checked(github, token, ("repo", "acme/api")).warnings
    assert f"{github.url}/orgs/acme/sso?authorization_request=simulated" in told


def test_an_organization_may_let_in_no_such_token(github: Any) -> None:
    github.site.tokens.forbid("acme", "classic")
    (told,) = checked(github, "github-token", ("repo", "acme/api")).warnings
    assert "Use a fine-grained token or a GitHub App" in told
    github.site.tokens.forbid("acme", "fine")
    token = github.site.tokens.fine("acme", FULL)
    told = " ".join(checked(github, token, ("repo", "acme/api")).warnings)
    assert "Use a GitHub App" in told


def test_the_end_of_a_token_is_found(github: Any) -> None:
    ends = datetime.now(UTC) + timedelta(days=3)
    assert checked(github, github.site.tokens.classic(until=ends)).token_until == ends.date()
    ended = github.site.tokens.classic(until=ends - timedelta(days=9))
    with pytest.raises(AccessDenied, match="expired: make a new one at"):
        checked(github, ended)


def test_a_server_is_told_with_its_version_and_what_it_has() -> None:
    with start_github(enterprise=True) as running:
        running.site.add_repo("acme/api")
        found = checked(running)
    assert found.options == {"deployment": "server", "version": "3.19.0", "features": "none"}
    assert not [each for each in found.warnings if "project" in each]


@pytest.mark.parametrize(
    ("url", "kind", "told"),
    [
        ("https://github.com/acme/api", Gone, "use https://github.com"),
        ("https://gist.github.com", Gone, "not GitHub itself"),
        ("https://acme.ghe.com/acme/api", Gone, "https://acme.ghe.com."),
    ],
)
def test_an_address_that_is_no_github_is_not_called(network: Any, url, kind, told) -> None:
    with pytest.raises(kind, match=told):
        typed(url)
    assert len(network.calls) == 0


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        ({"body": "<html>", "content_type": "text/html"}, Unavailable, "Leave out the path"),
        ({"status": 404, "body": "no"}, Gone, "is not a GitHub, or its path is wrong"),
        ({"status": 302, "headers": {"Location": "https://login.example.com/"}}, Gone, "sign-in"),
        ({"json": {"id": 1, "username": "root"}}, Unavailable, "but not as GitHub"),
        ({"status": 502, "body": "bad gateway"}, Unavailable, "Bad Gateway"),
    ],
)
def test_what_answers_otherwise_is_told_for_what_it_is(network: Any, answer, kind, told) -> None:
    network.get("https://git.example.com/acme/api/v3/user", **answer)
    with pytest.raises(kind, match=told):
        typed("https://git.example.com/acme")


def test_nothing_else_hangs_on_what_cannot_be_asked(network: Any) -> None:
    network.get("https://api.github.com/user", json={"login": "bot"})
    network.get("https://api.github.com/user/repos", status=500)
    assert typed("https://github.com").who == "bot"


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("Resource not accessible by integration", "connect with the GitHub App"),
        ("Sorry. Your account was suspended", "another account"),
        ("Resource protected by organization SAML enforcement", "Configure SSO"),
    ],
)
def test_a_refusal_of_the_token_itself_says_what_to_do(network: Any, said: str, fix: str) -> None:
    network.get("https://api.github.com/user", status=403, json={"message": said})
    with pytest.raises(AccessDenied, match=fix):
        typed("https://github.com")
