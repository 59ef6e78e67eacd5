"""What finishing items now would move, link by link."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import Effect
from connector.ledger import Candidate
from connector.ledger.readings import Counted
from connector.mapping import FieldMapping
from connector.scopes import Matching
from connector.serving import LinkNow, Over, effect, finished
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Item, KeyResult, Link, Override, Reading
from integrations.tracker import Tracker
from sync import bulk, values
from sync.scores import overrides
from sync.sources import bound

_COUNTED = (
    Contribution.link_id,
    Contribution.item_id,
    Contribution.done,
    Contribution.total,
    Contribution.in_scope,
    Contribution.included,
    Contribution.sized,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A tracker, and what a connection's words mean there."""

    tracker: Tracker
    mapping: FieldMapping


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A work item, the links that hold it, and how it is read."""

    item: Item
    links: Sequence[Link]
    reader: Reader


def effects(session: Session, asked: Sequence[Unfinished]) -> dict[tuple[int, int], Effect]:
    """By item and link: what would move if the item were finished; nothing where it cannot be told.

    So many items cost as many statements as one.
    """
    rows = _key_results(session, {link.key_result_id for each in asked for link in each.links})
    around = _around(session, rows)
    now = _Now(rows, overrides(session, rows), _links(session, around))
    return {
        (each.item.id, link): moved for each in asked for link, moved in now.without(each).items()
    }


class _Now:
    """All links of some key results with what they hold.

    Items that are held and sized alike move the same: one computation does for all of them.
    """

    def __init__(
        self,
        rows: Mapping[int, KeyResult],
        over: Mapping[int, Override],
        links: Mapping[int, Sequence[LinkNow]],
    ) -> None:
        self._rows, self._over, self._links = rows, over, links
        self._mine = {
            each.link_id: {part.item_id: part for part in each.held}
            for several in links.values()
            for each in several
        }
        self._known: dict[Hashable, Effect] = {}

    def without(self, asked: Unfinished) -> dict[int, Effect]:
        """By link: what would move if this item were open no more."""
        candidate = Candidate(asked.item.id, values.work_item(asked.item))
        found: dict[int, Effect] = {}
        for key_result in dict.fromkeys(link.key_result_id for link in asked.links):
            links = [link for link in asked.links if link.key_result_id == key_result]
            then = self._finished(key_result, candidate, links, asked.reader)
            for link in links if then is not None else ():
                found[link.id] = self._effect(key_result, then or (), link.id, asked.item.id)
        return found

    def _finished(
        self, key_result: int, candidate: Candidate, links: Sequence[Link], reader: Reader
    ) -> list[LinkNow] | None:
        """The key result's links with the item finished; None where that cannot be told."""
        held = {link.id: link for link in links}
        found = []
        for each in self._links[key_result]:
            link = held.get(each.link_id)
            if link is None:
                found.append(each)
                continue
            is_query = isinstance(bound(link, reader.tracker).selector, Matching)
            part = finished(each, candidate, reader.mapping, is_query=is_query)
            if part is None:
                return None
            found.append(replace(each, part=part))
        return found

    def _effect(self, key_result: int, links: Sequence[LinkNow], link: int, item: int) -> Effect:
        alike = tuple((_told(self._mine[each.link_id].get(item)), _told(each.part))
                      for each in links)  # fmt: skip
        if (link, alike) not in self._known:
            row, word = self._rows[key_result], self._over.get(key_result)
            confirmed = row.confirmed_at is not None
            said = Over(override=word.value if word else None, confirmed=confirmed)
            self._known[link, alike] = effect(values.key_result(row), links, link, said)
        return self._known[link, alike]


def _told(part: Counted | None) -> Hashable:
    """All of a contribution that numbers depend on, besides whose it is."""
    if part is None:
        return None
    return part.done, part.total, part.in_scope, part.included, part.sized


def _links(session: Session, around: Sequence[Link]) -> dict[int, list[LinkNow]]:
    """By key result its links with what they hold now."""
    held, read = _contributions(session, around), _read(session, around)
    found: dict[int, list[LinkNow]] = defaultdict(list)
    for link in around:
        known = link.id in read and link.looked_at is not None
        now = LinkNow(link.id, values.rule(link), held[link.id], known=known)
        found[link.key_result_id].append(now)
    return found


def _key_results(session: Session, ids: Collection[int]) -> dict[int, KeyResult]:
    found: dict[int, KeyResult] = {}
    for chunk in chunks(ids):
        rows = session.scalars(select(KeyResult).where(KeyResult.id.in_(chunk)))
        found.update({row.id: row for row in rows})
    return found


def _around(session: Session, key_results: Collection[int]) -> list[Link]:
    """All links of these key results: what one moves depends on the others."""
    found: list[Link] = []
    for chunk in chunks(key_results):
        standing = (Link.key_result_id.in_(chunk), Link.ended_at.is_(None))
        found += session.scalars(select(Link).where(*standing).order_by(Link.position, Link.id))
    return found


def _contributions(session: Session, links: Sequence[Link]) -> Mapping[int, list[Counted]]:
    found: dict[int, list[Counted]] = defaultdict(list)
    for chunk in chunks([link.id for link in links]):
        holding = (Contribution.link_id.in_(chunk), Contribution.replaced_at.is_(None))
        for row in bulk.rows(session, select(*_COUNTED).where(*holding)):
            found[row.link_id].append(row)
    return found


def _read(session: Session, links: Sequence[Link]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks([link.id for link in links]):
        found.update(session.scalars(select(Reading.link_id).where(Reading.link_id.in_(chunk))))
    return found
