"""Commands that connect a tracker by signing in there: begun, finished, one of several chosen."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connector.errors import Refused
from integrations.tracker import Client
from sync import agreements
from sync.agreements import Choice, Wanted
from sync.connections import Connected
from sync.runtime import Runtime
from web.commands import connecting
from web.commands.console import ASKS, OK, Console

WHO = "command line"
BACK = "/connect/signed-in"
ASKED = (
    "the app is asked for, not installed: once an owner of the organization agreed, connect with"
    " --app --client-id and a private key made in the app's settings"
)
HERE = "http://localhost:8000"


def begin(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Say where to agree."""
    asked = wanted(runtime, given, console)
    address = agreements.begin(runtime, asked, WHO)
    console.err("Open this address in a browser and agree; the app's callback URL has to be")
    console.err(f"{asked.client.redirect}. Then paste here the whole address you come back to,")
    console.err("even if nothing answers there. It is good for ten minutes.")
    console.out(address)
    return OK


def wanted(runtime: Runtime, given: Mapping[str, Any], console: Console) -> Wanted:
    """What is asked for, with the options of the connection that stands by this name."""
    told = dict(given["client"])
    redirect = told.pop("redirect") or f"{runtime.settings.public_url or HERE}{BACK}"
    row = connecting.standing(runtime, given["tracker"], given["name"])
    told["server"] = connecting.server(runtime, row, told["server"])
    client = Client(**{**told, "extras": frozenset(told["extras"])}, redirect=redirect)
    typed = (
        connecting.kept(runtime, row, given["options"], "", console) if row else given["options"]
    )
    options = {name: value for name, value in typed.items() if value}
    return Wanted(tracker=given["tracker"], name=given["name"], client=client, options=options)


def back(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Finish with the address somebody came back to."""
    answer = came_back(given["address"])
    if answer.get("setup_action") == "request":
        raise Refused(ASKED)
    if "code" not in answer:
        agreements.give_up(runtime, answer["state"], WHO)
        raise Refused(f"the tracker says: {answer.get('error_description') or 'not agreed to'}")
    found = agreements.finish(runtime, answer["state"], answer["code"], WHO)
    if isinstance(found, Connected):
        return connecting.tell(runtime, found, console)
    if given.get("site"):
        return _chosen(runtime, answer["state"], given["site"], console)
    _list(found, console)
    return ASKS


def site(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Choose one of several sites."""
    try:
        return _chosen(
            runtime, came_back(given["address"])["state"], given["site"].strip(), console
        )
    except Refused as error:
        if str(error) == agreements.OVER:
            raise
        console.err(str(error))
        return ASKS


def _chosen(runtime: Runtime, state: str, wanted: str, console: Console) -> int:
    return connecting.tell(runtime, agreements.choose(runtime, state, wanted, WHO), console)


def _list(found: Choice, console: Console) -> None:
    console.err(f"{found.name}: the sign-in opens several sites:")
    for each in found.sites:
        console.err(f"  {each.name}  {each.browse_url}")


def came_back(address: str) -> dict[str, str]:
    """What the tracker gave back, from the address people came back to."""
    try:
        found = parse_qs(urlsplit(address.strip()).query)
    except ValueError:
        found = {}
    answer = {name: values[0] for name, values in found.items()}
    if "installation_id" in answer:
        answer = {"code": answer["installation_id"], **answer}
    if "state" not in answer or not {"code", "error", "setup_action"} & answer.keys():
        raise Refused("that is not the address you came back to: it holds code=… and state=…")
    return answer
