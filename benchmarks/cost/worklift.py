"""Worklift as it is measured: a fresh service, one plan, and drains told apart."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cost.site import MAIL, TOKEN, Site
from connector.settings import Settings
from integrations.jira.session import JiraSession
from sync import connections, pipeline, planning
from sync.runtime import Runtime, opened

HEAD = """
worklift: 1
cycles: [{key: c, start: 2026-01-01, end: 2026-12-31}]
teams: [{key: t, name: T, kind: company}]
objectives: [{key: O, cycle: c, team: t, title: T, key_results: [
  {key: K, title: K, target: 100, unit: "%", links: [{scope: "jira:project:PLAT"}]}
"""
QUERIES = "labels = area-1", "labels = area-2"


@dataclass(frozen=True)
class Spent:
    """What one drain took: CPU seconds up to the mirror and of the whole, wall, and calls."""

    mirror: float
    whole: float
    wall: float
    calls: int
    items: int


@contextmanager
def service(site: Site, home: Path, *, queries: int = 0) -> Iterator[Runtime]:
    """A fresh service connected to the site, with a link to its project and to some queries."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'worklift.db'}")
    with opened(settings) as runtime:
        is_cloud = site.deployment == "cloud"
        request = connections.Request(
            tracker="jira", name="jira", url=site.url, token=TOKEN, allow_private=True,
            options={"email": MAIL} if is_cloud else {},
        )  # fmt: skip
        made = connections.connect(runtime, request)
        if made.error:
            raise SystemExit(made.error)
        planning.apply(runtime, plan(queries), name="plan", author="benchmark")
        yield runtime


def anew(runtime: Runtime, home: Path) -> None:
    """Back to where nothing was read: the first call remembers how things are, later ones restore
    it. What a process makes once, such as statements, stays made."""
    runtime.store.close()
    base, kept = home / "worklift.db", home / "kept.db"
    if not kept.exists():
        shutil.copy(base, kept)
    for end in ("-wal", "-shm"):
        base.with_name(base.name + end).unlink(missing_ok=True)
    shutil.copy(kept, base)


def plan(queries: int) -> str:
    rows = (
        f"  ,{{key: Q{n}, title: Q, target: 100, unit: '%',"
        f" links: [{{scope: 'jira:jql:{jql}'}}]}}\n"
        for n, jql in enumerate(QUERIES[:queries])
    )
    return f"{HEAD}{''.join(rows)}]}}]\n"


def drain(runtime: Runtime, *, full: bool = False) -> Spent:
    """One drain; what comes after the last page is the ledger and the scores."""
    ends: list[float] = []
    finish = pipeline.finish
    pipeline.finish = _noting(finish, ends)
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        found = pipeline.drain(runtime, 1, force=True, full=full)
    finally:
        pipeline.finish = finish
    whole = time.process_time() - cpu
    if found.error:
        raise SystemExit(found.error)
    return Spent(ends[0] - cpu, whole, time.perf_counter() - wall, found.calls, found.items_read)


@contextmanager
def without_history() -> Iterator[None]:
    """Histories are read by a drain of their own, and counted apart."""
    history = JiraSession.history
    JiraSession.history = lambda *_given: iter(())  # type: ignore[method-assign]
    try:
        yield
    finally:
        JiraSession.history = history  # type: ignore[method-assign]


def _noting(work: Callable[..., Any], ends: list[float]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        ends.append(time.process_time())
        return work(*given, **named)

    return run
