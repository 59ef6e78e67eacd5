"""Calls side by side: how many at a time, what one error does, what is held meanwhile."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from connector.errors import AccessDenied, RateLimited, Unavailable
from integrations.kit.abreast import WIDTH, abreast

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


class Watch:
    """Counts how many calls are under way and were begun."""

    def __init__(self, together):
        self.barrier = threading.Barrier(together, timeout=60)
        self.lock = threading.Lock()
        self.begun = self.running = self.most = 0

    def __call__(self, number):
        with self.lock:
            self.begun += 1
            self.running += 1
            self.most = max(self.most, self.running)
        self.barrier.wait()
        with self.lock:
            self.running -= 1
        return number * 2


def test_as_many_are_under_way_as_may_be_and_all_are_answered():
    watch = Watch(WIDTH)
    found = list(abreast(watch, range(WIDTH * 4)))
    assert sorted(found) == [number * 2 for number in range(WIDTH * 4)]
    assert watch.most == WIDTH


def test_nothing_asked_is_nothing_answered():
    assert list(abreast(Watch(1), [])) == []


def test_what_nobody_takes_yet_is_not_read_ahead():
    watch = Watch(1)
    reading = abreast(watch, count())
    assert next(reading) >= 0
    assert watch.begun <= WIDTH
    next(reading)
    assert watch.begun <= WIDTH + 1
    reading.close()


def test_one_at_a_time_while_the_tracker_warns():
    watch = Watch(1)
    assert len(list(abreast(watch, range(20), width=lambda: 1))) == 20
    assert watch.most == 1


def failing(*errors):
    """Calls that all begin before the first ends; these fail."""
    barrier = threading.Barrier(WIDTH, timeout=60)

    def call(number):
        if number < WIDTH:
            barrier.wait()
        if number < len(errors):
            raise errors[number]
        return number

    return call


def pause(seconds):
    return RateLimited("a pause", NOW + timedelta(seconds=seconds))


def test_an_error_ends_the_rest_and_keeps_its_kind():
    with pytest.raises(Unavailable, match="no answer"):
        list(abreast(failing(Unavailable("no answer")), count()))  # which has no end of its own


@pytest.mark.parametrize(
    ("errors", "kind", "said"),
    [
        ([Unavailable("x"), pause(5), pause(90), pause(30)], RateLimited, "pause"),
        ([pause(5), Unavailable("x"), AccessDenied("who")], AccessDenied, "who"),
    ],
)
def test_of_several_errors_the_one_that_holds_longest_is_raised(errors, kind, said):
    call = failing(*(errors + errors)[:WIDTH])
    with pytest.raises(kind, match=said) as caught:
        # Each call ends with an error or waits for the others, so all are known by then.
        list(abreast(call, range(WIDTH)))
    if kind is RateLimited:
        assert caught.value.until == NOW + timedelta(seconds=90)


def test_an_error_in_what_is_asked_ends_it_too():
    def asked():
        yield 1
        raise Unavailable("the list broke off")

    with pytest.raises(Unavailable, match="broke off"):
        list(abreast(Watch(1), asked()))
    assert not [each for each in threading.enumerate() if each.name.startswith("reading")]


def test_so_many_more_are_read_while_what_came_is_used():
    read = threading.Semaphore(0)
    begun = []

    def call(number):
        begun.append(number)
        read.release()
        return number

    reading = abreast(call, count(), ahead=5)
    next(reading)
    for _ in range(WIDTH + 5):  # nobody takes another one meanwhile
        assert read.acquire(timeout=10)
    assert not read.acquire(timeout=0.1)
    assert len(begun) == WIDTH + 5
    reading.close()


def test_what_waits_for_its_turn_is_not_asked_after_an_error():
    begun = []

    def call(number):
        begun.append(number)
        raise Unavailable("no answer")

    with pytest.raises(Unavailable, match="no answer"):
        list(abreast(call, range(50), width=lambda: 1, ahead=20))
    assert begun == [0]
