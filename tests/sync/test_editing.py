"""Changes of one person: only what they give, never over what others saved."""

import pytest

from connector.errors import Refused
from connector.plans import Entry, parse
from sync import planning
from sync.planning import editing, ordering
from sync.planning.editing import Meanwhile
from tests.sync.test_rolling_up import objective, typed
from tests.world import World, plan

TEAM = ("team", None, "platform")


def held(world: World) -> dict[str, object]:
    with world.runtime.store.read() as session:
        found = editing.held(session, "team", "platform")
    assert found is not None
    return dict(found)


def team(**fields: object) -> Entry:
    return Entry("team", "platform", None, fields, 0)


def test_only_what_is_given_changes(world: World) -> None:
    world.apply()
    before = held(world)
    editing.change(world.runtime, [team(name="Plattform")], author="lead")
    assert held(world) == {**before, "name": "Plattform"}


def test_what_somebody_saved_meanwhile_stays(world: World) -> None:
    world.apply()
    seen = {TEAM: editing.version(held(world))}
    editing.change(world.runtime, [team(name="One")], author="first", seen=seen)
    with pytest.raises(Meanwhile) as met:
        editing.change(world.runtime, [team(name="Two")], author="second", seen=seen)
    assert (met.value.author, met.value.record["name"]) == ("first", "One")
    assert held(world)["name"] == "One"


def test_a_new_object_is_made_of_no_other(world: World) -> None:
    world.apply()
    new = {TEAM: editing.NEW}
    with pytest.raises(Refused, match="'platform' is the key of a team already"):
        editing.change(world.runtime, [team(name="Mine")], author="lead", seen=new)


def test_a_change_of_nothing_keeps_no_wording(world: World) -> None:
    world.apply()
    before = len(world.rows("revision"))
    same = editing.change(world.runtime, [team(name=held(world)["name"])], author="lead")
    assert (same.updated, len(world.rows("revision"))) == ((), before)


def names(world: World, table: str) -> list[str]:
    rows = [row for row in world.rows(table) if row.key != "acme"]
    return [row.key for row in sorted(rows, key=lambda each: each.position)]


def test_things_move_among_their_siblings_and_stop_at_the_ends(world: World) -> None:
    mine = [typed(each, 10) for each in ("KR-1", "KR-2", "KR-3")]
    world.apply_text(plan(objectives=[objective("O-1", *mine), objective("O-2", typed("KR-9"))]))
    for identity, up in (
        (("key_result", "now", "KR-3"), True),
        (("key_result", "now", "KR-3"), True),
        (("key_result", "now", "KR-3"), True),
        (("objective", "now", "O-1"), False),
        (("key_result", "now", "KR-9"), True),
    ):
        ordering.move(world.runtime, identity, up=up)
    assert names(world, "key_result") == ["KR-3", "KR-1", "KR-2", "KR-9"]
    assert names(world, "objective") == ["O-2", "O-1"]


def test_a_step_goes_past_what_is_shown_in_another_list(world: World) -> None:
    several = [objective(f"O-{n}", typed(f"KR-{n}")) for n in range(1, 6)]
    several[1]["state"] = several[2]["state"] = "draft"
    world.apply_text(plan(objectives=several))
    for key, up, order in (
        ("O-1", False, ["O-2", "O-3", "O-4", "O-1", "O-5"]),
        ("O-3", True, ["O-3", "O-2", "O-4", "O-1", "O-5"]),
        ("O-5", True, ["O-3", "O-2", "O-4", "O-5", "O-1"]),
        ("O-4", True, ["O-3", "O-2", "O-4", "O-5", "O-1"]),
    ):
        ordering.move(world.runtime, ("objective", "now", key), up=up)
        assert names(world, "objective") == order, key


def test_what_is_not_there_cannot_be_moved(world: World) -> None:
    world.apply()
    for identity, sentence in (
        (("team", None, "nobody"), "there is no team 'nobody'"),
        (("objective", "now", "O-7"), "there is no objective 'O-7' in cycle now"),
        (("key_result", "then", "KR-1"), "there is no key result 'KR-1' in cycle then"),
        (("cycle", None, "now"), "a cycle stands in no order"),
    ):
        with pytest.raises(Refused, match=sentence):
            ordering.move(world.runtime, identity, up=True)  # type: ignore[arg-type]


def test_the_stored_plan_as_a_file_changes_nothing_and_makes_the_same(world: World) -> None:
    world.apply_text(plan(objectives=[objective("O-1", typed("KR-1", 90), typed("KR-2"))]))
    ordering.move(world.runtime, ("key_result", "now", "KR-2"), up=True)
    with world.runtime.store.read() as session:
        text = planning.exported(session)
    assert planning.look(world.runtime, parse(text)).changes == ()
    assert text.index("KR-2") < text.index("KR-1")
