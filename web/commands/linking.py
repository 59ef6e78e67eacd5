"""Commands that find what can be linked, and make and end links."""

from collections.abc import Mapping
from typing import Any

from connector.errors import Refused
from sync import linking
from sync.linking import Held, Offer
from sync.preview import preview_link
from sync.runtime import Runtime
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json
from web.commands.picking import subject
from web.commands.previewing import linked, show
from web.commands.text import columns


def find(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What can be linked, best first."""
    found = linking.search(runtime, given["connection"], given["text"], given["kind"])
    if given["as_json"]:
        out_json(console, {"found": [each.as_json() for each in found]})
    else:
        for line in columns([each.scope, each.label, _about(each)] for each in found):
            console.out(line)
    if not found:
        console.err("nothing fits; try fewer words, another --kind, or the address of the page")
        return DONE_WITH_ERRORS
    return OK


def link(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Link a scope, or (dry run) say what that would do."""
    if given["change"]:
        return _change(runtime, given, console)
    about = subject(runtime, given)
    offer = linking.offered(runtime, given["scope"])
    scope, rule = linked(offer.scope, _rule(given))
    asked = _notes(given) or []
    if given["dry_run"]:
        linking.check(runtime, about, scope, write_back=asked)
        show(preview_link(runtime, about.cycle, about.key, scope, rule), given, console)
        return OK
    linking.add(runtime, about, scope, rule, write_back=asked)
    _done(runtime, about.cycle, given, console)
    if not given["as_json"]:
        console.out(f"{about.key} counts {scope} as soon as it was read")
    return OK


def _change(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Count what is linked already by another rule; what is not given stays as it was."""
    about = subject(runtime, given)
    one = _one(linking.held(runtime, about.cycle, about.key), runtime, given)
    scope, rule = linked(one.scope, _rule(given), one.rule)
    if given["dry_run"]:
        show(preview_link(runtime, about.cycle, about.key, scope, rule), given, console)
        return OK
    asked = _notes(given)
    linking.change(runtime, one.id, rule, write_back=asked, author=about.author)
    _done(runtime, about.cycle, given, console)
    if not given["as_json"]:
        if asked is not None and rule == one.rule:
            console.out(f"{scope} asks for {_kinds(asked)}; {about.key} counts it as before")
        else:
            console.out(f"{about.key} counts {scope} by the new rule from now on")
        if one.origin == "plan":
            console.err("a plan file made this link: what it says holds again when it is applied")
    return OK


def _kinds(asked: list[str]) -> str:
    return f"these notes: {', '.join(asked)}" if asked else "no notes any more"


def _notes(given: Mapping[str, Any]) -> list[str] | None:
    """The kinds of notes asked for; None where nothing is said of them."""
    if given["write_back"] is None:
        return None
    named = (each.strip() for each in given["write_back"].split(","))
    return [each for each in named if each and each != "none"]


def unlink(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """End the link of a scope."""
    about = subject(runtime, given)
    one = _one(linking.held(runtime, about.cycle, about.key), runtime, given)
    linking.remove(runtime, one.id, author=about.author)
    _done(runtime, about.cycle, given, console)
    if not given["as_json"]:
        console.out(f"{about.key} counts {one.scope} no more; what it counted until now is kept")
        if one.origin == "plan":
            console.err("a plan file made this link: take it out there too, or it comes back")
    return OK


def _about(offer: Offer) -> str:
    return f"{offer.title}{f' ({offer.note})' if offer.note else ''}"


def _rule(given: Mapping[str, Any]) -> str:
    """The rule's YAML with the measure in it."""
    measure, rest = str(given["measure"]).strip(), str(given["rule"]).strip()
    if not measure:
        return rest
    inner = rest[1:-1].strip() if rest.startswith("{") and rest.endswith("}") else rest
    braced = measure if measure.startswith("{") else f"{{{measure}}}"
    return f"{{measure: {braced}{f', {inner}' if inner else ''}}}"


def _one(held: tuple[Held, ...], runtime: Runtime, given: Mapping[str, Any]) -> Held:
    """The link meant by a scope as it is written, or by an address."""
    wanted = given["scope"].strip()
    names = {wanted.casefold()}
    if wanted.startswith(linking.ADDRESS):
        names |= {each.casefold() for each in linking.meant(runtime, wanted)}
    found = [each for each in held if each.names & names]
    if not found:
        called = (f"{each.scope} ({each.today} now)" if each.today else each.scope for each in held)
        there = ", ".join(called) or "nothing"
        raise Refused(f"{given['key']} does not count {wanted}; it counts {there}")
    if len(found) > 1:
        raise Refused(f"{given['key']} counts {wanted} by several rules; end them on its page")
    return found[0]


def _done(runtime: Runtime, cycle: str, given: Mapping[str, Any], console: Console) -> None:
    """With --json, the links as they stand now."""
    if given["as_json"]:
        held = linking.held(runtime, cycle, given["key"])
        out_json(console, {"key": given["key"], "links": [each.as_json() for each in held]})
