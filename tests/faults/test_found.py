"""What schedules found, made small."""

import pytest

from sync import pipeline, writeback
from tests.faults import oracle
from tests.faults.fate import Fate, Lost, watching
from tests.faults.stage import Stage, played

pytestmark = pytest.mark.usefixtures("calmly")


def test_what_a_drain_stored_that_was_cut_off_is_looked_for_by_the_next() -> None:
    """One issue went and one came: their number alone tells nothing."""
    with played(("github",)) as stage, watching(Fate()) as fate:
        site = stage.site("github")
        (source,) = [row.id for row in stage.world.rows("source") if row.key == "acme/api"]
        site.add_issue("acme/api", "New", milestone=1)
        stage.clock.turn(minutes=1)
        fate.arm("unsure", 2)
        with pytest.raises(Lost):
            pipeline.drain(stage.runtime, source, force=True)
        fate.arm("kill", 0)
        assert "acme/api#4" in [row.key for row in stage.world.rows("item")]

        site.transfer("acme/api", 4, "acme/web")
        site.add_issue("acme/api", "Another")
        stage.clock.turn(hours=7)
        stage.world.poll()
        stage.clock.turn(hours=7)
        stage.world.poll()

        with stage.runtime.store.read() as session:
            assert list(oracle.mirrored(session, {"github": site})) == []


@pytest.mark.parametrize("name", ["jira", "github"])
def test_notes_sent_after_a_backup_are_known_when_it_is_restored(name: str) -> None:
    """Whatever names us at the tracker was chosen with the first note, and lost with it."""
    with played((name,)) as stage:
        stage.save()
        _send(stage)
        stage.restore()
        stage.clock.turn(minutes=2)
        stage.world.poll()
        _send(stage)
        assert oracle.verdict(stage.runtime, {name: stage.site(name)}) == []


def _send(stage: Stage) -> None:
    for connection_id in writeback.waiting(stage.runtime):
        assert writeback.send(stage.runtime, connection_id).written
