"""What a cycle said at a past instant: its plan as it was worded then."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.policy import Policy, policy_from_json
from connector.store.chunks import chunks
from connector.store.tables import (
    Cycle,
    KeyResult,
    Link,
    MappingVersion,
    Objective,
    Support,
    Team,
)
from sync.reports.snapshot import POLICY
from sync.reports.wordings import bodies, first_bodies, worded


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cycle said then."""

    cycle: Cycle
    teams: Sequence[Team]
    objectives: Sequence[Objective]
    key_results: Sequence[KeyResult]
    supports: Sequence[Support]


def policy_at(session: Session, at: datetime) -> Policy:
    """How the organisation judged then."""
    return policy_from_json(bodies(session, "policy", [POLICY], at).get(POLICY))


def mappings_at(session: Session, at: datetime) -> dict[int, Mapping[str, Any]]:
    """The field mapping of each connection as it was saved last by then."""
    query = select(MappingVersion).where(MappingVersion.recorded_at <= at)
    ordered = query.order_by(MappingVersion.connection_id, MappingVersion.version)
    return {row.connection_id: row.body for row in session.scalars(ordered)}


def plan_at(session: Session, cycle: Cycle, at: datetime, only: Collection[int] | None) -> Plan:
    """The plan as it read then; with ``only``, these also from before they were recorded."""
    key_results = _worded(session, "key_result", _rows(session, KeyResult, cycle, only), at, only)
    objectives = _worded(session, "objective", _rows(session, Objective, cycle, None), at, only)
    body = bodies(session, "cycle", [cycle.id], at).get(cycle.id)
    teams = session.scalars(select(Team).order_by(Team.position, Team.id)).all()
    known = bodies(session, "team", [team.id for team in teams], at)
    return Plan(
        cycle=worded(cycle, body) if body else cycle,
        teams=[worded(team, known[team.id]) if team.id in known else team for team in teams],
        objectives=objectives,
        key_results=key_results,
        supports=_supports(session, objectives, key_results, at),
    )


def _rows(
    session: Session, table: type[Any], cycle: Cycle, only: Collection[int] | None
) -> Sequence[Any]:
    query = select(table).where(table.cycle_id == cycle.id)
    if only is not None:
        query = query.where(table.id.in_(only))
    return session.scalars(query.order_by(table.position, table.id)).all()


def _worded(
    session: Session, kind: str, rows: Sequence[Any], at: datetime, only: Collection[int] | None
) -> list[Any]:
    """The rows as they read then; what was not there yet only where it is asked for by itself."""
    ids = [row.id for row in rows]
    known = dict(bodies(session, kind, ids, at))
    if only is not None:
        known = {**first_bodies(session, kind, ids), **known}
    return [worded(row, known[row.id]) for row in rows if row.id in known]


def _supports(
    session: Session,
    objectives: Sequence[Objective],
    key_results: Sequence[KeyResult],
    at: datetime,
) -> list[Support]:
    """The supports of these as the objectives' wordings hold them: [kind, key, weight] each."""
    places = {("objective", row.key): row.id for row in objectives}
    places |= {("key_result", row.key): row.id for row in key_results}
    told = bodies(session, "objective", [row.id for row in objectives], at)
    found = []
    for objective_id, body in told.items():
        for position, (kind, key, weight) in enumerate(_edges(body.get("supports"), places)):
            if (kind, key) in places:
                found.append(
                    Support(
                        objective_id=objective_id,
                        target_kind=kind,
                        target_id=places[kind, key],
                        weight=weight,
                        position=position,
                    )
                )
    return found


def _edges(told: Any, places: Mapping[tuple[str, str], int]) -> list[tuple[str, str, float]]:
    """The edges of a wording; the first wordings held one key, objectives before key results."""
    if isinstance(told, str):
        kind = "objective" if ("objective", told) in places else "key_result"
        return [(kind, told, 1.0)]
    return [(kind, key, weight) for kind, key, weight in told or ()]


def links_at(
    session: Session,
    key_result_ids: Collection[int],
    at: datetime,
    *,
    said: Collection[int] = (),
) -> dict[int, list[Link]]:
    """The links that stood then with their rules of then, ``pending`` while they waited to be read.

    Where none did yet the first ones, but for key results of which something was ``said`` then.
    """
    every: dict[int, list[Link]] = defaultdict(list)
    for chunk in chunks(key_result_ids):
        query = select(Link).where(Link.key_result_id.in_(chunk))
        for link in session.scalars(query.order_by(Link.position, Link.id)):
            every[link.key_result_id].append(link)
    found: dict[int, list[Link]] = {}
    for key_result_id, links in every.items():
        stood = [
            link
            for link in links
            if link.created_at <= at and (link.ended_at is None or link.ended_at > at)
        ]
        began = min(link.created_at for link in links)
        first = [link for link in links if began > at and link.created_at == began]
        found[key_result_id] = stood or ([] if key_result_id in said else first)
    return {owner: _ruled(session, links, at) for owner, links in found.items() if links}


def _ruled(session: Session, links: Sequence[Link], at: datetime) -> list[Link]:
    ids = [link.id for link in links]
    known = {**first_bodies(session, "link", ids), **bodies(session, "link", ids, at)}
    told = [worded(link, _counting(known.get(link.id, {}))) for link in links]
    return sorted(told, key=lambda link: (link.position, link.id))


def _counting(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a link's wording its number is made by: the rule, and its place among others."""
    told = {name: body[name] for name in ("rule", "position") if name in body}
    return {**told, "pending": bool(body.get("waiting"))}
