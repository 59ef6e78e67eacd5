"""``worklift find``, ``link`` and ``unlink`` at GitHub: by words, by scope and by address."""

from typing import Any

import pytest

from tests.cli.conftest import Typed
from tests.world import key_result


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
