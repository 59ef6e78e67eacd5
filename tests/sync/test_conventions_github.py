"""Links that GitHub asks for itself: by a milestone's line, a label's name, or a comment."""

from typing import Any

import pytest

from connector.okr import LinkRule
from sync import conventions, linking
from sync.said import Subject
from tests.world import World, key_result, link

ALLOWED = {"conventions": "Acme/API"}
LEAD = Subject("now", "KR-1", "Platform lead")


@pytest.fixture
def site(github: Any) -> Any:
    made = github.site
    made.add_repo("acme/api")
    made.add_milestone("acme/api", "v1")
    for title in ("Move the queue", "Step 1", "Step 2"):
        made.add_issue("acme/api", title, milestone=1)
    made.repo("acme/api").roles |= {"mona": "write", "hubot": "read", "boss": "admin"}
    return made


@pytest.fixture
def allowed(world: World, site: Any) -> World:
    """A connection whose repository may, and a key result that nothing is linked to."""
    assert world.connect("github", options=ALLOWED).error is None
    world.apply(key_result("KR-1"))
    world.sync()
    return world


def links(world: World) -> list[tuple[str, str]]:
    return [(row.scope, row.origin) for row in world.rows("link") if row.ended_at is None]


def told(world: World) -> tuple[str, ...]:
    return conventions.unfollowed(world.runtime, "github")


def author(world: World) -> str:
    """Who the last change of a link was made by."""
    return str(world.rows("revision", kind="link")[-1].author)


def say(world: World, site: Any, text: str, login: str = "mona", number: int = 1) -> int:
    world.clock.turn(seconds=5)
    site.now = world.clock
    ident: int = site.comment("acme/api", number, text, login=login)
    world.sync()
    return ident


def describe(world: World, site: Any, text: str | None) -> None:
    site.edit_milestone("acme/api", 1, description=text)
    world.clock.turn(minutes=16)
    site.now = world.clock
    world.sync()


def test_a_line_of_a_milestone_links_it_and_taking_it_out_ends_it(
    allowed: World, site: Any
) -> None:
    describe(allowed, site, "Why.\r\n\r\n**Key-Result:** [KR-1](https://example.com/KR-1)\r\n")
    assert links(allowed) == [("github:milestone:acme/api/1", "convention")]
    assert author(allowed) == "milestone acme/api/1 in GitHub"
    site.close("acme/api", 2)
    allowed.sync()
    assert allowed.value() == pytest.approx(100 / 3)
    describe(allowed, site, "Why.")
    assert links(allowed) == []
    assert allowed.value() is None


def test_a_label_links_what_bears_it_and_its_end_ends_the_link(allowed: World, site: Any) -> None:
    site.edit("acme/api", 2, labels=["OKR:kr-1"])
    describe(allowed, site, None)
    assert links(allowed) == [("github:label:acme/api/OKR:kr-1", "convention")]
    site.edit_label("acme/api", "OKR:kr-1", name="okr:KR-2")
    describe(allowed, site, None)
    assert links(allowed) == []
    (said,) = told(allowed)
    assert said == (
        "label acme/api/okr:KR-2 names KR-2, but no open cycle has a key result of that key."
    )
    site.edit_label("acme/api", "okr:KR-2", name="okr:KR-1")
    describe(allowed, site, None)
    assert links(allowed) == [("github:label:acme/api/okr:KR-1", "convention")]
    site.delete_label("acme/api", "okr:KR-1")
    describe(allowed, site, None)
    assert links(allowed) == []


def test_a_deleted_milestone_ends_its_link(allowed: World, site: Any) -> None:
    describe(allowed, site, "Key-Result: KR-1")
    assert len(links(allowed)) == 1
    site.delete_milestone("acme/api", 1)
    describe_later(allowed, site)
    assert links(allowed) == []


def describe_later(world: World, site: Any) -> None:
    world.clock.turn(minutes=16)
    site.now = world.clock
    world.sync()


def test_a_comment_of_somebody_who_may_write_links_the_issue(allowed: World, site: Any) -> None:
    say(allowed, site, "Fine.\r\n/okr link KR-1\r\n")
    assert links(allowed) == [("github:issue:acme/api/1", "convention")]
    assert author(allowed) == "mona in GitHub"
    say(allowed, site, "/okr unlink kr-1", login="boss")
    assert links(allowed) == []
    (ended,) = allowed.rows("link")
    assert ended.ended_by == "boss in GitHub"
    assert told(allowed) == ()
    say(allowed, site, "/okr link KR-1")
    assert len(links(allowed)) == 1


def test_who_may_not_write_changes_nothing_and_the_reason_is_told(
    allowed: World, site: Any
) -> None:
    say(allowed, site, "/okr link KR-1", login="hubot")
    say(allowed, site, "/okr link KR-1", login="stranger", number=2)
    assert links(allowed) == []
    assert told(allowed) == (
        "acme/api#2: stranger asks to link KR-1, but stranger may not write in acme/api.",
        "acme/api#1: hubot asks to link KR-1, but hubot may not write in acme/api.",
    )
    say(allowed, site, "/okr link KR-1")
    assert len(links(allowed)) == 1
    say(allowed, site, "/okr unlink KR-1", login="hubot")
    assert len(links(allowed)) == 1
    assert told(allowed) == (
        "acme/api#2: stranger asks to link KR-1, but stranger may not write in acme/api.",
    )


def test_an_edit_counts_as_said_then_and_a_deletion_takes_nothing_back(
    allowed: World, site: Any
) -> None:
    ident = say(allowed, site, "/okr link KR-2")
    assert "no open cycle" in told(allowed)[0]
    allowed.clock.turn(minutes=1)
    site.edit_comment(ident, "/okr link KR-1")
    allowed.sync()
    assert len(links(allowed)) == 1
    site.delete_comment(ident)
    allowed.sync()
    allowed.sync(full=True)
    assert len(links(allowed)) == 1


def test_the_last_word_holds_also_when_everything_is_read_anew(allowed: World, site: Any) -> None:
    say(allowed, site, "/okr link KR-1")
    say(allowed, site, "/okr unlink KR-1")
    allowed.sync(full=True)
    assert links(allowed) == []
    allowed.apply(key_result("KR-1", link("github:repo:acme/api")))
    allowed.sync()
    assert links(allowed) == [("github:repo:acme/api", "plan")]
    say(allowed, site, "/okr link KR-1")
    assert len(links(allowed)) == 2


def test_a_person_here_stands_above_what_is_said_there(allowed: World, site: Any) -> None:
    linking.add(allowed.runtime, LEAD, "github:issue:acme/api/1", LinkRule())
    say(allowed, site, "/okr link KR-1")
    assert links(allowed) == [("github:issue:acme/api/1", "person")]
    (row,) = [row for row in allowed.rows("link") if row.ended_at is None]
    linking.remove(allowed.runtime, row.id, author="Platform lead")
    allowed.sync()
    assert links(allowed) == []
    (said,) = told(allowed)
    assert said.startswith("issue acme/api/1 names KR-1, but Platform lead ended that link")
    say(allowed, site, "/okr link KR-1")
    assert links(allowed) == []
    say(allowed, site, "/okr unlink KR-1")
    say(allowed, site, "/okr link KR-1")
    assert len(links(allowed)) == 1


def test_turning_it_off_ends_what_it_made(allowed: World, site: Any) -> None:
    say(allowed, site, "/okr link KR-1")
    allowed.connect("github", options={})
    allowed.sync()
    assert links(allowed) == []


def test_a_renamed_repository_keeps_what_was_said(allowed: World, site: Any) -> None:
    say(allowed, site, "/okr link KR-1")
    site.rename_repo("acme/api", "gateway")
    allowed.clock.turn(minutes=16)
    site.now = allowed.clock
    allowed.sync()
    allowed.sync()
    assert links(allowed) == [("github:issue:acme/api/1", "convention")]
    (row,) = allowed.rows("naming")
    assert (row.place, row.value) == ("acme/gateway", "acme/gateway/1")
    assert told(allowed) == ()


def test_it_costs_one_call_more_a_look_and_none_where_it_is_off(world: World, site: Any) -> None:
    world.connect("github")
    world.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    world.sync()
    world.tick()
    plain = world.tick()[0].calls
    world.connect("github", options=ALLOWED)
    world.sync()
    world.tick()
    assert world.tick()[0].calls == plain + 1


def test_without_any_link_only_comments_are_asked_for(allowed: World, site: Any) -> None:
    allowed.tick()
    before = len(site.calls)
    assert allowed.tick()[0].calls == 1
    assert "/issues/comments" in str(site.calls[before:])
    assert allowed.rows("item") == []


def test_strangers_can_only_fill_so_much(allowed: World, site: Any) -> None:
    for number in range(25):
        site.comment("acme/api", 1, f"/okr link X{number} Y{number}", login="stranger")
    allowed.clock.turn(seconds=5)
    site.now = allowed.clock
    allowed.sync()
    assert len(allowed.rows("naming")) == 20
    assert len(told(allowed)) == 20
    assert links(allowed) == []


def test_an_issue_that_moved_keeps_the_link_that_was_said(allowed: World, site: Any) -> None:
    site.add_repo("acme/web")
    say(allowed, site, "/okr link KR-1")
    allowed.sync()
    site.transfer("acme/api", 1, "acme/web")
    for _ in range(3):
        allowed.clock.turn(minutes=20)
        site.now = allowed.clock
        allowed.sync()
    assert links(allowed) == [("github:issue:acme/api/1", "convention")]


def test_a_command_waits_with_its_reason_while_nobody_tells_who_may(
    allowed: World, site: Any, github: Any
) -> None:
    say(allowed, site, "/okr link KR-1")
    github.faults.add("error", path="/permission")
    say(allowed, site, "/okr unlink KR-1", "boss")
    for _ in range(3):
        allowed.clock.turn(hours=2)
        allowed.sync()
        assert links(allowed) == [("github:issue:acme/api/1", "convention")]
        (reason,) = told(allowed)
        assert "boss asks to unlink KR-1, but it waits until GitHub tells who may write" in reason
        assert "HTTP 500" in reason
    github.faults.clear()
    allowed.clock.turn(minutes=2)
    allowed.sync()
    assert links(allowed) == []
    assert told(allowed) == ()
