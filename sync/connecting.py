"""What a tested connection becomes: its row, its sealed secrets, and the links bound to it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, TrackerError
from connector.store.tables import Connection, Link, Source
from integrations.tracker import Identity, Survey
from sync import grants, history
from sync.accounts import hook_place, token_place
from sync.grants import Renewal
from sync.runtime import Runtime
from sync.sources import attach, mark_dirty, standing

LASTING = ("mapping", "surveyed", "detected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person gives to connect; ``options`` are the tracker's own non-secret settings.

    Without a ``token`` the connection of that name, at the same URL, keeps its own. ``renewal`` is
    what renews a token people did not type.
    """

    tracker: str
    name: str
    url: str
    token: str | None = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    renewal: Renewal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What a test said: an identity, or the error."""

    identity: Identity | None = None
    survey: Survey | None = None
    error: TrackerError | None = None


def save(runtime: Runtime, asked: Request, tested: Tested) -> str | None:
    """Store the outcome and bind links; returns the webhook secret where one was made."""
    now = runtime.clock()
    with runtime.store.write() as session:
        row = session.scalars(
            select(Connection).where(Connection.name == asked.name).with_for_update()
        ).one_or_none()
        secret = None
        if row is None or row.ended_at is not None:
            secret = secrets.token_urlsafe(32)
            row = row or _new(asked, now)
            row.hook_cipher = runtime.vault.seal(secret, hook_place(row.uid))
            session.add(row)
        read_as = (row.url, _reading(row.options))
        _write(runtime, row, asked, tested)
        row.checked_at, row.ended_at = now, None
        session.flush()
        dirty = _bind(runtime, session, row)
        if (row.url, _reading(row.options)) != read_as:
            # Another site, or other fields: what is known was read otherwise.
            mine = update(Source).where(Source.connection_id == row.id)
            session.execute(mine.values(cursor=None, generation=Source.generation + 1))
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    return secret


def _reading(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that say how the site is read; the rest is about signing in, or for people."""
    apart = {"surveyed", "expires_on", "client_id", "auth_server"}
    return {name: value for name, value in options.items() if name not in apart}


def _new(asked: Request, now: datetime) -> Connection:
    return Connection(
        uid=secrets.token_hex(16),
        name=asked.name,
        tracker=asked.tracker,
        created_at=now,
        options={},
    )


def _write(runtime: Runtime, row: Connection, asked: Request, tested: Tested) -> None:
    url = asked.url.rstrip("/")
    # What was found out stays until the same site can be asked again; what was typed is replaced.
    lasting = LASTING if row.url == url else ("mapping",)
    inner: dict[str, Any] = {name: row.options[name] for name in lasting if name in row.options}
    if tested.identity is not None:
        inner["detected"] = dict(tested.identity.options)
    if tested.survey is not None:
        proposed, notes = tested.survey.proposed, tested.survey.notes
        inner["surveyed"] = {"proposed": dict(proposed), "notes": list(notes)}
    row.url, row.allow_private = url, asked.allow_private
    row.options = {**inner, **asked.options}
    _sign(runtime, row, asked, tested.identity)
    if tested.identity is not None:
        row.who, row.error, row.broken_at = tested.identity.who, None, None
    else:
        row.error = str(tested.error)
        row.broken_at = runtime.clock() if isinstance(tested.error, AccessDenied) else None


def _sign(runtime: Runtime, row: Connection, asked: Request, identity: Identity | None) -> None:
    """Seal the sign-in, and keep until when it is good."""
    if asked.renewal is not None:
        grants.seal(runtime.vault, row, asked.token or "", asked.renewal)
        return
    if asked.token is not None:
        row.token_cipher = runtime.vault.seal(asked.token, token_place(row.uid))
        row.grant_cipher = row.token_until = None
    if row.grant_cipher is None and identity is not None:
        day = identity.token_until
        row.token_until = datetime.combine(day, time(23, 59, 59), UTC) if day else None


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
