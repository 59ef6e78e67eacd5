"""The command about who sees the work items of a connection."""

from collections.abc import Iterator, Mapping
from typing import Any

from sync import seeing
from sync.runtime import Runtime
from sync.seeing import Shown
from web.commands.console import OK, Console, out_json


def seen_by(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Choose who sees it if asked to; then show who does."""
    name = given["name"]
    match given["do"]:
        case "everybody":
            seeing.let_all_see(runtime, name)
        case "bound":
            seeing.let_see(runtime, name, given["teams"], viewers=given["viewers"])
    with runtime.store.read() as session:
        found = seeing.shown(session, name)
    if given["as_json"]:
        out_json(console, _json(name, found))
        return OK
    for line in _lines(name, found):
        console.out(line)
    return OK


def _json(name: str, found: Shown) -> dict[str, Any]:
    return {
        "connection": name,
        "everybody": found.everybody,
        "bound": list(found.bound),
        "teams": sorted(found.let),
        "viewers": found.viewers,
    }


def _lines(name: str, found: Shown) -> Iterator[str]:
    if found.everybody:
        yield f"{name}: everybody signed in sees its work items"
        return
    bound = ", ".join(found.bound) or "none"
    yield (
        f"{name}: its work items are seen by the teams whose key results link to it (now {bound}),"
        " who leads a team above them, who owns such a key result, and admins"
    )
    named = dict(found.teams)
    for key in sorted(found.let):
        yield f"  and {named[key]} ({key}) with all below it"
    if found.viewers:
        yield "  and people who sign in as viewers"
