"""What must hold of forecasts for any history."""

from dataclasses import astuple
from itertools import accumulate
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.forecast import Forecast, Week, forecast_number, forecast_share

amounts = st.floats(0, 50).map(lambda amount: round(amount, 1))
changes = st.lists(st.tuples(amounts, amounts), min_size=4, max_size=10)
left = st.floats(0.1, 15)
marks = st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)).map(sorted)
untidy = st.lists(
    st.tuples(st.floats(0, 1e6), st.floats(0, 1)).map(lambda t: Week(t[0] * t[1], t[0])),
    min_size=5,
    max_size=12,
).filter(lambda weeks: weeks[-1].total > 0)
values = st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=12)

few = settings(max_examples=15, deadline=None)


def history(opened: float, weekly: list[tuple[float, float]], *, ahead: float = 0) -> list[Week]:
    """So much finished and added a week; ``ahead`` was done before, ``opened`` is left at least."""
    first = 50.0 + opened + sum(done for done, _ in weekly)
    done = accumulate((done for done, _ in weekly), initial=ahead)
    total = accumulate((added for _, added in weekly), initial=first)
    return [Week(*each) for each in zip(done, total, strict=True)]


def share(weeks: list[Week], weeks_left: float, marks: list[float]) -> Forecast:
    low, high = marks
    found = forecast_share(weeks, weeks_left=weeks_left, target=high, pass_mark=low)
    assert isinstance(found, Forecast)
    return found


def well_formed(found: Forecast) -> None:
    assert 0 <= found.chance_target <= found.chance_pass <= 1
    assert all(low <= mid <= high for low, mid, high in found.fan)
    assert all(isfinite(each) for week in found.fan for each in week)
    assert found.fan[-1] == (found.final_low, found.final_mid, found.final_high)
    known = [found.weeks_low, found.weeks_mid, found.weeks_high]
    dates = [float("inf") if weeks is None else weeks for weeks in known]
    assert 0 <= dates[0] <= dates[1] <= dates[2]


@few
@given(untidy, left, marks)
def test_a_share_stays_within_its_bounds(
    weeks: list[Week], weeks_left: float, marks: list[float]
) -> None:
    found = share(weeks, weeks_left, marks)
    well_formed(found)
    assert found.final_low >= 0
    assert found.final_high <= 1


@few
@given(values, left, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1))
def test_a_number_is_well_formed(
    numbers: list[float], weeks_left: float, start: float, target: float, part: float
) -> None:
    mark = start + part * (target - start)
    found = forecast_number(
        numbers, weeks_left=weeks_left, start=start, target=target, pass_value=mark
    )
    assert isinstance(found, Forecast)
    well_formed(found)


@few
@given(changes, left, marks)
def test_the_same_history_gives_the_same_forecast(
    weekly: list[tuple[float, float]], weeks_left: float, marks: list[float]
) -> None:
    weeks = history(10, weekly)
    assert share(weeks, weeks_left, marks) == share(list(weeks), weeks_left, marks)


@few
@given(changes, left, marks, st.floats(1e-3, 1e3))
def test_amounts_are_scale_free(
    weekly: list[tuple[float, float]], weeks_left: float, marks: list[float], k: float
) -> None:
    weeks = history(10, weekly)
    scaled = [Week(week.done * k, week.total * k) for week in weeks]
    once, again = share(weeks, weeks_left, marks), share(scaled, weeks_left, marks)
    for before, after in zip(once.fan, again.fan, strict=True):
        assert before == pytest.approx(after, abs=1e-9)
    assert once.chance_pass == pytest.approx(again.chance_pass)
    assert once.chance_target == pytest.approx(again.chance_target)


@few
@given(changes, left, marks, st.floats(0, 50))
def test_being_further_is_never_worse(
    weekly: list[tuple[float, float]], weeks_left: float, marks: list[float], ahead: float
) -> None:
    behind = share(history(10, weekly), weeks_left, marks)
    further = share(history(10, weekly, ahead=ahead), weeks_left, marks)
    never_worse(further, behind)


@few
@given(changes, left, marks, st.floats(1, 3))
def test_having_done_more_every_week_is_never_worse(
    weekly: list[tuple[float, float]], weeks_left: float, marks: list[float], k: float
) -> None:
    room = 2 * sum(done for done, _ in weekly) + 10
    more = [(done * k, added) for done, added in weekly]
    slow = history(room, weekly)
    fast = history(room - sum(a - b for (a, _), (b, _) in zip(more, weekly, strict=True)), more)
    assert [week.total for week in fast] == pytest.approx([week.total for week in slow])
    never_worse(share(fast, weeks_left, marks), share(slow, weeks_left, marks))


def never_worse(better: Forecast, worse: Forecast) -> None:
    assert better.chance_target >= worse.chance_target
    assert better.chance_pass >= worse.chance_pass
    for more, less in zip(better.fan, worse.fan, strict=True):
        assert all(a >= b - 1e-9 for a, b in zip(more, less, strict=True))


@few
@given(values, left, st.floats(1, 1e6))
def test_falling_is_rising_upside_down(
    numbers: list[float], weeks_left: float, target: float
) -> None:
    """From -1, so that neither number is one that cannot be negative."""
    up = forecast_number(
        numbers, weeks_left=weeks_left, start=-1, target=target, pass_value=target / 2
    )
    down = forecast_number(
        [-value for value in numbers],
        weeks_left=weeks_left,
        start=1,
        target=-target,
        pass_value=-target / 2,
    )
    assert isinstance(up, Forecast)
    assert isinstance(down, Forecast)
    assert astuple(down)[:2] == astuple(up)[:2]
    assert astuple(down)[5:9] == astuple(up)[5:9]
    assert down.fan == tuple((-high, -mid, -low) for low, mid, high in up.fan)
