"""After any storm of edits the numbers are exactly those of the trackers."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from connector.store.tables import Base, Contribution, Item, Link, Reading
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


def test_a_rebuild_mends_the_ledger_and_the_readings(settled: World) -> None:
    with settled.runtime.store.write() as session:
        session.execute(update(Contribution).where(Contribution.replaced_at.is_(None)).values(done=1))
        session.execute(update(Reading).values(total=99))
    rebuild(settled.runtime)
    assert audit(settled.runtime) == []
    assert settled.value("KR-1") == 0


def test_a_tracker_that_does_not_answer_is_a_difference_by_name(settled: World, github) -> None:
    github.faults.add("error")
    (found,) = audit(settled.runtime)
    assert (found.where, "could not be compared" in found.sentence) == ("github acme/api", True)
