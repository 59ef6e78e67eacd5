"""Which items a selector means, of items in memory: for looks that are not stored."""

from collections.abc import Iterable, Mapping
from datetime import date

from connector.scopes import Below, Matching, Narrowed, Selector, Tagged
from connector.work import WorkItem


def lying_in(
    selector: Selector,
    items: Iterable[WorkItem],
    *,
    depth: int,
    matches: Mapping[str, frozenset[str]],
    day: date,
) -> list[WorkItem]:
    """The items in a scope on a day, in the order given; ``matches`` are what queries list."""
    found = list({item.external_id: item for item in items}.values())
    match selector:
        case Tagged(tag):
            return [item for item in found if tag in item.tags]
        case Narrowed():
            return [item for item in found if selector.holds(item.tags, item.numbers, day)]
        case Matching(query):
            listed = matches.get(query, frozenset())
            return [item for item in found if item.external_id in listed]
        case Below(key=key, alone=alone):
            below = _below(found, key, depth)
            return below or [item for item in found if alone and item.key == key]


def _below(items: list[WorkItem], key: str, depth: int) -> list[WorkItem]:
    roots = {item.external_id for item in items if item.key == key} | {key}
    inside: dict[str, WorkItem] = {}
    for _ in range(depth):
        level = [
            item
            for item in items
            if item.external_id not in inside
            and item.key != key
            and ((item.parent_id or item.parent_key) in roots or item.parent_key in roots)
        ]
        inside.update({item.external_id: item for item in level})
        roots = {item.external_id for item in level} | {item.key for item in level}
    return [item for item in items if item.external_id in inside]
