"""How fast one connection calls: eight at a time, 900 points a minute, and pauses that grow."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import RateLimited
from integrations.kit.abreast import WIDTH
from integrations.kit.pace import POINTS, Pace, pace_of


class Clock:
    """A clock that sleeping moves."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def paced():
    clock = Clock()
    return Pace(clock=lambda: clock.now, sleep=clock.sleep), clock


def test_a_minute_holds_so_many_points_and_no_more():
    pace, clock = paced()
    for _ in range(POINTS - 5):
        with pace.turn():
            pass
    clock.now += 30
    with pace.turn(5):
        assert clock.slept == []
    with pace.turn(5):
        assert clock.slept == [30.0]
    for _ in range(POINTS - 10):
        with pace.turn():
            pass
    assert clock.slept == [30.0]


def test_eight_call_at_a_time():
    pace, most, under_way = Pace(), [], []
    gate, full = threading.Event(), threading.Event()

    def call():
        with pace.turn():
            under_way.append(1)
            most.append(len(under_way))
            if len(under_way) == WIDTH:
                full.set()
            assert gate.wait(10)
            under_way.pop()

    threads = [threading.Thread(target=call) for _ in range(2 * WIDTH)]
    for each in threads:
        each.start()
    assert full.wait(10)
    gate.set()
    for each in threads:
        each.join(10)
    assert max(most) <= WIDTH
    assert len(most) == 2 * WIDTH


def told(seconds):
    return RateLimited("wait", datetime.now(UTC) + timedelta(seconds=seconds))


def left(error):
    return round((error.until - datetime.now(UTC)).total_seconds())


def test_a_pause_that_was_kept_in_vain_is_followed_by_a_longer_one():
    pace, _ = paced()
    assert left(pace.longer(told(30))) == 30
    assert left(pace.longer(told(20))) == 20  # of a call that was under way: the same pause
    pace = paced()[0]
    spans = [left(pace.longer(told(-1))) for _ in range(3)]
    assert spans[0] == -1
    pace = paced()[0]
    pace.longer(told(-5))
    assert [left(pace.longer(told(-5))), left(pace.longer(told(90)))] == [120, 120]
    pace.went()
    assert left(paced()[0].longer(told(10))) == 10


def test_who_called_before_a_pause_stops_and_who_comes_later_knows():
    pace, clock = paced()
    begun = pace.now()
    pace.stop(begun)
    clock.now += 1
    pace.longer(told(60))
    with pytest.raises(RateLimited):
        pace.stop(begun)
    clock.now += 1
    pace.stop(pace.now())


def test_sessions_of_a_connection_share_a_pace():
    assert pace_of("one") is pace_of("one")
    assert pace_of("one") is not pace_of("two")
