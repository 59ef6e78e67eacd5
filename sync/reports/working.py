"""What people work on, by the key result it serves: those that need it first. Nobody is ranked."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import ItemReport, ServingReport
from connector.report import Health, KeyResultReport
from connector.settings import Settings
from connector.store.tables import Account, Cycle
from connector.work import State
from integrations.tracker import Tracker
from sync.reports.attribution import readers, served
from sync.reports.cycle import key_result_reports
from sync.reports.eyes import Eyes
from sync.reports.facts import Facts, facts
from sync.reports.parents import Carried, Upward, carried
from sync.reports.person import (
    AT_MOST,
    Current,
    Holding,
    accounts_of,
    current_items,
    holdings,
    why_unserved,
)

NEEDS: Final[tuple[Health, ...]] = (
    "off_track",
    "at_risk",
    "unknown",
    "on_track",
    "not_started",
    "done",
)
"""Health words in the order in which key results need work."""
STATES: Final[tuple[State, ...]] = ("doing", "todo", "done", "dropped")
_Held = Mapping[int, Sequence[Holding]]
_Above = Mapping[int, Sequence[Carried]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose work is wanted, which portion of it, and what of it may be seen."""

    persons: Collection[int]
    first: int = 0
    size: int = 50
    eyes: Eyes = field(default_factory=Eyes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """When it is asked, and by which settings and trackers."""

    now: datetime
    settings: Settings
    trackers: Mapping[str, Tracker]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One item; ``serves`` begins with the key result it is listed under.

    ``reason`` says why it serves nothing, or "". ``above``: it is a parent that a link names, so
    what counts are the items below it.
    """

    item: ItemReport
    facts: Facts
    serves: tuple[ServingReport, ...]
    reason: str
    above: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGroup:
    """A key result with the items that serve it first of all; both None for what serves nothing."""

    key_result: KeyResultReport | None
    upward: ServingReport | Upward | None
    rows: tuple[WorkRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """A portion of people's work; ``total`` is how many items there are in all, ``open`` how many
    of them are not finished, and ``untied`` how many serve nothing. ``cut``: more are known than
    are looked at. ``trackers`` are those where an account is known."""

    groups: tuple[WorkGroup, ...] = ()
    total: int = 0
    open: int = 0
    untied: int = 0
    cut: bool = False
    trackers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Listed:
    """An item and the key result (by id) it is listed under; None: it serves nothing."""

    current: Current
    held: Sequence[Holding]
    key_result: int | None
    above: bool = False

    @property
    def is_open(self) -> bool:
        return self.current.report.state != "done" and not self.above


def working(session: Session, asked: Asked, frame: Frame) -> Working:
    """The open and just finished items of these people; many cost as many statements as one."""
    accounts = accounts_of(session, asked.persons)
    current = _seen(session, accounts, asked=asked, frame=frame)
    held = _held(session, current, asked.eyes)
    above = _above(session, _untied(current, held), asked.eyes)
    reports = _reports(session, held, above=above, frame=frame)
    listed = [_place(each, held, above=above, reports=reports) for each in current]
    ordered = sorted(listed, key=_order(listed, reports))
    page = ordered[asked.first : asked.first + asked.size]
    return Working(
        groups=_groups(page, _rows(session, page, frame, asked.eyes), reports=reports, above=above),
        total=len(listed),
        open=sum(each.current.report.state != "done" for each in listed),
        untied=sum(each.key_result is None for each in listed),
        cut=len(current) >= AT_MOST,
        trackers=frozenset(row.tracker for row in accounts),
    )


def _seen(
    session: Session, accounts: Sequence[Account], *, asked: Asked, frame: Frame
) -> list[Current]:
    found = current_items(session, accounts, now=frame.now, trackers=frame.trackers)
    return [each for each in found if each.found.connection.id not in asked.eyes.hidden]


def _held(session: Session, current: Iterable[Current], eyes: Eyes) -> _Held:
    """What holds these items, as far as it is seen."""
    found = holdings(session, [each.found.item.id for each in current])
    seen = {
        item: [one for one in several if eyes.sees(one.served.team.key, one.state)]
        for item, several in found.items()
    }
    return defaultdict(list, seen)


def _above(session: Session, items: Collection[int], eyes: Eyes) -> _Above:
    """What the items below these serve, with as much of the way up as is seen."""
    return {
        item: [replace(each, upward=eyes.upward(each.upward)) for each in several]
        for item, several in carried(session, items).items()
    }


def _untied(current: Iterable[Current], held: _Held) -> list[int]:
    """The items that no link counts."""
    ids = (each.found.item.id for each in current)
    return [each for each in ids if not any(one.counts for one in held[each])]


def _reports(
    session: Session, held: _Held, *, above: _Above, frame: Frame
) -> dict[int, KeyResultReport]:
    """The key results that any of these items is listed under, by id."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for one in (each for several in held.values() for each in several if each.counts):
        wanted[one.cycle].add(one.key_result)
    for root in (each for several in above.values() for each in several):
        wanted[root.cycle].add(root.key_result)
    cycles = session.scalars(select(Cycle).where(Cycle.id.in_(wanted)))
    found: dict[int, KeyResultReport] = {}
    for cycle in cycles.all():
        mine = wanted[cycle.id]
        found |= key_result_reports(session, cycle, mine, frame.now, frame.settings)
    return found


def _place(
    current: Current, held: _Held, *, above: _Above, reports: Mapping[int, KeyResultReport]
) -> _Listed:
    """Under the key result that needs it most; a parent under that of the items below it."""
    item = current.found.item.id
    counting = [each.key_result for each in held[item] if each.counts]
    leading = counting or [each.key_result for each in above.get(item, ())]
    there = [each for each in leading if each in reports]
    main = min(there, key=lambda each: NEEDS.index(reports[each].health), default=None)
    return _Listed(current, held[item], main, above=not counting and main is not None)


def _order(
    listed: Sequence[_Listed], reports: Mapping[int, KeyResultReport]
) -> Callable[[_Listed], tuple[Any, ...]]:
    """Where something is left to do first, there what needs it most; what serves nothing last."""
    busy = {each.key_result for each in listed if each.is_open}
    groups: dict[int | None, tuple[Any, ...]] = {None: (2,)}
    for key, report in reports.items():
        behind = (report.progress or 0.0) - (report.expected or 0.0)
        need = NEEDS.index(report.health)
        groups[key] = (int(key not in busy), need, behind, len(report.key), report.key, key)

    def order(each: _Listed) -> tuple[Any, ...]:
        item = each.current.found.item
        state = len(STATES) if each.above else STATES.index(each.current.report.state)
        return groups[each.key_result], state, -item.updated_at.timestamp(), item.key

    return order


def _rows(session: Session, page: Sequence[_Listed], frame: Frame, eyes: Eyes) -> list[WorkRow]:
    found = [each.current.found for each in page]
    connections = {each.connection.id: each.connection for each in found}
    serves = served(session, found, readers(connections.values(), frame.trackers))
    beside = facts(session, found, frame.now, frame.settings)
    rows = []
    for each in page:
        item = each.current.found.item
        now = tuple(eyes.serving(serves[item.id].now)) if item.id in serves else ()
        rows.append(
            WorkRow(
                item=each.current.report,
                facts=beside[item.id],
                serves=_main_first(now, each),
                reason=why_unserved(each.current, each.held),
                above=each.above,
            )
        )
    return rows


def _main_first(serves: Sequence[ServingReport], listed: _Listed) -> tuple[ServingReport, ...]:
    """Those that count, each key result once; the one it is listed under first."""
    main = next((each for each in listed.held if each.key_result == listed.key_result), None)
    first = (main.served.cycle, main.served.key_result.key) if main else None
    found: dict[tuple[str, str], ServingReport] = {}
    for each in serves:
        if each.counts:
            found.setdefault((each.cycle, each.key_result.key), each)
    return tuple(found[place] for place in sorted(found, key=lambda place: place != first))


def _groups(
    page: Sequence[_Listed],
    rows: Sequence[WorkRow],
    *,
    reports: Mapping[int, KeyResultReport],
    above: _Above,
) -> tuple[WorkGroup, ...]:
    found: dict[int | None, list[WorkRow]] = defaultdict(list)
    roots = {each.key_result: each.upward for several in above.values() for each in several}
    for listed, row in zip(page, rows, strict=True):
        found[listed.key_result].append(row)
    return tuple(
        WorkGroup(
            key_result=reports[key] if key is not None else None,
            upward=next((row.serves[0] for row in mine if row.serves), roots.get(key or 0)),
            rows=tuple(mine),
        )
        for key, mine in found.items()
    )
