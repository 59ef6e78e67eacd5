"""The command that reads the trackers in the foreground."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from connector.store.tables import Connection, Source
from sync import connections, pipeline
from sync.pipeline import Drained
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
    bar = _Bar(console, sum(len(_sources(runtime, name)) for name in names))
    results = [_connection(runtime, name, bar, full=given["full"]) for name in names]
    writing_back.send(runtime, console)
    if given["as_json"]:
        out_json(console, {"connections": results})
    else:
        for result in results:
            console.out(_line(result))
    return DONE_WITH_ERRORS if any(result["error"] for result in results) else OK


@dataclass(slots=True)
class _Bar:
    """The progress bar: how many sources are done, and what the one under way has read."""

    console: Console
    total: int
    done: int = 0

    def draw(self, text: str) -> None:
        """Redraw it beside a text."""
        filled = WIDTH * self.done // max(self.total, 1)
        bar = "█" * filled + "░" * (WIDTH - filled)
        self.console.progress(f"{bar} {self.done}/{self.total}  {text}")


def _connection(runtime: Runtime, name: str, bar: _Bar, *, full: bool) -> dict[str, Any]:
    started = time.monotonic()
    total = _Sum()
    for source in _sources(runtime, name):
        label = f"{name} {source.key}".strip()
        bar.draw(f"{label}: reading")
        drained = _drain(runtime, source.id, label, bar, full=full)
        total.add(drained)
        for _ in range(PASSES):
            if drained.error or not _is_dirty(runtime, source.id):
                break
            drained = _drain(runtime, source.id, label, bar, full=False)
            total.add(drained)
        bar.done += 1
    names = ("calls", "items_read", "items_changed", "items_gone")
    figures = {each: getattr(total, each) for each in names}
    seconds = round(time.monotonic() - started, 3)
    return {"name": name, **figures, "seconds": seconds, "error": total.error}


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
