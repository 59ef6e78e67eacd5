"""Which kinds of notes an admin allows a connection to write; none by default."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from connector import notes
from connector.errors import Refused
from connector.store.tables import Connection, Note
from sync import lease
from sync.connections import find
from sync.noting import renote_connection
from sync.runtime import Runtime
from sync.scores import alone
from sync.writeback.doors import ring

NO_ADDRESS = (
    "write_back: notes lead back here, so Worklift must know its own address; "
    "set WORKLIFT_PUBLIC_URL, such as https://worklift.example.com, and start again"
)


def allow(runtime: Runtime, name: str, kinds: Collection[str]) -> list[str]:
    """Allow these kinds and no other; returns them in their order. Raises ``Refused``.

    Notes of a kind no longer allowed are taken away. What waited for a right is tried again.
    """
    now = runtime.clock()
    with runtime.store.write() as session:
        alone(session)
        row = find(session, name)
        lease.together(session, row.id)
        spec = runtime.tracker(row.tracker).spec
        wanted = notes.kinds(kinds, spec.note_labels, spec.label)
        if wanted and runtime.settings.public_url is None:
            raise Refused(NO_ADDRESS)
        row.write_back, row.notes_after, row.notes_failures = wanted, None, 0
        _again(session, row, now)
        renote_connection(session, row.id, now)
    ring(runtime)
    return wanted


def _again(session: Session, row: Connection, now: datetime) -> None:
    """A comment that people deleted is made once more: nobody knows it by its id then."""
    waits = (Note.connection_id == row.id, Note.error.is_not(None))
    unsent = (*waits, Note.sent_hash.is_distinct_from(Note.wanted_hash))
    comments = (*unsent, Note.kind == "comment", Note.wanted.is_not(None))
    session.execute(update(Note).where(*comments).values(remote_id=None))
    session.execute(update(Note).where(*unsent).values(due_at=now, error=None))
