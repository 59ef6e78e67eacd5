"""Applies a plan file: all of it or nothing, and the numbers follow in the same transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connector import plans
from connector.store.chunks import chunks
from connector.store.tables import Connection, Cycle, KeyResult, Link, Reading, Source
from sync import history, lease, trend, values, wording, writeback
from sync.names import plan_of_today
from sync.planning import sizes
from sync.planning.scopes import checker, note_checker
from sync.planning.stored import stored
from sync.planning.write import Writer
from sync.reckon import reckon, rescore
from sync.runtime import Runtime
from sync.scores import alone, rescore_cycle
from sync.sources import attach, bound, fields_of, mark_dirty

Before = Callable[[Session, plans.Stored], None]
"""What is asked of everything stored before a plan is applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """Keys created and updated, and how many objects of the file were as it says already."""

    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int


def apply(
    runtime: Runtime,
    text: str,
    *,
    name: str,
    author: str,
    dry_run: bool = False,
    reapply: bool = False,
) -> Applied:
    """Apply a plan file's text; raises ``Refused`` with every problem, and changes nothing then.

    With ``reapply`` the open cycle's past of links whose rule changes is told anew by it.
    """
    plan = plans.parse(text, name, trackers=tuple(runtime.trackers))
    with runtime.store.read() as session:
        plan = plan_of_today(session, plan)
    if dry_run:
        return _outcome(look(runtime, plan))
    return apply_plan(runtime, plan, author=author, reapply=reapply)


def look(runtime: Runtime, plan: plans.Plan) -> plans.Changes:
    """What applying a plan would write; raises ``Refused`` with every problem."""
    with runtime.store.read() as session:
        changes = _diff(runtime, session, plan, stored(session))
    sizes.refuse_missing(runtime, plan)
    return changes


def apply_plan(
    runtime: Runtime,
    plan: plans.Plan,
    *,
    author: str,
    reapply: bool = False,
    before: Before | None = None,
) -> Applied:
    """Apply a plan; ``before`` is asked of what is stored, in the same write, and may refuse."""
    if sizes.are_fields(plan):
        look(runtime, plan)
    with runtime.store.write() as session:
        alone(session)
        lease.all_together(session)
        held = stored(session)
        if before is not None:
            before(session, held)
        changes = _diff(runtime, session, plan, held)
        writer = Writer(session, runtime.clock(), author, by=plan.by)
        for change in changes.changes:
            writer.write(change)
        dirty = follow(runtime, session, writer, anew=reapply)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    writeback.ring(runtime)
    return _outcome(changes)


def _diff(
    runtime: Runtime, session: Session, plan: plans.Plan, held: plans.Stored
) -> plans.Changes:
    check, offered = checker(session, runtime.trackers), note_checker(runtime.trackers)
    return plans.diff(plan, held, check, offered)


def _outcome(changes: plans.Changes) -> Applied:
    keys = defaultdict(list)
    for change in changes.changes:
        keys[change.action].append(change.key)
    return Applied(
        created=tuple(keys["created"]),
        updated=tuple(keys["updated"]),
        unchanged=changes.unchanged,
    )


def follow(runtime: Runtime, session: Session, writer: Writer, *, anew: bool) -> set[int]:
    """Give new links their source, reckon what the mirror already holds, and rescore."""
    session.flush()
    ruled = [link for link in writer.touched_links if link.pending]
    dirty: set[int] = set()
    _reopen(session, writer.reopened)
    connected = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.id)
    for connection in session.scalars(connected).all():
        dirty |= attach(session, connection, runtime.tracker(connection.tracker))
    session.flush()
    now = writer.now
    for connection_id, links in _held(runtime, session, writer, dirty).items():
        connection = session.get_one(Connection, connection_id)
        tracker = runtime.tracker(connection.tracker)
        mapping = values.field_mapping(connection, tracker.spec)
        reckon(session, [bound(link, tracker) for link in links], mapping, now)
    dirty |= history.ask(session, writer.touched_links)
    dirty |= history.reapply(session, ruled, runtime.settings.zone) if anew else set()
    rescore(session, writer.key_results, now)
    for cycle_id in writer.cycles:
        rescore_cycle(session, cycle_id, now)
    _tell_anew(session, writer)
    return dirty


def _tell_anew(session: Session, writer: Writer) -> None:
    """Days before trends were kept are told from the plan as it is: it is another one now."""
    left = {kind: {key for of, key in writer.left if of == kind} for kind, _ in writer.left}
    trend.tell_anew(
        session,
        writer.key_results | left.get("key_result", set()),
        {row.id for row in writer.objectives} | left.get("objective", set()),
    )


def _reopen(session: Session, cycles: Iterable[Cycle]) -> None:
    """While a cycle was closed its links were not followed: all of them are read anew."""
    for cycle in cycles:
        query = (
            select(Link)
            .join(KeyResult, KeyResult.id == Link.key_result_id)
            .where(KeyResult.cycle_id == cycle.id, Link.ended_at.is_(None))
        )
        links = session.scalars(query).all()
        for link in links:
            link.looked_at, link.pending = None, True
        mark_dirty(session, {link.source_id for link in links if link.source_id is not None})


def _held(
    runtime: Runtime, session: Session, writer: Writer, dirty: set[int]
) -> dict[int, list[Link]]:
    """The links whose whole scope is in the mirror already, by connection.

    Any other link that counts by a new rule is unknown until it is read: its reading was
    made by another rule. One whose scope cannot be read keeps its number while its rule stays.
    """
    found: dict[int, list[Link]] = defaultdict(list)
    unknown: list[int] = []
    for link in writer.touched_links:
        source = session.get(Source, link.source_id) if link.source_id else None
        grew = link.source_id in dirty
        if (
            source is not None
            and link.connection_id
            and not link.broken
            and _is_mirrored(runtime, session, link, grew=grew)
        ):
            link.looked_at = link.looked_at or source.looked_at
            found[link.connection_id].append(link)
        elif link.pending:
            link.looked_at = None
            unknown.append(link.id)
            more, author = {"waiting": True}, writer.author
            wording.keep(session, "link", link, author=author, at=writer.now, more=more)
    session.flush()
    for chunk in chunks(unknown):
        by_other_rule = update(Reading).where(Reading.link_id.in_(chunk))
        session.execute(by_other_rule.values(done=None, total=None, value=None, coverage=None))
    return found


def _is_mirrored(runtime: Runtime, session: Session, link: Link, *, grew: bool) -> bool:
    """Whether all of a link's scope, with what it measures, is in the mirror already.

    ``grew``: its source is to be read anew for something; what is always read is there.
    """
    source = session.get_one(Source, link.source_id)
    if not grew:
        return source.looked_at is not None and source.cursor is not None
    rule = values.rule(link)
    connection = session.get_one(Connection, link.connection_id)
    spec = runtime.tracker(connection.tracker).spec
    usual = {name.removeprefix("field:") for name in spec.points(values.options_of(connection))}
    unusual = fields_of([rule], values.field_mapping(connection, spec)) - usual
    return link.looked_at is not None and not unusual and rule.depth <= 1
