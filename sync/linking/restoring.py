"""A link that was just ended is brought back, with its ledger, as if it had never ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import scopes
from connector.errors import Refused
from connector.plans import PlanLink
from connector.store.tables import Connection, KeyResult, Link
from sync import wording
from sync.linking.saving import refuse_twice
from sync.linking.standing import Held, as_held
from sync.linking.writing import write
from sync.planning.stored import planned
from sync.preview.wanted import links_of, stored
from sync.runtime import Runtime
from sync.said import Subject

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
    """Count an ended link again, from what it knew; raises ``Refused`` with the reason.

    From then on it is a person's: neither the item nor a plan file that lacks it ends it again.
    """

    def wanted(session: Session, row: KeyResult, held: Sequence[Link]) -> list[PlanLink]:
        link = _ended(runtime, session, row, link_id)
        _refuse_unread(runtime, session, link)
        scope = scopes.parse(link.scope)
        for name in {link.value, link.today or link.value}:
            refuse_twice(runtime, (replace(scope, value=name), link.connection_id), held, row.key)
        link.origin = "person"
        _bring_back(runtime, session, link, author=subject.author)
        return [*map(planned, held), planned(link)]

    write(runtime, subject, wanted)


def _ended(runtime: Runtime, session: Session, row: KeyResult, link_id: int) -> Link:
    link = session.get(Link, link_id)
    if link is None or link.key_result_id != row.id:
        raise Refused(f"{row.key} never had this link")
    if link.ended_at is None:
        raise Refused(f"{link.scope} counts for {row.key} already")
    if link.ended_at < runtime.clock() - UNDO:
        raise Refused(f"{link.scope} ended more than a day ago; link it anew")
    return link


def _refuse_unread(runtime: Runtime, session: Session, link: Link) -> None:
    """Refuse one that nothing would read any more: its connection was removed since."""
    row = session.get(Connection, link.connection_id) if link.connection_id else None
    if row is not None and row.ended_at is not None:
        raise Refused(
            f"{link.scope} was read by the connection {row.name}, which is disconnected; connect"
            f" {row.name} again, or link it anew at another connection"
        )
    spec = runtime.tracker(link.tracker).spec
    if spec.kind(link.kind) is None:
        raise Refused(f"{spec.label} has no scope {link.kind!r} any more; link something else")


def _bring_back(runtime: Runtime, session: Session, link: Link, *, author: str) -> None:
    now = runtime.clock()
    link.ended_at = link.ended_by = None
    if link.write_back:
        link.notes_at = now
    wording.keep(session, "link", link, author=author, at=now)
    session.flush()
