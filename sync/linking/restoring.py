"""A link that was just ended is brought back, with its ledger, as if it had never ended."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import scopes
from connector.errors import Refused
from connector.store.tables import KeyResult, Link
from sync import lease, wording, writeback
from sync.linking.saving import refuse_double
from sync.linking.standing import Held, as_held, refuse_closed
from sync.planning.apply import follow
from sync.planning.fitting import refuse_misfit
from sync.planning.stored import planned
from sync.planning.write import Writer
from sync.preview.wanted import links_of, stored
from sync.runtime import Runtime
from sync.said import Subject
from sync.scores import alone

UNDO = timedelta(days=1)
"""So long an ended link can be brought back: after that its absence is part of the history."""


def ended(runtime: Runtime, cycle: str, key: str) -> tuple[Held, ...]:
    """The links of a key result that can be brought back, the last ended first."""
    since = runtime.clock() - UNDO
    with runtime.store.read() as session:
        _, _, row = stored(session, cycle, key)
        query = select(Link).where(Link.key_result_id == row.id, Link.ended_at >= since)
        rows = session.scalars(query.order_by(Link.ended_at.desc(), Link.id.desc())).all()
        now = {link.scope for link in links_of(session, row.id)}
        newest = {link.scope: link for link in reversed(rows) if link.scope not in now}
        return tuple(as_held(link) for link in rows if newest.get(link.scope) is link)


def restore(runtime: Runtime, subject: Subject, link_id: int) -> None:
    """Count an ended link again, from what it knew; raises ``Refused`` with the reason."""
    with runtime.store.write() as session:
        alone(session)
        lease.all_together(session)
        cycle, _, row = stored(session, subject.cycle, subject.key)
        refuse_closed(cycle, row)
        link = _ended(runtime, session, row, link_id)
        held = links_of(session, row.id)
        refuse_double(runtime, session, scopes.parse(link.scope), held, row.key)
        wanted = [*map(planned, held), planned(link)]
        refuse_misfit(session, (subject.cycle, subject.key), wanted)
        _bring_back(runtime, session, link, author=subject.author)
        writer = Writer(session, runtime.clock(), subject.author)
        writer.relink(row, wanted)
        dirty = follow(runtime, session, writer, anew=False)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    writeback.ring(runtime)


def _ended(runtime: Runtime, session: Session, row: KeyResult, link_id: int) -> Link:
    link = session.get(Link, link_id)
    if link is None or link.key_result_id != row.id:
        raise Refused(f"{row.key} never had this link")
    if link.ended_at is None:
        raise Refused(f"{link.scope} counts for {row.key} already")
    if link.ended_at < runtime.clock() - UNDO:
        raise Refused(f"{link.scope} ended more than a day ago; link it anew")
    return link


def _bring_back(runtime: Runtime, session: Session, link: Link, *, author: str) -> None:
    now = runtime.clock()
    link.ended_at = link.ended_by = None
    if link.write_back:
        link.notes_at = now
    wording.keep(session, "link", link, author=author, at=now)
    session.flush()
