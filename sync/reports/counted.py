"""Items that count twice within an objective, and items without the size their link measures."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from connector.attribution import Named
from connector.coverage import TwiceReport
from connector.store.tables import Contribution, KeyResult, Link, Objective


@dataclass(frozen=True, slots=True)
class Lacking:
    """How many items of a link have no size, and the first of their keys."""

    number: int
    keys: tuple[str, ...]


def counted_twice(
    session: Session, cycle_id: int, longest: int
) -> tuple[tuple[TwiceReport, ...], int]:
    """The items that several key results of one objective count, cut, and how many there are."""
    item, objective = Contribution.item_id, KeyResult.objective_id
    counting = _standing(select(item, objective), cycle_id).where(Contribution.included)
    several = func.count(KeyResult.id.distinct()) > 1
    pairs = counting.group_by(item, objective).having(several)
    number = session.scalar(select(func.count()).select_from(pairs.subquery())) or 0
    first = pairs.order_by(objective, item).limit(longest).subquery()
    link, name = Contribution.link_id, Contribution.item_key
    named = select(item, name, link, Objective.key, Objective.title, KeyResult.key)
    these = and_(first.c.item_id == item, first.c.objective_id == objective)
    query = _standing(named, cycle_id).join(first, these).where(Contribution.included)
    keys: dict[tuple[int, Named], list[str]] = defaultdict(list)
    names: dict[int, tuple[str, int]] = {}
    order = (Objective.position, Objective.key, item, KeyResult.position, KeyResult.key)
    for item_id, called, holder, key, title, key_result in session.execute(query.order_by(*order)):
        names[item_id] = (called, holder)
        keys[item_id, Named(key, title)].append(key_result)
    reports = tuple(
        TwiceReport(
            item=names[place[0]][0],
            objective=place[1],
            key_results=tuple(dict.fromkeys(by)),
            link=names[place[0]][1],
        )
        for place, by in keys.items()
    )
    return reports, number


def unsized(session: Session, cycle_id: int, longest: int) -> dict[int, Lacking]:
    """By link: how many of its items have not the size it measures, with the first keys."""
    link = Contribution.link_id
    place = func.row_number().over(partition_by=link, order_by=Contribution.item_key)
    number = func.count().over(partition_by=link)
    query = select(link, Contribution.item_key, place.label("place"), number.label("number"))
    lacking = _standing(query, cycle_id).where(Contribution.sized.is_(False)).subquery()
    rows = select(lacking).where(lacking.c.place <= longest)
    keys: dict[int, list[str]] = defaultdict(list)
    numbers: dict[int, int] = {}
    for row in session.execute(rows.order_by(lacking.c.link_id, lacking.c.place)):
        keys[row.link_id].append(row.item_key)
        numbers[row.link_id] = row.number
    return {each: Lacking(numbers[each], tuple(found)) for each, found in keys.items()}


def _standing(query: Select[*tuple[Any, ...]], cycle_id: int) -> Select[*tuple[Any, ...]]:
    """Of the contributions that hold now in links of the cycle's active objectives."""
    return (
        query.select_from(Contribution)
        .join(Link, Link.id == Contribution.link_id)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .where(Objective.cycle_id == cycle_id, Objective.state == "active")
        .where(KeyResult.retired.is_(False))
        .where(Contribution.replaced_at.is_(None), Link.ended_at.is_(None))
    )
