"""After the weather: first only what was acknowledged is worked off, then all, then judgement."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Connection, Source
from sync import pipeline, schedule, writeback
from tests.faults import oracle, scoring
from tests.faults.artefacts import Place
from tests.faults.naive import things
from tests.faults.play import Play
from tests.faults.ways import needless

ROUNDS = 12


def judged(play: Play) -> list[str]:
    """Everything that is wrong with what was played last, and with the world when all is done."""
    found = [*lull(play), *polled(play)]
    _reconcile(play)
    wrong = oracle.verdict(play.stage.runtime, play.sites, set(_forgotten(play)))
    return [*found, *play.mail.lied, *wrong]


def _forgotten(play: Play) -> Iterator[tuple[str, Place]]:
    """The notes that a restored backup knew nothing of, also where they were moved since."""
    for connection, (kind, where) in play.stage.forgotten:
        here = where
        while here in play.edits.moved:
            here = play.edits.moved[here]
        yield connection, (kind, here)


def lull(play: Play) -> list[str]:
    """Everything that is wrong between two storms: what was acknowledged is there, and the numbers
    come from it; what was not told of may be missing still."""
    _calm_down(play)
    _work_off(play)
    with play.stage.runtime.store.read() as session:
        found = [*acknowledged(session, play), *scoring.scored(session)]
    found += [*play.mail.lied, *play.stage.bell.early]
    play.mail.lied.clear()
    play.stage.bell.early.clear()
    return found


def _calm_down(play: Play) -> None:
    """Nothing goes wrong from here on, and a person mends what only a person can."""
    stage = play.stage
    stage.wire.troubles.clear()
    stage.skew, play.drifts, play.ends = timedelta(), 0, 0
    stage.bell.deaf = False
    stage.clock.turn(seconds=61)
    _mend(play)
    if play.edits.boards is not None:
        play.edits.boards.show()


def _mend(play: Play) -> bool:
    """Connect anew what is broken, as a person does; whether anything was."""
    broken = select(Connection).where(Connection.broken_at.is_not(None))
    with play.stage.runtime.store.read() as session:
        rows = list(session.scalars(broken))
    for row in rows:
        site, lost = play.sites[row.tracker], play.is_hurt
        play.mail.lied += needless(play.stage.runtime, row, site, lost=lost)
        assert play.stage.connect(row.tracker).error is None
    return bool(rows)


def _drain(play: Play, sources: Sequence[int], *, force: bool = False) -> None:
    """Drain some; once more where only then it was found out that a sign-in is over."""
    for source_id in sources:
        pipeline.drain(play.stage.runtime, source_id, force=force)
    if _mend(play):
        _drain(play, sources, force=force)


def _poll(play: Play) -> None:
    play.stage.world.poll()
    if _mend(play):
        play.stage.world.poll()


def _work_off(play: Play) -> None:
    """Drain what deliveries made dirty or a death cut off, and nothing else: no poll and no sweep
    of the clock's helps."""
    _drain(play, schedule.due(play.stage.runtime, left=True))
    # A project that was not shown is told of as such, and shown again without a word.
    _drain(play, play.stage.refused("project"), force=True)
    play.kills = 0
    gap = timedelta(minutes=1)
    for _ in range(ROUNDS):
        dirty = play.stage.world.waiting()
        if not dirty:
            return
        _drain(play, dirty)
        if play.stage.world.waiting():
            play.stage.clock.now += gap
            gap = min(gap * 2, timedelta(minutes=40))


def acknowledged(session: Session, play: Play) -> Iterator[str]:
    """What was acknowledged and is not reflected, of items whose last edit was."""
    last = [each for each, edit in play.mail.acked.items() if play.edits.latest[each] == edit]
    held = {name: oracle.items(session, name) for name in play.sites} if last else {}
    lies = {name: oracle.boards(session, name) for name in held}
    found = {name: things(name, play.sites[name]) for name in held}
    scopes = {name: set(oracle.scopes(session, name)) for name in held}
    for tracker, subject in sorted(last):
        ident, _, place = subject.partition(" on ")
        row, thing = held[tracker].get(ident), found[tracker].get(ident)
        if thing is None and row is not None and row.gone_at is None and not place:
            yield f"acknowledged: {row.key} was deleted, and is in the mirror"
        if thing is not None and thing.tags & scopes[tracker]:
            wrong = oracle.misplaced(thing, row, lies[tracker], place)
            wrong = wrong if place else oracle.differing(thing, row)
            yield from (f"acknowledged: {each}" for each in wrong)
    yield from (
        f"acknowledged: source {row.id} stays dirty"
        for row in session.scalars(select(Source).where(Source.dirty_seq > Source.done_seq))
    )


def polled(play: Play) -> list[str]:
    """What one poll does not find of all that changed, told of or not; deletions need a sweep, and
    so does what searches were behind with for longer than reads overlap."""
    stage = play.stage
    if "jira" in play.sites:
        play.late = play.late or bool(play.sites["jira"].index_delay)
        play.sites["jira"].index_delay = 0.0
        play.sites["jira"].lagging.clear()
        play.sites["jira"].changed()
    stage.clock.turn(minutes=2)
    _drain(play, stage.world.sources(), force=True)
    # Where a token had ended, another one was made, and its turn comes later.
    _drain(play, [row.id for row in stage.world.rows("source") if row.failing_since], force=True)
    _poll(play)
    with stage.runtime.store.read() as session:
        found = oracle.mirrored(session, play.sites, swept=False)
        return [] if play.late else [f"polled: {each}" for each in found]


def _reconcile(play: Play) -> None:
    """What the clock and the workers do in the next hours."""
    stage, runtime = play.stage, play.stage.runtime
    for hours in (7, 7, 25):
        stage.clock.turn(hours=hours)
        schedule.sweep(runtime)
        _poll(play)
        _send(play)
        if _mend(play):
            _send(play)
        stage.world.poll()
        if not (stage.world.waiting() or _unsent(play)):
            return


def _send(play: Play) -> None:
    runtime = play.stage.runtime
    for connection_id in writeback.waiting(runtime):
        while writeback.send(runtime, connection_id).more:
            pass


def _unsent(play: Play) -> bool:
    return any(row.due_at is not None for row in play.stage.world.rows("note"))
