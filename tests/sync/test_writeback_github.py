"""Notes on GitHub: a block in a milestone, comments, checks; no echo, no storm, no wrong place."""

from datetime import timedelta

import pytest

from connector.errors import Refused
from integrations.github.noted import PACE
from sync import inbox, writeback
from tests.noted_github import MILESTONE, PUBLIC, Noted, noted
from tests.world import World, key_result, link

PEOPLE = "What we promise.\r\n\r\n* one\r\n* two  "
SAID = f"- Serves [KR-1]({PUBLIC}/now/platform/KR-1): 33 %, on track (Key result KR-1)"
LATER = SAID.replace("33 %", "67 %")


@pytest.fixture
def told(connected: World, monkeypatch: pytest.MonkeyPatch) -> Noted:
    return noted(connected, monkeypatch)


def test_a_milestone_says_what_it_serves_and_is_left_as_people_wrote_it(told: Noted) -> None:
    told.site.edit_milestone("acme/api", 1, description=PEOPLE)
    told.ask("milestone")
    told.send()
    assert told.description.startswith(f"{PEOPLE}\n\n<!-- worklift-")
    assert told.description.splitlines()[-3] == SAID
    assert told.writes() == []
    told.finish(2)
    assert told.writes() == ["PATCH /api/v3/repos/acme/api/milestones/1"]
    assert LATER in told.description
    assert SAID not in told.description
    told.allow()
    told.send()
    assert told.description == PEOPLE
    assert told.world.rows("note") == []


def test_a_sign_in_page_that_answers_a_write_is_not_taken_for_its_success(told: Noted) -> None:
    faults = told.world.trackers["github"].faults
    faults.add("html", method="PATCH", count=1)
    told.ask("milestone", "comments")
    told.send()
    told.world.clock.turn(minutes=10)
    told.send()
    assert SAID in told.description
    faults.add("html", method="DELETE", count=1)
    told.allow("milestone")
    told.send()
    told.world.clock.turn(minutes=10)
    told.send()
    assert told.comments(2) == told.comments(3) == []


def test_several_key_results_share_a_block_and_a_comment(told: Noted) -> None:
    told.site.set_parent("acme/api", 2, ("acme/api", 3))
    scope = "github:issue:acme/api/3"
    told.world.apply(
        key_result("KR-2", link(MILESTONE, write_back=["milestone"])),
        key_result("KR-1", link(MILESTONE, write_back=["milestone", "comments"])),
        key_result("KR-3", link(scope, write_back=["comment"])),
    )
    told.allow("milestone", "comment", "comments")
    told.world.sync()
    told.send()
    assert told.description.count("<!-- worklift-") == 1
    assert told.description.index("[KR-1]") < told.description.index("[KR-2]")
    (both,) = told.comments(3)
    assert "[KR-1]" in both
    assert "[KR-3]" in both
    assert "[KR-2]" not in both
    told.world.apply(key_result("KR-2", links=[]), key_result("KR-3", links=[]))
    told.send()
    assert "[KR-2]" not in told.description
    (left,) = told.comments(3)
    assert "[KR-1]" in left
    assert "[KR-3]" not in left


def test_comments_are_made_on_open_items_only_and_edited_in_place(told: Noted) -> None:
    told.ask("comments")
    told.send()
    assert [len(told.comments(number)) for number in (1, 2, 3)] == [0, 1, 1]
    assert SAID in told.comments(2)[0]
    told.finish(2)
    told.send()
    assert LATER in told.comments(3)[0]
    assert len(told.comments(3)) == 1
    assert SAID in told.comments(2)[0]  # closed: its last words stay
    told.allow()
    told.send()
    assert [told.comments(number) for number in (2, 3)] == [[], []]


@pytest.mark.parametrize(("kind", "most"), [("milestone", 0), ("comments", 2)])
def test_an_edit_of_ours_that_comes_back_is_followed_by_nothing(
    told: Noted, kind: str, most: int
) -> None:
    told.ask(kind)
    world, told_so_far = told.world, len(told.site.deliveries)
    assert told.writes()
    echoes = list(told.site.deliveries)[told_so_far:]
    assert echoes
    for delivery in echoes:
        headers = dict(told.site.postman.headers(delivery))
        assert inbox.receive(world.runtime, "github", headers, delivery.body).status < 300
    before = len(told.site.calls)
    world.poll()
    read = told.site.calls[before:]
    assert all(call.method == "GET" for call in read)
    assert len(read) <= most
    world.clock.turn(minutes=20)
    assert told.send() == []


def test_a_deleted_comment_comes_back_only_when_a_person_asks(told: Noted) -> None:
    told.ask("comments")
    told.send()
    for ident in list(told.site.comments):
        told.site.delete_comment(ident)
    told.finish(2)
    told.send()
    assert told.comments(3) == []
    ((sentence, number),) = told.report().troubles
    assert "our comment was deleted there" in sentence
    assert number == 1
    told.world.clock.turn(hours=9)
    assert told.writes() == []
    told.allow("comments")
    told.send()
    assert len(told.comments(3)) == 1


def test_a_pull_request_bears_one_neutral_check_of_an_app(told: Noted) -> None:
    told.site.add_issue("acme/api", "Change", milestone=1, pull_request=True)
    told.ask("check", pull_requests=True)
    told.as_app()
    told.send()
    (run,) = told.checks()
    assert (run["name"], run["conclusion"]) == ("Worklift", "neutral")
    assert run["output"]["title"] == "Serves KR-1: 25 %, on track"
    assert run["details_url"] == f"{PUBLIC}/item/github/acme/api/4"
    told.world.clock.turn(minutes=2)
    told.site.edit("acme/api", 4, title="Changed")
    told.world.sync()
    told.world.clock.turn(minutes=20)
    assert [call.split()[0] for call in told.send()] == ["GET"]  # is it the same commit still?
    told.finish(2)
    told.send()
    (run,) = told.checks()
    assert "50 %" in run["output"]["title"]


def test_who_is_no_app_is_told_so_and_all_else_is_written(told: Noted) -> None:
    told.site.add_issue("acme/api", "Change", milestone=1, pull_request=True)
    told.ask("check", "milestone", pull_requests=True)
    told.send()
    ((sentence, _),) = told.report().troubles
    assert "GitHub Apps only" in sentence
    assert "Serves [KR-1]" in told.description


def test_a_token_that_only_reads_is_told_what_is_missing(told: Noted) -> None:
    told.ask("milestone", "comments")
    reads = told.site.tokens.fine("acme", {"issues": "read"})
    told.site.tokens.known["github-token"] = told.site.tokens.known[reads]
    assert told.writes()
    assert told.description == ""
    sentences = [sentence for sentence, _ in told.report().troubles]
    assert len(sentences) == 2
    assert all("needs Issues: Read and write" in each for each in sentences)
    assert told.writes() == []  # all of the kind wait in that repository
    told.world.sync()
    assert told.world.link()["error"] is None


@pytest.mark.parametrize("moved", ["renamed", "transferred"])
def test_nothing_is_written_where_a_redirect_leads(told: Noted, moved: str) -> None:
    told.ask("milestone", "comments")
    site = told.site
    if moved == "renamed":
        site.rename_repo("acme/api", "core")
        repo = "acme/core"
    else:
        site.add_repo("other/web")
        site.transfer("acme/api", 2, "other/web")
        repo = "other/web"
    said = [*told.send(), *told.send()]
    assert said
    assert all("/acme/" in call for call in said)
    assert not any(each.repo == repo for each in site.comments.values())
    assert any("elsewhere" in sentence for sentence, _ in told.report().troubles)


def test_a_renamed_repository_keeps_its_block_and_its_comments(told: Noted) -> None:
    told.ask("milestone", "comments")
    told.send()
    told.site.rename_repo("acme/api", "core")
    told.world.clock.turn(minutes=2)
    told.world.sync()
    assert told.writes() == []
    rows = told.world.rows("note")
    assert {row.subject for row in rows if row.kind == "block"} == {"acme/core/1"}
    told.world.clock.turn(minutes=2)
    told.site.close("acme/core", 2)
    told.world.sync()
    told.send()
    description = told.site.milestone("acme/core", 1)["description"]
    assert description.count("<!-- worklift-") == 1
    assert "67 %" in description
    told.allow()
    told.send()
    assert told.site.milestone("acme/core", 1)["description"] == ""
    assert told.site.comments == {}


@pytest.mark.parametrize("kind", ["milestone", "check"])
def test_nothing_is_written_where_another_repository_took_the_name(told: Noted, kind: str) -> None:
    told.site.add_issue("acme/api", "Change", milestone=1, pull_request=True)
    told.ask(kind, pull_requests=True)
    told.as_app()
    told.site.repo("acme/api").about["id"] += 1_000_000
    assert told.writes() == []
    ((sentence, _),) = told.report().troubles
    assert "acme/api is another repository now" in sentence


def test_what_was_written_on_nothing_is_tried_again_once_the_new_name_is_known(
    told: Noted,
) -> None:
    told.ask("milestone", "comments")
    told.site.rename_repo("acme/api", "core")
    told.send()
    assert sum(number for _, number in told.report().troubles) == 3
    told.world.clock.turn(minutes=2)
    told.world.sync()
    told.send()
    assert told.report().troubles == []
    assert SAID in told.site.milestone("acme/core", 1)["description"]


def test_a_second_passes_between_notes_and_the_hour_holds_so_many(
    told: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (PACE.gap, PACE.an_hour) == (1.0, 500)
    few = type(PACE)(PACE.gap, 2)
    spec = told.world.runtime.tracker("github").spec
    monkeypatch.setattr(type(spec), "write_pace", property(lambda _: few), raising=False)
    told.ask("comments", "milestone")
    assert len(told.writes()) == 2
    assert told.rests == [1.0, 1.0]
    until = told.report().waits_until
    assert until is not None
    assert timedelta(minutes=59) < until - told.world.clock() < timedelta(minutes=62)
    assert told.writes() == []
    told.world.clock.now = until
    assert len(told.writes()) == 1


def test_a_scope_over_many_repositories_has_no_milestone_of_its_own(told: Noted) -> None:
    with pytest.raises(Refused, match="cannot carry 'milestone', it names no single milestone"):
        told.ask("milestone", "comments", scope="github:milestone:acme/*/v1")
    told.ask("comments", scope="github:milestone:acme/*/v1")
    told.send()
    assert told.description == ""
    assert len(told.comments(2)) == 1


def test_kinds_are_those_of_the_tracker(told: Noted) -> None:
    with pytest.raises(Refused, match="GitHub has no kind 'epic'; there are: milestone, comment,"):
        told.allow("epic")
    with pytest.raises(Refused, match=r"plan\.yaml:\d+: KR-1: .*GitHub has no kind 'property'"):
        told.ask("property")
    with pytest.raises(Refused, match="Jira has no kind 'check'; there are: epic, issues,"):
        writeback.allow(told.world.runtime, "jira", ["check"])


def test_what_is_gone_for_good_is_told_as_that_and_not_as_a_missing_right(told: Noted) -> None:
    told.world.trackers["github"].faults.add("error", status=410, method="PATCH")
    told.ask("milestone")
    told.send()
    (note,) = told.world.rows("note")
    assert "cannot be written on" in note.error
    assert "410" in note.error
    assert "Read and write" not in note.error
