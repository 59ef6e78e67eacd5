"""Notes as they are to be, written over the notes as they were; only what differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector import notes
from connector.notes import Body
from connector.store.chunks import chunks
from connector.store.tables import Note
from sync import bulk

_HELD = (
    Note.id,
    Note.item_id,
    Note.kind,
    Note.wanted_hash,
    Note.sent_hash,
    Note.sent_at,
    Note.attempts,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A body with its digest, made once for however many items carry it."""

    body: Body
    digest: str


def text(body: Body) -> Text:
    """A body to be carried."""
    return Text(body, notes.digest(body))


@dataclass(frozen=True, slots=True)
class Rows:
    """What a portion of notes becomes."""

    session: Session
    connection_id: int
    now: datetime
    added: list[bulk.Body] = field(default_factory=list)
    changed: list[bulk.Body] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def remote_links(self, subject: str) -> dict[int, Any]:
        """The remote links of a key result that are held, by item."""
        query = select(*_HELD).where(
            Note.connection_id == self.connection_id,
            Note.kind == "remote_link",
            Note.subject == subject,
        )
        return {row.item_id: row for row in bulk.rows(self.session, query)}

    def single(self, kind: str) -> dict[int, Any]:
        """The notes of a kind of which an item has one, by item."""
        query = select(*_HELD).where(Note.connection_id == self.connection_id, Note.kind == kind)
        return {row.item_id: row for row in bulk.rows(self.session, query)}

    def put(
        self, held: Mapping[int, Any], wanted: Mapping[int, Text], kind: str, subject: str
    ) -> None:
        """Have these items carry these texts."""
        for item_id, each in wanted.items():
            row = held.get(item_id)
            if row is None:
                self._add(item_id, each, kind, subject)
            elif row.wanted_hash != each.digest:
                self._change(row, each.body, each.digest)

    def take_away(self, rows: Iterable[Any]) -> None:
        """Have these notes vanish; one that was never tried needs no call."""
        for row in rows:
            if row.sent_at is None and row.attempts == 0:
                self.dropped.append(row.id)
            elif row.wanted_hash:
                self._change(row, None, "")

    def write(self) -> None:
        """Write what differs, in few statements."""
        bulk.write(self.session, Note, added=self.added, changed=self.changed)
        for chunk in chunks(self.dropped):
            self.session.execute(delete(Note).where(Note.id.in_(chunk)))

    def _add(self, item_id: int, each: Text, kind: str, subject: str) -> None:
        self.added.append(
            {
                "connection_id": self.connection_id,
                "item_id": item_id,
                "kind": kind,
                "subject": subject,
                "wanted": each.body,
                "wanted_hash": each.digest,
                "due_at": self.now,
            }
        )

    def _change(self, row: Any, body: Body | None, digest: str) -> None:
        due_at = None if digest == row.sent_hash else self.now
        self.changed.append(
            {
                "id": row.id,
                "wanted": body,
                "wanted_hash": digest,
                "due_at": due_at,
                "error": None,
            }
        )
