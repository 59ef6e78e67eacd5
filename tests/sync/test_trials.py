"""Tried changes: every score that would move is told, and the store is as it was."""

from typing import Any

import pytest

from connector.errors import Refused
from connector.plans import Entry, parse
from connector.store import Store
from sync.planning.trial import plan_trial, trial
from tests.sync.test_rolling_up import objective, typed
from tests.world import World, key_result, link, plan

RETIRED = Entry("key_result", "KR-2", "now", {"retired": True}, 0)


def laid(world: World) -> None:
    world.apply_text(plan(objectives=[objective("O-1", typed("KR-1", 90), typed("KR-2", 50))]))


def version(store: Store) -> str:
    with store.read() as session:
        return store.version(session)


def kept(world: World) -> list[Any]:
    tables = ("key_result", "link", "score", "revision", "reading", "source", "objective")
    return [world.rows(each) for each in tables]


def test_a_trial_tells_what_moves_and_leaves_nothing_behind(world: World) -> None:
    laid(world)
    before = kept(world)
    found = trial(world.runtime, [RETIRED], shown=[("objective", "O-1")])
    told = {(each.kind, each.key): (each.before[0], each.after[0]) for each in found}
    assert told["objective", "O-1"] == (pytest.approx(0.7), pytest.approx(0.9))
    assert ("team", "platform") in told
    assert {each.cycle for each in found} == {"now"}
    assert kept(world) == before


def test_a_trial_voids_no_kept_report_of_sqlite(world: World) -> None:
    laid(world)
    store = world.runtime.store
    if not store.is_sqlite:
        pytest.skip("PostgreSQL counts what is taken back as well")
    before = version(store)
    trial(world.runtime, [RETIRED])
    many = [typed(f"KR-{n}", n % 90) for n in range(300)]
    plan_trial(world.runtime, parse(plan(objectives=[objective("O-1", *many)])))
    assert version(store) == before


def test_a_failed_trial_gives_the_next_writer_its_turn(world: World) -> None:
    laid(world)
    with pytest.raises(Refused, match="there is no cycle 'then'"):
        trial(world.runtime, [Entry("key_result", "KR-2", "then", {"retired": True}, 0)])
    with pytest.raises(Refused, match="missing and not stored yet"):
        trial(world.runtime, [Entry("key_result", "KR-7", "now", {"retired": True}, 0)])
    assert trial(world.runtime, []) == ()
    world.apply()


def test_a_plan_tells_the_scores_of_all_it_changes_in_every_cycle(world: World) -> None:
    laid(world)
    wanted = [objective("O-1", typed("KR-1", 40), typed("KR-2", 50), title="Other words")]
    found = plan_trial(world.runtime, parse(plan(objectives=wanted)))
    told = {each.key: (each.before[0], each.after[0]) for each in found}
    assert told["KR-1"] == (pytest.approx(0.9), pytest.approx(0.4))
    assert told["O-1"] == (pytest.approx(0.7), pytest.approx(0.45))
    assert "KR-2" not in told
    assert plan_trial(world.runtime, parse(plan(objectives=[]))) == ()


def test_links_count_what_the_mirror_holds_and_others_wait(connected: World, jira: Any) -> None:
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    for number in range(2):
        jira.site.add_issue("PLAT", f"Step {number}", parent=epic)
    jira.site.add_issue("PLAT", "Another", "Epic")
    jira.site.transition("PLAT-2", "Done")
    connected.apply(key_result("KR-1", link("jira:epic:PLAT-1")), key_result("KR-2"))
    connected.sync()
    before = kept(connected)
    counted, waiting = link("jira:epic:PLAT-1"), link("jira:epic:PLAT-4")
    for given, key, score in ((counted, "KR-2", 0.5), (waiting, "KR-1", None)):
        found = plan_trial(connected.runtime, parse(plan(key_result(key, given))))
        told = next(each for each in found if each.key == key)
        assert (told.after[0], told.waits) == (score, score is None)
    assert kept(connected) == before
    assert not connected.waiting()
