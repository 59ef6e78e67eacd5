"""Searching a Jira, in both deployments: by words, key and address, in few calls, kindly."""

from collections.abc import Iterator
from typing import Any

import pytest

from connector.errors import AccessDenied, BadScope, Gone, Unavailable
from integrations import catalogue
from integrations.jira import finder as finding
from integrations.simulators import start_jira
from integrations.simulators.jira.finding import add_filter
from integrations.tracker import Account, Finder, Session


class Searched:
    """A site with work in it, and a session that searches it."""

    def __init__(self, running: Any, *, token: str = "jira-token") -> None:
        self.running, self.site = running, running.site
        email = {"email": "admin@example.com"} if self.site.cloud else {}
        options = {"deployment": self.site.deployment, **email}
        self.session: Session = catalogue.get("jira").open(
            Account(name="jira", url=running.url, token=token, options=options, allow_private=True)
        )

    @property
    def finder(self) -> Finder:
        found = self.session.finder
        assert found is not None
        return found

    def found(self, text: str, kind: str | None = None) -> list[tuple[str, str]]:
        return [(each.kind, each.value) for each in self.finder.search(text, kind)]


def fill(site: Any) -> None:
    site.add_project("PLAT", "Platform")
    site.add_project("OPS", "Queue operations")
    epic = site.add_issue("PLAT", "Move the queue", "Epic").key
    site.add_version("PLAT", "1.0", released=True)
    site.add_version("PLAT", "2.0")
    site.add_component("PLAT", "Queues")
    site.add_issue("PLAT", "Queue consumer", parent=epic, labels=["queue-team"])
    site.add_issue("PLAT", "Other", fix_versions=["2.0"], components=["Queues"])
    site.add_sprint("Queue sprint 2", "future")
    site.add_sprint("Queue sprint 1")
    site.add_sprint("Queue sprint 0", "closed")


@pytest.fixture(params=["cloud", "datacenter"])
def searched(request: pytest.FixtureRequest) -> Iterator[Searched]:
    with start_jira(deployment=request.param) as running:
        fill(running.site)
        made = Searched(running)
        yield made
        made.session.close()


def test_words_find_every_kind_parents_first(searched: Searched) -> None:
    before = searched.session.calls
    assert searched.found("queue") == [
        ("epic", "PLAT-1"), ("project", "OPS"), ("component", "PLAT/Queues"),
        ("label", "PLAT/queue-team"), ("sprint", "2"), ("sprint", "1"), ("epic", "PLAT-2"),
    ]  # fmt: skip
    assert searched.session.calls - before <= 10
    (first, *_) = searched.finder.search("queue")
    assert (first.title, first.note) == ("Move the queue", "Epic, To Do")
    assert first.url == f"{searched.running.url}/browse/PLAT-1"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("plat-1", None, [("epic", "PLAT-1")]),
        ("consumer", "epic", [("epic", "PLAT-2")]),
        ("PLAT queue", "epic", [("epic", "PLAT-1"), ("epic", "PLAT-2")]),
        ("platform", "project", [("project", "PLAT")]),
        ("PLAT", "version", [("version", "PLAT/2.0"), ("version", "PLAT/1.0")]),
        ("2.0", "version", [("version", "PLAT/2.0")]),
        ("PLAT/que", "component", [("component", "PLAT/Queues")]),
        ("queue-t", "label", [("label", "PLAT/queue-team")]),
        ("sprint active", "sprint", [("sprint", "2")]),
        ("3", "sprint", [("sprint", "3")]),
        ("project = PLAT AND type = Bug ORDER BY rank", "jql",
         [("jql", "project = PLAT AND type = Bug")]),
        ("project = PLAT AND labels = okr", "jql", [("label", "PLAT/okr")]),
        ("   ", None, []),
        ("?!*", None, []),
        ('que"ue) OR (', "epic", []),
    ],
)  # fmt: skip
def test_a_kind_a_key_or_a_project_narrows_it(
    searched: Searched, text: str, kind: str | None, found: list[tuple[str, str]]
) -> None:
    assert searched.found(text, kind) == found


def test_an_address_is_told_with_its_title(searched: Searched) -> None:
    site, home = searched.site, searched.running.url
    saved = add_filter(site, "Open queue work", "project = PLAT")
    number = site.versions["PLAT"][1]["id"]
    part = site.components["PLAT"][0]["id"]
    for path, found in (
        ("/browse/PLAT-1", ("epic", "PLAT-1", "Move the queue")),
        ("/browse/PLAT", ("project", "PLAT", "Platform")),
        (f"/projects/PLAT/versions/{number}", ("version", "PLAT/2.0", "2.0")),
        (f"/browse/PLAT/component/{part}", ("component", "PLAT/Queues", "Queues")),
        (f"/issues/?filter={saved}", ("jql", f"filter = {saved}", "Open queue work")),
        ("/secure/RapidBoard.jspa?rapidView=1", ("jql", "filter = 10000", "Board")),
        ("/secure/RapidBoard.jspa?rapidView=1&sprint=2", ("sprint", "2", "Queue sprint 1")),
    ):
        (each,) = searched.finder.search(home + path)
        assert (each.kind, each.value, each.title) == found
    assert searched.finder.search("https://elsewhere.example.com/browse/PLAT-1") == ()
    with pytest.raises(BadScope, match="Jira does not show PLAT-99"):
        searched.finder.search(f"{home}/browse/PLAT-99")
    astray = catalogue.get("jira").spec.astray
    assert "This page of Jira is no scope" in (astray(home, f"{home}/secure/admin") or "")
    assert astray(home, "https://elsewhere.example.com/secure/admin") is None


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("epic", "PLAT-1", None),
        ("epic", "PLAT-99", "Jira does not show PLAT-99: it does not exist, or"),
        ("project", "NOPE", "Jira does not show project NOPE"),
        ("version", "plat/2.0", None),
        ("version", "PLAT/3.0", "PLAT has no version '3.0'; there are: 1.0, 2.0."),
        ("component", "NOPE/x", "Jira does not show project NOPE"),
        ("label", "PLAT/anything", None),
        ("sprint", "1", None),
        ("sprint", "99", "Jira says: The value '99' does not exist"),
        ("jql", "updated >= -7d AND sprint in openSprints()", None),
        ("jql", "project = NOPE", "Jira says: The value 'NOPE' does not exist"),
        ("jql", "project =", "Jira says: Error in the JQL Query"),
    ],
)
def test_jira_judges_a_scope(searched: Searched, kind: str, value: str, said: str | None) -> None:
    found = searched.finder.judge(kind, value)
    assert (found or "").startswith(said or "")
    assert (found is None) == (said is None)


def test_what_jira_does_not_allow_hides_only_itself(searched: Searched) -> None:
    searched.running.faults.add("unauthorized", path="/rest/agile/")
    assert ("epic", "PLAT-1") in searched.found("queue")


def test_a_site_that_does_not_answer_is_said_unless_something_was_found(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched.running.faults.add("error")
    with pytest.raises(Unavailable):
        searched.finder.search("queue")
    with pytest.raises(Unavailable):
        searched.finder.judge("epic", "PLAT-1")
    searched.running.faults.clear()
    monkeypatch.setattr(finding, "_PATIENCE", 0.0)
    assert searched.found("queue") == [("epic", "PLAT-1")]


def test_a_refused_token_is_an_error_not_an_empty_list() -> None:
    with start_jira() as running:
        fill(running.site)
        with pytest.raises(AccessDenied):
            Searched(running, token="wrong").found("queue")


def test_a_key_there_is_not_gets_the_sentence_that_linking_it_gets(searched: Searched) -> None:
    with pytest.raises(Gone) as told:
        searched.found("plat-999")
    assert str(told.value) == searched.finder.judge("epic", "PLAT-999")


def test_issues_without_children_say_so_and_come_last(searched: Searched) -> None:
    searched.site.add_issue("PLAT", "Sub work", "Sub-task", parent="PLAT-2")
    searched.site.add_issue("PLAT", "Queue lonely")
    found = [each for each in searched.finder.search("queue") if each.kind == "epic"]
    assert [each.value for each in found] == ["PLAT-1", "PLAT-2", "PLAT-5"]
    assert [each.note.endswith("no child issues") for each in found] == [False, False, True]
