"""Elapsed time across clock changes, expected progress, and each row of the health table."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.okr import KeyResult, KeyResultKind
from connector.pace import (
    Thresholds,
    elapsed,
    expected,
    has_started,
    health,
    pass_mark,
    weakest,
)
from connector.report import Health

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
UTC_ZONE = ZoneInfo("UTC")
USUAL = Thresholds()
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


def test_expected_is_a_straight_line_to_the_pass_mark() -> None:
    assert expected(0.5, pass_mark("committed")) == 0.5
    assert expected(1.0, pass_mark("committed")) == 1.0
    assert expected(0.5, pass_mark("aspirational")) == 0.35
    assert expected(0.0, pass_mark("aspirational")) == 0


def health_of(
    p: float | None,
    kind: KeyResultKind = "increase",
    *,
    due: float = 0.5,
    stale: bool = False,
    started: bool = True,
    thresholds: Thresholds = USUAL,
) -> Health:
    kr = KeyResult(key="KR-1", title="Any", kind=kind)
    return health(kr, p, expected=due, stale=stale, started=started, thresholds=thresholds)


@pytest.mark.parametrize(
    ("p", "row"),
    [
        (1.2, "done"),
        (1.0, "done"),
        (0.999, "on_track"),
        (0.5, "on_track"),
        (0.45, "on_track"),
        (0.4499999, "at_risk"),
        (0.25, "at_risk"),
        (0.2499999, "off_track"),
        (-0.5, "off_track"),
        (None, "unknown"),
    ],
)
def test_each_row_of_the_health_table(p: float | None, row: Health) -> None:
    assert health_of(p) == row


@pytest.mark.parametrize(("due", "p"), [(0.8, 0.75), (0.3, 0.25), (0.7, 0.65), (1.0, 0.95)])
def test_rounding_does_not_turn_a_gap_of_five_hundredths_red(due: float, p: float) -> None:
    assert health_of(p, due=due) == "on_track"


@pytest.mark.parametrize("kind", ["increase", "at_least", "done"])
@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_silence_is_never_green(kind: KeyResultKind, p: float) -> None:
    assert health_of(p, kind, stale=True) == "unknown"
    assert health_of(p, kind, stale=True, started=False) == "unknown"
    assert health_of(None, kind, started=False) == "unknown"


def test_before_the_start_nothing_is_judged() -> None:
    assert health_of(1.0, started=False) == "not_started"
    assert health_of(0.0, "at_most", started=False) == "not_started"


@pytest.mark.parametrize("kind", ["at_least", "at_most", "between"])
@pytest.mark.parametrize("due", [0.0, 0.5, 1.0])
def test_limits_do_not_wait_for_time(kind: KeyResultKind, due: float) -> None:
    assert health_of(1.0, kind, due=due) == "on_track"
    assert health_of(0.0, kind, due=due) == "off_track"


def test_thresholds_are_a_setting() -> None:
    strict = Thresholds(on_track=0.0, at_risk=0.1)
    assert health_of(0.5, thresholds=strict) == "on_track"
    assert health_of(0.45, thresholds=strict) == "at_risk"
    assert health_of(0.39, thresholds=strict) == "off_track"


@pytest.mark.parametrize(
    ("healths", "weak"),
    [
        (["done", "off_track", "at_risk", "unknown"], "off_track"),
        (["unknown", "at_risk", "on_track"], "at_risk"),
        (["on_track", "unknown", "done"], "unknown"),
        (["not_started", "on_track"], "not_started"),
        (["done", "on_track"], "on_track"),
        (["done", "done"], "done"),
        ([], "unknown"),
    ],
)
def test_the_weakest_counts_and_unknown_hides_no_red(healths: list[Health], weak: Health) -> None:
    assert weakest(healths) == weak
    assert weakest(reversed(healths)) == weak
