"""What a forecast says of histories whose answer is plain, and when it says nothing."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from connector.forecast import (
    MOST_WEEKS,
    Forecast,
    NoForecast,
    Standing,
    Week,
    forecast_number,
    forecast_share,
    weekly,
    weekly_numbers,
    weeks_between,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def share(
    weeks: list[Week], *, left: float = 6.0, target: float = 1.0, mark: float = 0.7
) -> Forecast:
    found = forecast_share(weeks, weeks_left=left, target=target, pass_mark=mark)
    assert isinstance(found, Forecast)
    return found


def number(values: list[float], *, left: float = 6.0, target: float = 0.0) -> Forecast:
    start = values[0]
    mark = start + 0.7 * (target - start)
    found = forecast_number(values, weeks_left=left, start=start, target=target, pass_value=mark)
    assert isinstance(found, Forecast)
    return found


def steady(pace: float, *, total: float = 100, growth: float = 0, weeks: int = 6) -> list[Week]:
    return [Week(pace * week, total + growth * week) for week in range(weeks + 1)]


@pytest.mark.parametrize(
    ("standings", "left", "says"),
    [
        (0, 6.0, "A forecast needs 4 whole weeks of history, and there is none yet."),
        (1, 6.0, "A forecast needs 4 whole weeks of history, and there is none yet."),
        (2, 6.0, "A forecast needs 4 whole weeks of history, and there is 1 so far."),
        (4, 6.0, "A forecast needs 4 whole weeks of history, and there are 3 so far."),
        (5, 0.0, "The end date has passed, so there is nothing to forecast."),
        (5, -2.0, "The end date has passed, so there is nothing to forecast."),
        (5, 80.0, "The end date is 80 weeks away, and a forecast looks 60 ahead."),
    ],
)
def test_says_why_there_is_none(standings: int, left: float, says: str) -> None:
    weeks = [Week(float(done), 20.0) for done in range(standings)]
    assert forecast_share(weeks, weeks_left=left, target=1, pass_mark=0.7) == NoForecast(says)
    values = [week.done for week in weeks]
    none = forecast_number(values, weeks_left=left, start=0, target=20, pass_value=14)
    assert none == NoForecast(says)


def test_five_standings_enclose_the_four_weeks_needed() -> None:
    assert share(steady(2, weeks=4)).weeks_used == 4
    assert number([9, 8, 7, 6, 5]).weeks_used == 4


def test_a_scope_without_work_has_none() -> None:
    found = forecast_share([Week(0, 0)] * 6, weeks_left=3, target=1, pass_mark=0.7)
    assert isinstance(found, NoForecast)
    assert found.reason == "There is no work in the scope now, so there is nothing to forecast."


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e308])
def test_what_is_not_a_number_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        forecast_share([Week(0, wrong)] * 6, weeks_left=3, target=1, pass_mark=0.7)
    with pytest.raises(ValueError, match="finite"):
        forecast_number([1.0] * 6, weeks_left=3, start=1, target=wrong, pass_value=2)


def test_work_that_fits_easily_is_likely_done_and_work_that_cannot_is_not() -> None:
    easy, hopeless = share(steady(14)), share(steady(3))
    assert easy.chance_target > 0.8
    assert hopeless.chance_target < 0.05
    assert easy.final_mid == 1.0
    assert 0.25 < hopeless.final_low < hopeless.final_mid < hopeless.final_high < 0.7


def test_the_pass_mark_is_likelier_than_the_target() -> None:
    found = share(steady(9))
    assert found.chance_pass > found.chance_target + 0.1


def test_growing_scope_lowers_the_chance() -> None:
    assert share(steady(10, growth=6)).chance_target < share(steady(10)).chance_target - 0.2


def test_work_and_scope_of_a_week_stay_together() -> None:
    """Whatever was added was finished in its week: what is open stays small."""
    weeks = [Week(0, 4)]
    for added in (0, 40, 0, 0, 60, 0, 30, 0):
        weeks.append(Week(weeks[-1].done + added, weeks[-1].total + added))
    assert share(weeks, mark=0.9).chance_pass > 0.8


def test_a_stalled_scope_is_unlikely_but_not_impossible() -> None:
    found = share([Week(20, 100)] * 7)
    assert found.chance_target < 0.1
    assert found.final_low == 0.2 < found.final_high
    assert found.weeks_high is None


def test_all_done_stays_done_unless_work_is_added() -> None:
    found = share([Week(10, 40), Week(20, 40), Week(30, 40), Week(40, 40), Week(40, 40)])
    assert 0.9 < found.chance_target <= 1.0
    assert (found.weeks_low, found.weeks_mid, found.weeks_high) == (0.0, 0.0, 0.0)
    added = share([Week(20 + 5 * week, 20 + 5 * week + week % 2) for week in range(9)])
    assert added.chance_target < found.chance_target


def test_reopened_and_removed_work_stays_within_bounds() -> None:
    weeks = [Week(30, 60), Week(10, 60), Week(25, 30), Week(0, 20), Week(15, 15), Week(2, 12)]
    found = share(weeks, left=9.5)
    assert all(0 <= low <= mid <= high <= 1 for low, mid, high in found.fan)


def test_the_finishing_date_does_not_end_with_the_cycle() -> None:
    found = share(steady(5, weeks=8), left=2.0)
    assert found.chance_target < 0.1
    assert found.weeks_low is not None
    assert found.weeks_mid is not None
    assert 5 < found.weeks_low < found.weeks_mid < 25


def test_a_broken_last_week_counts_in_part() -> None:
    short, long = share(steady(6), left=2.0), share(steady(6), left=3.0)
    broken = share(steady(6), left=2.4)
    assert [len(each.fan) for each in (short, broken, long)] == [2, 3, 3]
    assert short.final_mid < broken.final_mid < long.final_mid


def test_a_falling_number_is_reached_from_above() -> None:
    found = number([100, 90, 81, 70, 60, 52], target=10)
    assert found.chance_target > 0.4
    assert found.final_low <= found.final_mid < found.final_high < 52
    assert number([100, 104, 109, 115, 118], target=10).chance_target < 0.1


def test_a_count_does_not_fall_below_nothing() -> None:
    found = number([50, 40, 31, 20, 9, 2], target=0)
    assert str(found.final_low) == "0.0"
    assert found.chance_target > 0.7


def test_a_number_may_be_negative_where_it_was() -> None:
    assert number([10, 5, 0, -5, -10, -15], target=-60).final_mid < -30


def test_old_weeks_are_forgotten() -> None:
    late = [Week(2.0 * week, 200) for week in range(MOST_WEEKS + 1)]
    assert share([Week(0, 3), *[Week(0, 200)] * 9, *late]) == share(late)
    values = [float(week) for week in range(MOST_WEEKS + 1)]
    early = [7.0, 0.0, *values]
    kept = forecast_number(values, weeks_left=3, start=7, target=40, pass_value=30)
    assert forecast_number(early, weeks_left=3, start=7, target=40, pass_value=30) == kept


def test_weeks_are_counted_back_from_now() -> None:
    ago = [(30, 1, 10), (22, 2, 11), (20, 3, 12), (7, 5, 12), (0.5, 6, 14)]
    standings = [
        Standing(at=NOW - timedelta(days=days), done=done, total=total) for days, done, total in ago
    ]
    expected = (Week(1, 10), Week(3 - 1, 11), Week(3, 12), Week(5, 12), Week(6, 14))
    assert weekly(reversed(standings), now=NOW) == expected
    future = Standing(at=NOW + timedelta(days=1), done=9, total=14)
    assert weekly([*standings, future], now=NOW) == expected


def test_weeks_begin_with_the_first_work() -> None:
    standings = [
        Standing(at=NOW - timedelta(days=40), done=0, total=0),
        Standing(at=NOW - timedelta(days=10), done=0, total=5),
    ]
    assert weekly(standings, now=NOW) == (Week(0, 5), Week(0, 5))
    assert weekly([], now=NOW) == ()


def test_numbers_stand_until_the_next_reading() -> None:
    readings = [(NOW - timedelta(days=15), 4.0), (NOW - timedelta(days=3), 9.0)]
    assert weekly_numbers(readings, now=NOW) == (4.0, 4.0, 9.0)


def test_zones_do_not_matter_and_a_time_without_one_is_refused() -> None:
    east = timezone(timedelta(hours=9))
    at = NOW - timedelta(days=7)
    assert weekly_numbers([(at.astimezone(east), 4.0)], now=NOW) == (4.0, 4.0)
    assert weeks_between(NOW.astimezone(east), NOW + timedelta(days=10, hours=12)) == 1.5
    with pytest.raises(ValueError, match="zone"):
        weekly_numbers([(at.replace(tzinfo=None), 4.0)], now=NOW)
    with pytest.raises(ValueError, match="zone"):
        weeks_between(NOW, NOW.replace(tzinfo=None))


def test_the_fan_widens_and_ends_where_the_forecast_does() -> None:
    found = share(steady(4))
    widths = [high - low for low, _, high in found.fan]
    assert all(before < after for before, after in pairwise(widths))
    assert found.fan[-1] == (found.final_low, found.final_mid, found.final_high)
