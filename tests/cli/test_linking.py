"""``worklift find``, ``link`` and ``unlink``: by words, by scope and by address."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Server, Typed
from tests.world import key_result, link


@pytest.fixture
def linkable(typed: Typed) -> Typed:
    """An epic of two, one done, and a key result that nothing is linked to."""
    epic = typed.jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    for number in range(2):
        typed.jira.site.add_issue("PLAT", f"Step {number}", parent=epic, points=number + 1)
    typed.jira.site.transition("PLAT-2", "Done")
    typed.connect()
    typed("apply", typed.plan(key_result("KR-1"), key_result("KR-2", link("jira:project:PLAT"))))
    return typed


def test_words_are_found_and_what_is_found_is_linked(linkable: Typed) -> None:
    shown = linkable("find", "jira", "move", "queue").stdout
    assert shown.split()[0] == "jira:epic:PLAT-1"
    assert "Move the queue (Epic, To Do)" in shown
    (found, *_) = linkable.json("find", "jira", "queue", "--kind", "epic")["found"]
    assert found["scope"] == "jira:epic:PLAT-1"
    said = linkable("link", "KR-1", found["scope"], "--measure", "share: points").stdout
    assert said == "KR-1 counts jira:epic:PLAT-1 as soon as it was read\n"
    linkable("sync")
    shown = linkable.json("explain", "KR-1")
    assert shown["links"][0]["measure"] == {"share": "points"}
    assert shown["links"][0]["done"] == 1


def test_a_dry_run_says_what_it_would_count_and_links_nothing(linkable: Typed) -> None:
    done = linkable("link", "KR-1", f"{linkable.jira.url}/browse/PLAT-1", "--dry-run")
    assert "2 items, 2 counted, 1 of 2 done" in done.stdout
    assert "nothing was changed" in done.stderr
    assert "it counts nothing" in linkable.refused("unlink", "KR-1", "jira:epic:PLAT-1")


def test_an_address_links_and_unlinks(linkable: Typed) -> None:
    url = f"{linkable.jira.url}/browse/PLAT-1"
    rule = ["--rule", "{types: [Story], dropped: as_done}", "--write-back", "epic, property"]
    (made,) = linkable.json("link", "KR-1", url, "--measure", "{share: count}", *rule)["links"]
    assert made == {
        "scope": "jira:epic:PLAT-1", "measure": {"share": "count"}, "origin": "person",
        "write_back": ["epic", "property"], "error": None,
    }  # fmt: skip
    assert linkable.json("unlink", "KR-1", url)["links"] == []
    done = linkable("unlink", "KR-2", "JIRA:project:plat")
    assert "KR-2 counts jira:project:PLAT no more" in done.stdout
    assert "take it out there too" in done.stderr


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["find", "eu", "queue"], "there is no connection 'eu'"),
        (["find", "jira", "x", "--kind", "board"], "Jira has no scope 'board'"),
        (["link", "KR-9", "jira:epic:PLAT-1"], "there is no key result 'KR-9'"),
        (["link", "KR-1", "https://elsewhere.example.com/x"], "a page of none of your trackers"),
        (["link", "KR-1", "jira:epic:PLAT-1", "--measure", "share: size"], "is not a size"),
        (["link", "KR-1", "jira:epic:PLAT-1", "--write-back", "post"], "there is no kind 'post'"),
        (["link", "KR-1", "jira:epic:PLAT-99"], "Jira does not show PLAT-99"),
        (["link", "KR-1", "jira:epic:PLAT-99", "--dry-run"], "Jira does not show PLAT-99"),
        (["preview", "link", "KR-1", "--scope", "jira:epic:PLAT-99"], "Jira does not show PLAT-99"),
        (["link", "KR-2", "jira:project:PLAT"], "worklift link KR-2 jira:project:PLAT --change"),
        (["link", "KR-2", "jira:project:PLAT", "--dry-run"], "KR-2 counts jira:project:PLAT alre"),
        (["link", "KR-2", "jira:epic:PLAT-1", "--measure", "share: points"], "--rule 'weight: 2'"),
        (
            ["link", "KR-1", "jira:project:PLAT", "--change"],
            "KR-1 does not count jira:project:PLAT",
        ),
        (["link", "KR-1", "jira:project:PLAT", "--write-back", "epic"], "cannot carry 'epic'"),
        (["link", "KR-1", "jira:epic:PLAT-1", "--rule", "write_back: [epic]"], "by --write-back"),
        (["find", "jira", ""], "say what to look for"),
        (["unlink", "KR-2", "jira:epic:PLAT-1"], "it counts jira:project:PLAT"),
    ],
)
def test_what_cannot_be_is_refused_with_the_fix(
    linkable: Typed, command: list[str], sentence: str
) -> None:
    assert sentence in linkable.refused(*command)


def test_what_is_linked_is_counted_otherwise_and_what_is_not_said_stays(linkable: Typed) -> None:
    (scope, old) = ("jira:project:PLAT", ["--rule", "{types: [Story], dropped: as_done}"])
    linkable("unlink", "KR-2", scope)
    linkable("link", "KR-2", scope, *old, "--write-back", "issues")
    tried = linkable("link", "KR-2", scope, "--change", "--measure", "share: points", "--dry-run")
    assert "nothing was changed" in tried.stderr
    done = linkable("link", "KR-2", scope, "--change", "--measure", "share: points").stdout
    assert done == "KR-2 counts jira:project:PLAT by the new rule from now on\n"
    (made,) = linkable.json("link", "KR-2", scope, "--change", "--rule", "weight: 2")["links"]
    assert (made["measure"], made["write_back"]) == ({"share": "points"}, ["issues"])
    said = linkable("link", "KR-2", scope, "--change", "--write-back", "issues").stdout
    assert said == f"{scope} asks for these notes: issues; KR-2 counts it as before\n"
    said = linkable("link", "KR-2", scope, "--change", "--write-back", "none").stdout
    assert said == f"{scope} asks for no notes any more; KR-2 counts it as before\n"
    (made,) = linkable.json("link", "KR-2", scope, "--change", "--write-back", "none")["links"]
    assert made["write_back"] == []


def test_nothing_found_is_no_success(linkable: Typed) -> None:
    done = linkable("find", "jira", "nowhere", "--json", code=1)
    assert json.loads(done.stdout) == {"found": []}
    assert "nothing fits" in done.stderr


def test_items_that_ask_in_vain_are_told_by_the_doctor(linkable: Typed) -> None:
    linkable.connect("jira", "--conventions", "PLAT")
    linkable.jira.site.edit("PLAT-1", labels=["okr-KR-9"])
    linkable("sync", "--full")
    done = linkable("doctor", code=1)
    assert "PLAT-1 names KR-9, but no open cycle has a key result of that key." in done.stdout


def test_a_running_server_finds_and_links_what_is_typed_beside_it(
    linkable: Typed, serve: Callable[..., Server]
) -> None:
    server = serve()
    assert linkable.json("find", "jira", "queue")["found"][0]["scope"] == "jira:epic:PLAT-1"
    assert "2 counted" in linkable("link", "KR-1", "jira:epic:PLAT-1", "--dry-run").stdout
    assert len(linkable.json("link", "KR-1", "jira:epic:PLAT-1")["links"]) == 1
    assert linkable.json("unlink", "KR-1", "jira:epic:PLAT-1")["links"] == []
    assert server.stop() == 0
