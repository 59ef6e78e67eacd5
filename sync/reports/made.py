"""A cycle's rows made ready for its report: key results with links, conditions, what rests on what.

With a memory only what changed is made anew.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import okr, rollup
from connector.report import Failing, KeyResultReport, LinkReport
from connector.settings import Settings
from connector.store.tables import Objective, Person
from sync import bulk, values
from sync.reports.key_results import Beside, Frame, days_of, key_result_report, old
from sync.reports.links import Places, is_stale, link_report, places
from sync.reports.memory import Memory
from sync.reports.past_plan import mappings_at
from sync.reports.snapshot import Snapshot
from sync.standings import tree


@dataclass(frozen=True, slots=True)
class Made:
    """What a cycle's report is made of."""

    frame: Frame
    snapshot: Snapshot
    where: Places
    people: Mapping[int, str]
    key_results: Mapping[int, Sequence[tuple[int, KeyResultReport]]]
    conditions: rollup.Conditions
    supports: Mapping[int, Sequence[str]]
    active: Mapping[int, Sequence[Objective]]
    teams: Mapping[int, str]
    failing: tuple[Failing, ...] = ()
    memory: Memory = field(default_factory=Memory)


def made_of(
    session: Session,
    found: Snapshot,
    settings: Settings,
    *,
    memory: Memory | None = None,
    paced: datetime | None = None,
) -> Made:
    """A whole snapshot made ready for its reports; what is expected is that of ``paced``."""
    mind = memory or Memory()
    where = places(session)
    named = replace(found, people=_people(session)) if found.is_past else found
    shown = link_reports(found, where, settings, mind)
    frame = frame_of(session, found, where, settings)
    frame = mind.same("frame", replace(frame, now=paced) if paced else frame)
    nodes = _nodes(found, mind)
    own = frozenset(key for key, links in shown.items() if old(links))
    aged = mind.others.take("aged", (nodes, own), lambda: rollup.stale(nodes, own))
    rows = key_results(frame, named, shown, aged, mind)
    healths = {key: each.health for mine in rows.values() for key, each in mine}
    return Made(
        frame=frame,
        snapshot=found,
        where=where,
        people=named.people,
        key_results=rows,
        conditions=mind.others.take(
            "conditions", (nodes, healths), lambda: rollup.conditions(nodes, healths)
        ),
        supports=_supports(found),
        active=_active(found),
        teams={team.id: team.key for team in found.teams},
        failing=() if found.is_past else where.failing,
        memory=mind,
    )


def link_reports(
    found: Snapshot, where: Places, settings: Settings, memory: Memory
) -> dict[int, tuple[LinkReport, ...]]:
    """The links of every key result."""

    def report(link: Any) -> LinkReport:
        made_of = (
            link,
            where.connections.get(link.connection_id or 0),
            where.sources.get(link.source_id or 0),
            where.aside.get(link.id, 0),
            is_stale(found.looked.get(link.id), found.at, settings),
        )
        return memory.links.take(
            link.id, made_of, lambda: link_report(link, found, where, settings)
        )

    links = found.links
    return {row.id: tuple(map(report, links.get(row.id, ()))) for row in found.key_results}


def key_results(
    frame: Frame,
    found: Snapshot,
    shown: Mapping[int, tuple[LinkReport, ...]],
    aged: Collection[int],
    memory: Memory,
) -> dict[int, list[tuple[int, KeyResultReport]]]:
    """(id, report) of every key result, by objective; ``shown`` are their links, ``aged`` those
    whose numbers are old."""
    kinds = {row.id: cast("okr.ObjectiveKind", row.kind) for row in found.objectives}
    rows: dict[int, list[tuple[int, KeyResultReport]]] = defaultdict(list)

    def report(row: Any) -> KeyResultReport:
        links = found.links.get(row.id, ())
        changed = (found.changed[each.id] for each in links if each.id in found.changed)
        stands = _Stands(
            frame,
            row,
            shown[row.id],
            kinds.get(row.objective_id, "committed"),
            found.people.get(row.owner_id or 0),
            row.id in aged,
            days_of(frame, (link.connection_id for link in links)) if frame.working_days else None,
            max(changed, default=None),
        )
        return memory.key_results.take(row.id, stands, lambda: _report(stands, found))

    for row in found.key_results:
        rows[row.objective_id].append((row.id, report(row)))
    return rows


class _Stands(NamedTuple):
    """All that the report of a key result is made of: what people said of it, and its number,
    stand in its row."""

    frame: Frame
    row: Any
    links: tuple[LinkReport, ...]
    kind: okr.ObjectiveKind
    owner: str | None
    stale: bool
    days: frozenset[int] | None
    changed: datetime | None


def _report(stands: _Stands, found: Snapshot) -> KeyResultReport:
    row = stands.row
    beside = Beside(
        kind=stands.kind,
        owner=stands.owner,
        links=stands.links,
        override=found.overrides.get(row.id),
        confidence=found.confidence.get(row.id),
        days=stands.days,
        stale=stands.stale,
        blockers=found.blockers.get(row.id, ""),
        changed=stands.changed,
    )
    number = found.numbers.get(("key_result", row.id))
    return key_result_report(stands.frame, row, number, beside)


def _active(found: Snapshot) -> dict[int, list[Objective]]:
    """The active objectives by team."""
    active: dict[int, list[Objective]] = defaultdict(list)
    for objective in found.objectives:
        if objective.state == "active":
            active[objective.team_id].append(objective)
    return active


def _nodes(found: Snapshot, memory: Memory) -> rollup.Tree:
    """The tree of a snapshot; the same one for as long as no plan changes."""
    shape = (
        [(r.id, r.objective_id, r.weight, r.guardrail, r.progress_from) for r in found.key_results],
        [(r.id, r.team_id, r.kind, r.state, r.weight, r.takes) for r in found.objectives],
        [(r.objective_id, r.target_kind, r.target_id, r.weight) for r in found.supports],
        [(r.id, r.parent_id) for r in found.teams],
    )
    nodes: rollup.Tree = memory.others.take("nodes", shape, lambda: nodes_of(found))
    return nodes


def _people(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in bulk.rows(session, select(Person.id, Person.name))}


def _supports(found: Snapshot) -> dict[int, list[str]]:
    """The keys of what each objective supports."""
    keys = {("objective", row.id): row.key for row in found.objectives}
    keys |= {("key_result", row.id): row.key for row in found.key_results}
    named: dict[int, list[str]] = defaultdict(list)
    for each in found.supports:
        if (each.target_kind, each.target_id) in keys:
            named[each.objective_id].append(keys[each.target_kind, each.target_id])
    return named


def stale(found: Snapshot, where: Places, settings: Settings) -> frozenset[int]:
    """The key results of a whole snapshot whose numbers are old."""
    own = {
        key
        for key, links in found.links.items()
        if old(link_report(link, found, where, settings) for link in links)
    }
    return rollup.stale(nodes_of(found), own)


def nodes_of(found: Snapshot) -> rollup.Tree:
    """A snapshot's plan as the values that are rolled up, without scores."""
    known = {row.id for row in found.objectives}
    rows = [row for row in found.key_results if row.objective_id in known]
    return tree(rows, found.objectives, found.supports, found.teams, scores={})


def frame_of(session: Session, found: Snapshot, where: Places, settings: Settings) -> Frame:
    """The frame of a snapshot, with the working days that field mappings give or gave."""
    bodies = {key: row.options.get("mapping", {}) for key, row in where.connections.items()}
    if found.is_past:
        bodies = mappings_at(session, found.at)
    given = {
        key: days for key, body in bodies.items() if (days := values.working_days(body)) is not None
    }
    return Frame(values.cycle(found.cycle), found.at, settings, found.policy, given)
