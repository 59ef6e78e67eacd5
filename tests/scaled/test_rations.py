"""What several processes may call of one connection together."""

import pytest
from redis import Redis

from integrations.tracker.rationing import Share
from sync.rations import PRESENT, RedisRation


@pytest.fixture
def redis(redis_url: str) -> Redis:
    found = Redis.from_url(redis_url)
    found.flushall()
    return found


def both(redis_url: str) -> tuple[RedisRation, RedisRation]:
    return RedisRation(redis_url), RedisRation(redis_url)


def test_what_was_spent_at_once_counts_for_sixty_seconds(redis: Redis, redis_url: str) -> None:
    one, other = both(redis_url)
    assert one.take("a", 900, most=900) == Share(callers=1, points=900)
    (spent,) = redis.scan_iter("worklift:points:a:*")
    place, _, slot = spent.decode().rpartition(":")
    redis.rename(spent, f"{place}:{int(slot) - 11}")  # 50 to 60 seconds ago
    assert other.take("a", 45, most=900) == Share(callers=2, points=0)
    redis.rename(f"{place}:{int(slot) - 11}", f"{place}:{int(slot) - 13}")
    assert other.take("a", 45, most=900) == Share(callers=2, points=45)


@pytest.mark.usefixtures("redis")
def test_points_of_a_minute_are_given_once_among_all(redis_url: str) -> None:
    one, other = both(redis_url)
    given = [each.take("a", 45, most=900) for _ in range(15) for each in (one, other)]
    assert None not in given
    assert sum(each.points for each in given if each) == 900
    # Another connection has its own.
    assert one.take("b", 45, most=900) == Share(callers=1, points=45)


def test_those_that_call_are_counted_as_long_as_they_do(redis: Redis, redis_url: str) -> None:
    one, other = both(redis_url)
    assert one.take("a", 0, most=900) == Share(callers=1, points=0)
    assert other.take("a", 0, most=900) == Share(callers=2, points=0)
    assert one.take("a", 0, most=900) == Share(callers=2, points=0)
    for name, _ in redis.zscan_iter("worklift:calling:a"):
        redis.zincrby("worklift:calling:a", -PRESENT, name)
    assert other.take("a", 0, most=900) == Share(callers=1, points=0)


def test_after_a_flush_all_is_counted_anew(redis: Redis, redis_url: str) -> None:
    one, _ = both(redis_url)
    while (given := one.take("a", 450, most=900)) and given.points:
        pass
    redis.flushall()
    redis.script_flush()
    assert one.take("a", 450, most=900) == Share(callers=1, points=450)


def test_what_is_counted_is_forgotten_by_itself(redis: Redis, redis_url: str) -> None:
    RedisRation(redis_url).take("a", 45, most=900)
    keys = list(redis.scan_iter("worklift:*"))
    assert len(keys) == 2
    assert all(0 < redis.ttl(each) <= 180 for each in keys)


def test_without_redis_nobody_can_tell() -> None:
    away = RedisRation("redis://127.0.0.1:9/0")
    assert away.take("a", 45, most=900) is None
    assert away.take("a", 45, most=900) is None
