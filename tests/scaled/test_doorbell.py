"""The bell in Redis: losing it loses time, never work."""

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from sync.queue import JOBS, QUEUE, Job, RqDoorbell
from tests.servers import free_port


@pytest.fixture
def redis(redis_url: str) -> Redis:
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


def test_a_ring_is_a_job_with_a_source_id_and_nothing_else(redis: Redis, redis_url: str) -> None:
    RqDoorbell(redis_url).ring(7)
    (job,) = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
    assert (job.func_name, list(job.args), job.kwargs) == ("sync.jobs.drain", [7], {})


def test_a_ring_for_notes_is_a_job_of_the_same_queue(redis: Redis, redis_url: str) -> None:
    RqDoorbell(redis_url).ring(7, "notes")
    (job,) = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
    assert (job.func_name, list(job.args), job.kwargs) == ("sync.jobs.notes", [7], {})
    assert callable(job.func)


@pytest.mark.parametrize("job", JOBS)
def test_whatever_can_be_rung_for_is_a_function_of_the_worker(
    redis: Redis, redis_url: str, job: Job
) -> None:
    RqDoorbell(redis_url).ring(7, job)
    (found,) = Queue(QUEUE, connection=redis, serializer=JSONSerializer).jobs
    assert callable(found.func)


def test_a_bell_that_is_away_is_not_waited_for() -> None:
    bell = RqDoorbell(f"redis://127.0.0.1:{free_port()}/0")
    bell.ring(7)


def test_a_socket_is_an_address_too(redis: Redis) -> None:
    path = redis.config_get("unixsocket")["unixsocket"]
    RqDoorbell(f"unix://{path}?db=3").ring(7)
    assert Redis(unix_socket_path=path, db=3).exists(f"rq:queue:{QUEUE}")
