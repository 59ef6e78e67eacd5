"""Signing in at a tracker instead of giving a token: begun here, agreed there, finished once."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Agreement, Connection
from integrations.tracker import Client, Consent, Grant, Site
from sync import connections, grants
from sync.connecting import addresses, browsed
from sync.connections import Connected, Request
from sync.grants import Renewal
from sync.runtime import Runtime

LENGTH = timedelta(minutes=10)
OVER = (
    "This sign-in is over, was finished already, or was begun by somebody else: begin it again."
    " It can be finished once, within ten minutes, by who began it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A connection to be made by signing in."""

    tracker: str
    name: str
    client: Client
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which of the sites that the sign-in opens is meant: to be chosen, with the same state.

    ``other`` is where people browse the connection's site of now, when it is none of them.
    """

    name: str
    sites: tuple[Site, ...]
    other: str = ""


def begin(runtime: Runtime, wanted: Wanted, who: str) -> str:
    """Where the person goes to agree; raises ``Refused`` for settings that cannot be right."""
    consent = _consent(runtime, wanted)
    connections.refuse_wrong(runtime, _request(wanted, url="", token=None))
    if not (wanted.client.id.strip() and wanted.client.secret.strip()):
        raise Refused("signing in needs the client id and the client secret of the app")
    state = _keep(runtime, {"wanted": _as_json(wanted)}, who)
    return consent.address(wanted.client, state)


def name_of(runtime: Runtime, state: str, who: str) -> str | None:
    """The name of the connection a state was made for; None if nothing can be finished by it."""
    with runtime.store.read() as session:
        row = _find(runtime, session, state, who)
    return None if row is None else str(_opened(runtime, row)["wanted"]["name"])


def begun(runtime: Runtime, state: str, who: str) -> Wanted | None:
    """What a state was made for; None if nothing can be finished by it."""
    with runtime.store.read() as session:
        row = _find(runtime, session, state, who)
    return None if row is None else _wanted(_opened(runtime, row)["wanted"])


def finish(runtime: Runtime, state: str, code: str, who: str) -> Connected | Choice:
    """Make the connection of a code; a choice where it opens several sites, or only others than
    the one the connection reads."""
    wanted = _wanted(_taken(runtime, state, who, agreed=False)["wanted"])
    consent = _consent(runtime, wanted)
    asked_at = runtime.clock()
    grant = consent.exchange(wanted.client, code)
    sites = consent.sites(wanted.client, grant)
    if not sites:
        raise Refused("the sign-in opens no site that may be read: choose one when you agree")
    now = _now(runtime, wanted.name)
    known = addresses(now.url, browsed(now.url, now.options)) if now else set()
    mine = [each for each in sites if known & addresses(each.url, each.browse_url)]
    if mine or (len(sites) == 1 and now is None):
        return _connected(runtime, wanted, (mine or sites)[0], _held(grant, asked_at))
    body = {
        "wanted": _as_json(wanted),
        "sites": [asdict(each) for each in sites],
        "grant": _held(grant, asked_at),
    }
    _keep(runtime, body, who, state=state)
    return Choice(name=wanted.name, sites=sites, other=browsed(now.url, now.options) if now else "")


def choose(runtime: Runtime, state: str, url: str, who: str) -> Connected:
    """Make the connection to one of the sites of a choice; named by address or name."""
    with runtime.store.read() as session:
        row = _find(runtime, session, state, who)
    sites = [Site(**each) for each in _opened(runtime, row).get("sites", ())] if row else []
    if not sites:
        raise Refused(OVER)
    site = next((each for each in sites if url in {each.url, each.browse_url, each.name}), None)
    if site is None:
        raise Refused(f"site: choose one of {', '.join(each.browse_url for each in sites)}")
    body = _taken(runtime, state, who)
    return _connected(runtime, _wanted(body["wanted"]), site, body["grant"])


def give_up(runtime: Runtime, state: str, who: str) -> None:
    """Forget a sign-in that was refused at the tracker."""
    _taken(runtime, state, who)


def _connected(runtime: Runtime, wanted: Wanted, site: Site, held: Mapping[str, Any]) -> Connected:
    renewal = Renewal(
        client=wanted.client,
        secret=held["renewal"],
        until=datetime.fromisoformat(held["until"]),
    )
    request = _request(wanted, url=site.url, token=held["token"], renewal=renewal)
    return connections.connect(runtime, request)


def _request(
    wanted: Wanted, *, url: str, token: str | None, renewal: Renewal | None = None
) -> Request:
    client = wanted.client
    about = {"client_id": client.id, "auth_server": client.server}
    return Request(
        tracker=wanted.tracker,
        name=wanted.name,
        url=url,
        token=token,
        options={**wanted.options, **{name: value for name, value in about.items() if value}},
        allow_private=client.allow_private,
        renewal=renewal,
    )


def _held(grant: Grant, asked_at: datetime) -> dict[str, str]:
    until = grants.until(grant, asked_at).isoformat()
    return {"token": grant.token, "renewal": grant.renewal, "until": until}


def _consent(runtime: Runtime, wanted: Wanted) -> Consent:
    tracker = runtime.tracker(wanted.tracker)
    if tracker.consent is None:
        raise Refused(f"{tracker.spec.label} has no sign-in of its own: connect it with a token")
    return tracker.consent


def _as_json(wanted: Wanted) -> dict[str, Any]:
    client = {**asdict(wanted.client), "extras": sorted(wanted.client.extras)}
    return {
        "tracker": wanted.tracker,
        "name": wanted.name,
        "client": client,
        "options": dict(wanted.options),
    }


def _wanted(body: Mapping[str, Any]) -> Wanted:
    client = body["client"]
    return Wanted(**{**body, "client": Client(**{**client, "extras": frozenset(client["extras"])})})


def _keep(runtime: Runtime, body: Mapping[str, Any], who: str, state: str | None = None) -> str:
    """Store what was begun; returns the secret that leads back to it."""
    state, now = state or secrets.token_urlsafe(32), runtime.clock()
    mark = runtime.vault.mark(state)
    sealed = runtime.vault.seal(json.dumps(body), _place(mark))
    with runtime.store.write() as session:
        session.execute(delete(Agreement).where(Agreement.until < now))
        session.add(Agreement(mark=mark, who=who, until=now + LENGTH, cipher=sealed))
    return state


def _taken(runtime: Runtime, state: str, who: str, *, agreed: bool | None = None) -> dict[str, Any]:
    """What was begun, taken away so that it serves once; raises ``Refused`` without it.

    ``agreed`` asks for one that waits for a choice of sites, or for one that does not.
    """
    with runtime.store.write() as session:
        row = _find(runtime, session, state, who)
        if row is None or agreed not in {None, "grant" in _opened(runtime, row)}:
            raise Refused(OVER)
        gone = session.execute(delete(Agreement).where(Agreement.id == row.id))
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise Refused(OVER)
    return _opened(runtime, row)


def _find(runtime: Runtime, session: Session, state: str, who: str) -> Agreement | None:
    row = session.scalars(
        select(Agreement).where(
            Agreement.mark == runtime.vault.mark(state),
            Agreement.who == who,
            Agreement.until >= runtime.clock(),
        )
    )
    return row.one_or_none()


def _opened(runtime: Runtime, row: Agreement) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(runtime.vault.open(row.cipher, _place(row.mark)))
    return body


def _place(mark: bytes) -> str:
    return f"agreement/{mark.hex()}/cipher"


def _now(runtime: Runtime, name: str) -> Connection | None:
    """The connection of that name as it is now."""
    query = select(Connection).where(Connection.name == name, Connection.ended_at.is_(None))
    with runtime.store.read() as session:
        return session.scalars(query).one_or_none()
