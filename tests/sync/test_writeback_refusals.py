"""Notes that a tracker refuses, or may have taken: no other note pays for it, and none is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import Declined, RateLimited
from integrations.jira.writeback import JiraWriter
from sync import writeback
from sync.writeback import order
from tests.noted import Noted, noted
from tests.world import World, key_result, link

SAID = "Key result KR-1: 33 %, on track"
PUT = JiraWriter.put


@pytest.fixture
def told(connected: World) -> Noted:
    return noted(connected)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of items whose notes were refused, one each time."""
    refused: list[str] = []

    def put(self: Any, ref: Any, note: Any, remote_id: Any) -> str:
        if ref.key in ("PLAT-2", "PLAT-3", "PLAT-4"):
            refused.append(ref.key)
            raise Declined("Jira refused the call (HTTP 400: it is archived).")
        return PUT(self, ref, note, remote_id)

    monkeypatch.setattr(JiraWriter, "put", put)
    return refused


def test_notes_that_are_refused_stop_no_others_and_are_given_up(
    told: Noted, refusing: list[str]
) -> None:
    told.ask("issues", "epic")
    for _ in range(order.TRIES + 3):
        told.send()
        assert told.report().waits_until is None
        told.world.clock.turn(hours=7)
        told.world.sync()
    assert len(refusing) == 3 * order.TRIES
    assert told.report().troubles == [("Jira refused the call (HTTP 400: it is archived).", 3)]
    assert list(told.report().undeliverable.values()) == [3]
    told.finish("PLAT-3")
    told.send()
    assert told.titles() == ["Key result KR-1: 67 %, on track"]
    assert len(refusing) == 3 * order.TRIES + 3  # another text is worth another try


def test_a_tracker_that_fails_is_asked_within_the_hour_whatever_the_notes_tried(
    told: Noted,
) -> None:
    told.ask("issues", "epic")
    told.faults.add("error", path="/remotelink")
    waits = []
    for _ in range(10):
        told.send()
        until = told.report().waits_until
        assert until is not None
        waits.append(until - told.world.clock())
        told.world.clock.turn(hours=7)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == waits[-1] == timedelta(hours=1)
    told.faults.clear()
    told.send()
    told.finish("PLAT-3")
    told.faults.add("error", path="/remotelink")
    told.send()
    assert told.report().waits_until == told.world.clock() + timedelta(minutes=1)


def once_in_doubt(told: Noted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jira takes the next note, and a proxy says that it could not answer."""
    left = [1]

    def put(self: Any, *given: Any) -> str:
        made = PUT(self, *given)
        if left:
            left.pop()
            until = told.world.clock() + timedelta(seconds=30)
            raise RateLimited("HTTP 503", until, certain=False)
        return made

    monkeypatch.setattr(JiraWriter, "put", put)


def test_a_comment_that_may_have_been_made_is_taken_away_when_its_link_ends(
    told: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    once_in_doubt(told, monkeypatch)
    told.ask("comment")
    told.send()
    assert len(told.comments()) == 1
    told.world.apply(key_result("KR-1", links=[]))
    told.world.clock.turn(minutes=20)
    told.send()
    assert (told.comments(), told.world.rows("note")) == ([], [])


def test_a_text_that_may_have_arrived_is_replaced_by_the_old_one(
    told: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.ask("epic")
    told.send()
    told.finish("PLAT-3")
    once_in_doubt(told, monkeypatch)
    told.send()
    assert told.titles() == ["Key result KR-1: 67 %, on track"]
    assert told.report().waits_until is not None
    told.site.transition("PLAT-3", "To Do")
    told.world.clock.turn(minutes=20)
    told.world.sync()
    told.send()
    assert told.titles() == [SAID]


def test_two_connections_to_one_site_keep_their_notes_apart(told: Noted) -> None:
    world = told.world
    world.connect("jira", "second")
    kinds = ["comment", "property"]
    world.apply(
        key_result("KR-1", link("jira@jira:epic:PLAT-1", write_back=[*kinds])),
        key_result("KR-2", link("jira@second:epic:PLAT-1", write_back=[*kinds])),
    )
    for name in ("jira", "second"):
        writeback.allow(world.runtime, name, kinds)
    world.sync()
    told.send()
    assert named(told.comments(), str) == ["KR-1", "KR-2"]
    assert named(told.properties().values(), str) == ["KR-1", "KR-2"]
    writeback.allow(world.runtime, "second", [])
    told.send()
    assert named(told.comments(), str) == named(told.properties().values(), str) == ["KR-1"]


def named(found: Any, shown: Callable[[Any], str]) -> list[str]:
    """The key results that these notes tell of, in their order by name."""
    return sorted(key for each in found for key in ("KR-1", "KR-2") if key in shown(each))


@pytest.fixture
def another(told: Noted, monkeypatch: pytest.MonkeyPatch) -> Noted:
    """The connection's account is another one than when the comment was written."""
    told.ask("comment")
    told.send()
    (old,) = told.notes.said(told.site.held("PLAT-1").id)
    old["author"] = {**old["author"], "accountId": "712020:the-one-before"}
    told.faults.add("error", status=403, method="PUT", path=f"/comment/{old['id']}")
    told.faults.add("error", status=403, method="DELETE", path=f"/comment/{old['id']}")
    return told


def test_after_another_account_came_the_comment_is_made_anew(another: Noted) -> None:
    another.finish("PLAT-3")
    another.send()
    assert ["67 %" in each for each in another.comments()] == [False, True]
    assert another.report().troubles == []
    another.finish("PLAT-4")
    another.send()
    assert ["100 %" in each for each in another.comments()] == [False, True]


def test_after_another_account_came_a_person_takes_the_comment_away(another: Noted) -> None:
    another.allow()
    another.send()
    ((sentence, number),) = another.report().troubles
    assert ("another account: delete it there" in sentence, number) == (True, 1)
    another.world.clock.turn(days=1)
    assert another.send() == []
