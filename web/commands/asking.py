"""Commands that ask what work serves, where it serves nothing, and what may come of it."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sync.reports.attribution import item_serves, person_work
from sync.reports.coverage import coverage as covered
from sync.reports.outlook import outlook
from sync.runtime import Runtime
from web.commands import asked_text
from web.commands.console import OK, Console, out_json
from web.commands.picking import cycle_key


class _Told(Protocol):
    def as_json(self) -> dict[str, Any]: ...


def why(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What a work item serves."""
    with runtime.store.read() as session:
        found = item_serves(session, given["item"], trackers=runtime.trackers)
    return _show(found, asked_text.why(found, runtime.settings.zone), given, console)


def work(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What a person works on."""
    with runtime.store.read() as session:
        found = person_work(
            session, given["person"], now=runtime.clock(), trackers=runtime.trackers
        )
    return _show(found, asked_text.work(found), given, console)


def coverage(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Where work and key results miss each other."""
    with runtime.store.read() as session:
        found = covered(
            session,
            cycle_key(runtime, session, given["cycle"]),
            now=runtime.clock(),
            settings=runtime.settings,
            trackers=runtime.trackers,
        )
    return _show(found, asked_text.coverage(found), given, console)


def forecast(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What may come of a key result."""
    with runtime.store.read() as session:
        cycle = cycle_key(runtime, session, given["cycle"])
        found = outlook(session, cycle, given["key"], runtime.clock(), runtime.settings)
    return _show(found, asked_text.forecast(found), given, console)


def _show(found: _Told, lines: Iterable[str], given: Mapping[str, Any], console: Console) -> int:
    if given["as_json"]:
        out_json(console, found.as_json())
        return OK
    for line in lines:
        console.out(line)
    return OK
