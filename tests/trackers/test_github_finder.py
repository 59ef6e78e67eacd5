"""Searching a GitHub: by words, number, key and address, in few calls, kindly."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connector.errors import AccessDenied, BadScope, Unavailable
from integrations import catalogue
from integrations.github import finder as finding
from integrations.simulators import start_github
from integrations.tracker import Account, Finder, Found, Session

START = datetime(2026, 1, 5, tzinfo=UTC)


class Searched:
    """A GitHub with work in it, and a session that searches it."""

    def __init__(self, running: Any, *, token: str = "github-token", **options: str) -> None:
        self.running, self.site = running, running.site
        linked = frozenset({("milestone", "acme/api/1")})
        self.session: Session = catalogue.get("github").open(
            Account(name="github", url=running.url, token=token, options=options,
                    allow_private=True, scopes=linked)
        )  # fmt: skip

    @property
    def finder(self) -> Finder:
        found = self.session.finder
        assert found is not None
        return found

    def search(self, text: str, kind: str | None = None) -> tuple[Found, ...]:
        before = self.session.calls
        found = self.finder.search(text, kind)
        assert self.session.calls - before <= 6
        return found

    def found(self, text: str, kind: str | None = None) -> list[tuple[str, str]]:
        return [(each.kind, each.value) for each in self.search(text, kind)]

    def judged(self, kind: str, value: str) -> str | None:
        return self.finder.judge(kind, value)


def fill(site: Any) -> None:
    for name in ("acme/api", "acme/web", "acme/queue-tools", "other/app"):
        site.add_repo(name)
    site.add_milestone("acme/api", "Queue v2", due_on=date(2026, 9, 1), at=START)
    site.add_milestone("acme/api", "Queue v1", at=START)
    site.edit_milestone("acme/api", 2, state="closed", at=START)
    site.add_milestone("acme/web", "queue v2", at=START)
    site.add_milestone("acme/web", "Queue rework", due_on=date(2026, 8, 1), at=START)
    site.add_issue("acme/api", "Queue consumer", milestone=1, labels=["queue-team"], at=START)
    site.add_issue("acme/api", "Move the queue", at=START)
    site.add_issue("acme/api", "Step", at=START)
    site.set_parent("acme/api", 3, ("acme/api", 2), at=START)
    site.close("acme/api", 3, at=START + timedelta(days=1))
    site.add_issue("acme/api", "Queue fix", pull_request=True, at=START)
    site.add_project("acme", "Queue board", at=START)
    site.add_project("acme", "Other board", at=START)


@pytest.fixture
def searched() -> Iterator[Searched]:
    with start_github() as running:
        fill(running.site)
        made = Searched(running)
        yield made
        made.session.close()


def test_words_find_every_kind_milestones_first(searched: Searched) -> None:
    found = searched.search("queue")
    assert [(each.kind, each.value) for each in found] == [
        ("milestone", "acme/*/Queue v2"), ("milestone", "acme/web/2"), ("milestone", "acme/api/1"),
        ("milestone", "acme/web/1"), ("milestone", "acme/api/2"), ("issue", "acme/api/2"),
        ("label", "acme/api/queue-team"), ("project", "acme/1"), ("repo", "acme/queue-tools"),
        ("issue", "acme/api/1"),
    ]  # fmt: skip
    notes = {each.value: each.note for each in found}
    assert notes["acme/*/Queue v2"] == "in 2 repositories, 1 open, 0 closed"
    assert notes["acme/api/1"] == "acme/api#1, open, no sub-issues: it counts itself"
    assert notes["acme/web/2"] == "acme/web, open, due 2026-08-01, 0 open, 0 closed"
    assert notes["acme/api/2"] == "acme/api#2, open, 1 sub-issues, 1 done"
    assert notes["acme/api/queue-team"] == "acme/api, 1 open"
    assert found[2].url == f"{searched.running.url}/acme/api/milestone/1"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("acme/api#2", None, [("issue", "acme/api/2"), ("milestone", "acme/api/2")]),
        ("acme/api#1", None, [("issue", "acme/api/1"), ("milestone", "acme/api/1")]),
        ("acme/web", "repo", [("repo", "acme/web")]),
        ("acme/web queue", "milestone", [("milestone", "acme/web/2"), ("milestone", "acme/web/1")]),
        ("acme/*/QUEUE V2", None, [("milestone", "acme/*/Queue v2")]),
        ("queue v2", "milestone",
         [("milestone", f"acme/{each}") for each in ("*/Queue v2", "api/1", "web/1")]),
        ("2", "project", [("project", "acme/2")]),
        ("acme/2", "project", [("project", "acme/2")]),
        ("board", "project", [("project", "acme/2"), ("project", "acme/1")]),
        ("web", "repo", [("repo", "acme/web")]),
        ("queue-team", "label", [("label", "acme/api/queue-team")]),
        ("step", "issue", [("issue", "acme/api/3")]),
        ("fix", None, []),
        ("nothing is called so", None, []),
        ("!!!", None, []),
    ],
)  # fmt: skip
def test_what_is_typed_is_found(
    searched: Searched, text: str, kind: str | None, found: list[tuple[str, str]]
) -> None:
    assert searched.found(text, kind) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("acme/api/milestone/1", ("milestone", "acme/api/1", "Queue v2")),
        ("acme/api/issues/2", ("issue", "acme/api/2", "Move the queue")),
        ("acme/api/labels/queue-team", ("label", "acme/api/queue-team", "queue-team")),
        ("acme/api", ("repo", "acme/api", "acme/api")),
        ("orgs/acme/projects/1/views/2?filterQuery=status%3ATodo",
         ("project", "acme/1?status=Todo", "Queue board")),
        ("issues?q=user%3Aacme+milestone%3A%22queue+v2%22",
         ("milestone", "acme/*/queue v2", "queue v2")),
    ],
)  # fmt: skip
def test_an_address_is_found_with_its_title(
    searched: Searched, path: str, found: tuple[str, str, str]
) -> None:
    (each,) = searched.search(f"{searched.running.url}/{path}")
    assert (each.kind, each.value, each.title) == found
    assert searched.search("https://elsewhere.example.com/acme/api") == ()


def test_an_address_of_what_is_not_there_is_refused_in_githubs_words(searched: Searched) -> None:
    older = Searched(searched.running, features="none", version="3.14")
    home = searched.running.url
    for asked, path, sentence in (
        (searched, "acme/api/milestone/99", "acme/api has no milestone 99; there are: 1 Queue v2"),
        (searched, "acme/gone", "GitHub does not show acme/gone"),
        (older, "orgs/acme/projects/1", "3.14 has no projects in its API"),
    ):
        with pytest.raises(BadScope, match=re.escape(sentence)):
            asked.search(f"{home}/{path}")
    older.session.close()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("acme/api/issues?q=is:issue+assignee:mona", "assignee:mona cannot be part of one"),
        ("acme/api/issues?q=label:a+label:b", "label:b cannot be part of one"),
        ("issues?q=user:acme+label:a", "user:acme, label:a is another search"),
        ("orgs/acme/projects/1/views/1?filterQuery=is:open", "is:open of the view's filter has no"),
        ("acme/api/pulls", "A list of pull requests is no scope"),
        ("acme/api/wiki", "This page of GitHub is no scope"),
    ],
)
def test_a_page_that_is_no_scope_says_why_and_what_can_be_one(path: str, sentence: str) -> None:
    spec = catalogue.get("github").spec
    for browse in ("https://github.com", "https://ghe.example.com"):
        assert spec.locate(browse, f"{browse}/{path}") is None
        assert sentence in (spec.astray(browse, f"{browse}/{path}") or "")
        assert spec.astray(browse, f"https://elsewhere.example.com/{path}") is None


def test_a_scope_is_judged_as_github_sees_it(searched: Searched) -> None:
    for kind, value in [("milestone", "acme/api/1"), ("milestone", "acme/*/Queue V2"),
                        ("label", "acme/api/queue-team"), ("issue", "acme/api/2"),
                        ("project", "acme/1"), ("repo", "acme/web")]:  # fmt: skip
        assert searched.judged(kind, value) is None
    said = {
        ("milestone", "acme/api/9"): "acme/api has no milestone 9; there are: 1 Queue v2,"
        " 2 Queue v1.",
        ("milestone", "acme/*/v7"): "No repository of acme that this token sees has a"
        " milestone v7.",
        ("label", "acme/web/none"): "acme/web has no label none; it has none.",
        ("issue", "acme/api/4"): "acme/api#4 is a pull request: link an issue, a milestone or"
        " a label.",
        ("project", "acme/9"): "GitHub does not show Project 9 of acme: there is none, or this"
        " token may not see it.",
    }  # fmt: skip
    for scope, sentence in said.items():
        assert searched.judged(*scope) == sentence
    assert "acme/gone: it does not exist" in (searched.judged("repo", "acme/gone") or "")
    assert "acme/gone" in (searched.judged("milestone", "acme/gone/1") or "")


def test_what_lives_elsewhere_now_is_told_with_its_new_place(searched: Searched) -> None:
    searched.site.rename_repo("acme/web", "site")
    assert "acme/web is called acme/site now" in (searched.judged("milestone", "acme/web/1") or "")
    searched.site.transfer("acme/api", 1, "acme/site")
    moved = searched.judged("issue", "acme/api/1")
    assert moved == "acme/api#1 is acme/site#1 now: link github:issue:acme/site/1."
    searched.site.delete("acme/api", 2)
    assert "was deleted" in (searched.judged("issue", "acme/api/2") or "")


def test_a_server_without_projects_and_sub_issues_is_not_asked_for_them(searched: Searched) -> None:
    older = Searched(searched.running, features="none", version="3.14")
    kinds = {kind for kind, _ in older.found("queue")}
    assert kinds == {"milestone", "label", "repo"}
    with pytest.raises(BadScope, match=r"3\.14 has no projects"):
        older.search("queue", "project")
    assert "3.14 has no projects" in (older.judged("project", "acme/1") or "")
    older.session.close()


def test_one_part_that_is_refused_does_not_stop_the_others(searched: Searched) -> None:
    token = searched.site.tokens.fine("acme", {"issues": "read"}, repos=["acme/api"])
    narrow = Searched(searched.running, token=token)
    found = narrow.found("queue")
    assert ("milestone", "acme/api/1") in found
    assert "project" not in {kind for kind, _ in found}
    narrow.session.close()


def test_an_apps_token_searches_its_installation(searched: Searched) -> None:
    app = searched.site.add_app(
        "Worklift", "acme", permissions={"issues": "read", "metadata": "read"}
    )
    where = searched.site.install_app(app, "acme", repos=["acme/api"])
    token, _ = searched.site.apps.grant(where, None, {"issues": "read", "metadata": "read"})
    ours = Searched(searched.running, token=token)
    assert ("milestone", "acme/api/1") in ours.found("queue")
    ours.session.close()


def test_a_refused_token_and_a_silent_github_are_told(searched: Searched) -> None:
    with pytest.raises(AccessDenied):
        Searched(searched.running, token="wrong").finder.search("queue")
    searched.running.stop()
    with pytest.raises(Unavailable):
        searched.finder.search("queue")


def test_patience_ends_a_search_with_what_was_found(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_PATIENCE", 0.0)
    before = searched.session.calls
    assert searched.found("acme/api#2") == [("issue", "acme/api/2")]
    assert searched.session.calls == before + 1
