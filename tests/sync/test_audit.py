"""After any storm of edits the numbers are exactly those of the trackers."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from connector.ledger import REBUILT
from connector.store.tables import (
    Base,
    Contribution,
    Item,
    ItemEvent,
    ItemTag,
    Link,
    Reading,
    Score,
)
from sync.audit import audit
from sync.rebuild import rebuild
from tests.storm import Storm
from tests.world import World, key_result, link


@pytest.fixture
def settled(connected: World, jira, github) -> World:
    jira.site.add_project("OPS", "Operations")
    for name in ("The epic", "The other epic"):
        jira.site.add_issue("PLAT", name, "Epic")
    for number in range(6):
        jira.site.add_issue("PLAT", f"Item {number}", parent="PLAT-1", points=1.0)
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    connected.apply(
        key_result("KR-1", link("jira:project:PLAT", {"share": "points"}, unestimated="median")),
        key_result("KR-2", link("jira:epic:PLAT-1"), link("github:milestone:acme/api/1"),
                   combine="weighted"),
        key_result("KR-3", link("jira:jql:project = PLAT AND type = Bug", {"number": "count"}),
                   unit=""),
        key_result("KR-4", link("github:repo:acme/api", {"number": "count", "over": "open"}),
                   unit=""),
    )  # fmt: skip
    connected.sync()
    return connected


def tables(world: World, *names: str) -> dict[str, list[Any]]:
    return {name: world.rows(name) for name in names or Base.metadata.tables}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_storm_nothing_differs_and_a_rebuild_changes_nothing(settled: World, seed) -> None:
    Storm(settled, seed).blow(40)
    settled.clock.turn(hours=7)
    settled.poll()
    assert audit(settled.runtime) == []
    before = tables(settled)
    assert rebuild(settled.runtime) == 5
    assert tables(settled) == before
    for key in ("KR-1", "KR-3", "KR-4"):
        (explained,) = settled.explain(key)["links"]
        total = sum(each["delta"] for each in explained["movements"])
        assert total == pytest.approx(explained["reading"] or 0, abs=1e-9)


def test_what_the_storm_left_equals_a_service_that_starts_now(settled: World) -> None:
    Storm(settled, 7).blow(40)
    settled.clock.turn(hours=7)
    settled.poll()
    kept = {
        key: [{**each, "as_of": None} for each in settled.report(key)["links"]]
        for key in ("KR-1", "KR-2", "KR-3", "KR-4")
    }
    with settled.runtime.store.write() as session:
        for name in ("reading", "contribution", "match", "item_tag", "item"):
            session.execute(Base.metadata.tables[name].delete())
        session.execute(update(Link).values(looked_at=None))
    settled.sync(full=True)
    for key, links in kept.items():
        fresh = [{**each, "as_of": None} for each in settled.report(key)["links"]]
        for name in ("done", "total", "reading", "coverage"):
            assert [each[name] for each in fresh] == [each[name] for each in links], key


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (update(Contribution).where(Contribution.id == 3).values(done=1), "otherwise than the"),
        (delete(Contribution).where(Contribution.id == 3), "not in the ledger"),
        (update(Reading).where(Reading.link_id == 1).values(total=99), "not what its"),
        (update(Item).where(Item.id == 3).values(status="Elsewhere"), "otherwise than the mirror"),
        (update(Item).where(Item.id == 3).values(external_id="999"), "is not in the tracker"),
        (update(Item).where(Item.id == 3).values(gone_at=Item.created_at), "not in the mirror"),
    ],
)  # fmt: skip
def test_damage_is_found(settled: World, damage, said: str) -> None:
    assert audit(settled.runtime) == []
    with settled.runtime.store.write() as session:
        session.execute(damage)
    assert any(said in each.sentence for each in audit(settled.runtime))


def test_what_items_show_is_compared_with_the_tracker(settled: World) -> None:
    item = {row.key: row.id for row in settled.rows("item")}
    with settled.runtime.store.write() as session:
        for key, wrong in (
            ("PLAT-3", {"status": "Elsewhere"}),
            ("PLAT-4", {"category": "done"}),
            ("PLAT-5", {"parent_id": "77"}),
            ("PLAT-6", {"numbers": {}}),
        ):
            session.execute(update(Item).where(Item.id == item[key]).values(**wrong))
        session.execute(delete(ItemTag).where(ItemTag.item_id == item["PLAT-7"]))
    found = {each.sentence for each in audit(settled.runtime) if each.where == "jira"}
    assert found == {
        "PLAT-3 differs from the tracker in status",
        "PLAT-4 differs from the tracker in category",
        "PLAT-5 differs from the tracker in parent",
        "PLAT-6 differs from the tracker in numbers",
        "PLAT-7 differs from the tracker in tags",
    }


def test_what_changed_after_the_look_is_no_difference(settled: World, jira) -> None:
    jira.site.transition("PLAT-3", "Done", at=settled.clock.turn(minutes=5))
    assert audit(settled.runtime) == []


def test_what_is_out_of_sight_or_in_no_scope_is_no_difference(settled: World, jira) -> None:
    made = jira.site.add_issue("OPS", "Elsewhere", labels=["okr"])
    settled.apply(key_result("KR-5", link("jira:jql:labels = okr")))
    settled.sync()
    jira.site.hide_project("OPS")
    settled.tick()
    assert audit(settled.runtime) == []

    jira.site.show_project("OPS")
    settled.tick()
    settled.apply(key_result("KR-5", link("jira:project:PLAT")))
    settled.sync()
    jira.site.delete(made.key)
    assert audit(settled.runtime) == []


@contextlib.contextmanager
def damaged(world: World, table: type[Base], damage: Any) -> Iterator[None]:
    """A table with some of its rows changed or gone, mended again at the end."""
    kept = [row._asdict() for row in world.rows(table.__tablename__)]
    with world.runtime.store.write() as session:
        assert session.execute(damage).rowcount
    yield
    with world.runtime.store.write() as session:
        session.execute(delete(table))
        session.execute(insert(table), kept)


OLD = Contribution.replaced_at.is_not(None) & Contribution.cause.not_in(REBUILT)
NEW = Contribution.replaced_at.is_(None) & (Contribution.cause == "tracker")
PAST = Contribution.cause.in_(REBUILT)
EARLY = datetime(2020, 1, 1, tzinfo=UTC)
DAMAGES: list[tuple[type[Base], Any, str]] = [
    (Contribution, update(Contribution).where(OLD).values(replaced_at=EARLY),
     "does not end where the next one begins"),
    (Contribution, update(Contribution).where(OLD).values(valid_to=EARLY),
     "does not end where the next one begins"),
    (Contribution, update(Contribution).where(OLD).values(replaced_at=None),
     "does not end where the next one begins"),
    (Contribution, delete(Contribution).where(NEW), "has ended and none follows it"),
    (Contribution, update(Contribution).where(NEW).values(recorded_at=EARLY),
     "its movements sum to 0, not to its reading 0.166667"),
    (Contribution, update(Contribution).where(PAST).values(valid_to=EARLY),
     "(rebuilt) does not end where the next one begins"),
    (Contribution, update(Contribution).where(PAST).values(total=9),
     "PLAT-3: its rebuilt past is not what its history tells"),
    (Contribution, delete(Contribution).where(PAST, Contribution.item_key == "PLAT-4"),
     "PLAT-4: its rebuilt past is not what its history tells"),
    (ItemEvent, update(ItemEvent).values(at=EARLY + timedelta(days=5000)),
     "PLAT-3: its rebuilt past is not what its history tells"),
    (Score, update(Score).where(Score.kind == "key_result").values(computed=3.25),
     "the stored score of key result KR-4 is not"),
    (Score, update(Score).where(Score.kind == "objective").values(known=0.5),
     "the stored score of objective O-1 is not"),
    (Score, update(Score).where(Score.kind == "team").values(subtree_score=0.5),
     "the stored score of team acme is not"),
    (Score, delete(Score).where(Score.kind == "team"), "the stored score of team platform is not"),
    (Reading, update(Reading).values(coverage=0.25), "not what its contributions add up to"),
    (Reading, update(Reading).values(value=0.75), "not to its reading 0.75"),
]  # fmt: skip


def test_every_kind_of_damage_is_named(settled: World, jira) -> None:
    jira.site.transition("PLAT-3", "Done", at=settled.clock.turn(minutes=5))
    settled.apply(key_result("KR-5", link("jira:epic:PLAT-1")))
    settled.sync()
    assert audit(settled.runtime, trackers=False) == []
    for table, damage, said in DAMAGES:
        with damaged(settled, table, damage):
            found = [each.sentence for each in audit(settled.runtime, trackers=False)]
            assert any(said in each for each in found), (said, found)
    assert audit(settled.runtime, trackers=False) == []


def test_a_link_that_waits_for_a_read_has_nothing_to_prove_yet(settled: World) -> None:
    with settled.runtime.store.write() as session:
        session.execute(update(Link).values(pending=True))
        session.execute(update(Reading).values(coverage=0.25))
    assert audit(settled.runtime, trackers=False) == []


def test_where_an_item_changed_since_its_past_was_rebuilt_nothing_is_said(
    settled: World, jira
) -> None:
    jira.site.edit("PLAT-3", points=9.0, at=settled.clock.turn(minutes=5))
    settled.tick()
    with settled.runtime.store.write() as session:
        session.execute(update(Contribution).where(PAST).values(total=9))
    where = {each.where for each in audit(settled.runtime, trackers=False)}
    assert where == {"github:milestone:acme/api/1", "github:repo:acme/api"}


def test_a_rebuild_mends_the_ledger_and_the_readings(settled: World) -> None:
    with settled.runtime.store.write() as session:
        session.execute(
            update(Contribution).where(Contribution.replaced_at.is_(None)).values(done=1)
        )
        session.execute(update(Reading).values(total=99))
    rebuild(settled.runtime)
    assert audit(settled.runtime) == []
    assert settled.value("KR-1") == 0


def test_a_tracker_that_does_not_answer_is_a_difference_by_name(settled: World, github) -> None:
    github.faults.add("error")
    (found,) = audit(settled.runtime)
    assert (found.where, "could not be compared" in found.sentence) == ("github acme/api", True)
