"""Everything a plan file can speak of, as it is stored now."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from connector import scopes
from connector.plans import Identity, Kind, PlanLink, Record, Stored, record_of
from connector.policy import policy_from_json
from connector.store.tables import (
    Account,
    Cycle,
    KeyResult,
    Link,
    Membership,
    Objective,
    Person,
    Policy,
    Support,
    Team,
)
from sync import values

KEY_RESULT_FIELDS = (
    "title kind start target unit weight combine value plan_value guardrail lower_is_better "
    "start_date end_date curve progress_from retired"
).split()
"""What a key result's row holds under the names of the plan file."""

Found = Iterator[tuple[Identity, Record]]


def stored(
    session: Session, kinds: Collection[Kind] | None = None, cycle: str | None = None
) -> Stored:
    """The scoring and every cycle, team, person, objective and key result with all its fields.

    Where only some ``kinds`` are asked for, or the objectives and key results of one ``cycle``,
    what else there is of these is not read.
    """
    wanted = set(_READERS) if kinds is None else set(kinds)
    mine = None if cycle is None else select(Cycle.id).where(Cycle.key == cycle).scalar_subquery()
    work = not wanted.isdisjoint({"objective", "key_result"})
    rows = _Rows(
        _by_id(session, select(Cycle)),
        _by_id(session, select(Team).order_by(Team.position, Team.id)),
        _by_id(session, select(Person)),
        _by_id(session, _of(Objective, mine)) if work else {},
        _by_id(session, _of(KeyResult, mine)) if work else {},
    )
    readers = [read for kind, read in _READERS.items() if kind in wanted]
    return Stored(
        {identity: record for each in readers for identity, record in each(session, rows)}
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows by id."""

    cycles: Mapping[int, Cycle]
    teams: Mapping[int, Team]
    people: Mapping[int, Person]
    objectives: Mapping[int, Objective]
    key_results: Mapping[int, KeyResult]


def _by_id(session: Session, query: Select[Any]) -> dict[int, Any]:
    return {row.id: row for row in session.scalars(query)}


def _of(table: type[Objective] | type[KeyResult], cycle: Any) -> Select[Any]:
    query = select(table).order_by(table.position, table.id)
    return query if cycle is None else query.where(table.cycle_id == cycle)


def _scoring(session: Session, _rows: _Rows) -> Found:
    for policy in session.scalars(select(Policy)):
        yield ("scoring", None, "scoring"), record_of(policy_from_json(policy.body))


def _cycles(_session: Session, rows: _Rows) -> Found:
    for row in rows.cycles.values():
        yield ("cycle", None, row.key), {"start": row.start, "end": row.end, "state": row.state}


def _teams(_session: Session, rows: _Rows) -> Found:
    for row in rows.teams.values():
        yield (
            ("team", None, row.key),
            {
                "name": row.name,
                "kind": row.kind,
                "parent": _key(rows.teams, row.parent_id),
                "lead": _key(rows.people, row.lead_id),
                "retired": row.retired,
            },
        )


def _people(session: Session, rows: _Rows) -> Found:
    member_of: dict[int, list[str]] = defaultdict(list)
    for each in session.scalars(select(Membership)):
        member_of[each.person_id].append(rows.teams[each.team_id].key)
    accounts: dict[int, dict[str, str]] = defaultdict(dict)
    for account in session.scalars(select(Account)):
        accounts[account.person_id][account.tracker] = account.external_id
    for row in rows.people.values():
        yield (
            ("person", None, row.key),
            {
                "name": row.name,
                "role": row.role,
                "email": row.email,
                "teams": tuple(sorted(member_of[row.id])),
                "accounts": accounts[row.id],
                "retired": row.retired,
            },
        )


def _objectives(session: Session, rows: _Rows) -> Found:
    supports: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for each in session.scalars(select(Support).order_by(Support.position, Support.id)):
        if each.objective_id not in rows.objectives:
            continue
        above = rows.objectives if each.target_kind == "objective" else rows.key_results
        supports[each.objective_id].append((above[each.target_id].key, each.weight))
    for row in rows.objectives.values():
        yield (
            ("objective", rows.cycles[row.cycle_id].key, row.key),
            {
                "team": rows.teams[row.team_id].key,
                "title": row.title,
                "kind": row.kind,
                "state": row.state,
                "takes": row.takes,
                "supports": tuple(supports[row.id]),
                "owner": _key(rows.people, row.owner_id),
                "weight": row.weight,
            },
        )


def _key_results(session: Session, rows: _Rows) -> Found:
    links = _links(session, rows)
    for row in rows.key_results.values():
        yield (
            ("key_result", rows.cycles[row.cycle_id].key, row.key),
            {
                **{name: getattr(row, name) for name in KEY_RESULT_FIELDS},
                "limits": values.key_result(row).limits,
                "steps": tuple((date.fromisoformat(day), value) for day, value in row.steps),
                "needs_confirmation": row.guard,
                "owner": _key(rows.people, row.owner_id),
                "objective": rows.objectives[row.objective_id].key,
                "links": tuple(links[row.id]),
            },
        )


def _links(session: Session, rows: _Rows) -> dict[int, list[PlanLink]]:
    found: dict[int, list[PlanLink]] = defaultdict(list)
    query = select(Link).where(Link.ended_at.is_(None)).order_by(Link.position, Link.id)
    cycles = {row.cycle_id for row in rows.key_results.values()}
    if len(cycles) == 1:
        query = query.join(KeyResult).where(KeyResult.cycle_id.in_(cycles))
    for link in session.scalars(query):
        found[link.key_result_id].append(planned(link))
    return found


def planned(link: Link) -> PlanLink:
    """A stored link in the words of a plan."""
    return PlanLink(
        scopes.parse(link.scope),
        values.rule(link),
        write_back=tuple(link.write_back),
        origin=link.origin,
    )


def _key(rows: Mapping[int, Any], row_id: int | None) -> str | None:
    return rows[row_id].key if row_id is not None else None


_READERS: Mapping[Kind, Callable[[Session, _Rows], Found]] = {
    "scoring": _scoring,
    "cycle": _cycles,
    "team": _teams,
    "person": _people,
    "objective": _objectives,
    "key_result": _key_results,
}
