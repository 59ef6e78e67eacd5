"""Connecting a tracker: settings are tested, tokens sealed, and links bound to it."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, Refused, TrackerError
from connector.store.tables import Connection, Link, Source
from integrations.tracker import Account, Identity
from sync import history
from sync.accounts import account_of, hook_place, token_place
from sync.runtime import Runtime
from sync.sources import attach, mark_dirty, standing

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person gives to connect; ``options`` are the tracker's own non-secret settings."""

    tracker: str
    name: str
    url: str
    token: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The outcome: ``error`` when the test failed (settings are kept), else who we are there.

    ``hook_secret`` is given once, when the connection is made.
    """

    name: str
    is_new: bool
    who: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: str | None = None
    hook_secret: str | None = field(default=None, repr=False)


def connect(runtime: Runtime, request: Request) -> Connected:
    """Store and test a connection; raises ``Refused`` for settings that cannot be right."""
    tracker = runtime.tracker(request.tracker)
    _check(runtime, request)
    account = Account(
        name=request.name,
        url=request.url,
        token=request.token,
        options=request.options,
        allow_private=request.allow_private,
    )
    asked = tracker.open(account)
    try:
        outcome: Identity | TrackerError = asked.check()
    except TrackerError as error:
        outcome = error
    finally:
        asked.close()
    return _save(runtime, request, outcome)


def _check(runtime: Runtime, request: Request) -> None:
    if not NAME.fullmatch(request.name):
        raise Refused(
            f"connection name {request.name!r}: use up to 32 of a-z, 0-9, - and _, such as jira-eu"
        )
    if not request.token.strip():
        raise Refused("the token is empty: put it into the variable named by --token-env")
    spec = runtime.tracker(request.tracker).spec
    known = {setting.name: setting for setting in spec.settings}
    for name, value in request.options.items():
        setting = known.get(name)
        if setting is None:
            raise Refused(f"{spec.label} has no setting {name!r}")
        if setting.choices and value not in setting.choices:
            raise Refused(f"{name}: {value!r} is not one of {', '.join(setting.choices)}")


def _save(runtime: Runtime, request: Request, outcome: Identity | TrackerError) -> Connected:
    now = runtime.clock()
    with runtime.store.write() as session:
        row = session.scalars(
            select(Connection).where(Connection.name == request.name).with_for_update()
        ).one_or_none()
        secret = None
        if row is not None and row.tracker != request.tracker:
            raise Refused(
                f"{request.name} is a {row.tracker} connection; choose another name, "
                f"or run: worklift disconnect {request.name}"
            )
        if row is None or row.ended_at is not None:
            secret = secrets.token_urlsafe(32)
            row = row or _new(request, now)
            row.hook_cipher = runtime.vault.seal(secret, hook_place(row.uid))
            session.add(row)
        read_as = (row.url, row.options)
        _write(runtime, row, request, outcome, now)
        session.flush()
        dirty = _bind(runtime, session, row)
        if (row.url, row.options) != read_as:
            # Another site, or other fields: what is known was read otherwise.
            mine = update(Source).where(Source.connection_id == row.id)
            session.execute(mine.values(cursor=None, generation=Source.generation + 1))
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    known = outcome if isinstance(outcome, Identity) else None
    return Connected(
        name=request.name,
        is_new=secret is not None,
        who=known.who if known else "",
        options=known.options if known else {},
        warnings=known.warnings if known else (),
        error=None if known else str(outcome),
        hook_secret=secret,
    )


def _new(request: Request, now: datetime) -> Connection:
    return Connection(
        uid=secrets.token_hex(16),
        name=request.name,
        tracker=request.tracker,
        created_at=now,
        options={},
    )


def _write(
    runtime: Runtime,
    row: Connection,
    request: Request,
    outcome: Identity | TrackerError,
    now: datetime,
) -> None:
    url = request.url.rstrip("/")
    # What was found out stays until the same site can be asked again; what was typed is replaced.
    lasting = ("mapping", "detected") if row.url == url else ("mapping",)
    inner: dict[str, Any] = {name: row.options[name] for name in lasting if name in row.options}
    row.url = url
    row.allow_private = request.allow_private
    row.token_cipher = runtime.vault.seal(request.token, token_place(row.uid))
    if isinstance(outcome, Identity):
        inner["detected"] = dict(outcome.options)
    row.options = {**inner, **request.options}
    row.checked_at, row.ended_at = now, None
    if isinstance(outcome, Identity):
        row.who, row.error, row.broken_at = outcome.who, None, None
    else:
        row.error = str(outcome)
        row.broken_at = now if isinstance(outcome, AccessDenied) else None


def _bind(runtime: Runtime, session: Session, row: Connection) -> set[int]:
    """Bind links that waited for a connection of this tracker, and look again at everything."""
    tracker = runtime.tracker(row.tracker)
    ended = select(Connection.id).where(Connection.ended_at.is_not(None))
    waiting = select(Link).where(
        Link.tracker == row.tracker,
        or_(Link.connection_id.is_(None), Link.connection_id.in_(ended)),
        Link.ended_at.is_(None),
    )
    for link in session.scalars(waiting):
        named = link.scope.partition(":")[0].partition("@")[2]
        if named in {"", row.name}:
            link.connection_id, link.source_id, link.looked_at = row.id, None, None
    session.flush()
    attach(session, row, tracker)
    mine = Source.connection_id == row.id
    # A person acted: earlier failures no longer count.
    well = {"failing_since": None, "failures": 0, "error": None, "past_after": None}
    session.execute(update(Source).where(mine).values(well))
    history.again(standing(session, row.id))
    ids = set(session.scalars(select(Source.id).where(mine)))
    mark_dirty(session, ids)
    return ids


def check(runtime: Runtime, name: str) -> Identity:
    """Test a stored connection now; raises ``TrackerError`` kinds."""
    with runtime.store.read() as session:
        row = find(session, name)
    asked = runtime.tracker(row.tracker).open(account_of(row, runtime.vault))
    try:
        return asked.check()
    finally:
        asked.close()


def find(session: Session, name: str) -> Connection:
    """The connection of that name; raises ``Refused`` naming those there are."""
    query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    rows = {row.name: row for row in session.scalars(query)}
    if name not in rows:
        raise Refused(f"there is no connection {name!r}; there are: {', '.join(rows) or 'none'}")
    return rows[name]


def disconnect(runtime: Runtime, name: str) -> int:
    """Stop reading a connection and forget its token; history stays. Returns its links."""
    now = runtime.clock()
    with runtime.store.write() as session:
        row = find(session, name)
        row.ended_at = row.broken_at = now
        row.error = f"disconnected; connect {row.name} again to go on"
        row.token_cipher = row.hook_cipher = b""
        links = select(Link.id).where(Link.connection_id == row.id, Link.ended_at.is_(None))
        return len(session.scalars(links).all())
