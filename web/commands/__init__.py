"""What the command line does, as functions of a runtime: run here, or by a running server."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from sync.runtime import Runtime
from web.commands.console import Console

Command = Callable[[Runtime, Mapping[str, Any], Console], int]
"""(runtime, arguments as JSON values, where to write) → exit code."""

COMMANDS: Mapping[str, str] = {
    "accounts": "whose.show",
    "accounts link": "whose.link",
    "accounts unlink": "whose.unlink",
    "apply": "planning.apply",
    "export": "planning.export",
    "audit": "checks.audit",
    "check-in": "saying.check_in",
    "connect": "connecting.connect",
    "connect app": "app_signing_in.connect",
    "connect app made": "app_signing_in.made",
    "connect app new": "app_signing_in.new",
    "connect sign-in": "signing_in.begin",
    "connect sign-in back": "signing_in.back",
    "connect sign-in site": "signing_in.site",
    "connections": "standing.connections",
    "coverage": "asking.coverage",
    "disconnect": "connecting.disconnect",
    "doctor": "checks.doctor",
    "explain": "scores.explain",
    "find": "linking.find",
    "forecast": "asking.forecast",
    "hooks": "hooking.hooks",
    "mapping propose": "proposing.propose",
    "link": "linking.link",
    "mapping restore": "mappings.restore",
    "mapping set": "mappings.save",
    "mapping show": "mappings.show",
    "mapping versions": "mappings.versions",
    "override": "saying.override",
    "override end": "saying.end_override",
    "pause": "naming.pause",
    "preview link": "previewing.link",
    "preview mapping": "previewing.mapping",
    "push": "saying.push",
    "rebuild": "checks.rebuild",
    "rename": "naming.rename",
    "resume": "naming.resume",
    "score": "scores.score",
    "seen-by": "seeing.seen_by",
    "status": "sync_status.status",
    "status retry": "sync_status.retry",
    "suggest": "suggesting.show",
    "suggest accept": "suggesting.accept",
    "suggest dismiss": "suggesting.dismiss",
    "suggest recall": "suggesting.recall",
    "sync": "syncing.sync",
    "unlink": "linking.unlink",
    "upgrade": "checks.upgrade",
    "user add": "accounts.add",
    "user password": "accounts.password",
    "user person": "accounts.person",
    "why": "asking.why",
    "work": "asking.work",
    "write-back": "writing_back.write_back",
}
"""Each command's module here and function; a command loads only what it needs."""


def find(command: str) -> Command | None:
    """The function of a command, or None where there is no such command."""
    if command not in COMMANDS:
        return None
    module, _, function = COMMANDS[command].partition(".")
    found: Command = getattr(import_module(f"{__name__}.{module}"), function)
    return found
