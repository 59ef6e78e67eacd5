"""What pages cost beside one that asks the database objective by objective.

    PYTHONPATH=. python benchmarks/pages.py [--times 1,10] [--rounds R]

Both show the same: only where the rows come from differs. Each time is of a page that is asked for
after something was committed, in CPU of the process (SQLite is within it): what else a shared
machine does would drown the rest. The naive page is slow and steady, so it is asked for a few times
only at a large scale, and ours is compared with its fastest.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from benchmarks.speed import company, naive
from connector.settings import Settings
from connector.store import open_store
from connector.store.migrate import upgrade
from connector.store.tables import CheckIn, KeyResult, Reading
from sync.queue import SilentDoorbell
from sync.reports import cycle as cycle_reports
from sync.runtime import Runtime
from sync.scores import alone, rescore, rescore_cycle, rescore_key_results
from sync.vault import Vault
from web import live
from web.accounts import people
from web.app import create_app
from web.coverage import kept

DEMO = company.Size(teams=115, objectives=506, key_results=2_006)
HEAD = (
    "scale",
    "page",
    "statements",
    "KB compressed",
    "p50, CPU ms",
    "p95, CPU ms",
    "p95 ÷ fastest naive",
)
PASSWORD = "open the calm gate"
COMPANY = "/2026-Q1"
PAGES = {
    "company": COMPANY,
    "a branch of its tree": f"{COMPANY}/-/below/T2",
    "a list of what is off track": f"{COMPANY}?needs=off_track",
    "a team": f"{COMPANY}/T2",
    "an objective": f"{COMPANY}/T2/O1",
    "a key result": f"{COMPANY}/T3/K1",
    "my work": "/my-work",
    "search": "/search?q=work+item+77",
}
COVERAGE = f"{COMPANY}/-/coverage"
FEWEST, FEW = 5, 2
"""Rounds of each page at least, and of the naive one."""


@dataclass
class _Clock:
    """Stands still until it is turned."""

    at: datetime = company.NOW

    def __call__(self) -> datetime:
        return self.at


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--times", default="1,10")
    asked.add_argument("--rounds", type=int, default=12)
    given = asked.parse_args()
    print(f"| {' | '.join(HEAD)} |\n|---|---|--:|--:|--:|--:|--:|")
    for times in map(int, given.times.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), times, given.rounds)


def _measure(home: Path, times: int, rounds: int) -> None:
    clock = _Clock()
    runtime = _filled(home, times, clock)
    client = _client(runtime)
    fastest = min(_naive(runtime, client, times, max(FEW, rounds // times)))
    for name, path in PAGES.items():
        often = rounds if path == COMPANY else max(FEWEST, rounds // times)
        _page(runtime, client, (times, name, path), often, fastest)
    again = _asked_again(client, COMPANY, rounds)
    print(f"| {times} × | company, nothing new | | | {_ms(_p50(again))} | {_ms(_p95(again))} | |")
    _coverage(runtime, client, times, clock)
    runtime.store.close()


def _page(
    runtime: Runtime, client: FlaskClient, told: tuple[int, str, str], rounds: int, fastest: float
) -> None:
    """The line of one page."""
    times, name, path = told
    _get(client, path)
    _change(runtime)
    with _counting(runtime) as seen:
        size = len(_get(client, path).data) / 1024
    own = _times(runtime, client, path, rounds)
    ratio = f"{_p95(own) / fastest:.2f}" if path == COMPANY else ""
    numbers = f"{len(seen)} | {size:.1f} | {_ms(_p50(own))} | {_ms(_p95(own))} | {ratio}"
    print(f"| {times} × | {name} | {numbers} |", flush=True)


def _coverage(runtime: Runtime, client: FlaskClient, times: int, clock: _Clock) -> None:
    """Coverage, which is kept for some seconds: counted anew, and as it is kept."""
    anew = []
    for _ in range(FEWEST):
        clock.at += 2 * kept.LASTS
        anew.append(_timed(lambda: _get(client, COVERAGE)))
    held = [_timed(lambda: _get(client, COVERAGE)) for _ in range(FEWEST)]
    clock.at += 2 * kept.LASTS
    with _counting(runtime) as seen:
        size = len(_get(client, COVERAGE).data) / 1024
    numbers = f"{len(seen)} | {size:.1f} | {_ms(_p50(anew))} | {_ms(_p95(anew))}"
    print(f"| {times} × | coverage, counted anew | {numbers} | |")
    print(f"| {times} × | coverage, as kept | | | {_ms(_p50(held))} | {_ms(_p95(held))} | |")


def _naive(runtime: Runtime, client: FlaskClient, times: int, rounds: int) -> list[float]:
    """The times of the naive page, and a line of its own."""
    with _naively(), _counting(runtime) as seen:
        found = _times(runtime, client, COMPANY, rounds)
    number = f"{len(seen) // rounds:,}"
    numbers = f"{number} | | {_ms(_p50(found))} | {_ms(_p95(found))} | 1"
    print(f"| {times} × | the naive one | {numbers} |", flush=True)
    return found


def _times(runtime: Runtime, client: FlaskClient, path: str, rounds: int) -> list[float]:
    found = []
    for _ in range(rounds):
        _change(runtime)
        found.append(_timed(lambda: _get(client, path)))
    return found


def _asked_again(client: FlaskClient, path: str, rounds: int) -> list[float]:
    """What an open page costs that asks for news while there is none."""
    headers = {"If-None-Match": _get(client, path).headers["ETag"], live.HEADER: "1"}
    return [_timed(lambda: client.get(path, headers=headers)) for _ in range(rounds)]


_turns = count(1)


def _change(runtime: Runtime) -> None:
    """Have an item finished: a reading and the scores above it are others, and so is the page."""
    link = next(_turns) % 2_000 + 1
    with runtime.store.write() as session:
        alone(session)
        row = session.get_one(Reading, link)
        row.done, row.total = (row.done or 0) + 1, (row.total or 0) + 2
        row.value, row.computed_at = row.done / row.total, company.NOW
        rescore(session, {link}, company.NOW)


@contextmanager
def _naively() -> Iterator[None]:
    whole = cycle_reports.snapshot
    cycle_reports.snapshot = naive.snapshot  # type: ignore[assignment]
    try:
        yield
    finally:
        cycle_reports.snapshot = whole


def _get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, answer.status
    return answer


def _timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _p50(spent: Sequence[float]) -> float:
    return quantiles(spent, n=2, method="inclusive")[0]


def _p95(spent: Sequence[float]) -> float:
    return quantiles(spent, n=20, method="inclusive")[18]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f}"


@contextmanager
def _counting(runtime: Runtime) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(runtime.store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(runtime.store.engine, "before_cursor_execute", note)


def _filled(home: Path, times: int, clock: _Clock) -> Runtime:
    url = f"sqlite:///{home / 'worklift.db'}"
    store = open_store(url)
    upgrade(store)
    settings = Settings(home=home, database_url=url)
    runtime = Runtime(
        settings=settings,
        store=store,
        vault=Vault(b"k" * 32),
        doorbell=SilentDoorbell(),
        clock=clock,
        trackers={},
    )
    size = replace(
        DEMO,
        teams=DEMO.teams * times,
        objectives=DEMO.objectives * times,
        key_results=DEMO.key_results * times,
    )
    with runtime.store.write() as session:
        company.write(session, size)
        for link in range(1, size.key_results + 1, 2):
            company.work(session, link, 6)
        _lately(session)
    with runtime.store.write() as session:
        alone(session)
        rescore_key_results(session, set(session.scalars(select(KeyResult.id))), company.NOW)
        rescore_cycle(session, company.CYCLE, company.NOW)
        people.add_user(session, "viewer", PASSWORD, "viewer", company.NOW)
    return runtime


def _lately(session: Session) -> None:
    """Half of the links moved this week, and of some key results something was said."""
    moved = Reading.link_id % 2 == 1
    session.execute(update(Reading).where(moved).values(computed_at=company.NOW))
    for row in session.scalars(select(KeyResult).where(KeyResult.id % 20 == 0)):
        at = company.NOW - timedelta(days=3)
        word = CheckIn(key_result_id=row.id, made_at=at, author="Team lead", confidence=6)
        word.blockers = "A licence is missing." if row.id % 40 == 0 else ""
        session.add(word)


def _client(runtime: Runtime) -> FlaskClient:
    app = create_app(runtime)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/sign-in", data={"name": "viewer", "password": PASSWORD})
    assert answer.status_code == 303, answer.status
    return client


if __name__ == "__main__":
    main()
