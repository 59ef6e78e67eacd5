"""The next cycle begun from this one: what can come along does, and the rest is told."""

from datetime import timedelta
from typing import Any

import pytest

from connector.errors import Refused
from connector.okr import LinkRule, Measure, rule_as_json
from connector.plans import Record
from connector.store.tables import Link
from sync import connections
from sync.planning import editing
from sync.planning.copying import Draft, Wanted, copy, draft
from sync.planning.drafting import Note
from tests.sync.test_rolling_up import objective, typed
from tests.world import EMAIL, TODAY, World, key_result, link, plan

NEXT = {"key": "next", "start": TODAY + timedelta(days=61), "end": TODAY + timedelta(days=150)}
NOW = {"key": "now", "start": TODAY - timedelta(days=30), "end": TODAY + timedelta(days=60)}
TEAMS = [
    {"key": "acme", "name": "Acme", "kind": "company"},
    {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme"},
    {"key": "mobile", "name": "Mobile", "kind": "team", "parent": "acme"},
]
LEADS = [
    {"key": key, "name": name, "role": "lead"}
    for key, name in (("here", "Platform lead"), ("gone", "Former lead"))
]


def lay(world: World, *objectives: dict[str, Any], **more: Any) -> None:
    given = {"cycles": [NOW, NEXT], "teams": TEAMS, "people": LEADS, **more}
    world.apply_text(plan(objectives=list(objectives), **given))


def wanted(*keys: str, **more: Any) -> Wanted:
    return Wanted(**{"source": "now", "target": "next", "keys": keys, **more})


def taken(world: World, *keys: str, **more: Any) -> Draft:
    found = draft(world.runtime, wanted(*keys, **more))
    copy(world.runtime, found, author="lead")
    return found


def record(world: World, kind: Any, key: str) -> Record:
    with world.runtime.store.read() as session:
        found = editing.held(session, kind, key, "next")
    assert found is not None
    return found


def retire(world: World, kind: Any, key: str) -> None:
    """As it may be by now, although it is named: what names it was closed or postponed then."""
    with world.runtime.store.write() as session:
        session.query(editing.TABLES[kind]).filter_by(key=key).update({"retired": True})


def test_who_and_what_is_retired_is_left_out_and_told(world: World) -> None:
    lay(
        world,
        objective("O-0", typed("KR-0"), team="acme"),
        objective("O-1", typed("KR-1", owner="gone"), typed("KR-2"), owner="gone",
                  supports=["KR-0"]),
        objective("O-2", typed("KR-3"), team="mobile", owner="here"),
    )  # fmt: skip
    for kind, key in (("person", "gone"), ("team", "mobile"), ("key_result", "KR-2")):
        retire(world, kind, key)
    found = taken(world, "O-1", "O-2")
    assert found.notes == (
        Note("owner", "O-1", "Former lead"),
        Note("support", "O-1", "KR-0"),
        Note("owner", "KR-1", "Former lead"),
        Note("retired", "KR-2"),
        Note("team", "O-2", "Mobile"),
    )
    assert found.objectives == 1
    assert record(world, "objective", "O-1")["owner"] is None
    assert record(world, "key_result", "KR-1")["owner"] is None
    assert [row.key for row in world.rows("objective") if row.cycle_id == 2] == ["O-1"]
    with pytest.raises(Refused, match="none of these can be taken over"):
        taken(world, "O-2")


def test_what_is_supported_comes_along_or_stands_there_already(world: World) -> None:
    above = objective("O-0", typed("KR-0"), typed("KR-9"), team="acme")
    below = objective("O-1", typed("KR-1"), supports=["O-0", "KR-9"])
    lay(world, above, below, objective("O-5", supports=["O-0"]))
    both = taken(world, "O-0", "O-1")
    assert both.notes == ()
    assert record(world, "objective", "O-1")["supports"] == (("O-0", 1.0), ("KR-9", 1.0))
    retire(world, "key_result", "KR-9")
    (again,) = world.rows("objective", key="O-0", cycle_id=2)
    with world.runtime.store.write() as session:
        session.get(editing.TABLES["objective"], again.id).title = "Something else"
    later = taken(world, "O-1")
    assert later.notes == (
        Note("renamed", "O-1", "O-1-2"),
        Note("stranger", "O-1", "O-0", "Something else"),
        Note("support", "O-1", "KR-9"),
        Note("renamed", "KR-1", "KR-1-2"),
    )
    assert later.version != both.version
    assert record(world, "objective", "O-1-2")["supports"] == (("O-0", 1.0),)


def test_dated_steps_stay_behind(world: World) -> None:
    steps = {NOW["start"].isoformat(): 10, NOW["end"].isoformat(): 100}
    lay(world, objective("O-1", typed("KR-1", curve="steps", steps=steps)))
    assert taken(world, "O-1").notes == (Note("steps", "KR-1"),)
    assert record(world, "key_result", "KR-1")["curve"] == "linear"


def test_keys_and_cycles_that_are_not_there_are_refused_in_words(world: World) -> None:
    lay(world, objective("O-1", typed("KR-1")))
    for given, sentence in (
        (wanted("O-7"), "there is no objective 'O-7' in cycle now"),
        (wanted("O-1", source="then"), "there is no objective 'O-1' in cycle then"),
        (wanted("O-1", target="then"), "choose a cycle that is not closed"),
        (wanted("O-1", target="now"), "choose another cycle than the one these are taken from"),
        (wanted(), "choose at least one objective"),
    ):
        with pytest.raises(Refused, match=sentence):
            draft(world.runtime, given)


@pytest.fixture
def linked(connected: World, jira: Any) -> World:
    """A key result of two links, at two connections to the same Jira."""
    for number in (1, 2):
        jira.site.add_issue("PLAT", f"Epic {number}", "Epic")
    lay(connected, objective("O-1", key_result("KR-1", link("jira:epic:PLAT-1"))))
    assert connected.connect("jira", "eu", options={"email": EMAIL}).error is None
    both = [link("jira:epic:PLAT-1"), link("jira@eu:epic:PLAT-2", write_back=["property"])]
    lay(connected, objective("O-1", key_result("KR-1", *both)))
    return connected


def scopes(world: World) -> list[str]:
    return [each.scope.text for each in record(world, "key_result", "KR-1")["links"]]


def test_links_come_along_by_the_connection_they_are_read_by(linked: World) -> None:
    assert taken(linked, "O-1", with_links=True).notes == ()
    assert scopes(linked) == ["jira@jira:epic:PLAT-1", "jira@eu:epic:PLAT-2"]


def test_links_to_work_that_may_not_be_seen_stay_behind_unnamed(linked: World) -> None:
    (eu,) = linked.rows("connection", name="eu")
    found = taken(linked, "O-1", with_links=True, sees=lambda each: each != eu.id)
    assert found.notes == (Note("unseen", "KR-1", "1"),)
    assert scopes(linked) == ["jira@jira:epic:PLAT-1"]


def test_links_of_a_connection_that_is_gone_stay_behind(linked: World) -> None:
    connections.disconnect(linked.runtime, "eu")
    (note,) = taken(linked, "O-1", with_links=True).notes
    assert (note.why, note.more) == ("unread", "jira@eu:epic:PLAT-2")
    assert scopes(linked) == ["jira:epic:PLAT-1"]


def test_a_link_that_cannot_be_measured_or_noted_any_more_is_told(linked: World, jira: Any) -> None:
    with linked.runtime.store.write() as session:
        first, second = session.query(Link).order_by(Link.id)
        first.rule = rule_as_json(LinkRule(measure=Measure(of="field:customfield_99999")))
        second.write_back = ["property", "post"]
    found = taken(linked, "O-1", with_links=True)
    assert [(each.why, each.more) for each in found.notes] == [
        ("unnoted", "jira@eu:epic:PLAT-2"),
        ("unread", "jira@jira:epic:PLAT-1"),
    ]
    assert "customfield_99999" in found.notes[1].reason
    assert scopes(linked) == ["jira@eu:epic:PLAT-2"]
