"""The command that reads the trackers in the foreground."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import select

from connector.store.tables import Connection, Source
from sync import connections, pipeline
from sync.abreast import abreast
from sync.pipeline import Drained
from sync.reports.links import paused as why_paused
from sync.runtime import Runtime
from web.commands import writing_back
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json

PASSES = 12
"""A drain that finds new parents of a deep link wants another one; no link is deeper than this."""
PATIENCE = 90.0
"""Seconds to wait for a drain of somebody else; longer than a lease that nobody renews."""
WIDTH = 20
"""Characters of the progress bar."""


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    items_read: int = 0
    items_changed: int = 0
    items_gone: int = 0
    error: str | None = None

    def add(self, drained: Drained) -> None:
        self.calls += drained.calls
        self.items_read += drained.items_read
        self.items_changed += drained.items_changed
        self.items_gone += drained.items_gone
        self.error = self.error or drained.error


def sync(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Read the named connections (all without names) and bring every score up to date."""
    with runtime.store.read() as session:
        every = select(Connection.name).where(Connection.ended_at.is_(None))
        names: Sequence[str] = (
            given["names"] or session.scalars(every.order_by(Connection.name)).all()
        )
        for name in names:
            connections.find(session, name)
    if not names:
        console.err("no connection yet; make one with: worklift connect jira NAME --url URL …")
    results = _connections(runtime, names, console, full=given["full"])
    writing_back.send(runtime, console)
    if given["as_json"]:
        out_json(console, {"connections": results})
    else:
        for result in results:
            console.out(_line(result))
    return DONE_WITH_ERRORS if any(result["error"] for result in results) else OK


@dataclass(slots=True)
class _Bar:
    """The progress bar: how many sources are done, and what one of those under way has read."""

    console: Console
    total: int
    done: int = 0
    drawing: threading.Lock = field(default_factory=threading.Lock)

    def draw(self, text: str, done: int = 0) -> None:
        """Redraw it beside a text, with so many more sources done."""
        with self.drawing:
            self.done += done
            filled = WIDTH * self.done // max(self.total, 1)
            bar = "█" * filled + "░" * (WIDTH - filled)
            self.console.progress(f"{bar} {self.done}/{self.total}  {text}")


def _connections(
    runtime: Runtime, names: Sequence[str], console: Console, *, full: bool
) -> list[dict[str, Any]]:
    """Drain the sources of these connections, several at a time; what came of each connection."""
    started = time.monotonic()
    totals, ends = {name: _Sum() for name in names}, dict.fromkeys(names, started)
    sources = [(name, source) for name in names for source in _sources(runtime, name)]
    bar = _Bar(console, len(sources))
    for (name, _), found in abreast(partial(_source, runtime, bar, full=full), sources):
        ends[name] = time.monotonic()
        for drained in found:
            totals[name].add(drained)
    figures = ("calls", "items_read", "items_changed", "items_gone")
    return [
        {
            "name": name,
            **{each: getattr(total, each) for each in figures},
            "seconds": round(ends[name] - started, 3),
            "error": total.error,
        }
        for name, total in totals.items()
    ]


def _source(runtime: Runtime, bar: _Bar, named: tuple[str, Source], *, full: bool) -> list[Drained]:
    """Drain one source until nothing new is asked of it."""
    name, source = named
    label = f"{name} {source.key}".strip()
    bar.draw(f"{label}: reading")
    found = [_drain(runtime, source.id, label, bar, full=full)]
    for _ in range(PASSES):
        if found[-1].error or not _is_dirty(runtime, source.id):
            break
        found.append(_drain(runtime, source.id, label, bar, full=False))
    bar.draw(f"{label}: done", done=1)
    return found


def _sources(runtime: Runtime, name: str) -> Sequence[Source]:
    with runtime.store.read() as session:
        connection = connections.find(session, name)
        query = select(Source).where(Source.connection_id == connection.id)
        return session.scalars(query.order_by(Source.key)).all()


def _drain(runtime: Runtime, source_id: int, label: str, bar: _Bar, *, full: bool) -> Drained:
    """Drain now; waits while another process drains the same source."""
    until = time.monotonic() + PATIENCE
    while True:
        drained = pipeline.drain(
            runtime,
            source_id,
            force=True,
            full=full,
            progress=lambda items: bar.draw(f"{label}: {items} items"),
        )
        paused = _pause(runtime, source_id)
        if not drained.skipped:
            return replace(drained, error=drained.error or paused)
        if paused or time.monotonic() > until:
            return Drained(error=paused or f"{label} is being read by another process")
        time.sleep(0.2)


def _pause(runtime: Runtime, source_id: int) -> str | None:
    with runtime.store.read() as session:
        source = session.get(Source, source_id)
        connection = session.get(Connection, source.connection_id) if source else None
    if connection is not None and connection.paused_at is not None:
        return f"{why_paused(connection)}; worklift resume {connection.name} ends that"
    if source is None or source.not_before is None or source.not_before <= runtime.clock():
        return None
    return f"the tracker asked for a pause until {source.not_before.isoformat(timespec='seconds')}"


def _is_dirty(runtime: Runtime, source_id: int) -> bool:
    with runtime.store.read() as session:
        source = session.get(Source, source_id)
        return source is not None and source.dirty_seq > source.done_seq


def _line(result: Mapping[str, Any]) -> str:
    if result["error"]:
        return f"{result['name']}: {result['error']}"
    return (
        f"{result['name']}: {result['items_read']} items read, {result['items_changed']} changed, "
        f"{result['items_gone']} gone, {result['calls']} calls, {result['seconds']:.1f} s"
    )
