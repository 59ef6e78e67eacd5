"""Keys of a cycle: the ones that are taken, and the next one in the way they are made there."""

import re
from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Cycle, KeyResult, Objective

_NUMBERED = re.compile(r"(.*?)([0-9]{1,9})")
_USUAL = {"objective": "O-", "key_result": "KR-"}


def of(session: Session, cycle: str) -> dict[str, tuple[str, ...]]:
    """The keys of a cycle's objectives and key results, by their kind."""
    found = {}
    for kind, table in (("objective", Objective), ("key_result", KeyResult)):
        query = select(table.key).join(Cycle, Cycle.id == table.cycle_id)
        found[kind] = tuple(session.scalars(query.where(Cycle.key == cycle)))
    return found


def taken(keys: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """All keys: objectives and key results share them."""
    return frozenset(key for each in keys.values() for key in each)


def proposed(keys: dict[str, tuple[str, ...]], kind: str) -> str:
    """The next free key of a kind, such as O-7, in the way most of them are made."""
    numbered = [found for key in keys[kind] if (found := _NUMBERED.fullmatch(key))]
    ways = Counter(found[1] for found in numbered)
    way = ways.most_common(1)[0][0] if ways else _USUAL[kind]
    last = max((int(found[2]) for found in numbered if found[1] == way), default=0)
    used = taken(keys)
    number = last + 1
    while f"{way}{number}" in used:
        number += 1
    return f"{way}{number}"
