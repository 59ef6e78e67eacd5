"""What items ask for and does not stand yet, each with the key result meant or why it cannot be."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from connector.errors import Refused
from connector.okr import LinkRule
from connector.plans import PlanLink
from connector.store.tables import Cycle, KeyResult, Link
from sync import values
from sync.conventions.asking import Asked, Named, scope_of
from sync.planning.fitting import refuse_misfit
from sync.planning.stored import planned


def wishes(
    asked: Asked, named: Sequence[Named]
) -> Iterator[tuple[Named, KeyResult | None, str | None]]:
    """What is asked for and does not stand: the key result to link, or why it cannot be."""
    rows = _key_results(asked, {each.key.casefold() for each in named})
    links = _links(asked, [row.id for found in rows.values() for row, _ in found])
    for each in named:
        found = rows[each.key.casefold()]
        if any(asked.is_of(link, each) and link.ended_at is None
               for row, _ in found for link in links[row.id]):  # fmt: skip
            continue
        row, problem = _chosen(asked, each, found)
        problem = problem or (_against(asked, each, row, links[row.id]) if row else None)
        yield each, row, problem


def _key_results(asked: Asked, keys: set[str]) -> defaultdict[str, list[tuple[KeyResult, Cycle]]]:
    """The key results of open cycles by key, whatever its case."""
    query = select(KeyResult, Cycle).join(Cycle, Cycle.id == KeyResult.cycle_id)
    found: defaultdict[str, list[tuple[KeyResult, Cycle]]] = defaultdict(list)
    for row, cycle in asked.session.execute(query.where(Cycle.state != "closed")) if keys else ():
        if row.key.casefold() in keys:
            found[row.key.casefold()].append((row, cycle))
    return found


def _links(asked: Asked, ids: Sequence[int]) -> defaultdict[int, list[Link]]:
    """All links these key results have or had, in order."""
    found: defaultdict[int, list[Link]] = defaultdict(list)
    query = select(Link).where(Link.key_result_id.in_(ids)).order_by(Link.position, Link.id)
    for link in asked.session.scalars(query) if ids else ():
        found[link.key_result_id].append(link)
    return found


def _chosen(
    asked: Asked, named: Named, found: Sequence[tuple[KeyResult, Cycle]]
) -> tuple[KeyResult | None, str | None]:
    """The key result meant: as it is written, in the active cycle, in that of today."""
    today = asked.now.astimezone(asked.zone).date()
    left = list(found)
    for fits in (
        lambda row, _: row.key == named.key,
        lambda _, cycle: cycle.state == "active",
        lambda _, cycle: cycle.start <= today <= cycle.end,
    ):
        left = [each for each in left if fits(*each)] or left
    said = f"{named.name} names {named.key}"
    if not left:
        return None, f"{said}, but no open cycle has a key result of that key."
    if len(left) > 1:
        cycles = ", ".join(sorted(cycle.key for _, cycle in left))
        return None, f"{said}, which is in several open cycles ({cycles}); close all but one."
    return left[0][0], None


def _against(asked: Asked, named: Named, row: KeyResult, links: Sequence[Link]) -> str | None:
    """Why a key result is not linked although an item asks for it."""
    said = f"{named.name} names {row.key}"
    last = max(
        (each for each in links if asked.is_of(each, named) and each.origin == "convention"),
        key=lambda link: link.id,
        default=None,
    )
    if last is not None and not asked.is_item(last.ended_by):
        who = f"{said}, but {last.ended_by} ended that link"
        return f"{who}: link it again, or {named.undo}."
    standing = [planned(link) for link in links if link.ended_at is None]
    cycle = asked.session.get_one(Cycle, row.cycle_id)
    wanted = PlanLink(scope_of(asked, named.kind, named.value), rule_of(links), origin="convention")
    try:
        refuse_misfit(asked.session, (cycle.key, row.key), [*standing, wanted])
    except Refused as refused:
        return f"{said}, which cannot be linked: {refused.problems[0]}."
    return None


def rule_of(links: Sequence[Link]) -> LinkRule:
    """By what the key result is measured already, else by the share of items done."""
    first = next((values.rule(link) for link in links if link.ended_at is None), LinkRule())
    kept = {name: getattr(first, name) for name in ("measure", "dropped", "unestimated")}
    return LinkRule(**kept)
