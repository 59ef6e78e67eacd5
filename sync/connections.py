"""Connecting a tracker: settings are tested, tokens sealed, and links bound to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connector.errors import Refused, TrackerError, Unfit
from connector.store.tables import Connection, Link
from integrations.tracker import Account, Identity, Survey
from sync import grants, tokens
from sync.accounts import account_of
from sync.connecting import Request, Tested, note, save, silence
from sync.names import now_called, taken
from sync.runtime import Runtime
from sync.values import typed_options

__all__ = [
    "NAME",
    "Connected",
    "Request",
    "again",
    "asked_again",
    "check",
    "connect",
    "disconnect",
    "find",
    "refuse_wrong",
    "survey",
]
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The outcome: ``error`` when the test failed, else who we are there and what was found.

    ``saved`` says whether the settings were kept, ``ends`` what is known of the token's end.
    ``hook_secret`` is given once, when the connection is made.
    """

    name: str
    is_new: bool
    saved: bool = True
    who: str = ""
    ends: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    survey: Survey | None = None
    error: str | None = None
    hook_secret: str | None = field(default=None, repr=False)


def connect(runtime: Runtime, request: Request, *, keep: bool = True) -> Connected:
    """Test and store a connection; raises ``Refused`` for settings that cannot be right.

    Without ``keep`` nothing is stored when the test fails.
    """
    refuse_wrong(runtime, request)
    tested = _try(runtime, request)
    if not keep and tested.identity is None:
        return replace(_outcome(runtime, request, tested), saved=False)
    is_new, secret = save(runtime, request, tested)
    return replace(_outcome(runtime, request, tested), is_new=is_new, hook_secret=secret)


def _outcome(runtime: Runtime, request: Request, tested: Tested) -> Connected:
    known = tested.identity
    if known is None:
        return Connected(name=request.name, is_new=False, error=str(tested.error))
    held = tested.held is not None and tested.held.grant_cipher is not None
    renews = request.renewal is not None or held
    until = None if renews else tokens.end_of(known.token_until)
    soon = tokens.soon(until, runtime.clock())
    return Connected(
        name=request.name,
        is_new=False,
        who=known.who,
        ends=tokens.told(until, renews=renews),
        options=known.options,
        notes=known.notes,
        warnings=(*([soon] if soon else []), *known.warnings),
        survey=tested.survey,
    )


def again(runtime: Runtime, name: str) -> Connected:
    """Test a stored connection and keep what was found; a good test lets calls go on.

    Raises ``Refused`` when the connection was changed or ended meanwhile.
    """
    with runtime.store.read() as session:
        request = asked_again(find(session, name))
    tested = _try(runtime, request)
    note(runtime, request, tested)
    return _outcome(runtime, request, tested)


def asked_again(row: Connection) -> Request:
    """What was given to make a connection, its token left out."""
    return Request(
        tracker=row.tracker,
        name=row.name,
        url=row.url,
        token=None,
        options=typed_options(row),
        allow_private=row.allow_private,
    )


def check(runtime: Runtime, name: str) -> Identity:
    """Test a stored connection now and keep nothing; raises ``TrackerError`` kinds."""
    with runtime.store.read() as session:
        row = find(session, name)
        scopes = _scopes(session, row.tracker, row.name)
    asked = runtime.tracker(row.tracker).open(grants.account(runtime, row, scopes=scopes))
    try:
        return asked.check()
    finally:
        asked.close()


def survey(runtime: Runtime, name: str) -> Survey:
    """What the site of a connection offers a field mapping; raises ``TrackerError`` kinds."""
    with runtime.store.read() as session:
        row = find(session, name)
        scopes = _scopes(session, row.tracker, row.name)
    asked = runtime.tracker(row.tracker).open(grants.account(runtime, row, scopes=scopes))
    try:
        return asked.survey()
    finally:
        asked.close()


def find(session: Session, name: str) -> Connection:
    """The connection of that name; raises ``Refused`` naming those there are."""
    query = select(Connection).where(Connection.ended_at.is_(None)).order_by(Connection.name)
    rows = {row.name: row for row in session.scalars(query)}
    if name not in rows:
        called = now_called(session, name)
        if called is not None:
            raise Refused(f"the connection {name} is called {called} now")
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
        row.grant_cipher = row.token_until = row.budget = row.registered = row.watched = None
        row.paused_at = row.paused_by = row.paused_why = None
        silence(session, row)
        links = select(Link.id).where(Link.connection_id == row.id, Link.ended_at.is_(None))
        return len(session.scalars(links).all())


def _is_sendable(token: str) -> bool:
    """Whether it can stand in a header as it is."""
    return token.isascii() and token.isprintable() and " " not in token


def refuse_wrong(runtime: Runtime, request: Request) -> None:
    """Raise ``Refused`` for a name or settings that cannot be right; makes no call."""
    if not NAME.fullmatch(request.name):
        raise Unfit(
            "name",
            f"connection name {request.name!r}: use up to 32 of a-z, 0-9, - and _, such as jira-eu",
        )
    if request.token is not None and not request.token.strip():
        raise Unfit("token", "the token is empty: put it into the variable named by --token-env")
    if request.token is not None and not _is_sendable(request.token.strip()):
        raise Unfit(
            "token",
            "the token holds a space, a line break or a sign that no token has: copy it again",
        )
    spec = runtime.tracker(request.tracker).spec
    known = {setting.name: setting for setting in spec.settings if not setting.secret}
    for name, value in request.options.items():
        setting = known.get(name)
        if setting is None:
            raise Refused(f"{spec.label} has no setting {name!r}")
        if setting.choices and value not in setting.choices:
            raise Unfit(name, f"{name}: {value!r} is not one of {', '.join(setting.choices)}")
        if setting.input == "date" and not _is_date(value):
            raise Unfit(name, f"{name}: {value!r} is not a date; write it as 2027-10-01")
    with runtime.store.read() as session:
        row = session.scalars(select(Connection).where(Connection.name == request.name)).first()
        called = now_called(session, request.name) if row is None else None
    if called is not None:
        raise Unfit("name", taken(request.name, called))
    if row is not None and row.tracker != request.tracker:
        raise Unfit(
            "name",
            f"{request.name} is a {row.tracker} connection; choose another name, "
            f"or run: worklift disconnect {request.name}",
        )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _try(runtime: Runtime, request: Request) -> Tested:
    held = _held(runtime, request)
    try:
        used = grants.fresh(runtime, held) if held is not None else None
        account = _account(runtime, request, used)
        asked = runtime.tracker(request.tracker).open(account)
    except TrackerError as error:
        return Tested(error=error, held=held)
    try:
        identity = asked.check()
    except TrackerError as error:
        return Tested(error=error, held=used)
    finally:
        asked.close()
    options = {**identity.options, **request.options}
    found = _survey(runtime, request, replace(account, options=options))
    return Tested(identity=identity, survey=found, held=used, budget=asked.budget)


def _survey(runtime: Runtime, request: Request, account: Account) -> Survey | None:
    """What the site offers a mapping, by the fields just detected; nothing hangs on it."""
    asked = runtime.tracker(request.tracker).open(account)
    try:
        return asked.survey()
    except TrackerError:
        return None
    finally:
        asked.close()


def _held(runtime: Runtime, request: Request) -> Connection | None:
    """The connection whose stored token is to be used; None where one was given."""
    if request.token is not None:
        return None
    with runtime.store.read() as session:
        row = find(session, request.name)
    _refuse_elsewhere(row, request)
    return row


def _refuse_elsewhere(row: Connection, request: Request) -> None:
    if row.ended_at is not None or row.url != request.url.rstrip("/"):
        raise Unfit(
            "token", "a token is only sent where it was given for: give it again for this URL"
        )


def _account(runtime: Runtime, request: Request, used: Connection | None) -> Account:
    with runtime.store.read() as session:
        scopes = _scopes(session, request.tracker, request.name)
    token, client = request.token or "", request.renewal.client if request.renewal else None
    if used is not None:
        _refuse_elsewhere(used, request)  # somebody may have changed it since
        held = account_of(used, runtime.vault)
        token, client = held.token, held.client
    return Account(
        name=request.name,
        url=request.url,
        token=token,
        options=request.options,
        allow_private=request.allow_private,
        scopes=scopes,
        client=client,
    )


def _scopes(session: Session, tracker: str, name: str) -> frozenset[tuple[str, str]]:
    """What the links read that are bound to a connection, or would be."""
    mine = select(Connection.id).where(Connection.name == name)
    query = select(Link.scope, Link.kind, Link.value).where(
        Link.tracker == tracker,
        Link.ended_at.is_(None),
        or_(Link.connection_id.is_(None), Link.connection_id.in_(mine)),
    )
    return frozenset(
        (kind, value)
        for scope, kind, value in session.execute(query)
        if scope.partition(":")[0].partition("@")[2] in {"", name}
    )
