"""Redis full, read-only, evicting, flushed or away: pages say so, and nothing waits for it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker_registration import register
from structlog.testing import capture_logs

from connector.errors import Refused
from sync import jobs, redis_check, schedule
from sync.queue import QUEUE, RqDoorbell
from sync.redis_check import QueueState, Watch, look
from sync.worker import Worker
from sync.worker_log import PLAIN
from tests.servers import free_port
from tests.world import World, key_result, link


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    for name, value in (("maxmemory", "0"), ("maxmemory-policy", "noeviction")):
        client.config_set(name, value)
    client.replicaof("NO", "ONE")
    client.flushall()
    client.close()


@pytest.fixture
def worker(redis: Redis) -> Worker:
    """One that is known to Redis and not running."""
    made = Worker(["worklift"], connection=redis, prepare_for_work=False)
    register(made)
    redis.hset(made.key, "birth", "2026-01-01T00:00:00.000000Z")
    return made


def test_a_redis_that_evicts_is_refused_at_the_start_with_the_fix(redis, redis_url: str) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(Refused, match=r"allkeys-lru.*set maxmemory-policy noeviction"):
        redis_check.ensure(redis_url)
    redis.config_set("maxmemory-policy", "noeviction")
    redis_check.ensure(redis_url)


def test_a_redis_that_is_away_is_waited_for() -> None:
    redis_check.ensure(f"redis://127.0.0.1:{free_port()}/0")


def test_all_is_well_where_a_worker_listens(redis, worker, redis_url: str) -> None:
    RqDoorbell(redis_url).ring(7)
    assert look(redis_url) == QueueState(waiting=1, workers=1)


def test_no_worker_is_trouble_and_so_is_an_evicting_redis(redis, redis_url: str) -> None:
    assert "no worker listens" in look(redis_url).trouble
    redis.config_set("maxmemory-policy", "allkeys-lru")
    assert "throw jobs away" in look(redis_url).trouble


def test_a_full_redis_is_said_and_ringing_raises_nothing(redis, worker, redis_url: str) -> None:
    redis.config_set("maxmemory", "1")
    RqDoorbell(redis_url).ring(7)
    state = look(redis_url)
    assert "is full" in state.trouble
    assert state.fix


def test_a_read_only_redis_is_said_and_ringing_raises_nothing(redis, worker, redis_url) -> None:
    redis.replicaof("127.0.0.1", str(free_port()))
    RqDoorbell(redis_url).ring(7)
    assert "takes no writes" in look(redis_url).trouble


def test_pages_look_at_the_queue_now_and_then_and_say_what_is_wrong(pg_world: World) -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"
    watch, runtime = Watch(), pg_world.runtime
    assert watch.state(runtime) == QueueState()
    scaled = replace(runtime, settings=replace(runtime.settings, redis_url=away))
    state = watch.state(scaled)
    assert "queue is degraded: Redis does not answer" in state.trouble
    assert watch.state(scaled) is state


def test_a_worker_that_redis_forgot_is_known_again_with_its_next_heartbeat(
    redis, redis_url: str
) -> None:
    made = Worker(["worklift"], connection=redis, prepare_for_work=False)
    redis.flushall()
    made.heartbeat()
    assert look(redis_url).workers == 1


def test_what_waits_is_not_queued_again_and_what_was_lost_is(redis, redis_url: str) -> None:
    bell = RqDoorbell(redis_url)
    for _ in range(3):
        bell.ring(7)
        bell.ring(77)
        bell.ring(7, "notes")
    assert redis.llen("rq:queue:worklift") == 3
    redis.flushall()
    bell.ring(7)
    assert redis.llen("rq:queue:worklift") == 1


def test_after_redis_forgot_all_the_next_sweep_rings_what_is_dirty(
    pg_world: World, jira, redis, redis_url: str
) -> None:
    jira.site.add_issue("PLAT", "One")
    pg_world.apply(key_result("KR-1", link("jira:project:PLAT")))
    pg_world.sync()
    pg_world.clock.turn(seconds=20)
    jira.site.transition("PLAT-1", "Done")
    runtime = replace(pg_world.runtime, doorbell=RqDoorbell(redis_url))
    scaled = replace(pg_world, runtime=runtime)
    assert scaled.deliver("jira").status == 202
    assert redis.llen("rq:queue:worklift") == 1
    redis.flushall()
    assert schedule.sweep(runtime) == pg_world.sources()
    assert redis.llen("rq:queue:worklift") == 1


def _done_while(happens, worker: Worker, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker does a job, and that happens meanwhile."""
    RqDoorbell(redis_url).ring(7)
    queue = Queue(QUEUE, connection=worker.connection, serializer=JSONSerializer)
    (job,) = queue.jobs
    monkeypatch.setattr(jobs, "drain", lambda _source: happens())
    worker.execute_job(job, queue)


def test_redis_that_is_emptied_in_the_middle_of_a_job_ends_no_worker(
    redis, worker, redis_url: str, monkeypatch, caplog
) -> None:
    with capture_logs() as told:
        _done_while(redis.flushall, worker, redis_url, monkeypatch)
    assert [(each["event"], each["log_level"]) for each in told] == [("job.forgotten", "warning")]
    assert "Traceback" not in caplog.text
    assert worker.executions == {}
    assert redis.keys("rq:job:*") == []


def test_a_redis_that_goes_away_in_the_middle_of_a_job_is_told_in_one_line(
    redis, worker, redis_url: str, monkeypatch, caplog
) -> None:
    def gone() -> None:
        raise RedisConnectionError("refused")

    monkeypatch.setattr(worker.log, "propagate", True)
    worker.log.addFilter(PLAIN)
    _done_while(gone, worker, redis_url, monkeypatch)
    worker.log.error("an unhandled exception", exc_info=RedisConnectionError("refused"))
    worker.log.removeFilter(PLAIN)
    told = [each for each in caplog.records if "does not answer" in each.getMessage()]
    assert [each.levelname for each in told] == ["WARNING", "WARNING"]
    assert "Traceback" not in caplog.text
