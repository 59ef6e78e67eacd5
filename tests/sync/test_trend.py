"""The days before trends were kept, told once from the pasts of links, on both databases."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from connector import failpoints
from connector.plans.entries import Entry, Identity
from connector.settings import Settings
from connector.store import Store
from connector.store import tables as t
from sync import trend, trending
from sync.planning import editing
from sync.queue import SilentDoorbell
from sync.reports import objective_course
from sync.reports.trend import Kept, trends
from sync.runtime import Runtime, Trackers
from sync.scores import alone
from sync.vault import Vault
from tests.web import acme, past
from tests.web.company import Company
from tests.web.world import Clock, World


@pytest.fixture
def world(store: Store) -> World:
    """Acme, whose O-50 stands on a link of a week ago with a past since 5 October."""
    clock = Clock()
    settings = Settings(home=Path(), database_url="")
    made = Runtime(
        settings=settings,
        store=store,
        vault=Vault(b"k" * 32),
        doorbell=SilentDoorbell(),
        clock=clock,
        trackers=Trackers(),
    )
    with store.write() as session:
        alone(session)
        acme.build(Company(session, clock()))
    found = World(made, clock)
    past.fill(found)
    return found


def tell(world: World) -> None:
    """Sweep until nothing is left to tell."""
    while trending.tell_due(world.runtime):
        pass


def told(world: World, at: datetime | None = None) -> list[Kept]:
    with world.runtime.store.read() as session:
        return trends(session, "2026-Q4", ["O-50"], at or world.clock()).get("O-50", [])


def write_link(world: World, **values: object) -> None:
    with world.runtime.store.write() as session:
        mine = update(t.Link).where(t.Link.scope == "jira:epic:PLAT-90")
        session.execute(mine.values(**values))


def test_it_begins_where_the_past_begins_and_scores_stay(world: World) -> None:
    with world.runtime.store.read() as session:
        scores = session.execute(select(t.Score.subject_id, t.Score.score)).all()
    (kept,) = told(world)
    tell(world)
    found = told(world)
    assert found[-1] == kept
    assert all(each.rebuilt for each in found[:-1])
    assert found[0].at == datetime(2026, 10, 6, tzinfo=UTC)
    assert [each.score for each in found[:4]] == [0.0, pytest.approx(1 / 3), 0.25, 0.0]
    assert [each.at.date() for each in found[1:4]] == [
        date(2026, 10, 13),
        date(2026, 10, 21),
        date(2026, 10, 26),
    ]
    with world.runtime.store.read() as session:
        assert session.execute(select(t.Score.subject_id, t.Score.score)).all() == scores


def test_it_is_told_once_and_anew_when_a_past_is(world: World) -> None:
    tell(world)
    first = told(world)
    assert trending.tell_due(world.runtime) == []
    world.clock.turn(days=1)
    assert trending.tell_due(world.runtime) == []
    with world.runtime.store.write() as session:
        link = session.scalars(select(t.Link).where(t.Link.scope == "jira:epic:PLAT-90")).one()
        trend.tell_anew(session, [link.key_result_id])
    assert len(trending.tell_due(world.runtime)) == 1
    assert told(world) == first


@pytest.mark.parametrize("wanted", [{"history": "wanted"}, {"reapply_from": past.TOLD_FROM}])
def test_it_waits_for_pasts_that_are_still_to_be_told(
    world: World, wanted: dict[str, object]
) -> None:
    write_link(world, **wanted)
    tell(world)
    assert len(told(world)) == 1
    write_link(world, history="told", reapply_from=None)
    tell(world)
    assert len(told(world)) > 1


def test_a_past_instant_shows_what_was_known_then(world: World) -> None:
    with world.runtime.store.write() as session:
        session.execute(update(t.ScoreDay).values(at=world.clock() - timedelta(days=2)))
    tell(world)
    assert len(told(world, world.clock() - timedelta(days=1))) == 1
    assert len(told(world)) > 1


def test_what_a_new_past_overtook_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = trending.course

    def overtaken(*asked: object, **more: object) -> object:
        with world.runtime.store.write() as session:
            session.execute(update(t.TrendTold).values(asked_at=None))
        return course(*asked, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(trending, "course", overtaken)
        assert trending.tell_due(world.runtime) == []
    tell(world)
    assert len(told(world)) > 1


KR: Identity = ("key_result", "2026-Q4", "KR-50")


def objective_of(world: World, key: str) -> int:
    with world.runtime.store.read() as session:
        return session.scalars(select(t.Objective.id).where(t.Objective.key == key)).one()


def test_it_is_told_anew_when_a_key_result_is_retired_and_restored(world: World) -> None:
    tell(world)
    before, mine = told(world), objective_of(world, "O-50")
    editing.retire(world.runtime, KR, author="lead")
    assert mine in trending.tell_due(world.runtime)
    assert [each for each in told(world) if each.rebuilt] == []
    editing.restore(world.runtime, KR, author="lead")
    tell(world)
    assert [each for each in told(world) if each.rebuilt] == before[:-1]


def test_it_is_told_anew_of_what_an_objective_no_longer_supports(world: World) -> None:
    wanted = Entry("objective", "O-50", "2026-Q4", {"supports": [("O-2", 1.0)]}, 0)
    editing.change(world.runtime, [wanted], author="lead")
    tell(world)
    dropped = Entry("objective", "O-50", "2026-Q4", {"supports": []}, 0)
    editing.change(world.runtime, [dropped], author="lead")
    again = {each for _ in range(5) for each in trending.tell_due(world.runtime)}
    assert {objective_of(world, "O-50"), objective_of(world, "O-2")} <= again
    assert objective_of(world, "O-3") not in again


def test_an_objective_on_many_links_is_told_as_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(world)
    known = told(world)
    with world.runtime.store.write() as session:
        session.execute(update(t.TrendTold).values(asked_at=None, told_at=None))
    # What is drawn on a page is bounded; what is told in the background is not.
    monkeypatch.setattr(objective_course, "MOST_LINKS", 0)
    monkeypatch.setattr(objective_course, "AT_ONCE", 1)
    tell(world)
    assert told(world) == known


def test_two_clocks_do_not_tell_the_same(world: World) -> None:
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[list[int]]] = []

        def while_it_asks(place: str) -> None:
            if place == "store.committing" and not others:
                others.append(pool.submit(trending.tell_due, world.runtime))
                # What it reads it has read by then, or reads what is committed.
                wait(others, timeout=0.2)

        with failpoints.acting(while_it_asks):
            mine = trending.tell_due(world.runtime)
        theirs = others[0].result()
    assert mine
    assert not {*mine} & {*theirs}
    tell(world)
    assert told(world)[0].at.date() < world.clock().date()
