"""Everything a plan file can speak of, as it is stored now."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import scopes
from connector.plans import Identity, PlanLink, Stored
from connector.store.tables import (
    Account,
    Cycle,
    KeyResult,
    Link,
    Membership,
    Objective,
    Person,
    Team,
)
from sync import values

KEY_RESULT_FIELDS = (
    "title kind start target unit weight combine value plan_value guardrail lower_is_better "
    "start_date end_date"
).split()


def stored(session: Session) -> Stored:
    """Every cycle, team, person, objective and key result with all its fields."""
    records: dict[Identity, Mapping[str, Any]] = {}
    cycles = {row.id: row for row in session.scalars(select(Cycle))}
    for cycle in cycles.values():
        records["cycle", None, cycle.key] = {"start": cycle.start, "end": cycle.end}
    teams = {row.id: row for row in session.scalars(select(Team))}
    keys = {row.id: row.key for row in teams.values()}
    for team in teams.values():
        parent = keys.get(team.parent_id or 0)
        records["team", None, team.key] = {"name": team.name, "kind": team.kind, "parent": parent}
    people = {row.id: row for row in session.scalars(select(Person))}
    records.update(_people(session, people, keys))
    objectives = {row.id: row for row in session.scalars(select(Objective))}
    for row in objectives.values():
        records["objective", cycles[row.cycle_id].key, row.key] = {
            "team": keys[row.team_id],
            "title": row.title,
            "kind": row.kind,
            "supports": row.supports,
            "owner": _key(people, row.owner_id),
            "weight": row.weight,
        }
    links = _links(session)
    for each in session.scalars(select(KeyResult)):
        records["key_result", cycles[each.cycle_id].key, each.key] = {
            **{name: getattr(each, name) for name in KEY_RESULT_FIELDS},
            "limits": values.key_result(each).limits,
            "owner": _key(people, each.owner_id),
            "objective": objectives[each.objective_id].key,
            "links": tuple(links[each.id]),
        }
    return Stored(records)


def _people(
    session: Session, people: Mapping[int, Person], teams: Mapping[int, str]
) -> dict[Identity, Mapping[str, Any]]:
    member_of: dict[int, list[str]] = defaultdict(list)
    for each in session.scalars(select(Membership)):
        member_of[each.person_id].append(teams[each.team_id])
    accounts: dict[int, dict[str, str]] = defaultdict(dict)
    for account in session.scalars(select(Account)):
        accounts[account.person_id][account.tracker] = account.external_id
    return {
        ("person", None, row.key): {
            "name": row.name,
            "role": row.role,
            "teams": tuple(sorted(member_of[row.id])),
            "accounts": accounts[row.id],
        }
        for row in people.values()
    }


def _links(session: Session) -> dict[int, list[PlanLink]]:
    found: dict[int, list[PlanLink]] = defaultdict(list)
    query = select(Link).where(Link.ended_at.is_(None)).order_by(Link.position, Link.id)
    for link in session.scalars(query):
        found[link.key_result_id].append(PlanLink(scopes.parse(link.scope), values.rule(link)))
    return found


def _key(people: Mapping[int, Person], person_id: int | None) -> str | None:
    return people[person_id].key if person_id is not None else None
