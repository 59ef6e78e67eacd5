"""Asking a tracker to set up, renew or take away webhooks; nothing secret gets into a sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused, TrackerError
from connector.store.tables import Connection, Item, Source
from integrations.tracker import Registered, Registrar, secret_path
from sync import grants
from sync.hook_secret import is_readable, opened
from sync.hooks.doors import known_door
from sync.hooks.kept import Kept, digest
from sync.runtime import Runtime
from sync.sources import need_from_json

RETRY = timedelta(days=1)
"""So long after it could not be done for some places it is tried again for them."""
Call = Callable[[Runtime, Connection, Kept], Kept]
"""(runtime, connection, what it remembers) → what it remembers then; raises ``TrackerError``."""


def set_up(runtime: Runtime, row: Connection, held: Kept) -> Kept:
    """Have the tracker send deliveries; what it sent before is replaced."""
    door, secret = known_door(runtime, row), opened(runtime.vault, row).now
    with runtime.store.read() as session:
        places = sorted(needed(session, row))
    with registrar_of(runtime, row) as registrar:
        made = registrar.register(door, secret, places)
        old = Registered(ids=tuple(each for each in held.ids if each not in made.ids))
        if old.ids and held.site == row.url:
            # Those of another way to sign in may be out of this one's reach.
            with suppress(TrackerError):
                registrar.remove(old)
    recovery = held.recovery.mended()
    now = replace(held, site=row.url, door=door, secret=digest(secret), recovery=recovery)
    now = now.made(made)
    return replace(now, retry_at=runtime.clock() + RETRY) if made.lacking else now


def renewed(runtime: Runtime, row: Connection, held: Kept) -> Kept:
    """Keep them from ending."""
    with registrar_of(runtime, row) as registrar:
        return held.made(registrar.renew(held.registered))


def taken_away(runtime: Runtime, row: Connection, held: Kept) -> None:
    """Have the tracker send no more; ids of another site are none here."""
    if held.ids and held.site == row.url:
        with registrar_of(runtime, row) as registrar:
            registrar.remove(held.registered)


def needed(session: Session, row: Connection) -> frozenset[str]:
    """The places whose items the connection's links read, as far as the mirror knows them, and the
    sources that are places themselves."""
    mine = select(Source.id).where(Source.connection_id == row.id)
    query = select(Item.place).where(Item.source_id.in_(mine), Item.gone_at.is_(None)).distinct()
    sources = session.scalars(select(Source).where(Source.connection_id == row.id))
    keys = {source.key for source in sources if _is_read(source)}
    return frozenset(filter(None, {*session.scalars(query), *keys}))


def _is_read(source: Source) -> bool:
    need = need_from_json(source.need)
    return bool(need.scopes or need.conventions)


def discreet(runtime: Runtime, row: Connection, sentence: str) -> str:
    """A sentence of the tracker, without our secret or the address it makes."""
    if not is_readable(runtime.vault, row):  # so it was told to nobody
        return sentence
    for each in opened(runtime.vault, row).good(runtime.clock()):
        sentence = sentence.replace(each, "…").replace(secret_path(each), "…")
    return sentence


@contextmanager
def registrar_of(runtime: Runtime, row: Connection) -> Iterator[Registrar]:
    """What sets up webhooks for a connection; raises ``Refused`` where nothing does."""
    asked = runtime.tracker(row.tracker).open(grants.account(runtime, row))
    try:
        registrar = asked.registrar
        if registrar is None:
            label = runtime.tracker(row.tracker).spec.label
            raise Refused(f"Worklift sets up no webhooks at {label}: enter it there by hand")
        yield registrar
    finally:
        asked.close()
