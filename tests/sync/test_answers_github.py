"""``/okr why`` at an issue: one answer a question, where comments may be written."""

from dataclasses import replace
from typing import Any

import pytest

from connector.plans import Entry
from sync import conventions, writeback
from sync.planning import editing
from tests.world import World, key_result, link

URL = "https://worklift.example.com"


@pytest.fixture
def site(github: Any) -> Any:
    made = github.site
    made.add_repo("acme/api")
    made.add_milestone("acme/api", "v1")
    made.add_issue("acme/api", "Move the queue", milestone=1)
    made.add_issue("acme/api", "Beside", milestone=None)
    made.repo("acme/api").roles |= {"mona": "write"}
    return made


@pytest.fixture
def asked(world: World, site: Any) -> World:
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, public_url=URL))
    world.connect("github", options={"conventions": "acme/api"})
    world.apply(
        key_result("KR-1", link("github:milestone:acme/api/1"), title="Ask @everyone <b>now</b>")
    )
    world.sync()
    return world


def say(world: World, site: Any, text: str, login: str = "mona", number: int = 1) -> int:
    world.clock.turn(seconds=5)
    site.now = world.clock
    ident: int = site.comment("acme/api", number, text, login=login)
    world.sync()
    return ident


def allow(world: World) -> None:
    writeback.allow(world.runtime, "github", ["comment"])


def answers(world: World, site: Any) -> list[str]:
    """What was answered, sent as far as that goes."""
    (connection,) = world.rows("connection")
    for _ in range(8):
        writeback.send(world.runtime, connection.id)
        world.clock.turn(seconds=2)
    return [each.body for each in site.comments.values() if "Worklift" in each.body]


def told(world: World) -> tuple[str, ...]:
    return conventions.unfollowed(world.runtime, "github")


def test_a_question_is_answered_once(asked: World, site: Any) -> None:
    allow(asked)
    ident = say(asked, site, "/okr why")
    (said,) = answers(asked, site)
    assert f"[KR-1]({URL}/now/platform/KR-1): 0 %" in said
    assert "It counts there by v1: 0 of 1 item done." in said
    assert f"[Why am I doing this?]({URL}/item/github/acme/api/1)" in said
    assert "<b>" not in said
    assert "@everyone" not in said
    asked.clock.turn(minutes=1)
    site.now = asked.clock
    site.edit_comment(ident, "Please:\n/okr why")
    asked.sync()
    asked.sync(full=True)
    assert len(answers(asked, site)) == 1
    say(asked, site, "/okr why")
    assert len(answers(asked, site)) == 2


def test_an_issue_that_serves_nothing_is_told_so(asked: World, site: Any) -> None:
    allow(asked)
    say(asked, site, "/okr why", number=2)
    (said,) = answers(asked, site)
    assert "\nThis serves no key result now" in said


def test_a_draft_is_named_in_no_answer(asked: World, site: Any) -> None:
    allow(asked)
    entry = Entry("objective", "O-1", "now", {"state": "draft"}, 0)
    editing.change(asked.runtime, [entry], author="lead")
    say(asked, site, "/okr why")
    (said,) = answers(asked, site)
    assert "\nThis serves no key result now" in said


def test_an_issue_of_a_repository_without_links_is_answered_too(world: World, site: Any) -> None:
    world.runtime = replace(world.runtime, settings=replace(world.runtime.settings, public_url=URL))
    world.connect("github", options={"conventions": "acme/api"})
    world.apply(key_result("KR-1"))
    world.sync()
    allow(world)
    say(world, site, "/okr why", number=2)
    assert len(answers(world, site)) == 1


def test_without_leave_to_write_the_page_of_connections_says_why(asked: World, site: Any) -> None:
    say(asked, site, "/okr why")
    assert answers(asked, site) == []
    assert told(asked) == (
        (
            "acme/api#1: mona asks why, but this connection writes no comments; allow one of these"
            " kinds: comment, comments."
        ),
    )
    allow(asked)
    say(asked, site, "/okr why")
    assert len(answers(asked, site)) == 1
    assert told(asked) == ()


def test_strangers_get_no_answer(asked: World, site: Any) -> None:
    allow(asked)
    say(asked, site, "/okr why", login="stranger")
    assert answers(asked, site) == []
    assert told(asked) == (
        "acme/api#1: stranger asks why, but stranger may not write in acme/api.",
    )


def test_answers_at_one_issue_are_few_a_day(asked: World, site: Any) -> None:
    allow(asked)
    for _ in range(7):
        say(asked, site, "/okr why")
    assert len(answers(asked, site)) == 5
    assert "5 answers were given there within a day" in told(asked)[0]
    asked.clock.turn(hours=25)
    say(asked, site, "/okr why")
    assert len(answers(asked, site)) == 6


def test_our_own_words_are_no_command(asked: World, site: Any) -> None:
    site.edit_milestone("acme/api", 1, title="v1\u2028/okr link KR-9\x85/okr link KR-9")
    asked.sync(full=True)
    allow(asked)
    say(asked, site, "/okr why")
    first = answers(asked, site)
    assert "v1 /okr link KR-9 /okr link KR-9:" in first[0]
    site.edit_comment(max(site.comments), first[0] + "\n/okr link KR-9")
    asked.tick()
    assert len(answers(asked, site)) == 1
    assert asked.rows("naming") == []
