"""The command that says how the sync does, and has set-aside items tried again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connector.standing import SourceFigures, Standing
from sync import redis_check, retrying
from sync.reports.standing import standing
from sync.retrying import Wanted
from sync.runtime import Runtime
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json


def status(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Sources, queue, what is set aside, audits and notes; 1 where something needs somebody."""
    with runtime.store.read() as session:
        found = standing(session)
    queue = redis_check.watch.state(runtime)
    needed = _needed(found, runtime) or bool(queue.trouble)
    if given.get("as_json"):
        told = {"waiting": queue.waiting, "workers": queue.workers, "trouble": queue.trouble}
        out_json(console, {**found.as_json(), "queue": told, "good": not needed})
        return DONE_WITH_ERRORS if needed else OK
    if queue.trouble:
        console.out(f"{queue.trouble} To mend it: {queue.fix}.")
    for line in _lines(found):
        console.out(line)
    if not found.figures.sources:
        console.err("nothing is read yet; connect a tracker and link a key result to its work")
    return DONE_WITH_ERRORS if needed else OK


def retry(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Have what a connection set aside tried again."""
    number = retrying.retry(runtime, Wanted(given["connection"], given.get("item") or ""))
    console.out(f"{number} set aside, tried again by the next look")
    return OK


def _needed(found: Standing, runtime: Runtime) -> bool:
    """Whether somebody has to look: silence is never good."""
    oldest = runtime.clock() - runtime.settings.freshness
    return bool(found.aside or found.notes) or any(
        each.broken
        or each.failing_since
        or each.looked_at is None
        or each.looked_at < oldest
        or each.audit.get("differences")
        for each in found.figures.sources
    )


def _lines(found: Standing) -> Iterator[str]:
    for each in found.figures.sources:
        yield from _source(each)
    for item in found.aside:
        yield f"set aside  {item.connection}  {item.item}  since {_at(item.since)}: {item.why}"
    for notes in found.notes:
        end = "given up" if notes.given_up else "tried again by itself"
        yield f"notes  {notes.connection}: {notes.number} not written, {end}: {notes.why}"


def _source(each: SourceFigures) -> Iterator[str]:
    state = "stopped" if each.broken else f"{each.behind} to follow" if each.behind else "followed"
    yield (
        f"{each.connection} {each.key or 'whole account'}  last look {_at(each.looked_at)}  {state}"
        f"  {each.drains} looks  {each.calls} calls  {each.repaired} repaired by poll"
    )
    if each.waiting_since:
        yield f"  a delivery waits since {_at(each.waiting_since)}"
    if each.failing_since:
        yield f"  failing since {_at(each.failing_since)}; see worklift connections"
    if each.audit.get("note"):
        yield f"  audit: {each.audit['note']}"
    for sentence in each.audit.get("named", ()):
        yield f"  audit: {sentence}"


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "never"
