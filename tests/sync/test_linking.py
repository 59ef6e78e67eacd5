"""Links made by people: checked like a plan file, kept like one, and safe from files."""

from typing import Any

import pytest

from connector.errors import Refused
from connector.okr import LinkRule, Measure
from sync import linking
from sync.said import Subject
from tests.world import EMAIL, World, key_result, link, plan

LEAD = Subject("now", "KR-1", "Platform lead")
POINTS = LinkRule(measure=Measure(of="points"))


@pytest.fixture
def busy(connected: World, jira: Any) -> World:
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    for number in range(4):
        jira.site.add_issue("PLAT", f"Step {number}", parent=epic, points=number)
    jira.site.transition("PLAT-2", "Done")
    connected.apply(key_result("KR-1"))
    return connected


def standing(world: World) -> list[tuple[str, str]]:
    return [(row.scope, row.origin) for row in world.rows("link") if row.ended_at is None]


def add(world: World, scope: str, rule: LinkRule | None = None, **more: Any) -> None:
    linking.add(world.runtime, LEAD, scope, rule or LinkRule(), **more)


def test_a_link_counts_after_the_next_look_and_its_wording_is_kept(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1", write_back=["property", "epic"])
    assert busy.waiting()
    busy.sync()
    assert busy.value() == 25
    (row,) = busy.rows("link")
    assert (row.origin, row.write_back) == ("person", ["epic", "property"])
    (worded,) = busy.rows("revision", kind="link")
    assert worded.author == "Platform lead"


def test_a_changed_rule_counts_at_once_where_the_mirror_holds_all(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    busy.sync()
    (row,) = busy.rows("link")
    linking.change(busy.runtime, row.id, LinkRule(types=("Bug",)), author="Platform lead")
    (held,) = linking.held(busy.runtime, "now", "KR-1")
    assert (held.rule.types, held.write_back) == (("Bug",), ())
    assert busy.link()["excluded"] == 4
    assert [each.author for each in busy.rows("revision", kind="link")][-1] == "Platform lead"


def test_an_ended_link_says_by_whom_and_the_number_follows(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    busy.sync()
    (row,) = busy.rows("link")
    linking.remove(busy.runtime, row.id, author="Platform lead")
    (ended,) = busy.rows("link")
    assert (ended.ended_at, ended.ended_by) == (busy.clock(), "Platform lead")
    assert busy.report()["value"] is None
    told = busy.explain()["changes"][0]
    assert (told["kind"], told["author"]) == ("scope_removed", "Platform lead")
    with pytest.raises(Refused, match="ended already"):
        linking.remove(busy.runtime, row.id, author="Platform lead")
    with pytest.raises(Refused, match="ended already"):
        linking.change(busy.runtime, row.id, LinkRule(), author="Platform lead")


def test_what_a_plan_file_would_refuse_is_refused_in_the_same_words(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    for scope, rule, sentence in (
        ("jira:epic:plat-1", LinkRule(), "KR-1 counts jira:epic:PLAT-1 already"),
        ("jira:project:PLAT", LinkRule(measure=Measure(aggregate="count")), "do not mix"),
        ("jira:project:PLAT", POINTS, "pooled links must share one size"),
        ("jira:epik:PLAT-1", LinkRule(), "no scope 'epik'"),
        ("jira@eu:project:PLAT", LinkRule(), "there is no connection 'eu'"),
        ("PLAT-1", LinkRule(), "is not of the form"),
    ):
        with pytest.raises(Refused, match=sentence):
            add(busy, scope, rule)
    with pytest.raises(Refused, match="there is no kind 'post'"):
        add(busy, "jira:project:PLAT", write_back=["post"])
    busy.apply(key_result("KR-1"), key_result("KR-2", value=5))
    with pytest.raises(Refused, match="a value \\(5\\) was typed"):
        linking.add(busy.runtime, Subject("now", "KR-2", "x"), "jira:project:PLAT", LinkRule())
    assert standing(busy) == [("jira:epic:PLAT-1", "person")]


def test_jira_itself_is_asked_about_a_scope_but_its_silence_refuses_nothing(
    busy: World, jira: Any
) -> None:
    for scope, sentence in (
        ("jira:jql:project = NOPE", "Jira says: The value 'NOPE' does not exist"),
        ("jira:epic:PLAT-99", "Jira does not show PLAT-99"),
        ("jira:version:PLAT/9", "PLAT has no version '9'"),
    ):
        with pytest.raises(Refused, match=sentence):
            add(busy, scope)
    add(busy, "jira:jql:updated >= -7d AND sprint in openSprints()")
    jira.faults.add("error")
    add(busy, "jira:epic:PLAT-99")
    assert len(standing(busy)) == 2


def test_a_closed_cycle_keeps_its_links(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    (row,) = busy.rows("link")
    (cycle,) = busy.rows("cycle")
    shut = {"key": "now", "start": cycle.start, "end": cycle.end, "state": "closed"}
    busy.apply(cycles=[shut])
    for act in (
        lambda: add(busy, "jira:project:PLAT"),
        lambda: linking.change(busy.runtime, row.id, POINTS, author="x"),
        lambda: linking.remove(busy.runtime, row.id, author="x"),
    ):
        with pytest.raises(Refused, match="cycle now is closed"):
            act()


def test_a_file_leaves_a_persons_link_until_its_list_is_empty(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    busy.apply(key_result("KR-1"))
    named = key_result("KR-1", link("jira:project:PLAT"))
    busy.apply(named)
    both = [("jira:epic:PLAT-1", "person"), ("jira:project:PLAT", "plan")]
    assert sorted(standing(busy)) == both
    again = busy.apply(named)
    assert (again.updated, sorted(standing(busy))) == ((), both)
    busy.apply(key_result("KR-1", links=[]))
    assert standing(busy) == []


def test_a_file_that_names_a_persons_link_takes_it_over(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    (row,) = busy.rows("link")
    busy.apply(key_result("KR-1", link("jira:epic:PLAT-1", dropped="as_done")))
    (taken,) = busy.rows("link")
    assert (taken.id, taken.origin, taken.rule["dropped"]) == (row.id, "plan", "as_done")
    busy.apply(key_result("KR-1", link("jira:project:PLAT")))
    assert standing(busy) == [("jira:project:PLAT", "plan")]
    add(busy, "jira:epic:PLAT-1")
    busy.apply(key_result("KR-1", link("jira@jira:epic:plat-1")))
    assert standing(busy) == [("jira@jira:epic:plat-1", "plan")]


def test_what_a_file_and_a_person_say_must_fit_together(busy: World) -> None:
    add(busy, "jira:epic:PLAT-1")
    mixed = key_result("KR-1", link("jira:project:PLAT", {"number": "count", "over": "open"}))
    with pytest.raises(Refused, match=r"besides the file there is jira:epic:PLAT-1"):
        busy.apply_text(plan(mixed))


def test_words_find_scopes_ready_to_link(busy: World) -> None:
    found = linking.search(busy.runtime, "jira", "queue")
    assert (found[0].scope, found[0].title) == ("jira:epic:PLAT-1", "Move the queue")
    (only,) = linking.search(busy.runtime, "jira", "PLAT", "project")
    assert only.scope == "jira:project:PLAT"
    for name, text, kind, sentence in (
        ("jira", "x", "board", "no scope 'board'"),
        ("eu", "x", None, "there is no connection 'eu'"),
    ):
        with pytest.raises(Refused, match=sentence):
            linking.search(busy.runtime, name, text, kind)


def test_an_address_is_a_scope_of_the_connection_it_belongs_to(
    busy: World, jira: Any, github: Any
) -> None:
    at = f"{jira.url}/browse/PLAT-1"
    assert linking.located(busy.runtime, at) == "jira:epic:PLAT-1"
    milestone = linking.located(busy.runtime, f"{github.url}/acme/api/milestone/1")
    assert milestone == "github:milestone:acme/api/1"
    assert linking.located(busy.runtime, "https://elsewhere.example.com/browse/PLAT-1") is None
    jira.site.add_version("PLAT", "2.0")
    version = linking.offered(busy.runtime, f"{jira.url}/projects/PLAT/versions/10000")
    assert (version.scope, version.title) == ("jira:version:PLAT/2.0", "2.0")
    jira.faults.add("error")
    plain = linking.offered(busy.runtime, at)
    assert (plain.scope, plain.title) == ("jira:epic:PLAT-1", "PLAT-1")
    with pytest.raises(Refused, match="a page of none of your trackers"):
        linking.offered(busy.runtime, "https://elsewhere.example.com/")


def test_with_several_connections_the_scope_says_which(busy: World, jira: Any) -> None:
    assert busy.connect("jira", "eu", options={"email": EMAIL}).error is None
    (found, *_) = linking.search(busy.runtime, "eu", "queue")
    assert found.scope == "jira@eu:epic:PLAT-1"
    assert linking.located(busy.runtime, f"{jira.url}/browse/PLAT-1") == "jira@jira:epic:PLAT-1"
    add(busy, found.scope)
    add(busy, "jira@jira:epic:PLAT-1")
    with pytest.raises(Refused, match="several connections"):
        add(busy, "jira:epic:PLAT-1")


def test_a_scope_is_called_as_at_its_own_connection(busy: World) -> None:
    assert busy.connect("jira", "eu", options={"email": EMAIL}).error is None
    add(busy, "jira@eu:epic:PLAT-1")
    busy.sync()

    def called(scope: str) -> str:
        return linking.offered(busy.runtime, scope).title

    assert called("jira@eu:epic:PLAT-1") == "Move the queue"
    assert called("jira@jira:epic:PLAT-1") == "PLAT-1"
    assert called("jira@eu:epic:PLAT-2") == "Step 0"
    assert called("jira@jira:epic:PLAT-2") == "PLAT-2"
