"""Notes on work items: off unless asked for twice, and sent only when their text changes."""

import json
from dataclasses import replace

import pytest
import yaml
from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Note
from sync import inbox, schedule, writeback
from sync.planning import editing
from tests.noted import ALL, EPIC, PUBLIC, Noted, noted
from tests.world import World, key_result, link, plan

SAID = "Key result KR-1: 33 %, on track"
LATER = "Key result KR-1: 67 %, on track"


@pytest.fixture
def told(connected: World) -> Noted:
    return noted(connected)


def test_nothing_is_written_where_nobody_asked(told: Noted) -> None:
    told.apply(link(EPIC))
    told.world.sync()
    schedule.sweep(told.world.runtime)
    assert writeback.waiting(told.world.runtime) == []
    assert told.writes() == []


@pytest.mark.parametrize(("asked", "allowed"), [(ALL, []), ([], ALL), (["epic"], ["comment"])])
def test_both_the_link_and_the_connection_have_to_ask(
    told: Noted, asked: list[str], allowed: list[str]
) -> None:
    told.ask(*asked, allow=allowed)
    told.send()
    assert told.writes() == []
    assert told.world.rows("note") == []


def test_each_kind_says_what_it_is_there_to_say(told: Noted) -> None:
    told.ask(*ALL)
    told.send()

    assert [told.titles(f"PLAT-{number}") for number in range(1, 5)] == [[SAID]] * 4
    (shown,) = told.notes.remote_links(told.site.find("PLAT-1").id)
    assert shown["object"]["url"] == f"{PUBLIC}/now/platform/KR-1"
    assert shown["object"]["summary"] == "Key result KR-1"
    assert shown["object"]["icon"]["url16x16"] == f"{PUBLIC}/static/mark.svg"
    assert shown["object"]["status"] == {"resolved": False}
    (comment,) = told.comments()
    assert f"[KR-1: Key result KR-1|{PUBLIC}/now/platform/KR-1]: 33 %, on track" in comment
    (machine,) = told.property()["key_results"]
    assert (machine["percent"], machine["health"]) == (33, "on_track")
    assert told.comments("PLAT-2") == []


def test_a_changed_text_is_one_call_and_an_unchanged_one_none(told: Noted) -> None:
    told.ask("epic")
    assert told.send() == [f"POST /rest/api/2/issue/{told.site.find('PLAT-1').id}/remotelink"]
    assert told.send() == []

    told.site.edit("PLAT-3", summary="Another title", at=told.world.clock.turn(minutes=2))
    told.world.sync()
    told.world.clock.turn(minutes=20)  # long enough for the words to be composed anew
    assert told.send() == []

    told.finish("PLAT-3")
    assert len(told.send()) == 1
    assert told.titles() == [LATER]


def test_only_the_newest_text_is_sent(told: Noted) -> None:
    told.ask("epic", "comment")
    told.send()
    told.finish("PLAT-3")
    told.finish("PLAT-4")
    calls = told.send()
    assert sorted(call.split()[0] for call in calls) == ["POST", "PUT"]
    assert told.titles() == ["Key result KR-1: 100 %, done"]
    (shown,) = told.notes.remote_links(told.site.find("PLAT-1").id)
    assert shown["object"]["status"] == {"resolved": True}


def test_a_text_that_comes_back_before_it_was_sent_is_not_sent(told: Noted) -> None:
    told.ask("epic")
    told.send()
    told.finish("PLAT-3")
    told.world.clock.turn(minutes=2)
    told.site.transition("PLAT-3", "To Do")
    told.world.sync()
    assert told.send() == []


def test_an_ended_link_leaves_nothing_behind(told: Noted) -> None:
    told.ask(*ALL)
    told.send()
    told.world.apply(key_result("KR-1", links=[]))
    told.send()
    assert [told.titles(f"PLAT-{number}") for number in range(1, 5)] == [[]] * 4
    assert (told.comments(), told.properties()) == ([], {})
    assert told.world.rows("note") == []
    assert told.world.rows("link")[0].notes_at is None
    told.world.clock.turn(days=1)
    assert writeback.waiting(told.world.runtime) == []


@pytest.mark.parametrize("by", ["the connection", "the link"])
def test_a_kind_that_is_switched_off_is_taken_away(told: Noted, by: str) -> None:
    told.ask("epic", "comment")
    told.send()
    if by == "the link":
        told.apply(link(EPIC, write_back=["epic"]))
    else:
        told.allow("epic")
    told.send()
    assert (told.titles(), told.comments()) == ([SAID], [])
    told.allow("epic", "comment")
    told.apply(link(EPIC, write_back=["epic", "comment"]))
    told.send()
    assert len(told.comments()) == 1


def test_items_that_join_and_leave_gain_and_lose_their_link(told: Noted) -> None:
    told.ask("issues")
    told.send()
    assert told.titles("PLAT-1") == []
    told.world.clock.turn(minutes=2)
    told.site.edit("PLAT-3", parent=None)
    told.site.add_issue("PLAT", "New", parent="PLAT-1")
    told.world.sync()
    told.send()
    assert (told.titles("PLAT-3"), told.titles("PLAT-5")) == ([], [SAID])


def test_a_closed_cycle_keeps_its_last_words(told: Noted) -> None:
    told.ask("epic", "comment")
    told.send()
    comment = told.comments()
    text = told_plan(told, "closed")
    told.world.apply_text(text)
    told.world.clock.turn(days=3)
    assert told.send() == []
    assert (told.titles(), told.comments()) == ([SAID], comment)


def told_plan(told: Noted, state: str) -> str:
    cycle = {row.key: row for row in told.world.rows("cycle")}["now"]
    days = f"start: {cycle.start}, end: {cycle.end}"
    return f"worklift: 1\ncycles: [{{key: now, {days}, state: {state}}}]\n"


def test_silence_is_never_green(told: Noted) -> None:
    told.ask("epic", "property")
    told.send()
    (link_row,) = told.world.rows("link")
    day = link_row.looked_at
    told.world.clock.turn(days=3)
    told.send()
    assert told.titles() == [
        f"Key result KR-1: unknown, no word from Jira since {day.day} {day:%b}"
    ]
    (machine,) = told.property()["key_results"]
    assert (machine["health"], machine["percent"], machine["score"]) == ("unknown", None, None)


def test_the_key_results_of_an_epic_share_one_comment(told: Noted) -> None:
    told.world.apply(
        key_result("KR-2", link(EPIC, write_back=["comment", "property"])),
        key_result("KR-1", link(EPIC, write_back=["comment"])),
    )
    told.allow(*ALL)
    told.world.sync()
    told.send()
    (comment,) = told.comments()
    assert comment.index("KR-1") < comment.index("KR-2")
    assert [each["key_result"] for each in told.property()["key_results"]] == ["KR-2"]

    told.world.apply(key_result("KR-1", links=[]))
    told.send()
    (comment,) = told.comments()
    assert "KR-1" not in comment


def test_the_comment_is_found_again_when_all_is_forgotten(told: Noted) -> None:
    told.ask("comment")
    told.send()
    with told.world.runtime.store.write() as session:
        for row in session.scalars(select(Note)).all():
            session.delete(row)
    told.finish("PLAT-3")
    told.send()
    (comment,) = told.comments()
    assert "67 %" in comment


def test_a_scope_that_names_no_issue_carries_only_links_on_its_items(told: Noted) -> None:
    with pytest.raises(Refused, match="cannot carry"):
        told.ask(*ALL, scope="jira:project:PLAT")
    told.ask("issues", scope="jira:project:PLAT")
    told.send()
    assert told.titles("PLAT-2") == [SAID]
    assert (told.titles("PLAT-1"), told.comments("PLAT-1"), told.properties()) == ([], [], {})


def test_our_own_notes_are_no_news(told: Noted) -> None:
    told.ask(*ALL)
    before = len(told.site.deliveries)
    told.send()
    events = [each.event for each in told.site.deliveries[before:]]
    assert sorted(events) == ["comment_created", "issue_property_set"]
    for delivery in told.site.deliveries[before:]:
        headers = dict(told.site.postman.headers(delivery))
        assert inbox.receive(told.world.runtime, "jira", headers, delivery.body).status == 202
    assert told.world.waiting() == []
    count = len(told.writes())
    told.world.sync(full=True)
    told.send()
    assert len(told.writes()) == count
    assert told.world.value() == pytest.approx(100 / 3)


def test_it_says_what_is_missing_before_it_is_allowed(told: Noted) -> None:
    runtime = told.world.runtime
    with pytest.raises(Refused, match="no kind 'epics'"):
        writeback.allow(runtime, "jira", ["epics"])
    with pytest.raises(Refused, match="GitHub has no kind 'epic'; there are: milestone,"):
        writeback.allow(runtime, "github", ["epic"])
    nowhere = replace(runtime, settings=replace(runtime.settings, public_url=None))
    with pytest.raises(Refused, match="WORKLIFT_PUBLIC_URL"):
        writeback.allow(nowhere, "jira", ["epic"])
    assert writeback.allow(nowhere, "jira", []) == []


def test_the_report_tells_what_is_asked_allowed_and_sent(told: Noted) -> None:
    told.ask("epic", "issues", "comment", allow=["epic", "issues"])
    shown = told.report()
    (each,) = shown.links
    assert (each.asked, each.allowed) == (("epic", "issues", "comment"), ("epic", "issues"))
    told.send()
    (each,) = told.report().links
    assert (each.sent, each.pending, each.errors) == (4, 0, 0)
    told.finish("PLAT-3")
    writeback.send(told.world.runtime, told.world.rows("connection")[0].id)
    assert json.loads(json.dumps(told.report().as_json()))["links"][0]["sent"] == 4


def test_a_key_result_among_supports_is_told_like_any_other(told: Noted) -> None:
    whole = yaml.safe_load(
        plan(
            key_result("KR-1", link(EPIC, write_back=["epic"])),
            key_result("KR-3", progress_from="supports"),
        )
    )
    (first,) = whole["objectives"]
    below = {"key": "O-2", "title": "Below", "supports": ["KR-3"]}
    whole["objectives"] = [first, {**first, **below, "key_results": [key_result("KR-2", value=5)]}]
    told.world.apply_text(yaml.safe_dump(whole))
    told.allow("epic")
    told.world.sync()
    told.send()
    assert [title.partition(":")[0] for title in told.titles()] == ["Key result KR-1"]


def test_a_retired_key_result_says_nothing_until_it_is_back(told: Noted) -> None:
    told.ask(*ALL)
    told.send()
    retired = ("key_result", "now", "KR-1")
    editing.retire(told.world.runtime, retired, author="lead")
    told.send()
    assert (told.titles("PLAT-1"), told.comments(), told.properties()) == ([], [], {})
    editing.restore(told.world.runtime, retired, author="lead")
    told.send()
    assert told.titles("PLAT-1") == [SAID]


def test_of_a_draft_nothing_is_told_in_a_tracker_where_everybody_reads(told: Noted) -> None:
    told.ask(*ALL)
    told.send()
    told.decide("draft")
    assert (told.titles("PLAT-1"), told.comments(), told.properties()) == ([], [], {})
    told.decide("active")
    assert told.titles("PLAT-1") == [SAID]
    told.decide("draft", cycle=True)
    assert told.titles("PLAT-1") == []
