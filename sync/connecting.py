"""What a tested connection becomes: its row, its sealed secrets, and the links bound to it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from connector.errors import AccessDenied, Refused, TrackerError
from connector.store.tables import Connection, Link, Note, Source
from integrations.tracker import Budget, Identity, Survey
from sync import grants, history, names, tokens
from sync.accounts import token_place
from sync.failures import keep_budget
from sync.grants import Renewal
from sync.hook_secret import is_readable, replaced
from sync.kinds import UNANSWERED, kind_of
from sync.move_settings import WITHHELD
from sync.runtime import Runtime
from sync.sources import attach, begin_anew, mark_dirty, standing
from sync.values import typed_options

SIGNING = ("client_id", "auth_server", "owner", "installation")
"""Options that only say how a sign-in was made."""
TO_BE_KEPT: Mapping[str, Any] = {
    "ids": [], "site": "", "door": "", "places": [], "expires_at": None, "error": None,
    "again_at": None, "retry_at": None,
}  # fmt: skip
"""Webhooks that are to be kept and were not looked at yet, as ``sync.hooks.kept`` reads them."""
_OF_ALL = (UNANSWERED, "settings")
"""Kinds of errors that are the connection's: a good test says that they are over."""
_Before = tuple[str, Mapping[str, Any], str | None]
LASTING = ("mapping", "surveyed", "detected", "noted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person gives to connect; ``options`` are the tracker's own non-secret settings.

    Without a ``token`` the connection of that name, at the same URL, keeps its own. ``renewal`` is
    what renews a token people did not type, ``hook_secret`` what a tracker signs with already.
    """

    tracker: str
    name: str
    url: str
    token: str | None = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    renewal: Renewal | None = None
    hook_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What a test said: an identity, or the error.

    ``held`` is the connection whose stored token was used, as it was then, ``budget`` what the
    tracker's limits left.
    """

    identity: Identity | None = None
    survey: Survey | None = None
    error: TrackerError | None = None
    held: Connection | None = None
    budget: Budget | None = None


def save(runtime: Runtime, asked: Request, tested: Tested) -> tuple[bool, str | None]:
    """Store the outcome and bind links; returns whether the connection is new, and the webhook
    secret where one was made.

    Raises ``Refused`` when the connection whose token was used is another one by now.
    """
    now = runtime.clock()
    with runtime.store.write() as session:
        row = _locked(session, asked.name)
        names.take(session, asked.name)  # it may have been given away during the test
        if asked.token is None and asked.renewal is None:
            row = _as_held(row, asked, tested)
        is_new = row is None or row.ended_at is not None
        row = row or _new(asked, now)
        # One that was sealed with a key that is lost is of no use to anybody any more.
        lacks = is_new or not is_readable(runtime.vault, row)
        secret = secrets.token_urlsafe(32) if lacks and not asked.hook_secret else None
        if told := asked.hook_secret or secret:
            row.hook_cipher = replaced(runtime.vault, row, told, now)
        if asked.hook_secret and row.registered is None:
            row.registered = dict(TO_BE_KEPT)  # the tracker has the webhook already: it is ours
        session.add(row)
        before = (row.url, row.options, row.error)
        _write(runtime, row, asked, tested)
        names.settle(session, asked.name)
        dirty = _go_on(runtime, session, row, before)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    return is_new, secret


def note(runtime: Runtime, asked: Request, tested: Tested) -> None:
    """Store what another test of a connection found, and nothing else of it.

    Raises ``Refused`` when the connection was changed since it was ``asked`` for.
    """
    with runtime.store.write() as session:
        row = _as_held(_locked(session, asked.name), asked, tested)
        if typed_options(row) != asked.options or row.allow_private != asked.allow_private:
            raise _changed(asked.name)
        before = (row.url, row.options, row.error)
        row.options = {**row.options, **_found(tested)}
        _sign(runtime, row, asked, tested.identity)
        _judge(runtime, row, tested)
        dirty = _go_on(runtime, session, row, before)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)


def addresses(url: str, browse_url: str | None) -> set[str]:
    """What a site is known by: where it is called (itself or a gateway) and where people browse
    it. It is the same site where one of them is the same."""
    parts = [urlsplit(each.rstrip("/")) for each in (url, browse_url) if each]
    return {
        each._replace(scheme=each.scheme.lower(), netloc=each.netloc.lower()).geturl()
        for each in parts
    }


def browsed(url: str, options: Mapping[str, Any]) -> str:
    """Where people browse a connection's site."""
    return str(options.get("detected", {}).get("browse_url") or url)


def silence(session: Session, row: Connection) -> None:
    """Write nothing back any more until it is allowed anew, and forget what was written.

    What we know of notes names comments by number: at another site those are somebody else's.
    """
    row.write_back, row.notes_after = [], None
    session.execute(delete(Note).where(Note.connection_id == row.id))


def _locked(session: Session, name: str) -> Connection | None:
    query = select(Connection).where(Connection.name == name).with_for_update()
    return session.scalars(query).one_or_none()


def _as_held(row: Connection | None, asked: Request, tested: Tested) -> Connection:
    """The row, which is as it was when its token was used: a token stays where it was given for."""
    held = tested.held
    if row is None or held is None or row.ended_at is not None:
        raise _changed(asked.name)
    now = (row.url, row.token_cipher, row.grant_cipher)
    if now != (asked.url.rstrip("/"), held.token_cipher, held.grant_cipher):
        raise _changed(asked.name)
    return row


def _changed(name: str) -> Refused:
    return Refused(f"{name} was changed meanwhile; nothing was saved: look at it and try again")


def _go_on(runtime: Runtime, session: Session, row: Connection, before: _Before) -> set[int]:
    """Read on as the connection is now; ``before`` it had that URL, those options, that error."""
    url, options, error = before
    same = addresses(url, browsed(url, options)) & addresses(row.url, browsed(row.url, row.options))
    if row.ended_at or not same:
        silence(session, row)
    if not same:
        # Nothing is written on what was read elsewhere: that waits for a complete look here.
        session.execute(update(Source).where(Source.connection_id == row.id).values(swept_at=None))
    row.checked_at, row.ended_at = runtime.clock(), None
    session.flush()
    if row.error is None:
        _answered(session, row, error, everywhere=not same)
    dirty = bind(runtime, session, row)
    if (row.url, _reading(row.options)) != (url, _reading(options)):
        # Another site, or other fields: what is known was read otherwise.
        for source in session.scalars(select(Source).where(Source.connection_id == row.id)):
            source.generation += 1
            begin_anew(source, source.need, elsewhere=not same)
    return dirty


def _reading(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that say how the site is read; the rest is about signing in, or for people."""
    apart = {"surveyed", "noted", "expires_on", WITHHELD, *SIGNING}
    return {name: value for name, value in options.items() if name not in apart}


def _new(asked: Request, now: datetime) -> Connection:
    return Connection(
        uid=secrets.token_hex(16),
        name=asked.name,
        tracker=asked.tracker,
        url=asked.url.rstrip("/"),
        created_at=now,
        options={},
    )


def _write(runtime: Runtime, row: Connection, asked: Request, tested: Tested) -> None:
    url = asked.url.rstrip("/")
    # What was found out stays until the same site can be asked again; what was typed is replaced.
    lasting = LASTING if row.url == url else ("mapping",)
    inner: dict[str, Any] = {name: row.options[name] for name in lasting if name in row.options}
    row.url, row.allow_private = url, asked.allow_private
    row.options = {**inner, **_found(tested), **asked.options}
    _sign(runtime, row, asked, tested.identity)
    _judge(runtime, row, tested)


def _found(tested: Tested) -> dict[str, Any]:
    """What a test found out, as a connection keeps it."""
    found: dict[str, Any] = {}
    if tested.identity is not None:
        found["detected"] = dict(tested.identity.options)
        found["noted"] = list(tested.identity.notes)
    if tested.survey is not None:
        found["surveyed"] = as_kept(tested.survey)
    return found


def as_kept(survey: Survey) -> dict[str, Any]:
    """What a site offers a field mapping, as a connection keeps it."""
    return {
        "proposed": dict(survey.proposed),
        "notes": list(survey.notes),
        "statuses": [list(each) for each in survey.statuses],
        "types": [list(each) for each in survey.types],
        "resolutions": list(survey.resolutions),
        "fields": [list(each) for each in survey.fields],
    }


def _judge(runtime: Runtime, row: Connection, tested: Tested) -> None:
    """Let calls go on, or say why they cannot."""
    keep_budget(row, tested.budget)
    if tested.identity is not None:
        row.who, row.error, row.error_kind = tested.identity.who, None, None
        row.broken_at = row.rests_until = None
        row.unanswered = 0
    elif tested.error is not None:
        row.error, row.error_kind = str(tested.error), kind_of(tested.error)
        since = (row.broken_at if row.ended_at is None else None) or runtime.clock()
        row.broken_at = since if isinstance(tested.error, AccessDenied) else None


def _sign(runtime: Runtime, row: Connection, asked: Request, identity: Identity | None) -> None:
    """Seal the sign-in, and keep until when it is good."""
    if asked.renewal is not None:
        grants.seal(runtime.vault, row, asked.token or "", asked.renewal)
        return
    if asked.token is not None:
        row.token_cipher = runtime.vault.seal(asked.token, token_place(row.uid))
        row.grant_cipher = row.token_until = None
    if row.grant_cipher is None and identity is not None:
        row.token_until = tokens.end_of(identity.token_until)


def _answered(session: Session, row: Connection, error: str | None, *, everywhere: bool) -> None:
    """Forget the failures that a good test answers for: of the account, not of single places."""
    mine = [Source.connection_id == row.id]
    if not everywhere:
        mine.append(or_(Source.error_kind.in_(_OF_ALL), Source.error == error))
    well = {"failing_since": None, "error": None, "error_kind": None}
    session.execute(update(Source).where(*mine).values(well))


def bind(runtime: Runtime, session: Session, row: Connection) -> set[int]:
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
    # A person acted: all is tried again at once.
    tried: dict[str, Any] = {"failures": 0, "past_after": None}
    if row.error is None:
        tried["not_before"] = None  # it answers, so the pause it asked for is over
    session.execute(update(Source).where(mine).values(tried))
    failing = update(Source).where(mine, Source.failing_since.is_not(None))
    session.execute(failing.values(due_at=runtime.clock()))
    history.again(standing(session, row.id))
    ids = set(session.scalars(select(Source.id).where(mine)))
    mark_dirty(session, ids)
    return ids
