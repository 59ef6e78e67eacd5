"""Signing in at a tracker instead of giving a token: begun here, agreed there, finished once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from connector.errors import RateLimited, Refused, TrackerError, Unavailable, Unfit
from connector.store.tables import Connection
from integrations.tracker import Client, Consent, Form, Grant, Maker, Plan, Site
from sync import connections, grants, states
from sync.accounts import client_of
from sync.connecting import addresses, browsed
from sync.connections import Connected, Request
from sync.grants import Renewal
from sync.hooks import keeping
from sync.runtime import Runtime

OVER = states.OVER


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
        raise Unfit("client_id", "signing in needs the client id and the client secret of the app")
    state = states.keep(runtime, {"wanted": _as_json(wanted)}, who)
    return consent.address(wanted.client, state)


def propose(runtime: Runtime, wanted: Wanted, home: str, who: str) -> Form:
    """What proposes our application to the tracker, sent by the person's browser; ``home`` is our
    own address. Raises ``Refused`` for settings that cannot be right."""
    maker = _maker(runtime, wanted)
    connections.refuse_wrong(runtime, _request(wanted, url="", token=None))
    state = states.keep(runtime, {"wanted": _as_json(wanted), "home": home}, who)
    return maker.form(_plan(runtime, wanted, home), state)


def made(runtime: Runtime, state: str, code: str, who: str) -> str:
    """Fetch the application that was made; returns where the person goes on to install it, and
    comes back from with the same state."""
    body = states.taken(runtime, state, who, waiting="home")
    wanted = _wanted(body["wanted"])
    try:
        founded = _maker(runtime, wanted).made(_plan(runtime, wanted, body["home"]), code)
    except (Unavailable, RateLimited):
        states.keep(runtime, body, who, state=state)  # the code is still good
        raise
    known = replace(wanted, client=founded.client)
    held = {"wanted": _as_json(known), "hook_secret": founded.hook_secret}
    states.keep(runtime, held, who, state=state)
    return _consent(runtime, known).address(founded.client, state)


def directly(runtime: Runtime, wanted: Wanted) -> Connected:
    """Connect by an application that is there and installed already: nobody has to agree. The
    connection of that name keeps its key, of the same application at the same server."""
    consent, maker = _consent(runtime, wanted), _maker(runtime, wanted)
    connections.refuse_wrong(runtime, _request(wanted, url="", token=None))
    wanted = _with_key(runtime, wanted)
    if not (wanted.client.id.strip() and wanted.client.secret.strip()):
        lacks = "client_secret" if wanted.client.id.strip() else "client_id"
        raise Unfit(lacks, "an app that is there needs both its App ID and its private key")
    told = wanted.options.get("installation", "")
    place = told or maker.place(wanted.client, wanted.options.get("owner", ""))
    asked_at = runtime.clock()
    grant = consent.exchange(wanted.client, place)
    (site,) = consent.sites(wanted.client, grant)
    return connections.connect(runtime, _agreed(wanted, site, _held(grant, asked_at)), keep=False)


def name_of(runtime: Runtime, state: str, who: str) -> str | None:
    """The name of the connection a state was made for; None if nothing can be finished by it."""
    with runtime.store.read() as session:
        row = states.find(runtime, session, state, who)
    return None if row is None else str(states.opened(runtime, row)["wanted"]["name"])


def is_proposed(runtime: Runtime, state: str, who: str) -> bool:
    """Whether a state waits for our application to be made, not for a sign-in."""
    with runtime.store.read() as session:
        row = states.find(runtime, session, state, who)
    return row is not None and states.stage(states.opened(runtime, row)) == "home"


def leads_to(runtime: Runtime, state: str, who: str) -> str:
    """The tracker's address that a proposal was sent to."""
    wanted = begun(runtime, state, who)
    if wanted is None:
        raise Refused(OVER)
    return _maker(runtime, wanted).form(_plan(runtime, wanted, ""), "").address


def begun(runtime: Runtime, state: str, who: str) -> Wanted | None:
    """What a state was made for; None if nothing can be finished by it."""
    with runtime.store.read() as session:
        row = states.find(runtime, session, state, who)
    return None if row is None else _wanted(states.opened(runtime, row)["wanted"])


def finish(runtime: Runtime, state: str, code: str, who: str) -> Connected | Choice:
    """Make the connection of a code; a choice where it opens several sites, or only others than
    the one the connection reads."""
    begun = states.taken(runtime, state, who, waiting="")
    wanted, hook_secret = _wanted(begun["wanted"]), begun.get("hook_secret")
    consent = _consent(runtime, wanted)
    asked_at = runtime.clock()
    try:
        grant = consent.exchange(wanted.client, code)
    except TrackerError:
        if consent.maker is not None:  # its key is held nowhere else
            states.keep(runtime, begun, who, state=state)
        raise
    sites = consent.sites(wanted.client, grant)
    if not sites:
        raise Refused("the sign-in opens no site that may be read: choose one when you agree")
    now = _now(runtime, wanted.name)
    known = addresses(now.url, browsed(now.url, now.options)) if now else set()
    mine = [each for each in sites if known & addresses(each.url, each.browse_url)]
    if mine or (len(sites) == 1 and now is None):
        held = {**_held(grant, asked_at), "hook_secret": hook_secret}
        return _connected(runtime, wanted, (mine or sites)[0], held)
    body = {
        "wanted": _as_json(wanted),
        "sites": [asdict(each) for each in sites],
        "grant": {**_held(grant, asked_at), "hook_secret": hook_secret},
    }
    states.keep(runtime, body, who, state=state)
    return Choice(name=wanted.name, sites=sites, other=browsed(now.url, now.options) if now else "")


def choose(runtime: Runtime, state: str, url: str, who: str) -> Connected:
    """Make the connection to one of the sites of a choice; named by address or name."""
    with runtime.store.read() as session:
        row = states.find(runtime, session, state, who)
    sites = [Site(**each) for each in states.opened(runtime, row).get("sites", ())] if row else []
    if not sites:
        raise Refused(OVER)
    site = next((each for each in sites if url in {each.url, each.browse_url, each.name}), None)
    if site is None:
        raise Refused(f"site: choose one of {', '.join(each.browse_url for each in sites)}")
    body = states.taken(runtime, state, who)
    return _connected(runtime, _wanted(body["wanted"]), site, body["grant"])


def give_up(runtime: Runtime, state: str, who: str) -> None:
    """Forget a sign-in that was refused at the tracker."""
    states.taken(runtime, state, who)


def _connected(runtime: Runtime, wanted: Wanted, site: Site, held: Mapping[str, Any]) -> Connected:
    request = _agreed(wanted, site, held)
    connected = connections.connect(runtime, request)
    if request.hook_secret and connected.error is None and _plan(runtime, wanted, "").door:
        return _heard(runtime, connected)
    return connected


def _agreed(wanted: Wanted, site: Site, held: Mapping[str, Any]) -> Request:
    """The connection that was agreed to, with what the sign-in told of it."""
    renewal = Renewal(
        client=wanted.client,
        secret=held["renewal"],
        until=datetime.fromisoformat(held["until"]),
    )
    told = replace(wanted, options={**wanted.options, **site.options})
    request = _request(told, url=site.url, token=held["token"], renewal=renewal)
    return replace(request, hook_secret=held.get("hook_secret") or None)


def _heard(runtime: Runtime, connected: Connected) -> Connected:
    """The application was made with its webhook: we keep it from now on."""
    try:
        problem = keeping.register(runtime, connected.name)
    except (TrackerError, Refused) as error:
        problem = str(error)
    return replace(connected, warnings=(*connected.warnings, *([problem] if problem else [])))


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


def _maker(runtime: Runtime, wanted: Wanted) -> Maker:
    maker = _consent(runtime, wanted).maker
    if maker is None:
        raise Refused(f"{wanted.tracker} makes no app: make one there, and give its client id")
    return maker


def _with_key(runtime: Runtime, wanted: Wanted) -> Wanted:
    client, row = wanted.client, _now(runtime, wanted.name)
    if client.secret.strip() or row is None or row.grant_cipher is None:
        return wanted
    held, _ = client_of(runtime.vault, row)
    if (held.id, held.server) != (client.id, client.server):
        return wanted
    return replace(wanted, client=replace(client, secret=held.secret, page=held.page))


def _plan(runtime: Runtime, wanted: Wanted, home: str) -> Plan:
    """The application to be made; the tracker reaches our door by https, or where it is near."""
    base = runtime.settings.public_url or ""
    near = base.startswith("https://") or wanted.client.allow_private
    return Plan(
        name=wanted.name,
        client=wanted.client,
        home=home,
        door=f"{base}/hooks/{wanted.name}" if base and near else "",
        owner=wanted.options.get("owner", ""),
    )


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


def _now(runtime: Runtime, name: str) -> Connection | None:
    """The connection of that name as it is now."""
    query = select(Connection).where(Connection.name == name, Connection.ended_at.is_(None))
    with runtime.store.read() as session:
        return session.scalars(query).one_or_none()
