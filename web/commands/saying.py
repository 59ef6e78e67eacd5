"""Commands by which people and programs say what a key result is."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sync import reports, said
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json
from web.commands.cycle_text import key_result_lines
from web.commands.picking import subject
from web.commands.text import columns


def override(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Put a value over the computed one."""
    about = subject(runtime, given)
    until = date.fromisoformat(given["until"]) if given["until"] else None
    said.override(runtime, about, given["value"], reason=given["reason"], until=until)
    return _show(runtime, about, given, console)


def end_override(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Let the computed value show again."""
    about = subject(runtime, given)
    said.end_override(runtime, about)
    return _show(runtime, about, given, console)


def check_in(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Keep a check-in."""
    about = subject(runtime, given)
    names = ("value", "confidence", "note", "blockers")
    word = said.Word(**{name: given[name] for name in names}, confirms=given["confirm"])
    said.check_in(runtime, about, word)
    return _show(runtime, about, given, console)


def push(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Set a value as a program does."""
    about = subject(runtime, given)
    said.push(runtime, about, given["value"])
    return _show(runtime, about, given, console)


def _show(runtime: Runtime, about: said.Subject, given: Mapping[str, Any], console: Console) -> int:
    """The key result as it stands after what was said."""
    with runtime.store.read() as session:
        found = reports.explanation(
            session, about.cycle, about.key, runtime.clock(), runtime.settings
        )
    if given["as_json"]:
        out_json(console, found.key_result.as_json())
    else:
        for line in columns(key_result_lines(found.key_result)):
            console.out(line)
    return OK
