"""Elapsed time across clock changes and working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.pace import day_begins, elapsed, has_started

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
UTC_ZONE = ZoneInfo("UTC")
Q4 = (date(2026, 10, 1), date(2026, 12, 31))


def test_elapsed_runs_from_the_first_midnight_to_the_last() -> None:
    begin = datetime(2026, 9, 30, 22, tzinfo=UTC)  # midnight in Berlin, summer time
    end = datetime(2026, 12, 31, 23, tzinfo=UTC)  # midnight in Berlin, winter time
    assert elapsed(*Q4, begin, BERLIN) == 0
    assert elapsed(*Q4, end, BERLIN) == 1
    assert elapsed(*Q4, begin + (end - begin) / 4, BERLIN) == 0.25
    assert elapsed(*Q4, begin + timedelta(microseconds=1), BERLIN) > 0
    assert elapsed(*Q4, end - timedelta(hours=1), BERLIN) < 1


@pytest.mark.parametrize("days", [-4000, -1, 500])
def test_elapsed_is_clamped(days: int) -> None:
    now = datetime(2026, 10, 1, tzinfo=BERLIN) + timedelta(days=days)
    assert elapsed(*Q4, now, BERLIN) == (0 if days < 0 else 1)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), BERLIN, 23),
        (date(2026, 10, 25), BERLIN, 25),
        (date(2026, 10, 4), LORD_HOWE, 23.5),
        (date(2026, 4, 5), LORD_HOWE, 24.5),
        (date(2026, 9, 6), ZoneInfo("America/Santiago"), 23),  # midnight itself is skipped
        (date(2026, 6, 1), UTC_ZONE, 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(day: date, zone: ZoneInfo, hours: float) -> None:
    first = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    half, whole = first + timedelta(hours=hours / 2), first + timedelta(hours=hours)
    assert elapsed(day, day, half, zone) == 0.5
    assert elapsed(day, day, whole, zone) == 1
    assert elapsed(day, day, whole - timedelta(minutes=1), zone) < 1


def test_the_zone_decides_when_a_day_begins() -> None:
    now = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
    assert has_started(Q4[0], now, BERLIN)
    assert not has_started(Q4[0], now, UTC_ZONE)
    assert elapsed(*Q4, now, BERLIN) > 0
    assert elapsed(*Q4, now, UTC_ZONE) == 0


def test_a_day_that_never_was_is_over_at_once() -> None:
    apia = ZoneInfo("Pacific/Apia")
    skipped = date(2011, 12, 30)
    instant = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert elapsed(skipped, skipped, instant, apia) == 1
    assert elapsed(skipped, skipped, instant - timedelta(seconds=1), apia) == 0


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 10, 2)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a zone"):
        elapsed(*Q4, naive, BERLIN)
    with pytest.raises(ValueError, match="without a zone"):
        has_started(Q4[0], naive, BERLIN)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=900)),
    st.sampled_from([BERLIN, LORD_HOWE, UTC_ZONE, ZoneInfo("America/New_York")]),
)
def test_elapsed_is_bounded_and_never_runs_backwards(
    now: datetime, later: timedelta, zone: ZoneInfo
) -> None:
    assert 0 <= elapsed(*Q4, now, zone) <= elapsed(*Q4, now + later, zone) <= 1
    assert has_started(Q4[0], now, zone) or elapsed(*Q4, now, zone) == 0


WEEK = (date(2026, 10, 5), date(2026, 10, 11))  # Monday to Sunday
WORKED = frozenset(range(5))


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "share"),
    [
        (at(5), 0.0),
        (at(7), 0.4),
        (at(7, 12), 0.5),
        (at(9, 18), 0.95),
        (at(10), 1.0),  # Saturday: the work of the week is over
        (at(11, 23), 1.0),
    ],
)
def test_only_working_days_pass_and_today_by_its_part(now: datetime, share: float) -> None:
    assert elapsed(*WEEK, now, BERLIN, days=WORKED) == pytest.approx(share, abs=1e-12)


def test_nothing_passes_on_days_off() -> None:
    start, end = date(2026, 10, 8), date(2026, 10, 13)  # Thursday to Tuesday
    friday_night, sunday = at(10), at(11, 15)
    assert elapsed(start, end, friday_night, BERLIN, days=WORKED) == 0.5
    assert elapsed(start, end, sunday, BERLIN, days=WORKED) == 0.5
    assert elapsed(start, end, at(12, 12), BERLIN, days=WORKED) == 0.625


def test_holidays_are_no_working_days() -> None:
    off = frozenset({date(2026, 10, 6), date(2026, 10, 10), date(2026, 10, 20)})
    # Four days are left: the Saturday and the day beyond the week are not taken away again.
    assert elapsed(*WEEK, at(7), BERLIN, days=WORKED, holidays=off) == 0.25
    assert elapsed(*WEEK, at(6, 12), BERLIN, days=WORKED, holidays=off) == 0.25
    # Without a set of weekdays all of them count, but for holidays.
    assert elapsed(*WEEK, at(7), BERLIN, holidays=off) == 0.2


def test_a_period_without_a_working_day_counts_all_its_time() -> None:
    weekend = (date(2026, 10, 10), date(2026, 10, 11))
    assert elapsed(*weekend, at(11), BERLIN, days=WORKED) == 0.5
    assert elapsed(*weekend, at(11), BERLIN, days=frozenset()) == 0.5
    every = frozenset({date(2026, 10, 10), date(2026, 10, 11)})
    assert elapsed(*weekend, at(11), BERLIN, holidays=every) == 0.5


def test_the_part_of_today_follows_the_clock_of_the_day() -> None:
    changed = (date(2026, 10, 25), date(2026, 10, 26))  # 25 hours, then 24
    half = datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(hours=12.5)
    every = frozenset(range(7))
    assert elapsed(*changed, half, BERLIN, days=every) == 0.25
    assert elapsed(*changed, half, BERLIN) == 12.5 / 49


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(0, 60),
    st.integers(-5, 70),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 2, 28)), max_size=5),
)
def test_working_days_are_those_counted_one_by_one(
    start: date, length: int, gone: int, days: frozenset[int], holidays: frozenset[date]
) -> None:
    every = [start + timedelta(days=each) for each in range(length + 1)]
    worked = [each for each in every if each.weekday() in days and each not in holidays]
    today = start + timedelta(days=gone)
    share = elapsed(
        start, every[-1], day_begins(today, BERLIN), BERLIN, days=days, holidays=holidays
    )
    if worked:
        assert share == len([each for each in worked if each < today]) / len(worked)
    else:
        assert share == elapsed(start, every[-1], day_begins(today, BERLIN), BERLIN)


@given(
    st.datetimes(datetime(2026, 9, 1), datetime(2027, 2, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=90)),
    st.none() | st.frozensets(st.integers(0, 6)),
    st.frozensets(st.dates(*Q4), max_size=5),
)
def test_working_time_is_bounded_and_never_runs_backwards(
    now: datetime, later: timedelta, days: frozenset[int] | None, holidays: frozenset[date]
) -> None:
    before = elapsed(*Q4, now, BERLIN, days=days, holidays=holidays)
    after = elapsed(*Q4, now + later, BERLIN, days=days, holidays=holidays)
    assert 0 <= before <= after <= 1
