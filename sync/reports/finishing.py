"""What finishing an item now would move, link by link."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

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


def effects(
    session: Session,
    item: Item,
    links: Sequence[Link],
    *,
    tracker: Tracker,
    mapping: FieldMapping,
) -> dict[int, Effect]:
    """By link: what would move if the item were finished; nothing where it cannot be told."""
    rows = _key_results(session, {link.key_result_id for link in links})
    around = _around(session, rows)
    if not around:
        return {}
    candidate = Candidate(item.id, values.work_item(item))
    asked = {link.id for link in links}
    over = overrides(session, rows)
    now = _now(session, around, asked=asked, candidate=candidate, tracker=tracker, mapping=mapping)
    found: dict[int, Effect] = {}
    for key_result_id, row in rows.items():
        mine = [now[link.id] for link in around if link.key_result_id == key_result_id]
        word = over.get(key_result_id)
        said = Over(override=word.value if word else None, confirmed=row.confirmed_at is not None)
        if any(each.part is None and each.link_id in asked for each in mine):
            continue
        for each in mine:
            if each.link_id in asked:
                found[each.link_id] = effect(values.key_result(row), mine, each.link_id, said)
    return found


def _now(
    session: Session,
    links: Sequence[Link],
    *,
    asked: Collection[int],
    candidate: Candidate,
    tracker: Tracker,
    mapping: FieldMapping,
) -> dict[int, LinkNow]:
    held, read = _contributions(session, links), _read(session, links)
    found: dict[int, LinkNow] = {}
    for link in links:
        rule, part = values.rule(link), None
        if link.id in asked:
            kind = bound(link, tracker).kind
            is_query = isinstance(kind.select(link.value), Matching)
            part = finished(rule, candidate, mapping, is_query=is_query, held=held[link.id])
        known = link.id in read and link.looked_at is not None
        found[link.id] = LinkNow(link.id, rule, held[link.id], known, part)
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
