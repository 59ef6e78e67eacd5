"""What the mirror keeps of the lives of items, read once for all links of a source."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from connector.ledger import Life
from connector.scopes import Selector
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Cycle, Item, ItemEvent, KeyResult, Link
from connector.work import ItemEvent as Event
from sync import values
from sync.members import members
from sync.sources import Bound
from sync.tags import tags_of

FORMER = 500
"""Of items that may have left a scope before it was linked, the last changed ones are asked for."""
LEVELS = 10
"""How far up parents are followed."""


def is_told(row: Item) -> bool:
    """Whether what is kept of an item's past leads to what it is now: told once and refused since,
    or changed before it was gone, it ends before that."""
    return row.told_at is not None and row.told_at >= row.updated_at


def _begun(start: date) -> datetime:
    """When a day began, whatever the zone."""
    return datetime.combine(start, time.min, UTC) - timedelta(days=1)


class Kept:
    """Items, their events and tags; each is read when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lives: dict[int, Life | None] = {}
        self._recent: dict[tuple[int | None, bool, date], Sequence[Item]] = {}
        self._parents: dict[tuple[int, str], list[Item]] = {}
        self._counted: dict[int, dict[int, Item]] = {}
        self._concerned: dict[int, dict[int, Item]] = {}
        self._unsure: set[int] = set()
        self._links: dict[tuple[int | None, str], Mapping[Selector, Sequence[int]]] = {}

    def concerned(self, each: Bound) -> Iterable[Item]:
        """Members now, their parents, and what may have been a member since the cycle began."""
        if each.link.id not in self._concerned:
            inside, start = self.counted(each), self.start(each)
            found = {**inside, **{row.id: row for row in self._above(inside.values())}}
            former = {row.id: row for row in self._changed(each, start)}
            self._concerned[each.link.id] = {**found, **former}
        return self._concerned[each.link.id].values()

    def start(self, each: Bound) -> date:
        """The first day of the cycle that a link counts for."""
        query = (
            select(Cycle.start)
            .join(KeyResult, KeyResult.cycle_id == Cycle.id)
            .where(KeyResult.id == each.link.key_result_id)
        )
        return self._session.scalars(query).one()

    def counted(self, each: Bound) -> dict[int, Item]:
        """What is certain to lie in a scope now, or to have lain there since the cycle began: other
        links of the same scope held it then. By row."""
        if each.link.id not in self._counted:
            found = {row.id: row for row in members(self._session, each)}
            for chunk in chunks(self._held_by_others(each) - found.keys()):
                rows = self._session.scalars(select(Item).where(Item.id.in_(chunk)))
                found.update({row.id: row for row in rows})
            self._counted[each.link.id] = found
        return self._counted[each.link.id]

    def _held_by_others(self, each: Bound) -> set[int]:
        since = _begun(self.start(each))
        ended, others = Contribution.valid_to, self._alike(each)
        query = select(Contribution.item_id).where(
            Contribution.link_id.in_(others),
            Contribution.in_scope,
            or_(ended.is_(None), ended > since),
        )
        return set(self._session.scalars(query.distinct())) if others else set()

    def _alike(self, each: Bound) -> list[int]:
        """The other links of the same scope, also those that have ended."""
        kind = (each.link.connection_id, each.link.kind)
        if kind not in self._links:
            self._links[kind] = self._by_scope(each)
        alike = self._links[kind].get(each.kind.select(each.scope[1]), ())
        return [link_id for link_id in alike if link_id != each.link.id]

    def _by_scope(self, each: Bound) -> Mapping[Selector, Sequence[int]]:
        """All links of its kind, read once for all of them."""
        mine = (Link.connection_id == each.link.connection_id, Link.kind == each.link.kind)
        found = defaultdict[Selector, list[int]](list)
        for row in self._session.execute(select(Link.id, Link.today, Link.value).where(*mine)):
            found[each.kind.select(row.today or row.value)].append(row.id)
        return found

    def lives(self, rows: Iterable[Item]) -> list[Life]:
        """The told items with their events; what was never told is left out."""
        wanted = {row.id: row for row in rows}
        self._read({key: row for key, row in wanted.items() if key not in self._lives})
        found = (self._lives[key] for key in wanted)
        return [life for life in found if life is not None]

    def sure(self, lives: Iterable[Life]) -> list[Life]:
        """Those whose events lead to what they are now."""
        return [life for life in lives if life.item_id not in self._unsure]

    def digest(self, each: Bound) -> str:
        """Stands for what the past of a link is told from, its rule apart. When things happened is
        left out: a date does not change, so one that did is damage."""
        lives = sorted(self.lives(self.concerned(each)), key=lambda life: life.item_id)
        told = sha256()
        for life in lives:
            events = [(event.before, event.after) for event in life.events]
            item = {**asdict(life.item), "tags": sorted(life.item.tags)}
            body = [life.item_id, item, events, life.gone_at]
            told.update(json.dumps(body, default=str, sort_keys=True).encode())
        return told.hexdigest()

    def _read(self, rows: dict[int, Item]) -> None:
        told = [key for key, row in rows.items() if row.told_at is not None]
        self._unsure |= {key for key in told if not is_told(rows[key])}
        self._lives.update(dict.fromkeys(rows))
        tags = tags_of(self._session, told)
        events: dict[int, list[Event]] = defaultdict(list)
        for chunk in chunks(told):
            query = select(ItemEvent).where(ItemEvent.item_id.in_(chunk))
            for each in self._session.scalars(query.order_by(ItemEvent.at, ItemEvent.id)):
                named = {"before": each.before, "after": each.after}
                events[each.item_id].append(Event(external_id="", at=each.at, **named))
        for key in told:
            item = values.work_item(rows[key], tags.get(key, set()))
            self._lives[key] = Life(key, item, events[key], rows[key].gone_at)

    def _changed(self, each: Bound, start: date) -> Sequence[Item]:
        """The items of a scope's source, or of all where others read of it too, that changed last
        since a day, whatever its zone."""
        link, is_wide = each.link, bool(each.strays)
        asked = (link.connection_id if is_wide else link.source_id, is_wide, start)
        if asked not in self._recent:
            since = _begun(start)
            here: ColumnElement[bool] = Item.source_id == link.source_id
            if is_wide:
                here = Item.connection_id == link.connection_id
            mine = select(Item).where(here, Item.updated_at >= since)
            ordered = mine.order_by(Item.updated_at.desc(), Item.id).limit(FORMER)
            self._recent[asked] = self._session.scalars(ordered).all()
        return self._recent[asked]

    def _above(self, rows: Collection[Item]) -> Iterable[Item]:
        """The parents of these items, and theirs."""
        found: dict[int, Item] = {}
        level = list(rows)
        for _ in range(LEVELS):
            names = {row.parent_id or row.parent_key or "" for row in level} - {""}
            if not names:
                break
            above = self._named(level[0].connection_id, names)
            level = [row for row in above if row.id not in found]
            found.update({row.id: row for row in level})
        return found.values()

    def _named(self, connection_id: int, names: Collection[str]) -> list[Item]:
        """The items of these ids or keys."""
        unknown = [name for name in names if (connection_id, name) not in self._parents]
        self._parents.update({(connection_id, name): [] for name in unknown})
        for chunk in chunks(unknown):
            named = or_(Item.external_id.in_(chunk), Item.key.in_(chunk))
            mine = select(Item).where(Item.connection_id == connection_id, named)
            for row in self._session.scalars(mine):
                for name in {row.external_id, row.key} & set(chunk):
                    self._parents[connection_id, name].append(row)
        return [row for name in names for row in self._parents[connection_id, name]]
