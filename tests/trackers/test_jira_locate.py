"""From addresses people paste to scopes, of Jira and of GitHub: the same words for both."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import Refused
from integrations import catalogue

SITE = "https://acme.atlassian.net"
JIRA = catalogue.get("jira").spec
GITHUB = catalogue.get("github").spec


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/browse/PLAT-42", ("epic", "PLAT-42")),
        ("/browse/plat-42?focusedCommentId=1#comment", ("epic", "PLAT-42")),
        ("/browse/PLAT-42/", ("epic", "PLAT-42")),
        ("/browse/PLAT", ("project", "PLAT")),
        ("/browse/PLAT/fixforversion/10010", ("jql", "fixVersion = 10010")),
        ("/projects/PLAT", ("project", "PLAT")),
        ("/projects/PLAT/issues/PLAT-42?filter=allopenissues", ("epic", "PLAT-42")),
        ("/projects/PLAT/versions/10010/tab/release-report", ("jql", "fixVersion = 10010")),
        ("/projects/PLAT?selectedItem=com.atlassian.jira.jira-projects-plugin:components-page",
         ("project", "PLAT")),
        ("/jira/software/projects/PLAT/boards/1", ("project", "PLAT")),
        ("/jira/software/c/projects/PLAT/boards/1?selectedIssue=PLAT-42", ("epic", "PLAT-42")),
        ("/jira/software/c/projects/PLAT/boards/1/backlog?sprint=7&selectedIssue=PLAT-42",
         ("epic", "PLAT-42")),
        ("/jira/software/projects/PLAT/boards/1/backlog?sprint=7", ("sprint", "7")),
        ("/jira/software/projects/PLAT/boards/1?sprints=7%2C8", ("jql", "sprint in (7, 8)")),
        ("/jira/software/c/projects/PLAT/components/10020", ("jql", "component = 10020")),
        ("/jira/software/c/projects/PLAT/issues/PLAT-9", ("epic", "PLAT-9")),
        ("/jira/core/projects/OPS/board", ("project", "OPS")),
        ("/issues/PLAT-42?jql=type%20%3D%20Bug", ("epic", "PLAT-42")),
        ("/issues/?jql=project%20%3D%20PLAT%20AND%20type%20%3D%20Bug%20ORDER%20BY%20created",
         ("jql", "project = PLAT AND type = Bug")),
        ("/issues/?filter=10001", ("jql", "filter = 10001")),
        ("/issues/?filter=10001&jql=type+%3D+Bug", ("jql", "type = Bug")),
        ("/secure/IssueNavigator.jspa?reset=true&jqlQuery=type+%3D+Bug", ("jql", "type = Bug")),
        ("/secure/IssueNavigator.jspa?mode=hide&requestId=10001", ("jql", "filter = 10001")),
        ("/secure/RapidBoard.jspa?rapidView=1&projectKey=PLAT", ("project", "PLAT")),
        ("/secure/RapidBoard.jspa?rapidView=1&sprint=12", ("sprint", "12")),
        ("/secure/RapidBoard.jspa?rapidView=1&projectKey=PLAT&selectedIssue=plat-3",
         ("epic", "PLAT-3")),
        ("/secure/RapidBoard.jspa?rapidView=1", None),
        ("/issues/?filter=-1", None),
        ("/issues/?jql=", None),
        ("/issues/?jql=a%20%3D%20(1", None),
        ("/jira/your-work", None),
        ("/", None),
    ],
)  # fmt: skip
def test_a_page_of_the_site_is_a_scope(path: str, scope: tuple[str, str] | None) -> None:
    assert JIRA.locate(SITE, SITE + path) == scope
    assert JIRA.locate(f"{SITE}/jira", f"{SITE}/jira{path}") == scope
    if scope is not None:
        JIRA.kind(scope[0]).select(scope[1])


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        ('project = PLAT AND labels = "okr"', ("label", "PLAT/okr")),
        ('project = "PLAT" AND fixVersion = "2.0" ORDER BY rank', ("version", "PLAT/2.0")),
        ('project = PLAT and component = "A \\"b\\""', ("component", 'PLAT/A "b"')),
        ("project = plat", ("project", "PLAT")),
        ("sprint = 7", ("sprint", "7")),
        ("project = PLAT AND labels = EMPTY", ("jql", "project = PLAT AND labels = EMPTY")),
        ("project = PLAT AND fixVersion = 10010", ("jql", "project = PLAT AND fixVersion = 10010")),
        ("project = PLAT AND fixVersion = latestReleasedVersion()",
         ("jql", "project = PLAT AND fixVersion = latestReleasedVersion()")),
        ("project = PLAT OR labels = okr", ("jql", "project = PLAT OR labels = okr")),
    ],
)  # fmt: skip
def test_a_query_that_means_a_simpler_scope_is_that_scope(query: str, scope: object) -> None:
    assert JIRA.locate(SITE, f"{SITE}/issues/?jql={quote(query)}") == scope


@pytest.mark.parametrize(
    "url",
    [
        "https://other.atlassian.net/browse/PLAT-42", "https://acme.atlassian.net:84/browse/PLAT-4",
        "https://acme.atlassian.net.evil.example/browse/PLAT-4", "//acme.atlassian.net/browse/P-4",
        "ftp://acme.atlassian.net/browse/PLAT-42", "/browse/PLAT-42", "PLAT-42", "https://[",
        "https://acme.atlassian.net:x/browse/PLAT-42", "",
    ],
)  # fmt: skip
def test_what_is_no_page_of_the_site_is_none(url: str) -> None:
    assert JIRA.locate(SITE, url) is None


def test_a_site_below_a_path_owns_only_what_is_below_it() -> None:
    home = "https://tools.example.com/jira"
    assert JIRA.locate(home, "http://TOOLS.example.com/jira/browse/PLAT-1") == ("epic", "PLAT-1")
    assert JIRA.locate(home, "https://tools.example.com/browse/PLAT-1") is None
    assert JIRA.locate(home, "https://tools.example.com/jirax/browse/PLAT-1") is None


@pytest.mark.parametrize("spec", [JIRA, GITHUB], ids=lambda spec: spec.key)
def test_the_page_of_every_scope_leads_back_to_it(spec) -> None:
    home = SITE if spec is JIRA else "https://api.github.com"
    for kind in spec.scope_kinds:
        page = kind.url(home, kind.example)
        found = spec.locate(home, page)
        assert found is not None, page
        assert spec.kind(found[0]).select(found[1]) == kind.select(kind.example)


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/acme/api", ("repo", "acme/api")),
        ("/acme/api/issues", ("repo", "acme/api")),
        ("/acme/api/milestone/7?closed=1", ("milestone", "acme/api/7")),
        ("/acme/api/milestones", ("repo", "acme/api")),
        ("/acme/api/labels/good%20first", ("label", "acme/api/good first")),
        ("/acme/api/issues?q=is%3Aopen+label%3A%22good+first%22", ("label", "acme/api/good first")),
        ("/acme/api/issues/7#issuecomment-1", ("issue", "acme/api/7")),
        ("/acme/api/pull/7/files", ("issue", "acme/api/7")),
        ("/orgs/acme/projects/3/views/1", ("project", "acme/3")),
        ("/users/someone/projects/3", ("project", "users/someone/3")),
        ("/issues?q=user%3Aacme+milestone%3A%22v2%22", ("milestone", "acme/*/v2")),
        ("/settings/tokens", None),
        ("/acme/api/issues?q=is%3Aissue+state%3Aopen", ("repo", "acme/api")),
        # What a scope cannot say is not dropped without a word.
        ("/acme/api/issues?q=is%3Aopen+milestone%3A%22API+3%22", None),
        ("/acme/api/issues?q=is%3Aopen+assignee%3Amona", None),
        ("/acme/api/issues?q=-label%3Abug", None),
        ("/acme/api/issues?q=label%3Aa+label%3Ab", None),
        ("/acme/api/pulls", None),
        ("/acme/api/wiki", None),
        ("/acme", None),
        ("/acme/api/tree/main", None),
    ],
)
def test_a_page_of_github_is_a_scope(path: str, scope: tuple[str, str] | None) -> None:
    assert GITHUB.locate("https://api.github.com", f"https://github.com{path}") == scope
    enterprise = "https://git.example.com/api/v3"
    assert GITHUB.locate(enterprise, f"https://git.example.com{path}") == scope
    assert GITHUB.locate("https://api.github.com", f"https://git.example.com{path}") is None


@settings(max_examples=150)
@given(st.sampled_from([JIRA, GITHUB]), st.text(max_size=80), st.booleans())
def test_any_text_is_a_scope_that_can_be_linked_or_none(spec, text: str, page: bool) -> None:  # noqa: FBT001
    home = SITE if spec is JIRA else "https://api.github.com"
    web = SITE if spec is JIRA else "https://github.com"
    found = spec.locate(home, f"{web}/{text}" if page else text)
    if found is not None:
        try:
            spec.kind(found[0]).select(found[1])
        except Refused as refused:
            pytest.fail(str(refused))
