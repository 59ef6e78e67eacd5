"""The past of links: the tracker's own history of their items, and the versions it makes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from connector import ledger
from connector.ledger import PastPart
from connector.mapping import FieldMapping
from connector.pace import day_begins
from connector.scopes import Below, Narrowed, Tagged
from connector.store.chunks import chunks
from connector.store.tables import Contribution, Cycle, Item, ItemEvent, KeyResult, Link, Source
from connector.work import Ref
from integrations.tracker import History
from sync import trend, values
from sync.kept import Kept, is_told
from sync.members import candidates
from sync.rebuilding import begun, rebuilt, told_of
from sync.sources import Bound, mark_dirty

NOT_TOLD = "the history of {} was not told"
NO_HISTORY = "this tracker tells no history: the curve begins with the first reading"
NO_DATES = "the tracker keeps no dates of changes of {}: the curve begins with the first reading"
NO_QUERY = "what a query listed in the past cannot be had: the curve begins with the first reading"


def wanted(session: Session, source_id: int) -> list[Link]:
    """The links of a source whose past is still to be told, or told anew."""
    query = (
        select(Link)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(
            Cycle.state != "closed",
            Link.source_id == source_id,
            Link.ended_at.is_(None),
            Link.looked_at.is_not(None),
            Link.broken.is_(None),
            or_(Link.history == "wanted", Link.reapply_from.is_not(None)),
        )
    )
    return list(session.scalars(query.order_by(Link.id)))


def again(links: Iterable[Link]) -> None:
    """Ask once more for pasts that could not be told: a person had everything read anew."""
    for link in links:
        if link.history == "untold":
            link.history, link.history_note = "wanted", None


def to_ask(
    session: Session, links: Iterable[Bound], authority: Callable[[str, str], bool]
) -> list[Ref]:
    """The items whose history is needed and not kept yet, or was told where nobody knew that a
    link would ask for what its own source alone tells."""
    rows: dict[int, Item] = {}
    kept, silent = Kept(session), set[int]()
    for each in links:
        if _can_be_told(each):
            mine = {row.id: row for row in kept.concerned(each)}
            # What may have been here and is not was asked when its past was told first.
            doubted = kept.counted(each) if each.link.history == "told" else mine
            silent |= _silent(session, kept, each, doubted, authority)
            rows |= mine
    return [
        Ref(row.external_id, row.key)
        for _, row in sorted(rows.items())
        if row.gone_at is None
        and (row.told_at is None or row.told_at < row.updated_at or row.id in silent)
    ]


def _silent(
    session: Session,
    kept: Kept,
    each: Bound,
    rows: Mapping[int, Item],
    authority: Callable[[str, str], bool],
) -> set[int]:
    """The items that other sources told of, whose events never speak of the link's tag."""
    selector = each.selector
    if not isinstance(selector, Tagged | Narrowed):
        return set()
    others = {row.source_id for row in rows.values()} - {each.link.source_id}
    keys = dict(session.execute(select(Source.id, Source.key).where(Source.id.in_(others))).all())
    unsure = [
        row
        for row in rows.values()
        if row.source_id in keys and not authority(keys[row.source_id], selector.tag)
    ]
    return {life.item_id for life in kept.lives(unsure) if not told_of(selector.tag, life)}


def keep(session: Session, source: Source, found: History) -> None:
    """Store a portion: an item's events are all replaced, so that asking twice doubles nothing."""
    rows: dict[str, Item] = {}
    for chunk in chunks(found.told):
        mine = (Item.connection_id == source.connection_id, Item.external_id.in_(chunk))
        rows.update({row.external_id: row for row in session.scalars(select(Item).where(*mine))})
    for ids in chunks([row.id for row in rows.values()]):
        session.execute(delete(ItemEvent).where(ItemEvent.item_id.in_(ids)))
    events = [
        {
            "item_id": rows[each.external_id].id,
            "at": each.at,
            "before": _plain(each.before),
            "after": _plain(each.after),
        }
        for each in found.events
        if each.external_id in rows
    ]
    if events:
        session.execute(insert(ItemEvent), events)
    for row in rows.values():
        row.told_at = row.updated_at


def tell(
    session: Session,
    links: Iterable[Bound],
    mapping: FieldMapping,
    *,
    untold: Mapping[str, str],
    now: datetime,
) -> None:
    """Rebuild the past of these links from what is kept, each by its rule of now."""
    kept, rebuilt_of = Kept(session), set[int]()
    for each in links:
        link = each.link
        reason = note = _untellable(session, each, mapping, untold)
        if reason is None:
            since, cause = link.reapply_from, "reapplied" if link.history == "told" else "history"
            found = rebuilt(kept, each, mapping, now)
            found = found if since is None else begun(found, since)
            _write(session, link, found, cause, now)
            rebuilt_of.add(link.key_result_id)
            begins = min((part.at for part in found), default=None)
            link.history_from = min(filter(None, (link.history_from, begins)), default=None)
            link.told_from, note = kept.digest(each), _lacking(kept, each, untold)
        if reason is None or link.history != "told":
            link.history = "untold" if reason else "told"
        link.history_note, link.reapply_from = note, None
    trend.tell_anew(session, rebuilt_of)


def cycle_starts(session: Session, links: Iterable[Link], zone: ZoneInfo) -> dict[int, datetime]:
    """When the open cycle of each link's key result began, by link id."""
    query = (
        select(Link.id, Cycle.start)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .where(Cycle.state != "closed")
    )
    found: dict[int, datetime] = {}
    for chunk in chunks([link.id for link in links]):
        for link_id, start in session.execute(query.where(Link.id.in_(chunk))):
            found[link_id] = day_begins(start, zone)
    return found


def reapply(session: Session, links: Iterable[Link], zone: ZoneInfo) -> set[int]:
    """Have the open cycle's past of these links told anew; returns the sources to drain.

    A past that was never told (of a query, say) cannot be told anew either.
    """
    told = [link for link in links if link.history == "told"]
    starts = cycle_starts(session, told, zone)
    for link in told:
        link.reapply_from = starts.get(link.id)
    sources = {link.source_id for link in told if link.reapply_from and link.source_id}
    mark_dirty(session, sources)
    return sources


def ask(session: Session, links: Iterable[Link]) -> set[int]:
    """Have the sources of links that wait for their past drained; returns them."""
    waiting = [link for link in links if link.history == "wanted" and link.looked_at]
    sources = {link.source_id for link in waiting if link.source_id is not None}
    mark_dirty(session, sources)
    return sources


def _can_be_told(each: Bound) -> bool:
    selector = each.selector
    dated = isinstance(selector, Narrowed) and not selector.undated
    return dated or isinstance(selector, Tagged | Below)


def _untellable(
    session: Session, each: Bound, mapping: FieldMapping, untold: Mapping[str, str]
) -> str | None:
    """Why the past of a link cannot be had, or None."""
    selector = each.selector
    if isinstance(selector, Narrowed) and selector.undated:
        return NO_DATES.format(selector.undated)
    if not _can_be_told(each):
        return NO_QUERY
    rule = values.rule(each.link)
    parts = ledger.parts(rule, candidates(session, each), mapping, is_query=False)
    counted = [part.item_id for part in parts if part.included]
    lost: list[Item] = []
    for chunk in chunks(counted):
        # Told once and refused since: what is kept ends before what the item is now.
        untold_now = or_(Item.told_at.is_(None), Item.told_at < Item.updated_at)
        query = select(Item).where(Item.id.in_(chunk), untold_now)
        lost += session.scalars(query.order_by(Item.key))
    if not lost:
        return None
    why = untold.get(lost[0].external_id, NOT_TOLD.format(lost[0].key))
    more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
    return f"{why.rstrip('.')}{more}: the curve begins with the first reading"


def _lacking(kept: Kept, each: Bound, untold: Mapping[str, str]) -> str | None:
    """What a past that is told lacks, or None: items that are in the scope no more."""
    start = kept.start(each)
    late = each.strays and each.link.created_at.date() > start
    found = [each.strays] if late else []
    lost = [row for row in kept.counted(each).values() if _is_lost(row, start)]
    if each.strays:
        refused = (row for row in kept.concerned(each) if row.external_id in untold)
        lost += [row for row in refused if row not in lost and row.gone_at is None]
    if lost:
        first = min(lost, key=lambda row: row.key)
        gone = f"{first.key} was gone before its history was read"
        why = gone if first.gone_at else untold.get(first.external_id, NOT_TOLD.format(first.key))
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        found.append(f"{why.rstrip('.')}{more}: its days in this scope are told without it")
    return "; ".join(found) or None


def _is_lost(row: Item, start: date) -> bool:
    left = row.gone_at is None or row.gone_at.date() >= start
    return left and not is_told(row)


def _write(
    session: Session, link: Link, found: Iterable[PastPart], cause: str, now: datetime
) -> None:
    """Add the rebuilt versions; they were never shown, so they end as they are recorded."""
    ends: dict[int, datetime] = {}
    rows = []
    for each in sorted(found, key=lambda part: part.at, reverse=True):
        part = each.part
        rows.append(
            {
                "link_id": link.id,
                "item_id": part.item_id,
                "item_key": part.key,
                "state": part.state,
                "status": part.status,
                "done": part.done,
                "total": part.total,
                "in_scope": part.in_scope,
                "included": part.included,
                "sized": part.sized,
                "reason": part.reason,
                "cause": cause,
                "valid_from": each.at,
                "valid_to": ends.get(part.item_id, now),
                "recorded_at": now,
                "replaced_at": now,
            }
        )
        ends[part.item_id] = each.at
    if rows:
        session.execute(insert(Contribution), rows[::-1])


def _plain(fields: Mapping[str, object]) -> dict[str, object]:
    return {
        name: sorted(value) if isinstance(value, set | frozenset) else value
        for name, value in fields.items()
    }
