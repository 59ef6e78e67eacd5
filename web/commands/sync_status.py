"""The command that says how the sync does, and has set-aside items tried again."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.standing import SourceFigures, Standing
from sync import redis_check, retrying, writable
from sync.queue import SilentDoorbell
from sync.reports.standing import standing
from sync.retrying import Wanted
from sync.runtime import Runtime
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json

NO_SERVER = "no server is running here, so nothing is read"
START = "start it with: worklift up"
LONG = timedelta(minutes=1)
"""A delivery that waits longer needs somebody."""


def status(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Sources, queue, what is set aside, audits and notes; 1 where something needs somebody."""
    with runtime.store.read() as session:
        found = standing(session)
    queue, is_alone = redis_check.watch.state(runtime), alone(runtime)
    unwritable = writable.look(runtime.store)
    needed = _needed(found, runtime) or bool(queue.trouble or unwritable)
    if given.get("as_json"):
        told = {"waiting": queue.waiting, "workers": queue.workers, "trouble": queue.trouble}
        whole = {"queue": told, "database": unwritable, "no_server": is_alone, "good": not needed}
        out_json(console, {**found.as_json(), **whole})
        return DONE_WITH_ERRORS if needed else OK
    if unwritable:
        console.out(unwritable)
    if queue.trouble:
        console.out(f"{queue.trouble} To mend it: {queue.fix}.")
    if is_alone:
        console.out(f"{NO_SERVER}; {START}")
    for line in _lines(found, runtime):
        console.out(line)
    if not found.figures.sources:
        console.err("nothing is read yet; connect a tracker and link a key result to its work")
    return DONE_WITH_ERRORS if needed else OK


def retry(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Have what a connection set aside tried again."""
    number = retrying.retry(runtime, Wanted(given["connection"], given.get("item") or ""))
    console.out(f"{number} set aside, tried again by the next look")
    return OK


def alone(runtime: Runtime) -> bool:
    """Whether this is a command by itself, which holds the data folder: no server has it then."""
    return runtime.settings.is_sqlite and isinstance(runtime.doorbell, SilentDoorbell)


def _needed(found: Standing, runtime: Runtime) -> bool:
    """Whether somebody has to look: silence is never good."""
    return bool(found.aside or found.notes) or any(
        _needs(each, runtime) for each in found.figures.sources
    )


def _needs(each: SourceFigures, runtime: Runtime) -> bool:
    now = runtime.clock()
    looked = each.looked_at
    return bool(
        each.broken
        or each.failing_since
        or looked is None
        or looked < now - runtime.settings.freshness
        or each.audit.get("differences")
        or each.overdue_since(now, runtime.settings.poll)
        or _waits_long(each, now)
        or (each.behind and not each.left_alone and alone(runtime))
    )


def _waits_long(each: SourceFigures, now: datetime) -> bool:
    since = each.waiting_since
    waits = since is not None and since < now - LONG
    return waits and each.paused_until(now) is None and each.left_alone is None


def _lines(found: Standing, runtime: Runtime) -> Iterator[str]:
    for each in found.figures.sources:
        yield from _source(each, runtime)
    for item in found.aside:
        yield f"set aside  {item.connection}  {item.item}  since {_at(item.since)}: {item.why}"
    for notes in found.notes:
        end = "given up" if notes.given_up else "tried again by itself"
        yield f"notes  {notes.connection}: {notes.number} not written, {end}: {notes.why}"


def _source(each: SourceFigures, runtime: Runtime) -> Iterator[str]:
    now = runtime.clock()
    yield (
        f"{each.connection} {each.key or 'whole account'}  last look {_at(each.looked_at)}"
        f"  {_state(each, now)}"
        f"  {each.drains} looks  {each.calls} calls  {each.repaired} repaired by poll"
    )
    if each.waiting_since:
        yield f"  a delivery waits since {_at(each.waiting_since)}"
    overdue = each.overdue_since(now, runtime.settings.poll)
    if overdue:
        yield f"  overdue since {_at(overdue)}: nobody looked at it"
    if each.failing_since:
        yield f"  {(each.error or 'it fails').rstrip('.')}; see worklift connections"
    if each.audit.get("note"):
        yield f"  audit: {each.audit['note']}"
    for sentence in each.audit.get("named", ()):
        yield f"  audit: {sentence}"


def _state(each: SourceFigures, now: datetime) -> str:
    if each.broken:
        return "stopped"
    states = []
    if each.left_alone:
        states.append(f"paused since {_at(each.left_alone)} by an admin")
    if each.failing_since:
        states.append(f"failing since {_at(each.failing_since)}")
    if each.paused_until(now):
        states.append(f"paused until {_at(each.not_before)}")
    if each.behind:
        states.append(f"{each.behind} to follow")
    return ", ".join(states) or "followed"


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "never"
