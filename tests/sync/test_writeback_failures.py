"""Notes on work items when things go wrong: never twice, never a storm, and reading goes on."""

import threading
from datetime import timedelta

import pytest

from connector.errors import Unavailable
from integrations.jira.writeback import JiraWriter
from sync import writeback
from sync.writeback import order, sending, turn
from tests.noted import ALL, Noted, noted
from tests.world import World

SAID = "Key result KR-1: 33 %, on track"


@pytest.fixture
def told(connected: World) -> Noted:
    return noted(connected)


def posts(told: Noted) -> list[str]:
    return [call for call in told.writes() if call.startswith("POST")]


@pytest.mark.parametrize("kind", ["truncated", "html"])
def test_a_comment_whose_making_ended_without_a_word_is_made_once(told: Noted, kind: str) -> None:
    """Truncated: it was made, and nobody heard of it. HTML: it was not."""
    told.ask("comment")
    told.faults.add(kind, path="/comment", method="POST", count=1)
    told.send()
    assert told.report().troubles
    told.world.clock.turn(minutes=2)
    told.send()
    assert len(told.comments()) == 1
    assert told.report().troubles == []
    (row,) = told.world.rows("note")
    assert row.sent_hash == row.wanted_hash


@pytest.mark.parametrize("kind", ["epic", "comment", "property"])
def test_a_crash_before_the_outcome_is_kept_doubles_nothing(
    told: Noted, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.ask(kind)
    with monkeypatch.context() as broken:
        broken.setattr(order, "arrived", crash)
        with pytest.raises(MemoryError):
            told.send()
    assert told.send() == []  # the try was charged: the next one waits
    told.world.clock.turn(minutes=5)
    told.send()
    assert len(told.titles()) + len(told.comments()) + len(told.properties()) == 1
    (row,) = told.world.rows("note")
    assert (row.attempts, row.due_at) == (0, None)


def crash(*_: object) -> None:
    raise MemoryError


def test_a_text_that_may_have_arrived_is_not_taken_for_the_old_one(
    told: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.ask("epic")
    told.send()
    told.finish("PLAT-3")
    with monkeypatch.context() as broken:
        broken.setattr(order, "arrived", crash)
        with pytest.raises(MemoryError):
            told.send()
    told.world.clock.turn(minutes=5)
    told.site.transition("PLAT-3", "To Do")
    told.world.sync()
    told.send()
    assert told.titles() == [SAID]


def test_two_senders_make_one_call(told: Noted, monkeypatch: pytest.MonkeyPatch) -> None:
    told.ask("comment")
    (connection_id,) = writeback.waiting(told.world.runtime)
    inside, go_on = threading.Event(), threading.Event()
    put = JiraWriter.put

    def slow(self, ref, note, remote_id):
        inside.set()
        assert go_on.wait(10)
        return put(self, ref, note, remote_id)

    monkeypatch.setattr(JiraWriter, "put", slow)
    first = threading.Thread(target=writeback.send, args=(told.world.runtime, connection_id))
    first.start()
    assert inside.wait(10)
    assert writeback.send(told.world.runtime, connection_id).skipped
    go_on.set()
    first.join(10)
    assert len(posts(told)) == 1
    assert told.send() == []


def test_a_sender_that_died_is_followed_by_another(told: Noted) -> None:
    told.ask("epic")
    (connection_id,) = writeback.waiting(told.world.runtime)
    assert turn.take(told.world.runtime, connection_id) is not None
    assert told.send() == []
    told.world.clock.turn(minutes=4)
    told.send()
    assert told.titles() == [SAID]


def test_a_sender_that_lost_its_turn_sends_no_more(told: Noted) -> None:
    told.ask("issues")
    runtime = told.world.runtime
    (connection_id,) = writeback.waiting(runtime)
    old = turn.take(runtime, connection_id)
    told.world.clock.turn(minutes=4)
    assert turn.take(runtime, connection_id) is not None
    assert old is not None
    with runtime.store.write() as session:
        assert not turn.keep(session, old, runtime.clock())
    assert order.charge(runtime, old, 1) is None


@pytest.mark.parametrize("denied", ["LINK_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS"])
def test_a_right_that_is_missing_is_named_and_numbers_are_read(told: Noted, denied: str) -> None:
    told.notes.denied.add(denied)
    told.ask(*ALL)
    told.send()
    ((sentence, number),) = told.report().troubles
    label = {"LINK_ISSUES": "“Link issues”", "EDIT_ISSUES": "“Edit issues”",
             "ADD_COMMENTS": "“Add comments”"}[denied]  # fmt: skip
    assert label in sentence
    assert "write:jira-work" in sentence
    assert number == (4 if denied == "LINK_ISSUES" else 1)
    refused = [call for call in posts(told) if "remotelink" in call]
    assert len(refused) == (1 if denied == "LINK_ISSUES" else 4)  # not one for each item
    assert told.send() == []
    told.finish("PLAT-3")
    assert told.world.value() == pytest.approx(200 / 3)
    assert told.world.rows("connection", name="jira")[0].broken_at is None

    told.notes.denied.clear()
    told.allow(*ALL)
    told.send()
    assert told.report().troubles == []
    assert len(told.titles()) == len(told.comments()) == len(told.properties()) == 1


def test_a_limit_on_one_issue_delays_that_one_only(told: Noted) -> None:
    told.ask("issues")
    told.faults.add("issue_writes", count=1, seconds=120)
    told.send()
    found = [told.titles(f"PLAT-{number}") for number in range(2, 5)]
    assert sorted(map(len, found)) == [0, 1, 1]
    assert told.report().waits_until is None
    assert told.report().troubles == []
    told.world.clock.turn(minutes=3)
    told.send()
    assert [told.titles(f"PLAT-{number}") for number in range(2, 5)] == [[SAID]] * 3


@pytest.mark.parametrize("kind", ["rate_limited", "quota"])
def test_any_other_limit_delays_all_notes_and_no_reading(told: Noted, kind: str) -> None:
    told.ask("issues")
    told.faults.add(kind, path="/remotelink", count=1, seconds=120)
    assert len(told.send()) == 1
    assert told.report().waits_until is not None
    told.world.clock.turn(minutes=1)
    assert told.send() == []
    told.site.transition("PLAT-3", "Done")
    told.world.poll()
    assert told.world.value() == pytest.approx(200 / 3)
    told.world.clock.turn(minutes=2)
    told.send()
    assert told.titles("PLAT-2") == ["Key result KR-1: 67 %, on track"]


def test_a_tracker_that_fails_is_asked_less_and_less(told: Noted) -> None:
    told.ask("issues", "epic")
    told.faults.add("error", path="/remotelink")
    assert len(told.send()) == 3  # then all wait: it is not the note
    told.world.clock.turn(seconds=30)
    assert told.send() == []
    gaps = []
    for _ in range(8):
        begun = told.world.clock()
        while not told.send():
            told.world.clock.turn(minutes=1)
        gaps.append(told.world.clock() - begun)
    assert gaps[-1] > gaps[0]
    assert order.gap(100) == timedelta(hours=6)
    told.faults.clear()
    told.world.clock.turn(hours=7)
    told.send()
    assert told.titles("PLAT-2") == [SAID]


def test_an_item_that_is_gone_is_given_up_with_a_sentence(told: Noted) -> None:
    told.ask("issues")
    with told.site.quiet():
        told.site.delete("PLAT-4")
    told.send()
    ((sentence, number),) = told.report().troubles
    assert sentence.startswith("PLAT-4 cannot be written on")
    assert number == 1
    told.world.clock.turn(hours=3)
    assert told.send() == []
    told.world.sync(full=True)
    told.send()
    assert told.report().troubles == []


def test_what_somebody_took_away_comes_back_only_with_another_text(told: Noted) -> None:
    told.ask("epic", "comment")
    told.send()
    ident = told.site.find("PLAT-1").id
    told.notes.comments[ident].clear()
    told.notes.links[ident].clear()
    told.world.clock.turn(hours=1)
    assert told.send() == []
    told.finish("PLAT-3")
    told.send()
    assert (len(told.titles()), len(told.comments())) == (1, 1)


def test_a_comment_that_quotes_ours_is_not_ours(told: Noted) -> None:
    told.ask("comment")
    told.send()
    ident = told.site.find("PLAT-1").id
    (ours,) = told.notes.comments[ident]
    quote = {**ours, "id": "1", "author": {**ours["author"], "accountId": "712020:another"}}
    told.notes.comments[ident][:] = [quote]
    told.finish("PLAT-3")
    told.send()
    assert [each["id"] == "1" for each in told.notes.comments[ident]] == [True, False]


def test_a_refused_account_waits_without_blaming_the_right_to_write(told: Noted) -> None:
    told.ask("epic")
    told.faults.add("unauthorized")
    told.send()
    assert told.report().troubles == []
    told.faults.clear()
    told.world.clock.turn(minutes=2)
    told.send()
    assert told.titles() == [SAID]


def test_no_note_is_sent_while_the_connection_is_broken_or_over(told: Noted) -> None:
    told.ask("epic")
    told.faults.add("unauthorized")
    told.world.clock.turn(minutes=2)
    told.world.sync()
    assert told.send() == []


def test_a_slow_slice_ends_early_and_goes_on_later(
    told: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.ask("issues")
    monkeypatch.setattr(sending, "SECONDS", -1.0)
    (connection_id,) = writeback.waiting(told.world.runtime)
    sent = writeback.send(told.world.runtime, connection_id)
    assert (sent.written, sent.more) == (0, True)
    monkeypatch.undo()
    told.send()
    assert told.titles("PLAT-2") == [SAID]


def test_unknown_errors_are_kept_with_their_note(
    told: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.ask("epic")

    def refuse(*_: object) -> None:
        raise Unavailable("Jira refused the call (HTTP 400: links are switched off).")

    monkeypatch.setattr(JiraWriter, "put", refuse)
    told.send()
    assert told.report().troubles[0][0].endswith("links are switched off).")
