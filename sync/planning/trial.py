"""What a change would make of the scores: made in a write that is taken back, nothing is saved."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.plans import Entry, Identity, Plan, diff
from connector.store.tables import Cycle, KeyResult, Objective, Score, Team
from sync import lease
from sync.planning.apply import follow
from sync.planning.scopes import checker, note_checker
from sync.planning.stored import stored
from sync.planning.write import Writer
from sync.reckon import rescore
from sync.runtime import Runtime
from sync.scores import alone, rescore_cycle

FORM = "form"
_TABLES: Mapping[str, type[Any]] = {
    "key_result": KeyResult,
    "objective": Objective,
    "team": Team,
}
_Number = tuple[float | None, float | None]
_Numbers = Mapping[tuple[str, int, int], _Number]
"""(score, known share) by kind, cycle and subject."""
_NOTHING: _Number = (None, None)


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of one score in a cycle; ``kind`` is key_result, objective or team.

    Of a team it is that of its own objectives. ``before`` and ``after`` are (score, known share).
    ``waits`` says that a link is to be read before the score is known.
    """

    kind: str
    key: str
    title: str
    before: _Number
    after: _Number
    cycle: str = ""
    waits: bool = False

    @property
    def moves(self) -> bool:
        """Whether its score would be another."""
        return self.before[0] != self.after[0]


def trial(
    runtime: Runtime, entries: Sequence[Entry], *, shown: Sequence[tuple[str, str]] = ()
) -> tuple[Shift, ...]:
    """What saving these entries of one cycle would make of its scores; raises as saving does.

    Told are all scores of the cycle that change, and those of ``shown`` (kind, key) in any case:
    key results, then objectives, then teams.
    """
    cycle = entries[0].cycle if entries else None
    wanted = {(kind, cycle, key) for kind, key in shown}
    plan = Plan(FORM, tuple(entries), by="admin")
    found = _tried(runtime, plan, shown=wanted, cycle=cycle) if entries else ()
    return tuple(each for each in found if each.cycle == cycle)


def plan_trial(runtime: Runtime, plan: Plan) -> tuple[Shift, ...]:
    """The same of a whole plan: every score that changes, and those of all that it changes."""
    return tuple(_tried(runtime, plan, shown=None, cycle=None))


def _tried(
    runtime: Runtime, plan: Plan, *, shown: Collection[Any] | None, cycle: str | None
) -> Sequence[Shift]:
    with runtime.store.trial() as session:
        alone(session)
        lease.all_together(session)
        known = _cycle_id(session, cycle) if cycle is not None else None
        before = _numbers(session, known)
        check, offered = checker(session, runtime.trackers), note_checker(runtime.trackers)
        changes = diff(plan, stored(session), check, offered).changes
        writer = Writer(session, runtime.clock(), "", by=plan.by)
        for change in changes:
            writer.write(change)
        _reckon(runtime, session, writer)
        session.flush()
        named = {(c.kind, c.cycle, c.key) for c in changes} if shown is None else shown
        waiting = {link.key_result_id for link in writer.touched_links if link.looked_at is None}
        return list(_shifts(session, (before, _numbers(session, known)), named, waiting))


def _cycle_id(session: Session, key: str) -> int:
    found = session.scalars(select(Cycle.id).where(Cycle.key == key)).one_or_none()
    if found is None:
        raise Refused(f"there is no cycle {key!r}")
    return found


def _reckon(runtime: Runtime, session: Session, writer: Writer) -> None:
    """Let the numbers follow; links are only gone through where some changed."""
    session.flush()
    if writer.touched_links or writer.reopened:
        follow(runtime, session, writer, anew=False)
        return
    rescore(session, writer.key_results, writer.now)
    for cycle_id in writer.cycles:
        rescore_cycle(session, cycle_id, writer.now)


def _numbers(session: Session, cycle_id: int | None) -> _Numbers:
    query = select(Score.kind, Score.cycle_id, Score.subject_id, Score.score, Score.known)
    if cycle_id is not None:
        query = query.where(Score.cycle_id == cycle_id)
    rows = session.execute(query)
    return {(kind, cycle, subject): (score, known) for kind, cycle, subject, score, known in rows}


def _shifts(
    session: Session,
    numbers: tuple[_Numbers, _Numbers],
    shown: Iterable[Identity],
    waiting: Collection[int],
) -> Iterator[Shift]:
    """Those that change and those that are shown, as they stand."""
    before, after = numbers
    named, cycles = set(shown), dict(session.execute(select(Cycle.id, Cycle.key)).all())
    moved = {each for each in {**before, **after} if before.get(each) != after.get(each)}
    for kind, table in _TABLES.items():
        for row, cycle in _placed(session, kind, table, moved):
            place = (kind, cycle, row.id)
            if place in moved or (kind, cycles[cycle], row.key) in named:
                yield Shift(
                    kind=kind,
                    key=row.key,
                    title=row.title,
                    before=before.get(place, _NOTHING),
                    after=after.get(place, _NOTHING),
                    cycle=cycles[cycle],
                    waits=kind == "key_result" and row.id in waiting,
                )


def _placed(
    session: Session, kind: str, table: type[Any], moved: Iterable[tuple[str, int, int]]
) -> Iterator[tuple[Any, int]]:
    """Everything of a kind with its cycle; a team stands in those in which its score moves."""
    title = table.name if kind == "team" else table.title
    of = literal(0) if kind == "team" else table.cycle_id
    query = select(table.id, table.key, title.label("title"), of.label("cycle_id"))
    places: dict[int, list[int]] = defaultdict(list)
    for each, cycle, subject in moved:
        if each == "team":
            places[subject].append(cycle)
    for row in session.execute(query.order_by(table.position, table.id)):
        for cycle in sorted(places[row.id]) if kind == "team" else (row.cycle_id,):
            yield row, cycle
