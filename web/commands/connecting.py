"""Commands about connections."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Connection
from sync import connections as connecting
from sync.connections import Connected
from sync.hooks import keeping
from sync.runtime import Runtime
from web import words
from web.commands.console import DONE_WITH_ERRORS, OK, Console


def connect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Test and store a connection; one that works is kept when the test fails, unless forced."""
    forced = given.get("force", False)
    wanted = {name: value for name, value in given.items() if name != "force"}
    row = standing(runtime, given["tracker"], given["name"])
    wanted["url"] = _address(runtime, given, console)
    if row is not None and row.url == wanted["url"]:
        private = row.allow_private if given["allow_private"] is None else given["allow_private"]
        wanted |= {"options": kept(runtime, row, given["options"], "token", console)}
        wanted["allow_private"] = private
    wanted["options"] = {name: value for name, value in wanted["options"].items() if value}
    wanted["allow_private"] = bool(wanted["allow_private"])
    keep = forced or row is None or row.error is not None
    request = connecting.Request(**wanted)
    return tell(runtime, connecting.connect(runtime, request, keep=keep), console)


def _address(runtime: Runtime, given: Mapping[str, Any], console: Console) -> str:
    """Where the token is sent: what is typed; else where the name is or was connected."""
    typed = str(given["url"]).strip().rstrip("/")
    if typed:
        return typed
    query = select(Connection.url).where(
        Connection.name == given["name"], Connection.tracker == given["tracker"]
    )
    with runtime.store.read() as session:
        held = session.scalars(query).one_or_none()
    if held:
        console.err(f"note: kept as it was: --url {held}")
        return held
    spec = runtime.tracker(given["tracker"]).spec
    if not spec.home:
        way = "--app" if "app" in spec.capabilities else "--oauth"
        raise Refused(f"--url: give it, or sign in with {way} where that is possible")
    return spec.home


def server(runtime: Runtime, row: Connection | None, typed: str) -> str:
    """Where an application is known: what is typed; else where the connection signs in now."""
    if typed or row is None:
        return typed
    if "client_id" in row.options or "app" not in runtime.tracker(row.tracker).spec.capabilities:
        return str(row.options.get("auth_server") or "")
    return row.url


def standing(runtime: Runtime, tracker: str, name: str) -> Connection | None:
    """The connection of that name as it is now; None for a new one."""
    query = select(Connection).where(
        Connection.name == name, Connection.tracker == tracker, Connection.ended_at.is_(None)
    )
    with runtime.store.read() as session:
        return session.scalars(query).one_or_none()


def kept(
    runtime: Runtime, row: Connection, given: Mapping[str, str], way: str, console: Console
) -> dict[str, str]:
    """The settings typed, and those of before that were not; says which those are."""
    spec = runtime.tracker(row.tracker).spec
    mine = {each.name for each in spec.settings if each.way in {"", way}}
    before = connecting.asked_again(row).options
    stay = {name: value for name, value in before.items() if name in mine and name not in given}
    if stay:
        flags = ", ".join(f"--{name.replace('_', '-')} {value}" for name, value in stay.items())
        console.err(f"note: kept as it was: {flags}")
    return {**stay, **given}


def tell(runtime: Runtime, connected: Connected, console: Console, *, again: bool = False) -> int:
    """Say what a test found and what to do next; ``again`` of a connection as it is stored."""
    for warning in connected.warnings:
        console.err(f"note: {warning}")
    if connected.error is None:
        console.out(f"{connected.name}: connected as {connected.who}")
        if connected.ends:
            console.out(f"  {connected.ends}")
        for name, value in sorted(connected.options.items()):
            console.out(f"  {name}: {value}")
        for note in connected.notes:
            console.out(f"  {note}")
        _propose(connected, console)
    if connected.hook_secret is not None:
        _say_hook(runtime, connected.name, connected.hook_secret, console)
    if connected.error is not None and again:
        console.err(f"{connected.name}: the test failed: {connected.error}")
        return DONE_WITH_ERRORS
    if connected.error is not None and not connected.saved:
        console.err(
            f"{connected.name}: nothing was saved and it goes on as it was,"
            f" since the test failed: {connected.error} (--force saves it all the same)"
        )
        return DONE_WITH_ERRORS
    if connected.error is not None:
        console.err(f"{connected.name}: saved, but the test failed: {connected.error}")
        return DONE_WITH_ERRORS
    return OK


def _propose(connected: Connected, console: Console) -> None:
    survey = connected.survey
    if survey is None or not survey.proposed:
        return
    name = connected.name
    console.out("proposed field mapping (nothing is changed by it until it is set):")
    for note in survey.notes:
        console.out(f"  {note}")
    console.out(f"  change it and set it: worklift mapping propose {name} > mapping.yaml")
    console.out(f"  worklift mapping set {name} mapping.yaml --reason …")


def _say_hook(runtime: Runtime, name: str, secret: str, console: Console) -> None:
    base = runtime.settings.public_url or "<the URL of this Worklift>"
    console.out("For changes within seconds, add a webhook in the tracker (shown only now):")
    console.out(f"  URL:    {base}/hooks/{name}")
    console.out(f"  secret: {secret}")
    with runtime.store.read() as session:
        tracker = connecting.find(session, name).tracker
    help_text = runtime.tracker(tracker).spec.webhook_help
    if help_text:
        console.out(f"  where:  {help_text}")


def disconnect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Stop reading a connection and forget its token."""
    links, left = keeping.disconnect(runtime, given["name"])
    if left is not None:
        console.err(f"its webhooks are still in the tracker, delete them there: {left}")
    console.out(
        f"{given['name']}: disconnected, its token is forgotten; "
        f"the history of {words.plural(links, 'link')} stays"
    )
    return OK
