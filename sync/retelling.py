"""Proves the rebuilt past of a link: told again from what is kept, it reads the same."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector import ledger
from connector.ledger import PastPart
from connector.mapping import FieldMapping
from connector.store.tables import Contribution, Item, KeyResult, MappingVersion, Revision
from sync import rebuilding, values
from sync.kept import Kept
from sync.members import members
from sync.sources import Bound

COLUMNS = ("status", "state", "done", "total", "in_scope", "included", "sized", "reason")

Row = tuple[Any, ...]


def retell(
    session: Session, each: Bound, mapping: FieldMapping, rows: Sequence[Contribution]
) -> Iterator[str]:
    """A sentence for every item whose newest rebuilt past reads otherwise when told again.

    Nothing is said where something happened since: an item, the rule or the mapping changed.
    """
    newest = _newest(rows)
    if not newest or each.link.history != "told" or each.link.reapply_from is not None:
        return
    made, kept = newest[0].recorded_at, Kept(session)
    concerned = {row.id: row for row in kept.concerned(each)}
    if _changed_since(session, each, made, concerned.values(), rows):
        return
    if each.link.told_from not in (None, kept.digest(each)):
        return  # something was learnt since that no date tells: a board's number, say
    stored = _by_item((row.item_id, row.item_key, row.valid_from, row) for row in newest)
    if values.rule(each.link).unestimated == "median" and not stored.keys() <= concerned.keys():
        return  # what is no longer asked for had its part in the median
    told = _by_item(
        (past.part.item_id, past.part.key, past.at, past.part)
        for past in _told(session, each, mapping, newest)
    )
    counted = stored.keys() | {row.id for row in members(session, each)}
    for item_id in sorted(counted & concerned.keys()):
        if stored.get(item_id) != told.get(item_id):
            yield f"{concerned[item_id].key}: its rebuilt past is not what its history tells"


def _newest(rows: Sequence[Contribution]) -> list[Contribution]:
    rebuilt = [row for row in rows if row.cause in ledger.REBUILT]
    made = max((row.recorded_at for row in rebuilt), default=None)
    return [row for row in rebuilt if row.recorded_at == made]


def _told(
    session: Session, each: Bound, mapping: FieldMapping, newest: Sequence[Contribution]
) -> list[PastPart]:
    found = rebuilding.rebuilt(Kept(session), each, mapping, newest[0].recorded_at)
    if newest[0].cause != "reapplied":
        return found
    return rebuilding.begun(found, min(row.valid_from for row in newest))


def _by_item(parts: Any) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for item_id, key, at, part in sorted(parts, key=lambda each: each[2]):
        said = (key, at, *(getattr(part, name) for name in COLUMNS))
        found.setdefault(item_id, []).append(said)
    return found


def _changed_since(
    session: Session,
    each: Bound,
    made: datetime,
    concerned: Collection[Item],
    rows: Sequence[Contribution],
) -> bool:
    """Whether anything the past was told from may be another since."""
    moved = any(row.recorded_at > made for row in rows)
    return moved or any(_is_other(row, made) for row in concerned) or _reworded(session, each, made)


def _is_other(row: Item, made: datetime) -> bool:
    gone = row.gone_at is not None and row.gone_at > made
    retold = row.told_at is not None and row.told_at != row.updated_at
    return gone or retold or row.updated_at > made


def _reworded(session: Session, each: Bound, made: datetime) -> bool:
    cycle = select(KeyResult.cycle_id).where(KeyResult.id == each.link.key_result_id)
    link = (Revision.kind == "link") & (Revision.subject_id == each.link.id)
    dates = (Revision.kind == "cycle") & Revision.subject_id.in_(cycle)
    worded = select(Revision.id).where(Revision.recorded_at > made, or_(link, dates))
    mapped = select(MappingVersion.id).where(
        MappingVersion.connection_id == each.link.connection_id,
        MappingVersion.recorded_at > made,
    )
    return any(session.scalars(query.limit(1)).first() is not None for query in (worded, mapped))
