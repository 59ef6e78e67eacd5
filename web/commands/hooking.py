"""The command about webhooks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sync import refusals
from sync.hooks import keeping
from sync.hooks.lost import summary
from sync.hooks.status import HookStatus, status
from sync.runtime import Runtime
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json

SHOWN = 10
"""Failed deliveries that are listed."""


def hooks(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Set up, take away or rotate if asked to; then show how they do."""
    name, secret, error = given["name"], None, None
    match given["do"]:
        case "register":
            error = keeping.register(runtime, name)
        case "remove":
            error = keeping.remove(runtime, name)
        case "rotate":
            rotated = keeping.rotate(runtime, name)
            secret, error = rotated.secret, rotated.error
    _show(console, status(runtime, name), secret, as_json=given["as_json"])
    if error is not None:
        console.err(f"{name}: {error}")
        return DONE_WITH_ERRORS
    return OK


def _show(console: Console, found: HookStatus, secret: str | None, *, as_json: bool) -> None:
    if as_json:
        out_json(console, found.as_json() | ({"secret": secret} if secret else {}))
        return
    for line in _lines(found, secret):
        console.out(line)


def _lines(found: HookStatus, secret: str | None) -> Iterator[str]:
    yield f"{found.name}: {_state(found)}"
    if found.error:
        yield f"  problem: {found.error}"
    for sentence in found.lacking:
        yield f"  not everywhere: {sentence}"
    if found.url:
        yield f"  URL: {found.url}"
    if found.secret_url:
        yield f"  URL where the tracker does not sign: {found.secret_url}"
    if secret:
        yield f"  secret, shown only now: {secret}"
    if found.old_until:
        yield f"  the old secret is good until {found.old_until.isoformat(timespec='minutes')}"
    seen = found.delivered_at.isoformat(timespec="seconds") if found.delivered_at else "none yet"
    yield f"  last delivery: {seen}; refused: {found.refused}"
    if found.counted:
        yield f"  moved nothing: {refusals.told(found.counted)}"
    yield from _failed(found)
    yield from _steps(found.steps)


def _failed(found: HookStatus) -> Iterator[str]:
    if found.unseen:
        yield f"  failed deliveries cannot be looked at: {found.unseen}"
    if found.failed:
        yield f"  {summary(found.failed)}"
    for each in found.failed[:SHOWN]:
        at = each.at.isoformat(timespec="seconds")
        yield f"    {at}  {each.event}: {each.why}; {each.outcome}"
    if len(found.failed) > SHOWN:
        yield f"    and {len(found.failed) - SHOWN} more: worklift hooks {found.name} --json"


def _state(found: HookStatus) -> str:
    if found.by_hand:
        return f"entered in {found.label} by hand: {', '.join(found.by_hand)}"
    if not found.ids:
        return "to be set up by itself" if found.asked else "no webhooks set up by Worklift"
    where = f" for {', '.join(found.places)}" if found.places else ""
    ends = found.expires_at
    until = f", renewed before {ends.isoformat(timespec='minutes')}" if ends else ""
    return f"webhooks set up in {found.label}{where}{until}"


def _steps(steps: Iterable[str]) -> Iterator[str]:
    for number, each in enumerate(steps, 1):
        yield f"  {number}. {each}"
