"""The past of a link, from the tracker's own history: versions by effective time.

Rules: docs/scoring.md, section 9. Nothing is interpolated.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from connector.ledger.parts import Candidate, Draft, Part, Weigher, differs, left
from connector.ledger.past import Moment, moments
from connector.work import ItemEvent, WorkItem

LEFT = "no longer in this scope"

Within = Callable[[WorkItem, datetime], bool]
"""Whether an item, as it was, lay in the scope at that time."""


@dataclass(frozen=True, slots=True)
class Life:
    """A work item with its id in the mirror, and everything its tracker keeps of its past."""

    item_id: int
    item: WorkItem
    events: Sequence[ItemEvent]
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastPart:
    """A part as it stood from ``at`` on."""

    at: datetime
    part: Part


@dataclass(frozen=True, slots=True)
class _Step:
    at: datetime
    item_id: int
    item: WorkItem | None


def ancestry(lives: Iterable[Life]) -> "Ancestry":
    """Who was whose parent when, over all these items."""
    known = list(lives)
    gone = {life.item.external_id: life.gone_at for life in known if life.gone_at is not None}
    return Ancestry({each.item_id: moments(each.item, each.events) for each in known}, gone)


class Ancestry:
    """Parents through time: tells whether an item lay below a key, to a depth."""

    def __init__(self, lives: Mapping[int, Sequence[Moment]], gone: Mapping[str, datetime]) -> None:
        self._gone = gone
        self._by_id: dict[str, Sequence[Moment]] = {}
        self._by_key: dict[str, Sequence[Moment]] = {}
        self._changes: list[datetime] = []
        for through in lives.values():
            self._by_id[through[0].item.external_id] = through
            for moment in through:
                self._by_key[moment.item.key] = through
            parents = [(each.item.parent_id, each.item.parent_key) for each in through]
            self._changes += [
                through[n].at for n in range(1, len(through)) if parents[n] != parents[n - 1]
            ]

    def below(self, keys: Collection[str], depth: int) -> Within:
        """A function that says whether an item lay below a parent, to a depth; ``keys`` are all
        that the parent was called by."""

        def within(item: WorkItem, at: datetime) -> bool:
            current: WorkItem | None = item
            for _ in range(depth):
                if current is None:
                    return False
                parent = self._parent(current, at)
                if current.parent_key in keys or (parent is not None and parent.key in keys):
                    return item.key not in keys
                current = parent
            return False

        return within

    def alone(self, keys: Collection[str]) -> tuple[Within, list[datetime]]:
        """A function that says whether an item was the parent itself and nothing lay below it, and
        the times at which that may have changed; ``keys`` are all that the parent was called by."""
        ours = [through for through in self._by_id.values() if self._ever_below(through, keys)]
        times = [moment.at for through in ours for moment in through]
        times += [self._gone[each] for each in self._gone.keys() & set(map(_ident, ours))]

        def within(item: WorkItem, at: datetime) -> bool:
            return item.key in keys and not any(self._below_then(each, keys, at) for each in ours)

        return within, times

    def _ever_below(self, through: Sequence[Moment], keys: Collection[str]) -> bool:
        return any(self._is_child(each.item, keys, each.at) for each in through)

    def _below_then(self, through: Sequence[Moment], keys: Collection[str], at: datetime) -> bool:
        gone = self._gone.get(_ident(through))
        if at < through[0].at or (gone is not None and gone <= at):
            return False
        return self._is_child(_at(through, at), keys, at)

    def _is_child(self, item: WorkItem, keys: Collection[str], at: datetime) -> bool:
        parent = self._parent(item, at)
        named = item.parent_key in keys or (parent is not None and parent.key in keys)
        return named and item.key not in keys

    @property
    def changes(self) -> Sequence[datetime]:
        """When anything moved to another parent."""
        return self._changes

    def _parent(self, item: WorkItem, at: datetime) -> WorkItem | None:
        through = self._by_id.get(item.parent_id or "") or self._by_key.get(item.parent_key or "")
        return _at(through, at) if through else None


def _ident(through: Sequence[Moment]) -> str:
    return through[0].item.external_id


def _at(through: Sequence[Moment], at: datetime) -> WorkItem:
    """The item as it was then; before it was created, as it began."""
    found = through[0]
    for moment in through:
        if moment.at > at:
            break
        found = moment
    return found.item


def rebuild(
    weigher: Weigher,
    lives: Iterable[Life],
    within: Within,
    *,
    until: datetime,
    revisited: Sequence[datetime] = (),
) -> list[PastPart]:
    """Every part the items had in the scope up to ``until``, by time, then item key.

    ``revisited`` are further times at which membership may have changed without an event of the
    item itself (its parent moved).
    """
    steps = [
        step for life in lives for step in _steps(life, within, until=until, revisited=revisited)
    ]
    sweep = _Sweep(weigher)
    found: list[PastPart] = []
    for at, together in groupby(sorted(steps, key=attrgetter("at")), key=attrgetter("at")):
        found += (PastPart(at, part) for part in sweep.take(at, list(together)))
    return found


def _steps(
    life: Life, within: Within, *, until: datetime, revisited: Sequence[datetime]
) -> Iterable[_Step]:
    """When the item came into the scope, changed in it, and left it (None)."""
    through = moments(life.item, life.events)
    times = {each.at for each in through} | {at for at in revisited if at >= through[0].at}
    end = until if life.gone_at is None else min(until, life.gone_at)
    inside = False
    for at in sorted(at for at in times if at <= end):
        item = _at(through, at)
        if within(item, at):
            inside = True
            yield _Step(at, life.item_id, item)
        elif inside:
            inside = False
            yield _Step(at, life.item_id, None)
    if inside and life.gone_at is not None and life.gone_at <= until:
        yield _Step(life.gone_at, life.item_id, None)


@dataclass(slots=True)
class _Sweep:
    """A walk through time: what every item contributes, and what changes."""

    weigher: Weigher
    drafts: dict[int, Draft] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    _sizes: list[float] = field(default_factory=list)
    _unsized: set[int] = field(default_factory=set)
    _default: float | None = None

    def take(self, at: datetime, steps: Sequence[_Step]) -> list[Part]:
        """The parts that differ after these steps, in the order of item keys."""
        touched = {step.item_id for step in steps}
        for step in steps:
            self._put(step)
        default = self.weigher.default_size(iter(self._sizes))
        if default != self._default:
            touched |= self._unsized
        self._default = default
        found = [part for item_id in touched if (part := self._moved(item_id, at))]
        return sorted(found, key=attrgetter("key"))

    def _put(self, step: _Step) -> None:
        before = self.drafts.pop(step.item_id, None)
        if before is not None and not before.part.reason:
            self._unsized.discard(step.item_id)
            if before.size is not None:
                del self._sizes[bisect_left(self._sizes, before.size)]
        if step.item is None:
            return
        draft = self.weigher.draft(Candidate(step.item_id, step.item))
        self.drafts[step.item_id] = draft
        if draft.part.reason:
            return
        if draft.size is None:
            self._unsized.add(step.item_id)
        else:
            insort(self._sizes, draft.size)

    def _moved(self, item_id: int, at: datetime) -> Part | None:
        before, draft = self.parts.get(item_id), self.drafts.get(item_id)
        if draft is not None:
            part = self.weigher.weigh(draft, self._default)
        elif before is not None:
            part = left(before, LEFT, at)
        else:
            return None
        self.parts[item_id] = part
        return part if before is None or differs(before, part) else None
