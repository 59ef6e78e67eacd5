"""After any storm of edits the numbers are exactly those of the trackers."""

import random
from typing import Any

import pytest
from sqlalchemy import delete, update

from connector.store.tables import Base, Contribution, Item, Link, Reading
from sync.audit import audit
from sync.rebuild import rebuild
from tests.world import World, key_result, link

STATUSES = ("To Do", "In Progress", "Done")


class Storm:
    """Random edits in both trackers, their webhooks lost, doubled or delivered."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.jira, self.github = (world.trackers[each].site for each in ("jira", "github"))

    def blow(self, edits: int) -> None:
        for _ in range(edits):
            self.world.clock.turn(seconds=self.random.choice([0, 1, 45]))
            tracker, act = self.random.choice(
                [("jira", self._status), ("jira", self._new), ("jira", self._points),
                 ("jira", self._parent), ("jira", self._gone), ("jira", self._move),
                 ("github", self._close), ("github", self._open), ("github", self._milestone),
                 ("github", self._drop)]
            )  # fmt: skip
            act()
            if self.random.random() < 0.6:
                for _ in range(self.random.choice([1, 1, 2])):
                    assert self.world.deliver(tracker).status == 202
            if self.random.random() < 0.4:
                self.world.poll()

    def _key(self) -> str:
        return str(self.random.choice([each.key for each in self.jira.issues.values()]))

    def _status(self) -> None:
        word = self.random.choice(["Done", "Won't Do"])
        status = self.random.choice(STATUSES)
        self.jira.transition(self._key(), status, word if status == "Done" else None)

    def _new(self) -> None:
        parent = self.random.choice([None, "PLAT-1"])
        kind = self.random.choice(["Story", "Bug"])
        self.jira.add_issue(
            "PLAT", "New", kind, parent=parent, points=self.random.choice([None, 3.0])
        )

    def _points(self) -> None:
        self.jira.edit(self._key(), points=self.random.choice([0.0, 0.1, 5.0, None]))

    def _parent(self) -> None:
        key = self._key()
        if key != "PLAT-1":
            self.jira.edit(key, parent=self.random.choice([None, "PLAT-1"]))

    def _gone(self) -> None:
        key = self._key()
        if key != "PLAT-1":
            self.jira.delete(key)

    def _move(self) -> None:
        key = self._key()
        if key != "PLAT-1":
            self.jira.move(key, "OPS" if key.startswith("PLAT") else "PLAT")

    def _number(self) -> int:
        return int(self.random.choice(list(self.github.repo("acme/api").items)))

    def _close(self) -> None:
        reason = self.random.choice(["completed", "not_planned"])
        self.github.close("acme/api", self._number(), reason=reason)

    def _open(self) -> None:
        self.github.add_issue("acme/api", "New", milestone=self.random.choice([None, 1]))

    def _milestone(self) -> None:
        self.github.edit("acme/api", self._number(), milestone=self.random.choice([None, 1]))

    def _drop(self) -> None:
        if len(self.github.repo("acme/api").items) > 2:
            self.github.delete("acme/api", self._number())


@pytest.fixture
def settled(connected: World, jira, github) -> World:
    jira.site.add_project("OPS", "Operations")
    jira.site.add_issue("PLAT", "The epic", "Epic")
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
        session.execute(update(Contribution).values(done=1))
        session.execute(update(Reading).values(total=99))
    rebuild(settled.runtime)
    assert audit(settled.runtime) == []
    assert settled.value("KR-1") == 0


def test_a_tracker_that_does_not_answer_is_a_difference_by_name(settled: World, github) -> None:
    github.faults.add("error")
    (found,) = audit(settled.runtime)
    assert (found.where, "could not be compared" in found.sentence) == ("github acme/api", True)
