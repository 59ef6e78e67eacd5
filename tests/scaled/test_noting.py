"""Notes on PostgreSQL, where several processes compose, send and write numbers at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from connector.store import open_store
from connector.store.tables import Note
from sync import lease, writeback
from sync.writeback import order, turn
from sync.writeback.compose import compose
from tests.noted import ALL, Noted, noted
from tests.servers import PATIENCE
from tests.world import World


@pytest.fixture
def told(pg_world: World) -> Noted:
    return noted(pg_world)


def test_the_whole_way_works(told: Noted) -> None:
    told.ask(*ALL)
    told.send()
    assert [told.titles(f"PLAT-{number}") for number in range(1, 5)] == [
        ["Key result KR-1: 33 %, on track"]
    ] * 4
    assert (len(told.comments()), len(told.properties())) == (1, 1)
    told.finish("PLAT-3")
    told.send()
    assert told.titles() == ["Key result KR-1: 67 %, on track"]
    told.world.apply_text(told_none())
    told.send()
    assert told.world.rows("note") == []
    assert (told.titles(), told.comments(), told.properties()) == ([], [], {})


def told_none() -> str:
    return (
        "worklift: 1\nobjectives: [{key: O-1, cycle: now, team: platform, title: x,"
        " key_results: [{key: KR-1, title: x, links: []}]}]\n"
    )


def test_many_processes_make_each_note_once(told: Noted) -> None:
    told.ask(*ALL)
    (connection_id,) = writeback.waiting(told.world.runtime)
    begin = threading.Barrier(4)

    def process() -> int:
        runtime = told.world.runtime
        mine = replace(runtime, store=open_store(runtime.settings.database_url))
        begin.wait(PATIENCE)
        sent = writeback.send(mine, connection_id)
        mine.store.close()
        return sent.written

    with ThreadPoolExecutor(4) as several:
        written = [each.result() for each in [several.submit(process) for _ in range(4)]]
    assert sum(written) == 6
    made = [call for call in told.writes() if call.startswith(("POST", "PUT"))]
    assert len(made) == 6


def test_an_outcome_waits_for_the_connection_before_it_locks_its_note(told: Noted) -> None:
    told.ask("epic")
    runtime = told.world.runtime
    (connection_id,) = writeback.waiting(runtime)
    compose(runtime, connection_id)
    held = turn.take(runtime, connection_id)
    assert held is not None
    (row,) = told.world.rows("note")
    charged = order.charge(runtime, held, row.id)
    assert charged is not None
    outcome = threading.Thread(target=order.failed, args=(runtime, charged, "why"))
    with runtime.store.write() as session:
        lease.together(session, connection_id)
        outcome.start()
        while outcome.is_alive() and not session.scalar(text(WAITING)):
            session.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert outcome.is_alive()
        alone = select(Note.id).where(Note.id == row.id).with_for_update(nowait=True)
        assert session.scalar(alone) == row.id
    outcome.join(PATIENCE)
    assert told.world.rows("note")[0].error == "why"


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
