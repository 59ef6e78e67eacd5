"""What is retired counts as if its weight were 0, is listed nowhere, and is kept."""

from typing import Any

import pytest

from connector.plans import Identity
from sync import audit, reports
from sync.planning import editing
from tests.sync.test_rolling_up import objective, typed
from tests.world import World, plan

KR: Identity = ("key_result", "now", "KR-2")


def cycle(world: World, at: Any = None) -> dict[str, Any]:
    with world.runtime.store.read() as session:
        settings, now = world.runtime.settings, world.clock()
        return reports.cycle_report(session, "now", now, settings, at=at).as_json()


def scores(world: World, at: Any = None) -> dict[str, tuple[float | None, float | None]]:
    found = cycle(world, at)
    teams = {each["key"]: (each["score"], each["subtree_score"]) for each in found["teams"]}
    objectives = (each for team in found["teams"] for each in team["objectives"])
    return {**teams, **{each["key"]: (each["score"], each["known"]) for each in objectives}}


def listed(world: World, at: Any = None) -> list[str]:
    objectives = [each for team in cycle(world, at)["teams"] for each in team["objectives"]]
    return [each["key"] for one in objectives for each in one["key_results"]]


def whole(**of_two: Any) -> str:
    return plan(
        objectives=[
            objective("O-1", typed("KR-1", 90), typed("KR-2", 20, **of_two), typed("KR-3")),
            objective("O-2", typed("KR-4", 40), supports=["KR-2"]),
        ]
    )


@pytest.mark.parametrize("more", [{}, {"guardrail": True}])
def test_a_retired_key_result_counts_as_if_it_had_no_weight(
    world: World, more: dict[str, Any]
) -> None:
    world.apply_text(whole(weight=0, **more))
    without = scores(world)
    world.apply_text(whole(weight=3, **more))
    before, moment = scores(world), world.clock()
    world.clock.turn(hours=1)
    editing.retire(world.runtime, KR, author="lead")
    assert scores(world) == without
    assert scores(world, world.clock()) == without
    assert listed(world) == ["KR-1", "KR-3", "KR-4"]
    assert not audit.audit(world.runtime, trackers=False)
    # The day before shows what was there then.
    assert scores(world, moment) == before
    assert "KR-2" in listed(world, moment)
    world.clock.turn(hours=1)
    editing.restore(world.runtime, KR, author="lead")
    assert scores(world) == before
    assert "KR-2" in listed(world)


def test_a_retired_team_is_listed_only_where_it_has_objectives(world: World) -> None:
    world.apply_text(whole())
    extra = {"key": "extra", "name": "Extra", "parent": "acme"}
    world.apply_text(f"worklift: 1\nteams: [{extra}]")
    moment = world.clock()
    world.clock.turn(hours=1)
    editing.retire(world.runtime, ("team", None, "extra"), author="lead")
    assert [each["key"] for each in cycle(world)["teams"]] == ["acme", "platform"]
    assert "extra" in [each["key"] for each in cycle(world, moment)["teams"]]
    world.apply_text("worklift: 1\ncycles: [{key: now, state: closed}]")
    editing.retire(world.runtime, ("team", None, "platform"), author="lead")
    assert [each["key"] for each in cycle(world)["teams"]] == ["acme", "platform"]


def test_who_retired_it_is_kept(world: World) -> None:
    world.apply_text(whole())
    editing.retire(world.runtime, KR, author="platform lead")
    (row,) = world.rows("key_result", key="KR-2")
    *_, last = world.rows("revision", kind="key_result", subject_id=row.id)
    assert (last.author, last.body["retired"]) == ("platform lead", True)
