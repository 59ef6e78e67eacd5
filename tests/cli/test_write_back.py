"""``worklift write-back``: allow it, see how it stands, send what waits; also beside a server."""

from collections.abc import Callable

import pytest

from sync.writeback import sending
from tests.cli.conftest import Server, Typed
from tests.servers import wait_for
from tests.world import key_result, link

PUBLIC = {"WORKLIFT_PUBLIC_URL": "https://worklift.example.com"}
LINKED = "jira:epic:PLAT-1"
MILESTONE = "github:milestone:acme/api/1"


@pytest.fixture
def linked(typed: Typed) -> Typed:
    """An epic with one of two stories done, linked to ask for a remote link and a comment."""
    site = typed.jira.site
    site.add_issue("PLAT", "Queue", "Epic")
    for number in range(2):
        site.add_issue("PLAT", f"Story {number}", parent="PLAT-1")
    site.transition("PLAT-2", "Done")
    typed.connect()
    asked = link(LINKED, write_back=["epic", "comment"])
    typed("apply", typed.plan(key_result("KR-1", asked)))
    return typed


def sent(linked: Typed) -> int:
    (shown,) = linked.json("write-back")["connections"]
    counted: int = shown["links"][0]["sent"]
    return counted


def titles(typed: Typed) -> list[str]:
    site = typed.jira.site
    links = site.notes.remote_links(site.find("PLAT-1").id)
    return [each["object"]["title"] for each in links]


def test_it_is_off_until_somebody_allows_it(linked: Typed) -> None:
    linked("sync", **PUBLIC)
    shown = linked("write-back", **PUBLIC).stdout
    assert "jira: allowed: nothing, so nothing is written" in shown
    assert "asks for epic, comment (not allowed: epic, comment)" in shown
    assert titles(linked) == []

    linked("write-back", "jira", "--allow", "comment, epic", **PUBLIC)
    done = linked("sync", **PUBLIC)
    assert "2 notes written" in done.stderr
    assert titles(linked) == ["Key result KR-1: 50 %, on track"]
    assert "2 written" in linked("write-back", "jira", **PUBLIC).stdout


def test_none_takes_all_of_it_back(linked: Typed) -> None:
    linked("write-back", "jira", "--allow", "epic", **PUBLIC)
    linked("sync", **PUBLIC)
    assert len(titles(linked)) == 1
    done = linked("write-back", "jira", "--allow", "none", "--send", **PUBLIC)
    assert "1 taken away" in done.stderr
    assert titles(linked) == []


def test_the_json_has_its_keys(linked: Typed) -> None:
    linked("write-back", "jira", "--allow", "epic", **PUBLIC)
    linked("sync", **PUBLIC)
    (each,) = linked.json("write-back")["connections"]
    assert list(each) == [
        "connection",
        "able",
        "allowed",
        "waits_until",
        "waits_for_look",
        "links",
        "errors",
    ]
    assert each["links"] == [
        {"key_result": "KR-1", "cycle": "now", "scope": LINKED, "asked": ["epic", "comment"],
         "allowed": ["epic"], "pending": 0, "sent": 1, "errors": 0},
    ]  # fmt: skip


def test_a_missing_right_is_a_sentence_with_the_fix(linked: Typed) -> None:
    linked.jira.site.notes.denied.add("LINK_ISSUES")
    linked("write-back", "jira", "--allow", "epic", **PUBLIC)
    linked("sync", **PUBLIC)
    shown = linked("write-back", code=1, **PUBLIC).stdout
    assert "1 not written: Jira does not let this account write remote links" in shown
    assert "worklift write-back jira --allow epic" in shown


def test_wrong_use_is_refused_with_a_sentence(linked: Typed) -> None:
    assert "WORKLIFT_PUBLIC_URL" in linked.refused("write-back", "jira", "--allow", "epic")
    assert "for which connection" in linked.refused("write-back", "--allow", "epic")
    assert "no kind 'all'" in linked.refused("write-back", "jira", "--allow", "all", **PUBLIC)
    assert "no connection 'x'" in linked.refused("write-back", "x")
    assert "name kinds" in linked.refused("write-back", "jira", "--allow", " ", **PUBLIC)


def test_without_a_connection_it_says_how_to_make_one(typed: Typed) -> None:
    assert "worklift connect jira" in typed("write-back").stderr


def test_beside_a_server_the_server_writes_by_itself(
    linked: Typed, serve: Callable[..., Server]
) -> None:
    serve(**PUBLIC, WORKLIFT_POLL_INTERVAL="2s")
    linked("write-back", "jira", "--allow", "epic")
    wait_for(lambda: titles(linked) == ["Key result KR-1: 50 %, on track"], "the remote link")
    linked.jira.site.transition("PLAT-3", "Done")
    linked("sync")
    wait_for(lambda: titles(linked) == ["Key result KR-1: 100 %, done"], "the new text")
    # The server notes what it wrote once Jira has answered, a moment after Jira shows it.
    wait_for(lambda: sent(linked) == 1, "the note of what was written")


def test_github_has_kinds_of_its_own(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(sending, "rest", rests.append)
    typed.github.site.add_issue("acme/api", "One", milestone=1)
    typed.connect_github()
    wrong = typed.plan(key_result("KR-1", link(MILESTONE, write_back=["epic"])))
    assert "GitHub has no kind 'epic'" in typed.refused("apply", wrong)
    typed("apply", typed.plan(key_result("KR-1")))
    said = typed.refused("link", "KR-1", MILESTONE, "--write-back", "property")
    assert "GitHub has no kind 'property'; there are: milestone, comment" in said
    typed("link", "KR-1", MILESTONE, "--write-back", "comments,milestone")
    refused = typed.refused("write-back", "github", "--allow", "issues", **PUBLIC)
    assert "GitHub has no kind 'issues'" in refused

    typed("write-back", "github", "--allow", "milestone,comments", **PUBLIC)
    assert "2 notes written" in typed("sync", **PUBLIC).stderr
    assert rests == [1.0, 1.0]
    description = typed.github.site.milestone("acme/api", 1)["description"]
    assert "Serves [KR-1](https://worklift.example.com/now/platform/KR-1): 0 %" in description
    shown = typed("write-back", "github", **PUBLIC).stdout
    assert "2 written" in shown
    assert "asks for milestone, comments" in shown
    done = typed("write-back", "github", "--allow", "none", "--send", **PUBLIC)
    assert "2 taken away" in done.stderr
    assert typed.github.site.comments == {}


def test_what_is_allowed_now_is_sent_by_the_same_command(linked: Typed) -> None:
    linked("sync", **PUBLIC)
    assert "1 notes written" in linked("write-back", "jira", "--allow", "epic", "--send",
                                       **PUBLIC).stderr  # fmt: skip
    assert titles(linked) == ["Key result KR-1: 50 %, on track"]


def test_notes_that_another_process_writes_are_said_to_be_its(
    linked: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked("sync", **PUBLIC)
    monkeypatch.setattr(sending.turn, "take", lambda *_: None)
    said = linked("write-back", "jira", "--allow", "epic", "--send", **PUBLIC).stderr
    assert "another process writes notes just now" in said
