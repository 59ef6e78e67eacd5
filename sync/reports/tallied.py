"""Ordinary work as the database counts it: by place and week, tied to a key result or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session

from connector.coverage import NEWEST
from connector.store.tables import Contribution, Item, KeyResult, Link, Objective
from sync import bulk
from sync.reports.works import Ordinary

Place = tuple[int, str]
"""The id of a connection, and a project or repository of it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of a place came within a week, and in which they were tied; None: untied.

    Weeks are places in the list of their ends.
    """

    place: Place
    came: int
    tied: int | None
    number: int


def tallies(
    session: Session, cycle_id: int, work: Ordinary, ends: Sequence[datetime] = ()
) -> Iterator[Tally]:
    """All ordinary work, counted."""
    held = _held(cycle_id)
    came = _week(Item.created_at, ends).label("came")
    linked = case((held.c.holds == 1, _week(held.c.since, ends))).label("linked")
    query = (
        select(Item.connection_id, Item.place, came, linked, func.count().label("number"))
        .outerjoin(held, held.c.item_id == Item.id)
        .where(work.holds(session))
        .group_by(Item.connection_id, Item.place, "came", "linked")
    )
    for row in bulk.rows(session, query):
        tied = None if row.linked is None else max(row.came, row.linked)
        yield Tally((row.connection_id, row.place), row.came, tied, row.number)


def newest(session: Session, cycle_id: int, work: Ordinary) -> dict[Place, tuple[str, ...]]:
    """The keys of the newest untied work of each place."""
    order = (Item.created_at.desc(), Item.id.desc())
    place = func.row_number().over(partition_by=(Item.connection_id, Item.place), order_by=order)
    rows = (
        select(Item.connection_id, Item.place, Item.key, place.label("number"))
        .where(work.holds(session), is_untied(cycle_id))
        .subquery()
    )
    found: dict[Place, tuple[str, ...]] = {}
    query = select(rows).where(rows.c.number <= NEWEST).order_by(rows.c.number)
    for row in bulk.rows(session, query):
        at = (row.connection_id, row.place)
        found[at] = (*found.get(at, ()), row.key)
    return found


def is_untied(cycle_id: int) -> ColumnElement[bool]:
    """Whether no key result of the cycle holds an item now."""
    mine = and_(Contribution.item_id == Item.id, Contribution.in_scope)
    stands = Contribution.link_id.in_(_links(cycle_id))
    return ~exists().where(mine, Contribution.replaced_at.is_(None), stands)


def _held(cycle_id: int) -> Subquery:
    """By item that links of the cycle hold or held: since when, and whether one does now."""
    holds = case((Contribution.replaced_at.is_(None), 1), else_=0)
    since = func.min(Contribution.recorded_at)
    query = select(Contribution.item_id, since.label("since"), func.max(holds).label("holds"))
    stands = Contribution.link_id.in_(_links(cycle_id))
    return query.where(Contribution.in_scope, stands).group_by(Contribution.item_id).subquery()


def _links(cycle_id: int) -> Select[int]:
    """The links that stand in the cycle."""
    return (
        select(Link.id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Link.ended_at.is_(None), KeyResult.retired.is_(False))
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
    )


def _week(at: ColumnElement[Any] | Any, ends: Sequence[datetime]) -> ColumnElement[int]:
    """The first week that ends no earlier; after the last one, their number."""
    weeks = [(at <= end, number) for number, end in enumerate(ends)]
    return case(*weeks, else_=len(ends)) if weeks else literal(0)
