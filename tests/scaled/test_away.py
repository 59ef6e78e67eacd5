"""A worker without its database, or with a key that opens nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from connector.errors import Refused
from sync import doctor, jobs, own_key, pipeline, schedule, threads, worker
from sync import runtime as composition
from sync.queue import ThreadDoorbell
from tests.servers import free_port, wait_for
from tests.world import World, key_result, link

KEY = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
"""What ``tests.world.settings`` uses, as the environment holds it."""
OTHER = "b" * 43
JOBS: dict[str, Callable[[], None]] = {
    "drain": lambda: jobs.drain(1),
    "notes": lambda: jobs.notes(1),
    "audit": lambda: jobs.audit(1),
    "sweep": jobs.sweep,
}


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Makes this process a worker of a database, by its environment."""

    def become(url: str, key: str = KEY) -> None:
        given = {"DATABASE_URL": url, "WORKLIFT_HOME": str(tmp_path), "WORKLIFT_KEY": key}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("REDIS_URL", raising=False)
        jobs._own.cache_clear()

    yield become
    if jobs._own.cache_info().currsize:
        jobs.prepare().store.close()
    jobs._own.cache_clear()


@pytest.mark.parametrize("job", JOBS)
def test_a_job_without_its_database_is_one_line_that_says_what_to_do(job: str, process) -> None:
    process(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with capture_logs() as told:
        JOBS[job]()
    (line,) = told
    assert (line["event"], line["log_level"], line["job"]) == ("job.no_database", "warning", job)
    assert "refused" in line["reason"]
    assert "\n" not in line["reason"]
    assert "no restart" in line["meaning"]
    assert "exc_info" not in line


def test_a_standby_that_takes_no_writes_is_no_crash_either(pg_world: World, jira, process) -> None:
    source, url = _waiting(pg_world, jira), pg_world.runtime.settings.database_url
    process(url)
    name = pg_world.runtime.store.engine.url.database
    with pg_world.runtime.store.write() as session:
        session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    with capture_logs() as told:
        jobs.drain(source)
    assert [each["event"] for each in told] == ["job.no_database"]


def _waiting(world: World, jira: Any) -> int:
    """A source that was read, and has something new to be read since."""
    jira.site.add_issue("PLAT", "One")
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.sync()
    world.clock.turn(seconds=20)
    jira.site.transition("PLAT-1", "Done")
    assert world.deliver("jira").status == 202
    return world.sources()[0]


def test_a_bug_is_still_told_with_all_that_helps(process, monkeypatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    process(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    monkeypatch.setattr(pipeline, "drain", crash)
    with pytest.raises(ZeroDivisionError):
        jobs.drain(1)


def test_threads_tell_it_the_same_way(process) -> None:
    process(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    away, bell = jobs.prepare(), ThreadDoorbell()
    with capture_logs() as told, threads.running(away, bell, 60):
        bell.ring(1)
        wait_for(lambda: [e for e in told if e["event"] == "job.no_database"], "the line")
    assert {each["event"] for each in told} == {"job.no_database", "clock.no_database"}


def test_what_fails_with_the_database_says_so_and_goes_on(
    pg_world: World, jira, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, store = _waiting(pg_world, jira), pg_world.runtime.store

    def cut(*_: object, **__: object) -> None:
        with store.write() as session:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with monkeypatch.context() as patch, capture_logs() as told:
        patch.setattr(pipeline, "finish", cut)
        patch.setattr(jobs, "_own", lambda: (pg_world.runtime, _Straight()))
        jobs.drain(source)
    assert [each["event"] for each in told] == ["job.no_database"]
    assert "the database failed" in pg_world.rows("source")[0].error
    pg_world.clock.turn(minutes=10)
    assert source in schedule.sweep(pg_world.runtime)
    pg_world.tick()
    assert (pg_world.value(), pg_world.waiting()) == (100, [])


def test_a_postgresql_without_a_connection_left_is_not_said_to_be_set_wrong(
    pg_world: World,
) -> None:
    full = OperationalError("", None, Exception("FATAL:  sorry, too many clients already"))
    with (
        pytest.raises(composition.NoDatabase, match="max_connections") as told,
        composition.opened(pg_world.runtime.settings),
    ):
        raise full
    assert "check DATABASE_URL" not in str(told.value)


class _Straight:
    def drain(self, source_id: int, work: Callable[[int], object]) -> None:
        work(source_id)


def test_a_drain_that_failed_is_told_as_a_warning(connected: World, jira) -> None:
    source = _waiting(connected, jira)
    jira.faults.add("error")
    with capture_logs() as told:
        pipeline.drain(connected.runtime, source)
    (line,) = (each for each in told if each["event"] == "drained")
    assert line["log_level"] == "warning"


def test_a_worker_whose_key_opens_nothing_ends_with_a_sentence(
    pg_world: World, process, capsys
) -> None:
    process(pg_world.runtime.settings.database_url, OTHER)
    runtime = jobs.prepare()
    with pytest.raises(SystemExit) as ended:
        worker._opens(runtime)
    assert ended.value.code not in {0, 2}  # 2 would end web beside it, which a person needs now
    said = capsys.readouterr().err
    assert "WORKLIFT_KEY" in said
    assert "Traceback" not in said
    (check,) = (each for each in doctor.examine(runtime) if each.name == "key")
    assert (check.ok, check.message) == (False, own_key.USELESS)
    assert "WORKLIFT_KEY" in check.fix


def test_a_key_that_opens_one_or_has_nothing_to_open_lets_it_start(
    pg_world: World, process
) -> None:
    own_key.ensure(pg_world.runtime)
    process(pg_world.runtime.settings.database_url, OTHER)
    runtime = jobs.prepare()
    with pytest.raises(Refused):
        own_key.ensure(runtime)
    assert replace(pg_world, runtime=runtime).connect("jira").error is None
    own_key.ensure(runtime)
    (check,) = (each for each in doctor.examine(runtime) if each.name == "key")
    assert (check.ok, check.message) == (
        False,
        "the tokens of github were encrypted with another key",
    )


def test_a_worker_starts_while_the_database_is_away_whatever_its_key(process) -> None:
    process(f"postgresql://nobody@127.0.0.1:{free_port()}/none", OTHER)
    with capture_logs() as told:
        own_key.ensure(jobs.prepare())
    assert [each["event"] for each in told] == ["database.away"]
