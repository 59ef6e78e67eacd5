"""Reading with care: after deaths of the process in a row, each item is written down before it is
read, so that the one which ends the process is known and set aside."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from connector.store.tables import Source, UnreadableItem
from integrations.tracker import BROKE, ENDED, Before, Fetched, Named, Page, Unreadable, Witness
from sync import aside, lease
from sync.lease import Claim
from sync.runtime import Runtime
from sync.version import VERSION

log = structlog.get_logger()
AFTER = 2
"""Deaths in a row after which a source is read with care."""
BLAMED = 2
"""Deaths while one and the same item was read after which it is set aside."""
UNFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    DataError)  # fmt: skip
"""What storing an item may end in by a fault of ours, or of what it holds; not a database that is
away."""
_Part = Page | Fetched


def witness(runtime: Runtime, claim: Claim) -> Witness | None:
    """Who is told of what this drain reads; None where nothing gives reason to care."""
    with runtime.store.read() as session:
        source = session.get_one(Source, claim.source_id)
        held = source.care
        known = _deadly(session, source.id)
    if held is not None and held.get("reading"):
        known = _blame(runtime, claim)
    if claim.deaths < AFTER and not known:
        return None
    return _Careful(runtime, claim, known)


def _deadly(session: Session, source_id: int) -> dict[str, UnreadableItem]:
    mine = (UnreadableItem.source_id == source_id, UnreadableItem.field == ENDED)
    return {row.external_id: row for row in session.scalars(select(UnreadableItem).where(*mine))}


def _blame(runtime: Runtime, claim: Claim) -> dict[str, UnreadableItem]:
    """Count the death for what was being read; set that aside when it was not the first."""
    now = runtime.clock()
    with runtime.store.write() as session:
        source = lease.held(session, claim, now)
        care = dict(source.care or {})
        item, blamed = Named(*care.pop("reading")), dict(care.get("blamed", {}))
        known = _deadly(session, source.id)
        if claim.died:
            blamed[item.external_id] = blamed.get(item.external_id, 0) + 1
            if item.external_id in known or blamed[item.external_id] >= BLAMED:
                log.error("item.deadly", source_id=source.id, item=item.key or item.external_id)
                aside.set_aside(session, source, [_aside(item, claim.deaths)], now)
                session.flush()
                known = _deadly(session, source.id)
                row = known[item.external_id]
                row.stamp, row.attempts = item.stamp, max(row.attempts, claim.deaths - 1) + 1
        source.care = {"blamed": blamed}
    return known


def _aside(item: Named, deaths: int) -> Unreadable:
    name = item.key or item.external_id
    why = f"{name}: the process that read it ended, {deaths} times in a row; its log may say why"
    return Unreadable(item.external_id, item.key, ENDED, why)


def stored_apart(page: _Part, store: Callable[[_Part], None]) -> None:
    """Store what came together; where an item of it makes our own store fail, the others one by
    one, and that one is set aside."""
    try:
        store(page)
    except UNFIT:
        log.exception("page.crashed", items=len(page.items))
    else:
        return
    lost: list[Unreadable] = []
    for item in page.items:
        try:
            store(replace(page, items=(item,), unreadable=()))
        except UNFIT as error:
            log.exception("item.crashed", item=item.key)
            said = f"{item.key}: Worklift failed while storing it ({type(error).__name__})"
            lost.append(Unreadable(item.external_id, item.key, BROKE, f"{said}; its log says more"))
    store(replace(page, items=(), unreadable=(*page.unreadable, *lost)))


class _Careful:
    """Writes down each item that is to be read with care, one at a time.

    With no death lately these are only those known to be deadly.
    """

    def __init__(self, runtime: Runtime, claim: Claim, known: dict[str, UnreadableItem]) -> None:
        self._runtime, self._claim, self._known = runtime, claim, known
        self._all = claim.deaths >= AFTER
        self._turn = threading.Lock()
        self._written = False

    @contextmanager
    def portion(self) -> Iterator[Before]:
        """Some items that came together; at its end none is being read."""
        with self._turn:
            yield self._before
            self._write(None)

    def _before(self, item: Named) -> str | None:
        row = self._known.get(item.external_id)
        if row is not None and row.version == VERSION and row.stamp == item.stamp:
            return row.message
        if item.external_id:
            self._write(item if self._all or row is not None else None)
        return None

    def _write(self, item: Named | None) -> None:
        if item is None and not self._written:
            return
        with self._runtime.store.write() as session:
            source = lease.held(session, self._claim, self._runtime.clock())
            reading = [item.external_id, item.key, item.stamp] if item else None
            source.care = {**(source.care or {}), "reading": reading}
        self._written = item is not None
