"""The commands that show a cycle's numbers, and why a key result is what it is."""

from collections.abc import Mapping
from typing import Any

from sync import reports
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json
from web.commands.cycle_text import cycle_lines
from web.commands.explained_text import explanation_lines
from web.commands.given import instant
from web.commands.picking import cycle_key


def score(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """The scores of a cycle, now or at a past instant."""
    now, zone = runtime.clock(), runtime.settings.zone
    at = instant(given["at"], now)
    with runtime.store.read() as session:
        cycle = cycle_key(runtime, session, given["cycle"], at)
        report = reports.cycle_report(session, cycle, now, runtime.settings, at=at)
    if at is not None and not any(team.objectives for team in report.teams):
        console.err(f"nothing of cycle {cycle} was recorded yet at {given['at']}")
    if given["as_json"]:
        out_json(console, report.as_json())
    else:
        for line in cycle_lines(report, past=at is not None, zone=zone):
            console.out(line)
    return OK


def explain(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Why a key result is what it is, now or at a past instant."""
    now = runtime.clock()
    at = instant(given["at"], now)
    with runtime.store.read() as session:
        cycle = cycle_key(runtime, session, given["cycle"], at)
        found = reports.explanation(session, cycle, given["key"], now, runtime.settings, at=at)
    if given["as_json"]:
        out_json(console, found.as_json())
    else:
        for line in explanation_lines(found, runtime.settings.zone):
            console.out(line)
    return OK
