"""After the weather: first only what was acknowledged is worked off, then all, then judgement."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from connector.store.tables import Connection, Item, Source
from sync import pipeline, schedule, writeback
from tests.faults import oracle
from tests.faults.naive import things
from tests.faults.play import Play

ROUNDS = 12


def judged(play: Play) -> list[str]:
    """Everything that is wrong with a schedule that was played."""
    _calm_down(play)
    _work_off(play)
    found = [*play.mail.lied, *play.stage.bell.early, *acknowledged(play), *_polled(play)]
    _reconcile(play)
    return found + oracle.verdict(play.stage.runtime, play.sites)


def _calm_down(play: Play) -> None:
    """Nothing goes wrong from here on, and a person mends what only a person can."""
    stage = play.stage
    stage.wire.troubles.clear()
    stage.skew, play.drifts = timedelta(), 0
    stage.bell.deaf = False
    stage.clock.turn(seconds=61)
    for row in _broken(play):
        assert stage.world.connect(row.tracker, row.name).error is None


def _broken(play: Play) -> list[Connection]:
    with play.stage.runtime.store.read() as session:
        return list(session.scalars(select(Connection).where(Connection.broken_at.is_not(None))))


def _work_off(play: Play) -> None:
    """Drain what deliveries made dirty, and nothing else: no poll and no sweep helps."""
    gap = timedelta(minutes=1)
    for _ in range(ROUNDS):
        dirty = play.stage.world.waiting()
        for source_id in dirty:
            pipeline.drain(play.stage.runtime, source_id)
        if not dirty:
            return
        if play.stage.world.waiting():
            play.stage.clock.now += gap
            gap = min(gap * 2, timedelta(minutes=40))


def acknowledged(play: Play) -> Iterator[str]:
    """What was acknowledged and is not reflected, of items whose last edit was."""
    found = {name: things(name, site) for name, site in play.sites.items()}
    last = [each for each, edit in play.mail.acked.items() if play.edits.latest[each] == edit]
    with play.stage.runtime.store.read() as session:
        scopes = {name: set(oracle.scopes(session, name)) for name in play.sites}
        for tracker, ident in sorted(last):
            row = session.scalars(
                select(Item)
                .join(Connection, Connection.id == Item.connection_id)
                .where(Connection.name == tracker, Item.external_id == ident)
            ).one_or_none()
            thing = found[tracker].get(ident)
            if thing is None and row is not None and row.gone_at is None:
                yield f"acknowledged: {row.key} was deleted, and is in the mirror"
            if thing is not None and thing.tags & scopes[tracker]:
                yield from (f"acknowledged: {each}" for each in oracle.differing(thing, row))
        yield from (
            f"acknowledged: source {row.id} stays dirty"
            for row in session.scalars(select(Source).where(Source.dirty_seq > Source.done_seq))
        )


def _polled(play: Play) -> list[str]:
    """What one poll does not find of all that changed, told of or not; deletions need a sweep, and
    so does what searches were behind with for longer than reads overlap."""
    stage, late = play.stage, False
    if "jira" in play.sites:
        late = bool(play.sites["jira"].index_delay)
        play.sites["jira"].index_delay = 0.0
        play.sites["jira"].lagging.clear()
        play.sites["jira"].changed()
    stage.clock.turn(minutes=2)
    for source_id in stage.world.sources():
        pipeline.drain(stage.runtime, source_id, force=True)
    stage.world.poll()
    with stage.runtime.store.read() as session:
        found = oracle.mirrored(session, play.sites, swept=False)
        return [] if late else [f"polled: {each}" for each in found]


def _reconcile(play: Play) -> None:
    """What the clock and the workers do in the next hours."""
    stage, runtime = play.stage, play.stage.runtime
    for hours in (7, 7, 25):
        stage.clock.turn(hours=hours)
        schedule.sweep(runtime)
        stage.world.poll()
        for connection_id in writeback.waiting(runtime):
            while writeback.send(runtime, connection_id).more:
                pass
        stage.world.poll()
        if not (stage.world.waiting() or _unsent(play)):
            return


def _unsent(play: Play) -> bool:
    return any(row.due_at is not None for row in play.stage.world.rows("note"))
