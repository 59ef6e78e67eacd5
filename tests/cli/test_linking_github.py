"""``worklift find``, ``link`` and ``unlink`` at GitHub: by words, by scope and by address."""

from typing import Any

import pytest

from tests.cli.conftest import Typed
from tests.world import key_result, link


@pytest.fixture
def linkable(typed: Typed) -> Typed:
    """A milestone of two issues, an issue alone, and a key result that nothing is linked to."""
    site: Any = typed.github.site
    site.add_repo("acme/api")
    number = site.add_milestone("acme/api", "Queue rework")
    for title in ("Step 1", "Step 2"):
        site.add_issue("acme/api", title, milestone=number)
    site.add_issue("acme/api", "Alone", labels=["okr"])
    site.close("acme/api", 1)
    typed.connect_github()
    typed("apply", typed.plan(key_result("KR-1")))
    return typed


def test_what_is_found_is_linked_and_read(linkable: Typed) -> None:
    shown = linkable("find", "github", "queue").stdout
    assert shown.startswith("github:milestone:acme/api/1")
    assert "Queue rework (acme/api, open, 1 open, 1 closed)" in shown
    (found,) = linkable.json("find", "github", "okr", "--kind", "label")["found"]
    assert found["scope"] == "github:label:acme/api/okr"
    linkable("link", "KR-1", "github:milestone:acme/api/1")
    linkable("sync")
    assert linkable.json("explain", "KR-1")["links"][0]["done"] == 1


def test_an_address_links_and_unlinks(linkable: Typed) -> None:
    url = f"{linkable.github.url}/acme/api/issues/3"
    done = linkable("link", "KR-1", url, "--dry-run")
    assert "1 item, 1 counted" in done.stdout
    (made,) = linkable.json("link", "KR-1", url)["links"]
    assert made["scope"] == "github:issue:acme/api/3"
    assert linkable.json("unlink", "KR-1", url)["links"] == []


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        ("github:milestone:acme/api/9", "acme/api has no milestone 9"),
        ("github:issue:acme/api/9", "acme/api has no issue 9"),
        ("github:label:acme/api/nope", "acme/api has no label nope; there are: okr"),
        ("github:repo:acme/gone", "it does not exist"),
        ("github:project:acme/9", "GitHub does not show Project 9 of acme"),
    ],
)
def test_what_github_does_not_have_is_refused_in_its_words(
    linkable: Typed, scope: str, sentence: str
) -> None:
    assert sentence in linkable.refused("link", "KR-1", scope)
    assert sentence in linkable.refused("link", "KR-1", scope, "--dry-run")


def test_explain_tells_the_new_name_and_where_an_issue_went(linkable: Typed) -> None:
    site: Any = linkable.github.site
    site.add_repo("acme/web")
    linkable("link", "KR-1", "github:milestone:acme/api/1")
    linkable("sync")
    assert linkable.json("explain", "KR-1")["links"][0]["called"] is None
    site.transfer("acme/api", 2, "acme/web")
    site.rename_repo("acme/api", "gateway")
    for _ in range(3):
        linkable("sync", "--full")
    (told,) = linkable.json("explain", "KR-1")["links"]
    assert told["called"] == "acme/gateway/1"
    went = "transferred to acme/web#1"
    assert [each["why"] for each in told["movements"] if each["why"]] == [went]
    shown = linkable("explain", "KR-1").stdout
    assert "called acme/gateway/1 now" in shown
    assert shown.count(f"left the scope: {went}") == 1
    assert f"left the scope (scope): {went}" in shown


@pytest.mark.parametrize(
    ("scope", "asked", "can"),
    [
        ("github:issue:acme/api/3", "milestone", "comment, comments, check"),
        ("github:milestone:acme/*/Queue rework", "milestone", "comments, check"),
        ("github:label:acme/api/okr", "comment", "comments, check"),
    ],
)
def test_notes_that_a_scope_cannot_carry_are_refused_with_those_it_can(
    linkable: Typed, scope: str, asked: str, can: str
) -> None:
    for more in ((), ("--dry-run",)):
        said = linkable.refused("link", "KR-1", scope, "--write-back", asked, *more)
        assert f"{scope} cannot carry {asked!r}" in said
        assert f"it can carry: {can}" in said
    file = linkable.plan(key_result("KR-1", link(scope, write_back=[asked])))
    assert f"cannot carry {asked!r}" in linkable.refused("apply", file)


def test_the_same_title_in_several_repositories_is_found_once_and_linked(linkable: Typed) -> None:
    site: Any = linkable.github.site
    site.add_repo("acme/web")
    number = site.add_milestone("acme/web", "queue rework")
    site.add_issue("acme/web", "Page", milestone=number)
    (wide, *_) = linkable.json("find", "github", "queue rework")["found"]
    assert wide["note"] == "in 2 repositories, 2 open, 1 closed"
    linkable("link", "KR-1", "github:milestone:acme/*/Queue rework")
    linkable("sync")
    (one,) = linkable.json("explain", "KR-1")["links"]
    assert (one["done"], one["total"]) == (1, 3)
    said = linkable.refused("link", "KR-1", "github:milestone:acme/*/Queue Work")
    assert "has a milestone Queue Work" in said


def test_an_issue_that_was_transferred_is_changed_and_ended_by_either_name(
    linkable: Typed,
) -> None:
    site: Any = linkable.github.site
    site.add_repo("acme/web")
    site.add_issue("acme/api", "Step of it")
    site.set_parent("acme/api", 4, ("acme/api", 3))
    linkable("link", "KR-1", "github:issue:acme/api/3")
    linkable("sync")
    site.transfer("acme/api", 3, "acme/web")
    for _ in range(2):
        linkable("sync", "--full")
    assert "counts github:issue:acme/api/3 already" in linkable.refused(
        "link", "KR-1", "github:issue:acme/web/1"
    )
    tried = linkable("link", "KR-1", "github:issue:acme/web/1", "--change", "--dry-run")
    assert "1 item, 1 counted" in tried.stdout
    assert "counts github:issue:acme/api/3 no more" in (
        linkable("unlink", "KR-1", f"{linkable.github.url}/acme/web/issues/1").stdout
    )
