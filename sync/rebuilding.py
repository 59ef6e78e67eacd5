"""The parts that items had in a link's scope at any time, by its rule of now."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from connector import ledger
from connector.ledger import Life, PastPart, Weigher
from connector.ledger.rebuild import Ancestry, Within
from connector.mapping import FieldMapping
from connector.scopes import Below, Narrowed, Tagged
from sync import values
from sync.kept import Kept
from sync.sources import Bound


def rebuilt(kept: Kept, each: Bound, mapping: FieldMapping, now: datetime) -> list[PastPart]:
    """Every part the items had in the scope of a link up to now, by its rule of now."""
    lives = kept.lives(kept.concerned(each))
    selector, rule = each.selector, values.rule(each.link)
    revisited: Collection[datetime] = ()
    if isinstance(selector, Below):
        parents = ledger.ancestry(lives)
        within: Within = parents.below(selector.keys, rule.depth)
        revisited = parents.changes if rule.depth > 1 else ()
        if selector.alone:
            within, revisited = _or_alone(parents, selector, within, revisited)
    else:
        tag = selector.tag if isinstance(selector, Tagged | Narrowed) else ""
        within = _holding(selector) if isinstance(selector, Narrowed) else _tagged(tag)
        lives = [life for life in lives if _ever(tag, life)]
    weigher = Weigher(rule, mapping, is_query=False)
    return ledger.rebuild(weigher, kept.sure(lives), within, until=now, revisited=list(revisited))


def _or_alone(
    parents: Ancestry, selector: Below, within: Within, revisited: Collection[datetime]
) -> tuple[Within, Collection[datetime]]:
    """The same, with the parent itself while nothing lay below it."""
    alone, times = parents.alone(selector.keys)
    return lambda item, at: within(item, at) or alone(item, at), [*revisited, *times]


def _ever(tag: str, life: Life) -> bool:
    """Whether an item carried a tag at any time."""
    return tag in life.item.tags or told_of(tag, life)


def told_of(tag: str, life: Life) -> bool:
    """Whether an item's history speaks of a tag."""
    sides = (side for event in life.events for side in (event.before, event.after))
    return any(tag in side.get("tags", ()) for side in sides)


def _holding(selector: Narrowed) -> Within:
    return lambda item, at: selector.holds(item.tags, item.numbers, at.astimezone(UTC).date())


def _tagged(tag: str) -> Within:
    return lambda item, _at: tag in item.tags


def begun(found: Iterable[PastPart], since: datetime) -> list[PastPart]:
    """The parts from an instant on; what held then begins there."""
    standing: dict[int, PastPart] = {}
    later: list[PastPart] = []
    for each in found:
        if each.at <= since:
            standing[each.part.item_id] = PastPart(since, each.part)
        else:
            later.append(each)
    return [*standing.values(), *later]
