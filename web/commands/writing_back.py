"""The command about what is written back to trackers."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from sync import connections, writeback
from sync.runtime import Runtime
from sync.writeback import LinkNotes, WriteBack
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json
from web.commands.text import columns

MOST_SLICES = 10_000


def write_back(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Allow kinds of notes for a connection, send what waits, and show how it stands."""
    name = given["connection"]
    if name is not None:
        with runtime.store.read() as session:
            connections.find(session, name)
    if given["allow"] is not None:
        writeback.allow(runtime, name, given["allow"])
    if given["send"]:
        send(runtime, console)
    with runtime.store.read() as session:
        every = writeback.write_back(runtime, session)
    shown = [each for each in every if name in {None, each.name}]
    if given["as_json"]:
        out_json(console, {"connections": [each.as_json() for each in shown]})
    else:
        for line in columns(row for each in shown for row in _rows(each)):
            console.out(line)
    if not shown:
        console.err("no connection yet; make one with: worklift connect jira NAME --url URL …")
    return DONE_WITH_ERRORS if any(each.troubles for each in shown) else OK


def send(runtime: Runtime, console: Console) -> None:
    """Send every note that waits, slice after slice."""
    written = removed = 0
    for connection_id in writeback.waiting(runtime):
        for _ in range(MOST_SLICES):
            sent = writeback.send(runtime, connection_id)
            written, removed = written + sent.written, removed + sent.removed
            console.progress(f"{written} notes written")
            if sent.skipped:
                console.err("another process writes notes just now; it goes on with what waits")
            if sent.skipped or connection_id not in writeback.waiting(runtime):
                break
            if not sent.more:  # else the slice itself took its time
                time.sleep(writeback.PACE)  # a person waits here, no worker does
    if written or removed:
        console.err(f"{written} notes written, {removed} taken away")


def _rows(each: WriteBack) -> Iterator[tuple[str, ...]]:
    if not each.able:
        yield (f"{each.name}: Worklift writes nothing back to {each.label}",)
        return
    allowed = ", ".join(each.allowed) or "nothing, so nothing is written"
    yield (f"{each.name}: allowed: {allowed}",)
    if each.allowed and not each.address:
        yield ("  nothing is written while WORKLIFT_PUBLIC_URL is not set: notes lead back here",)
    if each.waits_until is not None:
        until = each.waits_until.isoformat(timespec="seconds")
        yield (f"  {each.label} asked for a pause until {until}; numbers are read meanwhile",)
    if each.waits_for_look:
        yield ("  some links' notes wait until what they read was looked at completely",)
    for link in each.links:
        yield _link(link)
    for sentence, number in each.troubles:
        lost = each.undeliverable.get(sentence, 0)
        given_up = f", {lost} given up until there is another text" if lost else ""
        yield (f"  {number} not written{given_up}: {sentence}",)
    if each.fix:
        yield (f"  {each.fix}",)


def _link(link: LinkNotes) -> tuple[str, ...]:
    missing = [kind for kind in link.asked if kind not in link.allowed]
    kinds = f"asks for {', '.join(link.asked)}"
    if missing:
        kinds += f" (not allowed: {', '.join(missing)})"
    return (
        f"  {link.key_result} {link.scope}",
        f"{link.sent} written",
        f"{link.pending} waiting",
        f"{link.errors} in trouble",
        kinds,
    )
