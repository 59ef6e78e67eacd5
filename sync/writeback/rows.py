"""Notes as they are to be, written over the notes as they were; only what differs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from connector import notes
from connector.notes import Body
from connector.store.chunks import chunks
from connector.store.tables import Item, Note
from sync import bulk
from sync.writeback.leading import page_of

Where = tuple[int | None, str]
"""What carries a note: an item (with the note's subject), or a place beside items by its name."""
Leading = Callable[[Body, str], Body]
_HELD = (
    Note.id,
    Note.item_id,
    Note.kind,
    Note.subject,
    Note.wanted_hash,
    Note.sent_hash,
    Note.sent_at,
    Note.attempts,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A body with its digest, made once for however many items carry it.

    ``leading`` has it lead to the page of the one that does. That is no part of the digest: what
    is there already is sent anew when its words change, and not for an address.
    """

    body: Body
    digest: str
    leading: Leading | None = None


def text(body: Body, leading: Leading | None = None) -> Text:
    """A body to be carried."""
    return Text(body, notes.digest(body), leading)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a portion of notes becomes; the pages of items are found under ``pages``."""

    session: Session
    connection_id: int
    now: datetime
    pages: str
    added: list[bulk.Body] = field(default_factory=list)
    changed: list[bulk.Body] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    led: list[tuple[bulk.Body, int, Leading]] = field(default_factory=list)

    def apart(self, kind: str, subject: str) -> dict[Where, Any]:
        """The notes of a kind about one key result that are held, by item."""
        return {
            (row.item_id, ""): row for row in self._held(Note.kind == kind, Note.subject == subject)
        }

    def single(self, kind: str) -> dict[Where, Any]:
        """The notes of a kind of which each carrier has one, by carrier."""
        return {(row.item_id, row.subject): row for row in self._held(Note.kind == kind)}

    def put(
        self, held: Mapping[Where, Any], wanted: Mapping[Where, Text], kind: str, subject: str = ""
    ) -> None:
        """Have these carry these texts."""
        for where, each in wanted.items():
            row = held.get(where)
            if row is None:
                item_id, place = where
                self._add(item_id, each, kind, subject or place)
            elif row.wanted_hash != each.digest:
                self._change(row, each.body, each.digest)
                self._lead(self.changed[-1], row.item_id, each)

    def take_away(self, rows: Iterable[Any]) -> None:
        """Have these notes vanish; one that was never tried needs no call."""
        for row in rows:
            if row.sent_at is None and row.attempts == 0:
                self.dropped.append(row.id)
            elif row.wanted_hash:
                self._change(row, None, "")

    def write(self) -> None:
        """Write what differs, in few statements."""
        keys = self._keys({item_id for _, item_id, _ in self.led})
        for body, item_id, leading in self.led:
            body["wanted"] = leading(body["wanted"], page_of(self.pages, keys[item_id]))
        bulk.write(self.session, Note, added=self.added, changed=self.changed)
        for chunk in chunks(self.dropped):
            self.session.execute(delete(Note).where(Note.id.in_(chunk)))

    def _lead(self, row: bulk.Body, item_id: int | None, each: Text) -> None:
        if each.leading is not None and item_id is not None:
            self.led.append((row, item_id, each.leading))

    def _keys(self, ids: set[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for chunk in chunks(sorted(ids)):
            query = select(Item.id, Item.key).where(Item.id.in_(chunk))
            found.update((row.id, row.key) for row in bulk.rows(self.session, query))
        return found

    def _held(self, *which: ColumnElement[bool]) -> list[Any]:
        mine = Note.connection_id == self.connection_id
        return list(bulk.rows(self.session, select(*_HELD).where(mine, *which)))

    def _add(self, item_id: int | None, each: Text, kind: str, subject: str) -> None:
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
        self._lead(self.added[-1], item_id, each)

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
