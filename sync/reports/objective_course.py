"""How an objective's score went, day by day: from the ledger of everything it stands on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr, pace, rollup, scoring
from connector.ledger.happenings import Confirmed, Happening, Overridden, Valued
from connector.objectives import ObjectiveCourse, ScorePoint
from connector.store.chunks import chunks
from connector.store.tables import KeyResult, Objective, Override, Support, Typed
from sync import values
from sync.reports.cycle import NOTHING
from sync.reports.key_results import Frame
from sync.reports.made import Made
from sync.reports.outlook import Links, courses, days
from sync.reports.snapshot import Snapshot
from sync.standings import tree

MOST_LINKS = 60
"""An objective that stands on more is not drawn: its ledger would be read for one picture."""
AT_ONCE = 60
"""Links whose ledger is held at once."""
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def course(
    session: Session, made: Made, row: Objective, *, whole: bool = False
) -> ObjectiveCourse | None:
    """The way of its score until now, as it is stored; None where it stands on too much and the
    ``whole`` is not asked for."""
    found, frame = made.snapshot, made.frame
    below = _below(found, row)
    key_results = [each for each in found.key_results if each.objective_id in below]
    links = sum(len(found.links.get(each.id, ())) for each in key_results)
    if links > MOST_LINKS and not whole:
        return None
    first, last = found.cycle.start, found.cycle.end
    ends = pace.day_begins(last + DAY, frame.settings.zone)
    until = min(found.at, ends)
    shown_days = days(frame, first, until)
    scores = _scores(session, found, key_results, [*shown_days, until - WEEK])
    means = _means(_Part.of(found, row, below, key_results), scores.by_time)
    stored = found.numbers.get(("objective", row.id), NOTHING)
    means[until] = scoring.Mean(stored.score, stored.known)
    expected = _Expected(frame, cast("okr.ObjectiveKind", row.kind))
    began = pace.day_begins(first, frame.settings.zone)
    return ObjectiveCourse(
        start=first,
        end=last,
        points=tuple(
            ScorePoint(at, means[at].score, means[at].known, expected.at(at)) for at in shown_days
        ),
        ahead=tuple((at, expected.at(at)) for at in days(frame, first, ends) if at > found.at),
        week_ago=means[until - WEEK].score if until - WEEK >= began else None,
        rebuilt_until=scores.rebuilt_until,
    )


class _Expected:
    """What an objective's score should be at any time."""

    def __init__(self, frame: Frame, kind: okr.ObjectiveKind) -> None:
        self._frame, self._mark = frame, pace.pass_mark(kind, frame.policy)

    def at(self, moment: datetime) -> float:
        frame = self._frame
        then = Frame(frame.cycle, moment, frame.settings, frame.policy, frame.working_days)
        return pace.expected(then.elapsed(), self._mark)


def _below(found: Snapshot, row: Objective) -> set[int]:
    """The objectives that the score of one is made of, itself included."""
    objectives = {each.id: each for each in found.objectives}
    supporters: dict[tuple[str, int], list[int]] = defaultdict(list)
    for each in found.supports:
        if each.objective_id in objectives and objectives[each.objective_id].state == "active":
            supporters[each.target_kind, each.target_id].append(each.objective_id)
    owned: dict[int, list[KeyResult]] = defaultdict(list)
    for key_result in found.key_results:
        owned[key_result.objective_id].append(key_result)
    seen, waiting = {row.id}, [row.id]
    while waiting:
        one = objectives[waiting.pop()]
        targets = [("objective", one.id)] if one.takes != "key_results" else []
        targets += [("key_result", e.id) for e in owned[one.id] if e.progress_from == "supports"]
        new = {each for target in targets for each in supporters[target]} - seen
        seen |= new
        waiting += new
    return seen


@dataclass(slots=True)
class _Scores:
    """The scores of key results at some times, and until when a link's past was rebuilt."""

    by_time: dict[datetime, dict[int, float | None]]
    rebuilt_until: datetime | None = None

    def take(self, row: KeyResult, links: Links, heard: Sequence[Happening]) -> None:
        """Those of one more key result, without what supports it."""
        for point in ledger.curve(values.key_result(row), links, list(self.by_time), heard):
            self.by_time[point.at][row.id] = scoring.score(point.progress)
        untils = (each.rebuilt_until for _, each in links.values())
        self.rebuilt_until = max(filter(None, (*untils, self.rebuilt_until)), default=None)


def _scores(
    session: Session, found: Snapshot, key_results: Sequence[KeyResult], times: Iterable[datetime]
) -> _Scores:
    """Of each of these key results at each of these times; ledgers are read some at a time."""
    scores = _Scores({at: {} for at in sorted(set(times))})
    said = _said(session, [each.id for each in key_results], found.at)
    for several in _portions(found, key_results):
        links = [link for row in several for link in found.links.get(row.id, ())]
        ruled = courses(session, links, found)
        for row in several:
            mine = {each.id: ruled[each.id] for each in found.links.get(row.id, ())}
            scores.take(row, mine, [*said[row.id], *_held(row, said[row.id])])
    return scores


def _portions(found: Snapshot, key_results: Sequence[KeyResult]) -> Iterator[list[KeyResult]]:
    several: list[KeyResult] = []
    links = 0
    for row in key_results:
        mine = len(found.links.get(row.id, ()))
        if several and links + mine > AT_ONCE:
            yield several
            several, links = [], 0
        several.append(row)
        links += mine
    if several:
        yield several


def _held(row: KeyResult, said: Sequence[Happening]) -> Iterator[Happening]:
    """What its row alone tells: that it was confirmed, and a value kept before every one was."""
    if row.confirmed_at is not None:
        yield Confirmed(row.confirmed_at, row.confirmed_by or "")
    typed = any(isinstance(each, Valued) for each in said)
    if row.value is not None and row.value_at is not None and not typed:
        yield Valued(row.value_at, row.value, "")


def _said(session: Session, ids: Collection[int], until: datetime) -> Mapping[int, list[Happening]]:
    """The values and overrides that people said of these key results by then."""
    found: dict[int, list[Happening]] = defaultdict(list)
    for chunk in chunks(ids):
        typed = select(Typed).where(Typed.key_result_id.in_(chunk), Typed.made_at <= until)
        for each in session.scalars(typed.order_by(Typed.id)):
            found[each.key_result_id].append(Valued(each.made_at, each.value, each.author))
        over = select(Override).where(Override.key_result_id.in_(chunk), Override.made_at <= until)
        for word in session.scalars(over.order_by(Override.id)):
            mine = found[word.key_result_id]
            mine.append(Overridden(word.made_at, word.value, word.author))
            if word.ended_at is not None and word.ended_at <= until:
                mine.append(Overridden(word.ended_at, None, ""))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a cycle's plan that the score of an objective is made of."""

    row: Objective
    key_results: Sequence[KeyResult]
    objectives: Sequence[Objective]
    supports: Sequence[Support]

    @classmethod
    def of(
        cls,
        found: Snapshot,
        row: Objective,
        below: Collection[int],
        key_results: Sequence[KeyResult],
    ) -> "_Part":
        """The objectives ``below``, their key results, and what supports any of these."""
        objectives = [each for each in found.objectives if each.id in below]
        there = {("objective", each.id) for each in objectives}
        there |= {("key_result", each.id) for each in key_results}
        supports = [
            each
            for each in found.supports
            if each.objective_id in below and (each.target_kind, each.target_id) in there
        ]
        return cls(row, key_results, objectives, supports)

    def mean(self, scores: Mapping[int, float | None]) -> scoring.Mean:
        """The objective's score, rolled up from these of key results."""
        nodes = tree(self.key_results, self.objectives, self.supports, (), scores=scores)
        return rollup.roll_up(nodes).objectives[self.row.id]


def _means(
    part: _Part, by_time: Mapping[datetime, Mapping[int, float | None]]
) -> dict[datetime, scoring.Mean]:
    """The objective's score at each time; where nothing below it changed it stays."""
    found: dict[datetime, scoring.Mean] = {}
    before: Mapping[int, float | None] | None = None
    mean = scoring.Mean(None, None)
    for at, scores in by_time.items():
        if scores != before:
            before, mean = scores, part.mean(scores)
        found[at] = mean
    return found
