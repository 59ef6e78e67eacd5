"""How fast one connection calls: eight at a time, 900 points a minute, and pauses that grow."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import RateLimited
from integrations.kit.abreast import WIDTH
from integrations.kit.pace import POINTS, PORTION, Pace, pace_of
from integrations.tracker import rationing
from integrations.tracker.rationing import Share


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


class Kept:
    """A ration that says how many call, and gives points as long as there are some."""

    def __init__(self, callers=1, left=10**6):
        self.callers, self.left, self.asked = callers, left, []

    def take(self, key, points, *, most):
        assert most == POINTS
        self.asked.append((key, points))
        given = points if points <= self.left else 0
        self.left -= given
        return None if self.callers is None else Share(self.callers, given)


@pytest.fixture
def ration():
    kept = Kept()
    rationing.share(kept)
    yield kept
    rationing.share(None)


def test_a_ration_in_common_is_asked_for_a_portion_of_calls(ration):
    pace, clock = paced()

    def spend(points):
        for _ in range(points):
            with pace.turn():
                pass
        return [points for _, points in ration.asked]

    assert spend(1) == [WIDTH]
    assert spend(WIDTH) == [WIDTH, WIDTH]
    spend(4 * PORTION)
    before = len(ration.asked)
    spend(4 * PORTION)
    assert ration.asked[before:] == [("", PORTION)] * 4
    clock.now += 60
    ration.asked.clear()
    assert spend(1) == [WIDTH]


class Minute:
    """A minute's points, of which each process is given its own part."""

    def __init__(self):
        self.left = POINTS

    def take(self, key, points, *, most):
        given = points if points <= self.left else 0
        self.left -= given
        return Share(1, given)


def test_many_that_call_seldom_leave_enough_for_all():
    rationing.share(Minute())
    try:
        for _ in range(100):
            with Pace(sleep=lambda _: pytest.fail("there was none left")).turn():
                pass
    finally:
        rationing.share(None)


def test_what_others_spent_is_waited_for(ration):
    pace, clock = paced()
    ration.left = WIDTH
    for _ in range(WIDTH):
        with pace.turn():
            pass

    def sleep(seconds):
        clock.now += seconds
        ration.left = WIDTH * (clock.now >= 1010)

    pace._sleep = sleep
    with pace.turn():
        assert clock.now == 1010


def test_points_are_for_their_minute(ration):
    pace, clock = paced()
    for _ in range(2):
        with pace.turn():
            clock.now += 60
    assert [points for _, points in ration.asked] == [WIDTH, WIDTH]


@pytest.mark.parametrize(
    ("callers", "places"), [(1, WIDTH), (3, WIDTH // 3), (99, 1), (None, WIDTH)]
)
def test_places_are_divided_among_those_that_call(ration, callers, places):
    pace, clock = paced()
    ration.callers = callers
    assert pace.places() == places
    ration.callers = 1
    assert pace.places() == places
    clock.now += 5
    assert pace.places() == WIDTH


def test_no_more_call_at_a_time_than_there_are_places(ration):
    pace, most, under_way = Pace(), [], []
    ration.callers = WIDTH // 2
    gate, lock = threading.Event(), threading.Lock()
    pace.places()

    def call():
        with pace.turn():
            with lock:
                under_way.append(1)
                most.append(len(under_way))
                if len(under_way) == 2:
                    gate.set()
            assert gate.wait(10)
            with lock:
                under_way.pop()

    threads = [threading.Thread(target=call) for _ in range(WIDTH)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert max(most) == 2


def test_one_whose_ration_cannot_be_asked_keeps_to_its_own_measure(ration):
    pace, clock = paced()
    ration.callers, ration.left = None, 0
    for _ in range(POINTS):
        with pace.turn():
            assert clock.slept == []
    with pace.turn():
        assert clock.slept == [60.0]
