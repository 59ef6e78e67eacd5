"""What finishing an item now would move, link by link."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.attribution import Effect
from connector.ledger import Candidate
from connector.mapping import FieldMapping
from connector.scopes import Matching
from connector.serving import LinkNow, Over, effect, finished
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Item, KeyResult, Link, Reading
from integrations.tracker import Tracker
from sync import values
from sync.scores import overrides
from sync.sources import bound


@dataclass(frozen=True, slots=True)
class Reader:
    """A tracker, and what a connection's words mean there."""

    tracker: Tracker
    mapping: FieldMapping


def effects(
    session: Session, item: Item, links: Sequence[Link], reader: Reader
) -> dict[int, Effect]:
    """By link: what would move if the item were finished; nothing where it cannot be told."""
    rows = _key_results(session, {link.key_result_id for link in links})
    around, over = _around(session, rows), overrides(session, rows)
    now = _now(session, around)
    candidate = Candidate(item.id, values.work_item(item))
    for link in links:
        is_query = isinstance(bound(link, reader.tracker).selector, Matching)
        part = finished(now[link.id], candidate, reader.mapping, is_query=is_query)
        now[link.id] = replace(now[link.id], part=part)
    untold = {link.key_result_id for link in links if now[link.id].part is None}
    found: dict[int, Effect] = {}
    for link in links:
        row, word = rows[link.key_result_id], over.get(link.key_result_id)
        if row.id in untold:
            continue
        mine = [now[each.id] for each in around if each.key_result_id == row.id]
        confirmed = row.confirmed_at is not None
        said = Over(override=word.value if word else None, confirmed=confirmed)
        found[link.id] = effect(values.key_result(row), mine, link.id, said)
    return found


def _now(session: Session, links: Sequence[Link]) -> dict[int, LinkNow]:
    held, read = _contributions(session, links), _read(session, links)
    return {
        link.id: LinkNow(
            link.id,
            values.rule(link),
            held[link.id],
            known=link.id in read and link.looked_at is not None,
        )
        for link in links
    }


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


def _contributions(session: Session, links: Sequence[Link]) -> Mapping[int, list[Contribution]]:
    found: dict[int, list[Contribution]] = defaultdict(list)
    for chunk in chunks([link.id for link in links]):
        holding = (Contribution.link_id.in_(chunk), Contribution.replaced_at.is_(None))
        for row in session.scalars(select(Contribution).where(*holding)):
            found[row.link_id].append(row)
    return found


def _read(session: Session, links: Sequence[Link]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks([link.id for link in links]):
        found.update(session.scalars(select(Reading.link_id).where(Reading.link_id.in_(chunk))))
    return found
