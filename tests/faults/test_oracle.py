"""The oracle itself: silent while all is well, and not silent about what is not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from connector.store.tables import Item, Reading, Score, Source
from sync import writeback
from tests.faults.oracle import verdict
from tests.faults.stage import Stage, played

pytestmark = pytest.mark.usefixtures("calmly")
BOTH = ("jira", "github")


@pytest.fixture
def stage(calmly: None) -> Iterator[Stage]:
    with played(BOTH) as made:
        for connection_id in writeback.waiting(made.runtime):
            writeback.send(made.runtime, connection_id)
        yield made


def judged(stage: Stage) -> list[str]:
    return verdict(stage.runtime, {name: stage.site(name) for name in BOTH})


def changed(stage: Stage, table: type, **values: object) -> None:
    with stage.runtime.store.write() as session:
        session.execute(update(table).where(table.id == 1).values(**values))


def test_it_is_silent_while_all_is_well(stage: Stage) -> None:
    assert judged(stage) == []


@pytest.mark.parametrize(("table", "values"), [
    (Item, {"gone_at": None, "status": "Elsewhere"}),
    (Item, {"unreckoned": True}),
    (Score, {"score": 0.123}),
    (Source, {"dirty_seq": 99}),
    (Source, {"error": "broken"}),
])  # fmt: skip
def test_it_tells_of_what_is_wrong_here(
    stage: Stage, table: type, values: dict[str, object]
) -> None:
    changed(stage, table, **values)
    assert judged(stage)


def test_it_tells_of_a_reading_that_is_wrong(stage: Stage) -> None:
    with stage.runtime.store.write() as session:
        session.execute(update(Reading).where(Reading.link_id == 1).values(done=9.0))
    assert any("reads" in each for each in judged(stage))


def test_it_tells_of_what_the_mirror_does_not_know(stage: Stage) -> None:
    stage.site("jira").add_issue("PLAT", "Never read")
    stage.site("github").delete("acme/web", 1)
    found = judged(stage)
    assert any("is not in the mirror" in each for each in found)
    assert any("no longer at github" in each for each in found)


def test_it_tells_of_a_note_made_twice(stage: Stage) -> None:
    notes = stage.site("jira").notes.comments
    (said,) = [several for several in notes.values() if several]
    said.append(dict(said[0]))
    assert any("shows 2 notes" in each for each in judged(stage))


def test_it_tells_of_a_note_that_vanished(stage: Stage) -> None:
    stage.site("github").comments.clear()
    assert any("lacks a note" in each for each in judged(stage))


def test_it_tells_of_what_lies_elsewhere_on_a_board(calmly: None) -> None:
    names = ("github/boards",)
    with played(names) as boards:
        for connection_id in writeback.waiting(boards.runtime):
            writeback.send(boards.runtime, connection_id)
        site = boards.site("github")
        assert verdict(boards.runtime, {"github": site}) == []
        site.take_off_project(("acme", 1), ("acme/api", 1))
        site.put_on_project(("acme", 2), ("acme/api", 2), Status="Done")
        found = verdict(boards.runtime, {"github": site})
    assert any("github:project:acme/1 reads" in each for each in found)
    assert any("acme/api#2 is held on boards as" in each for each in found)
