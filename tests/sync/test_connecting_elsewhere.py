"""A connection that is moved, ended or changed while it is tested takes nothing along with it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from connector.errors import Refused
from integrations.simulators import start_jira
from sync import connections, grants
from sync.accounts import account_of
from sync.connections import Request
from tests.noted import Noted, noted
from tests.sync.signing import row
from tests.world import EMAIL, TOKENS, World


@pytest.fixture
def told(connected: World) -> Noted:
    """A world whose epic PLAT-1 bears a comment."""
    made = noted(connected)
    made.ask("comment")
    made.send()
    assert len(made.comments()) == 1
    return made


def test_a_comment_of_another_site_is_not_written_over(told: Noted) -> None:
    (ours,) = told.notes.said(told.site.held("PLAT-1").id)
    with start_jira() as other:
        other.site.now = told.world.clock
        other.site.add_project("PLAT", "Other platform")
        issue = other.site.add_issue("PLAT", "Another issue", "Epic")
        assert issue.id == told.site.held("PLAT-1").id
        told.world.trackers["jira"] = other
        theirs = requests.post(
            f"{other.url}/rest/api/2/issue/PLAT-1/comment",
            json={"body": "a comment of a person"},
            auth=(EMAIL, TOKENS["jira"]),
            timeout=5,
        ).json()
        assert theirs["id"] == ours["id"]
        assert told.world.connect("jira").error is None
        for _ in range(3):
            told.world.clock.turn(minutes=20)
            told.send()
            told.world.sync()
        assert told.comments() == ["a comment of a person"]
        assert (told.report().allowed, told.world.rows("note")) == ((), [])


def test_what_was_ended_has_to_be_allowed_anew(told: Noted) -> None:
    connections.disconnect(told.world.runtime, "jira")
    assert (row(told.world).write_back, told.world.rows("note")) == ([], [])
    assert told.world.connect("jira").error is None
    assert told.report().allowed == ()
    told.world.sync()
    told.world.clock.turn(minutes=20)
    assert told.send() == []
    told.allow("comment")
    told.send()
    # The one that is there is found again.
    assert len(told.comments()) == 1


@pytest.mark.parametrize("url", ["{}/", "{}"])
def test_the_same_site_keeps_what_was_allowed(told: Noted, url: str) -> None:
    same = url.format(told.world.trackers["jira"].url)
    assert told.world.connect("jira", url=same.replace("http:", "HTTP:")).error is None
    assert row(told.world).write_back == ["comment"]
    assert len(told.world.rows("note")) == 1


def during_a_test(world: World, change: Callable[[], Any], monkeypatch: Any) -> None:
    """Have something happen between the test of a connection and the keeping of its outcome."""
    tried = connections._try

    def late(*given: Any) -> Any:
        found = tried(*given)
        monkeypatch.undo()
        change()
        return found

    monkeypatch.setattr(connections, "_try", late)


def kept_token(world: World) -> Request:
    url, options = row(world).url, {"email": EMAIL}
    return Request(
        tracker="jira", name="jira", url=url, token=None, options=options, allow_private=True
    )


def again(world: World) -> None:
    connections.again(world.runtime, "jira")


def form(world: World) -> None:
    connections.connect(world.runtime, kept_token(world), keep=False)


@pytest.mark.parametrize("tested", [again, form])
def test_a_new_token_is_not_sent_to_the_old_address(
    connected: World, monkeypatch: Any, tested: Callable[[World], None]
) -> None:
    with start_jira() as other:
        other.site.add_project("PLAT", "Platform")
        old = connected.trackers["jira"]

        def move() -> None:
            connected.trackers["jira"] = other
            assert connected.connect("jira").error is None
            connected.trackers["jira"] = old

        during_a_test(connected, move, monkeypatch)
        with pytest.raises(Refused, match="changed meanwhile; nothing was saved"):
            tested(connected)
        assert row(connected).url == other.url


@pytest.mark.parametrize("tested", [again, form])
def test_another_token_meanwhile_is_not_judged_by_the_old_one(
    connected: World, monkeypatch: Any, tested: Callable[[World], None]
) -> None:
    def other_token() -> None:
        assert connected.connect("jira", token="NEW-TOKEN").error is not None

    during_a_test(connected, other_token, monkeypatch)
    with pytest.raises(Refused, match="changed meanwhile"):
        tested(connected)
    found = row(connected)
    assert found.broken_at is not None
    assert account_of(found, connected.runtime.vault).token == "NEW-TOKEN"


@pytest.mark.parametrize("tested", [again, form])
def test_disconnecting_meanwhile_is_not_undone(
    connected: World, monkeypatch: Any, tested: Callable[[World], None]
) -> None:
    during_a_test(connected, lambda: connections.disconnect(connected.runtime, "jira"), monkeypatch)
    with pytest.raises(Refused, match="changed meanwhile"):
        tested(connected)
    found = row(connected)
    assert found.ended_at is not None
    assert (found.token_cipher, found.hook_cipher) == (b"", b"")


def test_testing_again_writes_nothing_that_was_typed(connected: World, monkeypatch: Any) -> None:
    def more() -> None:
        options = {"email": EMAIL, "number_fields": "customfield_10036"}
        assert connected.connect("jira", token=TOKENS["jira"], options=options).error is None

    before = row(connected)
    again(connected)
    assert row(connected).options == before.options
    during_a_test(connected, more, monkeypatch)
    with pytest.raises(Refused, match="changed meanwhile"):
        again(connected)
    assert row(connected).options["number_fields"] == "customfield_10036"


def test_a_sign_in_renewed_elsewhere_goes_where_it_was_given_for(
    connected: World, monkeypatch: Any
) -> None:
    """A token read after somebody moved the connection is not sent to the address of before."""
    with start_jira() as other:
        other.site.add_project("PLAT", "Platform")
        wanted, fresh = kept_token(connected), grants.fresh

        def late(runtime: Any, found: Any) -> Any:
            monkeypatch.undo()
            connected.trackers["jira"] = other
            connected.connect("jira")
            return fresh(runtime, row(connected))

        monkeypatch.setattr(grants, "fresh", late)
        old = connected.trackers["jira"].site
        before = len(old.calls)
        with pytest.raises(Refused, match="only sent where it was given for"):
            connections.connect(connected.runtime, wanted)
        assert len(old.calls) == before


def test_many_tests_at_once_end_well(connected: World) -> None:
    found: list[Any] = []

    def ask() -> None:
        found.append(connections.again(connected.runtime, "jira").error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [None] * 4
