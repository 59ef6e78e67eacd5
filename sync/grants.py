"""Sign-ins that renew themselves: one process at a time, and what renews is kept at once."""

import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, Refused, TrackerError, Unavailable
from connector.store.tables import Connection, Lease
from integrations.tracker import Account, Client, Consent, Grant
from sync.accounts import account_of, client_of, grant_place, token_place
from sync.runtime import Runtime
from sync.vault import Vault

MARGIN = timedelta(minutes=5)
"""So long before its end a token is renewed."""
HELD = timedelta(seconds=90)
"""Longer than a renewal's call may take: after it, whoever held the lease is gone."""
PATIENCE, LOOK = 10.0, 0.05
"""Seconds that others wait for a renewal under way, and between two looks."""


DENIED = "denied"


class SignInEnded(AccessDenied):
    """What renews the sign-in is no longer good: a person has to sign in again.

    ``tried`` is what was held then: where somebody else had used it just before, who keeps what
    came of it will have something newer.
    """

    def __init__(self, message: str, tried: bytes | None) -> None:
        super().__init__(message)
        self.tried = tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What renews a connection's token, and until when the token now held is good."""

    client: Client
    secret: str = field(repr=False)
    until: datetime


def account(
    runtime: Runtime,
    connection: Connection,
    fields: Collection[str] = (),
    scopes: frozenset[tuple[str, str]] = frozenset(),
) -> Account:
    """The account of a connection, its token renewed when it ends soon; raises ``TrackerError``.

    May call the tracker: no transaction may be open.
    """
    return account_of(fresh(runtime, connection), runtime.vault, fields, scopes)


def fresh(runtime: Runtime, connection: Connection) -> Connection:
    """The connection with a token that is good for a while."""
    ends = connection.token_until
    if connection.grant_cipher is None or (ends and ends - runtime.clock() > MARGIN):
        return connection
    return _renewed(runtime, connection, usable=ends is not None and ends > runtime.clock())


def again(runtime: Runtime, connection: Connection) -> Connection | None:
    """The connection with a new token after its old one was refused; None where it has no way."""
    if connection.grant_cipher is None:
        return None
    return _renewed(runtime, connection, usable=False)


def refuses(runtime: Runtime, connection_id: int, error: AccessDenied) -> bool:
    """Whether a refusal is of the account itself, not only of one thing it asked for.

    A token that renews itself may have ended before its time: a new one is tried first.
    """
    connection = _row(runtime, connection_id)
    if isinstance(error, SignInEnded):
        return connection.grant_cipher == error.tried
    try:
        if not _is_refused(runtime, fresh(runtime, connection)):
            return False
        newer = again(runtime, connection)
        return newer is None or _is_refused(runtime, newer)
    except TrackerError as other:
        return isinstance(other, AccessDenied)


def _is_refused(runtime: Runtime, connection: Connection) -> bool:
    asked = runtime.tracker(connection.tracker).open(account_of(connection, runtime.vault))
    try:
        asked.check()
    except AccessDenied:
        return True
    except TrackerError:
        return False
    finally:
        asked.close()
    return False


def seal(vault: Vault, row: Connection, token: str, renewal: Renewal) -> None:
    """Put a token and what renews it into the row, both or neither."""
    client = renewal.client
    body = {
        "id": client.id,
        "secret": client.secret,
        "redirect": client.redirect,
        "server": client.server,
        "allow_private": client.allow_private,
        "extras": sorted(client.extras),
        "page": client.page,
        "renewal": renewal.secret,
    }
    row.token_cipher = vault.seal(token, token_place(row.uid))
    row.grant_cipher = vault.seal(json.dumps(body), grant_place(row.uid))
    row.token_until = renewal.until


def until(grant: Grant, asked_at: datetime) -> datetime:
    """When a grant's token ends, by our clock."""
    return asked_at + grant.lasts


def _renewed(runtime: Runtime, connection: Connection, *, usable: bool) -> Connection:
    with _alone(runtime, connection, usable=usable) as mine:
        row = _row(runtime, connection.id)
        if row.token_cipher != connection.token_cipher or not mine:
            return row  # somebody else renewed it, or signed in again
        return _renew(runtime, row)


def _renew(runtime: Runtime, row: Connection) -> Connection:
    client, renewal = client_of(runtime.vault, row)
    asked_at = runtime.clock()
    try:
        grant = _consent(runtime, row).renew(client, renewal)
    except AccessDenied as error:
        newer = _ended(runtime, row, error)
        if newer is None:
            raise SignInEnded(str(error), row.grant_cipher) from error
        return newer
    except TrackerError:
        if row.token_until and row.token_until > asked_at:
            return row  # the old one is still good: the next call tries again
        raise
    made = Renewal(client=client, secret=grant.renewal, until=until(grant, asked_at))
    with runtime.store.write() as session:
        now = _locked(session, row.id)
        if now.grant_cipher == row.grant_cipher:
            seal(runtime.vault, now, grant.token, made)
            if now.error_kind == DENIED:  # by one who came too late with what we had just used
                now.broken_at = now.error = now.error_kind = None
    return now


def _ended(runtime: Runtime, row: Connection, error: AccessDenied) -> Connection | None:
    """Note that the sign-in is over; what somebody else renewed meanwhile, where there is that."""
    with runtime.store.write() as session:
        now = _locked(session, row.id)
        if now.grant_cipher != row.grant_cipher:
            return now
        now.broken_at, now.error, now.error_kind = runtime.clock(), str(error), DENIED
    return None


def _consent(runtime: Runtime, row: Connection) -> Consent:
    consent = runtime.tracker(row.tracker).consent
    if consent is None:
        raise Refused(f"{row.tracker} has no sign-in of its own; connect {row.name} with a token")
    return consent


@contextmanager
def _alone(runtime: Runtime, connection: Connection, *, usable: bool) -> Iterator[bool]:
    """Hold the right to renew: False when another does it, which is waited for unless ``usable``
    (the old token is still good)."""
    name = f"grant/{connection.id}"
    end = time.monotonic() + PATIENCE
    while (held := _hold(runtime, name)) is None:
        if usable or _row(runtime, connection.id).token_cipher != connection.token_cipher:
            yield False
            return
        if time.monotonic() > end:
            raise Unavailable("The sign-in is being renewed by another process; wait a little.")
        time.sleep(LOOK)
    try:
        yield True
    finally:
        with runtime.store.write() as session:
            session.execute(delete(Lease).where(Lease.name == name, Lease.until == held))


def _hold(runtime: Runtime, name: str) -> datetime | None:
    """Until when the lease is ours now; None while it is another's."""
    now = runtime.clock()
    mine = now + HELD
    try:
        with runtime.store.write() as session:
            held = session.get(Lease, name)
            if held is None:
                session.add(Lease(name=name, until=mine))
                return mine
            if now < held.until <= mine:
                return None
            # Its holder died, or the clock was set back: taken over by one of those who see it.
            over = update(Lease).where(Lease.name == name, Lease.until == held.until)
            taken = session.execute(over.values(until=mine)).rowcount  # type: ignore[attr-defined]
            return mine if taken else None
    except IntegrityError:
        return None


def _row(runtime: Runtime, connection_id: int) -> Connection:
    with runtime.store.read() as session:
        return session.get_one(Connection, connection_id)


def _locked(session: Session, connection_id: int) -> Connection:
    query = select(Connection).where(Connection.id == connection_id).with_for_update()
    return session.scalars(query).one()
