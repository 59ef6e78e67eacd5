"""What the mirror keeps of the lives of items, read once for all links of a source."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.ledger import Life
from connector.store.chunks import chunks
from connector.store.tables import Cycle, Item, ItemEvent, KeyResult
from connector.work import ItemEvent as Event
from sync import values
from sync.members import members
from sync.sources import Bound
from sync.tags import tags_of

FORMER = 500
"""Of items that may have left a scope before it was linked, the last changed ones are asked for."""
LEVELS = 10
"""How far up parents are followed."""


class Kept:
    """Items, their events and tags; each is read when it is first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lives: dict[int, Life | None] = {}
        self._recent: dict[tuple[int | None, date], Sequence[Item]] = {}
        self._parents: dict[tuple[int, str], list[Item]] = {}

    def concerned(self, each: Bound) -> Iterable[Item]:
        """Members now, their parents, and what may have been a member since the cycle began."""
        inside = {row.id: row for row in members(self._session, each)}
        found = {**inside, **{row.id: row for row in self._above(inside.values())}}
        start = self._session.scalars(
            select(Cycle.start)
            .join(KeyResult, KeyResult.cycle_id == Cycle.id)
            .where(KeyResult.id == each.link.key_result_id)
        ).one()
        former = {row.id: row for row in self._changed(each.link.source_id, start)}
        return {**found, **former}.values()

    def lives(self, rows: Iterable[Item]) -> list[Life]:
        """The told items with their events; what was never told is left out."""
        wanted = {row.id: row for row in rows}
        self._read({key: row for key, row in wanted.items() if key not in self._lives})
        found = (self._lives[key] for key in wanted)
        return [life for life in found if life is not None]

    def _read(self, rows: dict[int, Item]) -> None:
        told = [key for key, row in rows.items() if row.told_at is not None]
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

    def _changed(self, source_id: int | None, start: date) -> Sequence[Item]:
        """The items of a source that changed last since a day, whatever its zone."""
        if (source_id, start) not in self._recent:
            since = datetime.combine(start, time.min, UTC) - timedelta(days=1)
            mine = select(Item).where(Item.source_id == source_id, Item.updated_at >= since)
            ordered = mine.order_by(Item.updated_at.desc(), Item.id).limit(FORMER)
            self._recent[source_id, start] = self._session.scalars(ordered).all()
        return self._recent[source_id, start]

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
