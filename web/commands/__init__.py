"""What the command line does, as functions of a runtime: run here, or by a running server."""

from collections.abc import Callable, Mapping
from typing import Any

from sync.runtime import Runtime
from web.commands import accounts, checks, connecting, planning, syncing
from web.commands.console import Console

Command = Callable[[Runtime, Mapping[str, Any], Console], int]
"""(runtime, arguments as JSON values, where to write) → exit code."""

COMMANDS: Mapping[str, Command] = {
    "apply": planning.apply,
    "score": planning.score,
    "explain": planning.explain,
    "connect": connecting.connect,
    "connections": connecting.connections,
    "disconnect": connecting.disconnect,
    "sync": syncing.sync,
    "audit": checks.audit,
    "rebuild": checks.rebuild,
    "doctor": checks.doctor,
    "upgrade": checks.upgrade,
    "user add": accounts.add,
    "user password": accounts.password,
}
