"""A service with GitHub connections and sources and nothing behind them, for tests of the inbox."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

from sqlalchemy import event

from connector import failpoints
from connector.store import Store
from connector.store.tables import Base, Connection, Source
from integrations.kit.signature import sign
from sync import inbox
from sync import runtime as composition
from sync.accounts import hook_place, token_place
from sync.inbox import Receipt
from sync.runtime import Runtime
from tests.servers import PATIENCE
from tests.world import Clock, settings

SECRET = "the webhook's secret"
Sent = tuple[dict[str, str], bytes]


@dataclass
class Bell:
    """A doorbell that remembers."""

    rung: list[int] = field(default_factory=list)

    def ring(self, source_id: int) -> None:
        self.rung.append(source_id)


@dataclass
class Post:
    """Deliveries to connections ``github`` and ``other``, each with sources acme/a and acme/b."""

    runtime: Runtime
    clock: Clock
    bell: Bell

    def told(self, number: int = 1, repo: str = "acme/a", *, action: str = "edited",
             at: str = "2026-11-03T10:00:00Z", name: str = "") -> Sent:  # fmt: skip
        """Headers and body of a delivery about an issue, under a name of its own."""
        body = json.dumps(
            {
                "action": action,
                "issue": {"id": 5000 + number, "number": number, "updated_at": at},
                "repository": {"full_name": repo},
            }
        ).encode()
        return self.signed(body, name)

    def signed(self, body: bytes, name: str = "", secret: str = SECRET) -> Sent:
        headers = {
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": name or str(uuid4()),
            "X-Hub-Signature-256": sign(body, secret),
        }
        return headers, body

    def send(self, sent: Sent, to: str = "github", **more: Any) -> Receipt:
        return inbox.receive(self.runtime, to, *sent, **more)

    def rows(self, table: str, **where: Any) -> list[Any]:
        columns = Base.metadata.tables[table]
        query = columns.select().filter_by(**where)
        with self.runtime.store.read() as session:
            return list(session.execute(query.order_by(*columns.primary_key)).all())

    def counted(self) -> dict[str, int]:
        return {row.kind: row.number for row in self.rows("delivery_count")}

    def done(self) -> None:
        """What a drain leaves behind."""
        with self.runtime.store.write() as session:
            for source in session.query(Source):
                source.done_seq = source.dirty_seq

    def change(self, name: str = "github", **values: Any) -> None:
        """Change a connection, as another process would."""
        with self.runtime.store.write() as session:
            row = session.query(Connection).filter_by(name=name).one()
            for key, value in values.items():
                setattr(row, key, value)


def posted(store: Store, home: Path, clock: Clock) -> Post:
    """Such a service on a store with all tables."""
    made, bell = composition.build(settings(home), clock=clock), Bell()
    made.store.close()
    post = Post(replace(made, store=store, doorbell=bell), clock, bell)  # type: ignore[arg-type]
    with store.write() as session:
        for number, name in enumerate(("github", "other"), 1):
            uid = uuid4().hex
            session.add(Connection(
                id=number, uid=uid, name=name, tracker="github", url="http://127.0.0.1:9",
                options={}, created_at=clock(),
                token_cipher=made.vault.seal("token", token_place(uid)),
                hook_cipher=made.vault.seal(SECRET, hook_place(uid)),
            ))  # fmt: skip
            session.flush()
            for repo in ("acme/a", "acme/b"):
                session.add(Source(connection_id=number, key=repo, need={}))
    return post


class Gate:
    """Holds the first thread that comes to a place until it is opened."""

    def __init__(self, place: str) -> None:
        self.place, self.come, self.go = place, Event(), Event()

    def __call__(self, name: str) -> None:
        if name == self.place and not self.come.is_set():
            self.come.set()
            assert self.go.wait(PATIENCE)


@contextmanager
def held(place: str) -> Iterator[Gate]:
    """Hold whoever comes to a place first; the way is free when the block ends."""
    gate = Gate(place)
    with failpoints.acting(gate):
        try:
            yield gate
        finally:
            gate.go.set()


@contextmanager
def seen() -> Iterator[list[str]]:
    """The places that were passed."""
    found: list[str] = []
    with failpoints.acting(found.append):
        yield found


@contextmanager
def threads(number: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(number) as pool:
        yield pool


@contextmanager
def told_each_transaction(store: Store, pragma: str) -> Iterator[None]:
    """Have SQLite told something at the beginning of each transaction."""

    def begin(connection: Any) -> None:
        connection.connection.cursor().execute(f"PRAGMA {pragma}")

    event.listen(store.engine, "begin", begin, insert=True)
    try:
        yield
    finally:
        event.remove(store.engine, "begin", begin)
