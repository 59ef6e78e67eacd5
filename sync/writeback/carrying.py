"""What carries the notes that links ask for: items, and places beside items."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.chunks import chunks
from connector.store.tables import Contribution, Item
from integrations.tracker import Noting
from sync import bulk
from sync.writeback.asking import UNSEEN, Asking
from sync.writeback.rows import Where


def carriers(
    session: Session, links: Iterable[Asking], several: Iterable[Noting]
) -> dict[Where, list[int]]:
    """What is to carry these links' notes of these kinds, with the key results it serves."""
    found: dict[Where, list[int]] = defaultdict(list)
    asked = list(links)
    for noting in several:
        mine = [each for each in asked if noting.kind in each.kinds]
        for where, key_result_id in _of(session, noting, mine):
            found[where].append(key_result_id)
    return dict(found)


def named(links: Iterable[Asking]) -> set[Where]:
    """All that these links' scopes name."""
    found: set[Where] = set()
    for each in links:
        found |= {(each.epic, "")} if each.epic is not None else set()
        found |= {(None, each.place)} if each.place is not None else set()
    return found


@dataclass(frozen=True, slots=True)
class States:
    """The carriers that are done, and when each last changed."""

    done: Collection[Where] = frozenset()
    changed: dict[Where, datetime] = field(default_factory=dict)


def states(session: Session, carrying: Iterable[Where], several: Sequence[Noting]) -> States:
    """What matters of these carriers to notes of these kinds; one question for each chunk."""
    if not any(each.open_only or each.dated for each in several):
        return States()
    ids = {item_id for item_id, _ in carrying if item_id is not None}
    done: set[Where] = set()
    changed: dict[Where, datetime] = {}
    query = select(Item.id, Item.category, Item.updated_at)
    for chunk in chunks(ids):
        for row in session.execute(query.where(Item.id.in_(chunk))):
            changed[row.id, ""] = row.updated_at
            if row.category == "done":
                done.add((row.id, ""))
    return States(done, changed)


def _of(session: Session, noting: Noting, links: Sequence[Asking]) -> Iterable[tuple[Where, int]]:
    if noting.on == "named":
        return [((each.epic, ""), each.key_result_id) for each in links if each.epic is not None]
    if noting.on == "place":
        return [((None, each.place), each.key_result_id) for each in links if each.place]
    key_results = {each.link_id: each.key_result_id for each in links}
    found = _counted(session, list(key_results), pulls=noting.on == "pulls")
    return [((item_id, ""), key_results[link_id]) for link_id, item_id in found]


def _counted(session: Session, link_ids: Sequence[int], *, pulls: bool) -> list[tuple[int, int]]:
    left_out = select(Item.id).where(Item.source_id.in_(UNSEEN))
    query = select(Contribution.link_id, Contribution.item_id).where(
        Contribution.replaced_at.is_(None),
        Contribution.included,
        Contribution.item_id.not_in(left_out),
    )
    if pulls:
        query = query.join(Item, Item.id == Contribution.item_id).where(Item.pull_request)
    return [
        (row.link_id, row.item_id)
        for chunk in chunks(link_ids)
        for row in bulk.rows(session, query.where(Contribution.link_id.in_(chunk)))
    ]
