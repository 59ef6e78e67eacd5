"""A cycle as it stood at a past instant: wordings and versions recorded by then, computed anew.

For a time before a link was read, its past as the tracker's own history tells it, marked so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector import ledger, rollup, scoring
from connector.ledger import LinkReading, Number
from connector.store.chunks import chunks
from connector.store.tables import (
    Contribution,
    Cycle,
    KeyResult,
    Link,
    Override,
    Reading,
    Watch,
)
from sync import bulk, values
from sync.reports.past_plan import Plan, links_at, plan_at, policy_at
from sync.reports.retired import shown_key_results, shown_supports, shown_teams
from sync.reports.snapshot import Snapshot, confidence
from sync.standings import Standing, from_supports, of_team, standing, tree

TOLD = (
    Contribution.link_id,
    Contribution.item_id,
    Contribution.item_key,
    Contribution.status,
    Contribution.state,
    Contribution.done,
    Contribution.total,
    Contribution.in_scope,
    Contribution.included,
    Contribution.sized,
    Contribution.reason,
    Contribution.cause,
    Contribution.valid_from,
    Contribution.recorded_at,
    Contribution.replaced_at,
)
"""What a version is made of."""


def snapshot_at(
    session: Session, cycle: Cycle, at: datetime, *, only: Collection[int] | None = None
) -> Snapshot:
    """The cycle at ``at``; with ``only`` these key results, also from before they were recorded."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is refused")
    plan = plan_at(session, cycle, at, only)
    plan = plan if only is not None else _unretired(plan)
    if only is not None and any(row.progress_from == "supports" for row in plan.key_results):
        whole = snapshot_at(session, cycle, at)
        known = {row.id for row in whole.key_results}
        if known.issuperset(only):
            return replace(whole, key_results=[row for row in whole.key_results if row.id in only])
    over = _overrides(session, [row.id for row in plan.key_results], at)
    said = over.keys() | {row.id for row in plan.key_results if row.value is not None}
    known_links = links_at(session, [row.id for row in plan.key_results], at, said=said)
    told = _told(session, known_links, at)
    return Snapshot(
        cycle=plan.cycle,
        at=at,
        is_past=True,
        policy=policy_at(session, at),
        teams=plan.teams,
        objectives=plan.objectives,
        key_results=plan.key_results,
        supports=plan.supports,
        links=known_links,
        readings=told.readings,
        looked=_looked(session, known_links, told, at),
        overrides=over,
        confidence=confidence(session, [row.id for row in plan.key_results], at),
        numbers=_numbers(plan, known_links, told, over),
        rebuilt=told.rebuilt,
    )


def _unretired(plan: Plan) -> Plan:
    """A plan without what was retired by then."""
    rows = shown_key_results(plan.key_results)
    return replace(
        plan,
        teams=shown_teams(plan.teams, plan.objectives),
        key_results=rows,
        supports=shown_supports(plan.supports, rows),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the links said then: readings, and the contributions behind them, by link."""

    readings: Mapping[int, LinkReading]
    members: Mapping[int, Sequence[Contribution | ledger.Version]]
    rebuilt: frozenset[int]


def held_at(
    session: Session, link_ids: Collection[int], at: datetime
) -> dict[int, list[Contribution]]:
    """The versions that held at an instant as they were recorded by then, by link."""
    found: dict[int, list[Contribution]] = defaultdict(list)
    for chunk in chunks(link_ids):
        query = select(Contribution).where(
            Contribution.link_id.in_(chunk),
            Contribution.recorded_at <= at,
            or_(Contribution.replaced_at.is_(None), Contribution.replaced_at > at),
        )
        for row in session.scalars(query):
            found[row.link_id].append(row)
    return found


def versions_of(session: Session, link_ids: Collection[int]) -> dict[int, list[ledger.Version]]:
    """Every version of these links, rebuilt ones included."""
    found: dict[int, list[ledger.Version]] = defaultdict(list)
    for chunk in chunks(link_ids):
        query = select(*TOLD).where(Contribution.link_id.in_(chunk))
        for row in bulk.rows(session, query):
            found[row.link_id].append(values.version(row))
    return found


def _told(session: Session, links: Mapping[int, Sequence[Link]], at: datetime) -> _Told:
    flat = [link for each in links.values() for link in each]
    held = held_at(session, [link.id for link in flat], at)
    since = _since(session, flat)
    before = {
        link.id
        for link in flat
        if link.created_at > at
        and link.id not in held
        and not (since.get(link.id) and since[link.id] <= at)
        and link.history == "told"
    }
    courses = {
        link_id: ledger.Course(found).at(at)
        for link_id, found in versions_of(session, before).items()
    }
    members: dict[int, Sequence[Contribution | ledger.Version]] = {**held}
    members.update({link_id: found for link_id, found in courses.items() if found})
    readings = {
        link.id: ledger.reading(values.rule(link).measure, members.get(link.id, ()))
        for link in flat
        if not link.pending
        and (link.id in members or (since.get(link.id) and since[link.id] <= at))
    }
    return _Told(readings, members, frozenset(link_id for link_id in courses if courses[link_id]))


def _since(session: Session, links: Sequence[Link]) -> dict[int, datetime]:
    """Since when each link was reckoned: its scope may have held no item at all."""
    found: dict[int, datetime] = {}
    for chunk in chunks([link.id for link in links]):
        for row in session.scalars(select(Reading).where(Reading.link_id.in_(chunk))):
            found[row.link_id] = row.since
    return found


def _overrides(
    session: Session, key_result_ids: Collection[int], at: datetime
) -> dict[int, Override]:
    found: dict[int, Override] = {}
    for chunk in chunks(key_result_ids):
        query = select(Override).where(
            Override.key_result_id.in_(chunk),
            Override.made_at <= at,
            or_(Override.ended_at.is_(None), Override.ended_at > at),
        )
        said = session.scalars(query.order_by(Override.id))
        found.update({row.key_result_id: row for row in said})
    return found


def _looked(
    session: Session, links: Mapping[int, Sequence[Link]], told: _Told, at: datetime
) -> dict[int, datetime | None]:
    """When each link's source was last looked at by then."""
    flat = [link for each in links.values() for link in each]
    spans: dict[int, datetime] = {}
    for chunk in chunks({link.source_id for link in flat if link.source_id}):
        query = select(Watch).where(Watch.source_id.in_(chunk), Watch.since <= at)
        for row in session.scalars(query.order_by(Watch.since)):
            spans[row.source_id] = min(row.until, at)
    return {
        link.id: at if link.id in told.rebuilt else spans.get(link.source_id or 0)
        for link in flat
        if link.id in told.readings
    }


def _numbers(
    plan: Plan,
    links: Mapping[int, Sequence[Link]],
    told: _Told,
    over: Mapping[int, Override],
) -> dict[tuple[str, int], Standing]:
    numbers = {
        row.id: _number(row, links.get(row.id, ()), told, over.get(row.id))
        for row in plan.key_results
    }
    known = {key: number.score for key, number in numbers.items()}
    there = {row.id for row in plan.objectives}
    nodes = tree(
        [row for row in plan.key_results if row.objective_id in there],
        plan.objectives,
        plan.supports,
        plan.teams,
        scores=known,
    )
    rolled = rollup.roll_up(nodes)
    found: dict[tuple[str, int], Standing] = {
        ("key_result", key): standing(number) for key, number in numbers.items()
    }
    for row in plan.key_results:
        if row.id in rolled.key_results:
            override = over[row.id].value if row.id in over else None
            mean = rolled.key_results[row.id]
            number = from_supports(row, mean, override)
            found["key_result", row.id] = replace(standing(number), known=mean.known)
    for key, mean in rolled.objectives.items():
        found["objective", key] = Standing(score=mean.score, known=mean.known)
    found.update({("team", key): of_team(each) for key, each in rolled.teams.items()})
    return found


def _number(
    row: KeyResult, links: Sequence[Link], told: _Told, override: Override | None
) -> Number:
    definition = values.key_result(row)
    found, partial = row.value, False
    if row.progress_from == "supports":
        found = None
    elif links:
        rules = [values.rule(link) for link in links]
        readings = [_reading(told.readings.get(link.id)) for link in links]
        members: Iterable[Any] = (told.members.get(link.id, ()) for link in links)
        found, partial = ledger.computed(definition, rules, readings, members)
    return ledger.number(
        definition,
        found,
        partial=partial,
        override=override.value if override else None,
        linked=bool(links),
        confirmed=row.confirmed_at is not None,
    )


def _reading(found: LinkReading | None) -> scoring.Reading | None:
    return scoring.Reading(found.done, found.total, found.value) if found else None
