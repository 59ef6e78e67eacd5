"""What is written back: per connection what is allowed, per link what is asked, sent and wrong."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from connector import notes
from connector.report import plain
from connector.store.chunks import chunks
from connector.store.tables import Connection, Cycle, KeyResult, Link, Note
from integrations.tracker import Tracker, alike
from sync import bulk
from sync.runtime import Runtime
from sync.writeback.asking import asking, is_seen
from sync.writeback.carrying import carriers
from sync.writeback.rows import Where

FIX = "once that is mended, run: worklift write-back {name} --allow {kinds}"
_NOTES = (
    Note.item_id,
    Note.kind,
    Note.subject,
    Note.wanted_hash,
    Note.sent_hash,
    Note.due_at,
    Note.error,
)


@dataclass(slots=True, kw_only=True)
class LinkNotes:
    """A link that asks for notes: the kinds asked for and, of those, allowed; and how many notes
    are pending, sent, and in trouble (those are pending too, or given up)."""

    key_result: str
    cycle: str
    scope: str
    asked: tuple[str, ...]
    allowed: tuple[str, ...]
    pending: int = 0
    sent: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBack:
    """What a connection writes back. ``troubles`` are (sentence, number of notes), most first;
    ``undeliverable`` says of each sentence how many of them are given up until there is another
    text; ``fix`` is what to do about them. ``waits_until`` is set where the tracker asked for a
    pause, ``waits_for_look`` where a link reads what was not looked at yet, at this site or at
    all."""

    name: str
    label: str
    able: bool
    allowed: tuple[str, ...]
    address: bool
    waits_until: datetime | None
    waits_for_look: bool
    links: Sequence[LinkNotes]
    troubles: Sequence[tuple[str, int]] = ()
    undeliverable: Mapping[str, int] = field(default_factory=dict)
    fix: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The connection's object in the command line's JSON."""
        return {
            "connection": self.name,
            "able": self.able,
            "allowed": list(self.allowed),
            "waits_until": plain(self.waits_until),
            "waits_for_look": self.waits_for_look,
            "links": [asdict(each) for each in self.links],
            "errors": [
                {"error": text, "notes": number, "undeliverable": self.undeliverable.get(text, 0)}
                for text, number in self.troubles
            ],
        }


def write_back(runtime: Runtime, session: Session) -> list[WriteBack]:
    """Every connection, by name."""
    query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    return [_connection(runtime, session, row) for row in session.scalars(query).all()]


def _connection(runtime: Runtime, session: Session, row: Connection) -> WriteBack:
    tracker, now = runtime.trackers.get(row.tracker), runtime.clock()
    held = bulk.rows(session, select(*_NOTES).where(Note.connection_id == row.id))
    wrong = Counter(each.error for each in held if each.error)
    lost = Counter(each.error for each in held if each.error and each.due_at is None)
    waits = row.notes_after if row.notes_after is not None and row.notes_after > now else None
    kinds = ",".join(row.write_back) or "none"
    return WriteBack(
        name=row.name,
        label=tracker.spec.label if tracker else row.tracker,
        able=tracker is not None and "writeback" in tracker.spec.capabilities,
        allowed=tuple(row.write_back),
        address=runtime.settings.public_url is not None,
        waits_until=waits,
        waits_for_look=_waits_for_look(session, row),
        links=_links(session, row, tracker, held) if tracker else (),
        troubles=wrong.most_common(),
        undeliverable={str(text): number for text, number in lost.items()},
        fix=FIX.format(name=row.name, kinds=kinds) if wrong else "",
        kinds=tracker.spec.note_labels if tracker else {},
    )


def _waits_for_look(session: Session, row: Connection) -> bool:
    asks = (Link.connection_id == row.id, Link.notes_at.is_not(None), Link.ended_at.is_(None))
    query = select(Link.id).where(*asks, not_(is_seen())).limit(1)
    return bool(row.write_back) and session.execute(query).first() is not None


def _links(
    session: Session, connection: Connection, tracker: Tracker, held: Sequence[Any]
) -> list[LinkNotes]:
    found = {each.link_id: each for each in asking(session, connection, tracker) if each.lasting}
    by_note: dict[tuple[str, Where], list[Any]] = defaultdict(list)
    for row in held:
        by_note[row.kind, (row.item_id, "" if row.item_id else row.subject)].append(row)
    shown = []
    for link, cycle, key in _named(session, list(found)):
        each = found[link.id]
        told = LinkNotes(
            key_result=key,
            cycle=cycle,
            scope=link.scope,
            asked=tuple(link.write_back),
            allowed=tuple(notes.kinds(each.kinds)),
        )
        for group in alike(tracker.spec.notes):
            subject = notes.subject(cycle, key) if group[0].apart else None
            for where in carriers(session, [each], group):
                for row in by_note[group[0].note, where]:
                    if subject in {None, row.subject}:
                        _count(told, row)
        shown.append(told)
    return shown


def _count(told: LinkNotes, row: Any) -> None:
    told.sent += row.sent_hash == row.wanted_hash
    told.pending += row.due_at is not None
    told.errors += row.error is not None


def _named(session: Session, link_ids: Sequence[int]) -> list[tuple[Link, str, str]]:
    query = (
        select(Link, Cycle.key, KeyResult.key)
        .join(KeyResult, KeyResult.id == Link.key_result_id)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
    )
    found = [
        (link, cycle, key)
        for chunk in chunks(link_ids)
        for link, cycle, key in session.execute(query.where(Link.id.in_(chunk)))
    ]
    return sorted(found, key=lambda each: (each[1], each[2], each[0].position, each[0].id))
