"""Curves, expected progress, and each row of the health table."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connector.okr import Curve, KeyResult, KeyResultKind
from connector.pace import curve, expected, health, pass_mark, weakest
from connector.policy import RATIO, Policy, Thresholds
from connector.report import Health

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = Thresholds()


def test_expected_is_a_straight_line_to_the_pass_mark() -> None:
    assert curve_of("linear", 0.5) == 0.5
    assert expected(0.5, pass_mark("committed")) == 0.5
    assert expected(1.0, pass_mark("committed")) == 1.0
    assert expected(0.5, pass_mark("aspirational")) == 0.35
    assert expected(0.0, pass_mark("aspirational")) == 0


def test_pass_marks_are_a_setting() -> None:
    policy = Policy(pass_marks={"committed": 0.9, "aspirational": 0.6})
    assert pass_mark("committed", policy) == 0.9
    assert pass_mark("aspirational", policy) == 0.6


def curve_of(
    name: Curve, e: float, now: datetime = datetime(2026, 11, 1, tzinfo=UTC), **more: Any
) -> float:
    fields = {"key": "KR-1", "title": "Any", "start": 0.0, "target": 100.0, **more}
    return curve(KeyResult(curve=name, **fields), e, now=now, zone=BERLIN)


@pytest.mark.parametrize("e", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_late_and_early_curves(e: float) -> None:
    assert curve_of("late", e) == e**2
    assert curve_of("early", e) == 1 - (1 - e) ** 2
    assert curve_of("late", e) <= curve_of("linear", e) <= curve_of("early", e)


STEPS = ((date(2026, 11, 15), 60.0), (date(2026, 10, 31), 30.0))


@pytest.mark.parametrize(
    ("day", "e", "due"),
    [
        (datetime(2026, 10, 2, tzinfo=BERLIN), 0.01, 0.0),
        (datetime(2026, 10, 31, 23, 59, tzinfo=BERLIN), 0.3, 0.0),  # the day is not over
        (datetime(2026, 11, 1, tzinfo=BERLIN), 0.33, 0.3),
        (datetime(2026, 11, 15, 12, tzinfo=BERLIN), 0.5, 0.3),  # nothing between two steps
        (datetime(2026, 11, 16, tzinfo=BERLIN), 0.51, 0.6),
        (datetime(2026, 12, 31, 23, tzinfo=BERLIN), 0.999, 0.6),
        (datetime(2027, 1, 1, tzinfo=BERLIN), 1.0, 1.0),  # the end is the target
    ],
)
def test_a_dated_step_holds_from_the_end_of_its_day(day: datetime, e: float, due: float) -> None:
    assert curve_of("steps", e, day, steps=STEPS) == due


def test_steps_are_values_between_start_and_target() -> None:
    fewer = {"kind": "decrease", "start": 200.0, "target": 100.0}
    now = datetime(2026, 12, 1, tzinfo=BERLIN)
    steps = ((date(2026, 10, 20), 180.0), (date(2026, 11, 20), 125.0))
    assert curve_of("steps", 0.6, now, steps=steps, **fewer) == 0.75
    assert curve_of("steps", 0.6, now, steps=(), **fewer) == 0.0
    assert expected(0.75, pass_mark("aspirational")) == pytest.approx(0.525)


def test_a_step_needs_a_time_with_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        curve_of("steps", 0.5, datetime(2026, 11, 1), steps=STEPS)  # noqa: DTZ001


def health_of(
    p: float | None,
    kind: KeyResultKind = "increase",
    *,
    due: float = 0.5,
    stale: bool = False,
    started: bool = True,
    thresholds: Thresholds = USUAL,
    **more: Any,
) -> Health:
    kr = KeyResult(key="KR-1", title="Any", kind=kind, **more)
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
    ("p", "row"),
    [
        (0.5, "on_track"),
        (0.35, "on_track"),
        (0.3499999, "at_risk"),
        (0.2, "at_risk"),
        (0.1999999, "off_track"),
        (0.0, "off_track"),
        (-1.0, "off_track"),
        (1.0, "done"),
        (None, "unknown"),
    ],
)
def test_the_ratio_rule_divides_progress_by_what_is_expected(p: float | None, row: Health) -> None:
    assert health_of(p, thresholds=RATIO) == row


def test_the_ratio_rule_expects_nothing_at_the_start_and_takes_other_limits() -> None:
    assert health_of(0.0, due=0.0, thresholds=RATIO) == "on_track"
    assert health_of(-0.2, due=0.0, thresholds=RATIO) == "on_track"
    strict = Thresholds("ratio", 0.9, 0.8)
    assert health_of(0.45, thresholds=strict) == "on_track"
    assert health_of(0.44, thresholds=strict) == "at_risk"
    assert health_of(0.39, thresholds=strict) == "off_track"


@pytest.mark.parametrize(("due", "p"), [(0.1, 0.07), (0.3, 0.21), (0.6, 0.42), (0.9, 0.63)])
def test_rounding_does_not_turn_a_ratio_of_seven_tenths_red(due: float, p: float) -> None:
    assert health_of(p, due=due, thresholds=RATIO) == "on_track"


def test_a_limit_that_is_met_but_not_confirmed_holds() -> None:
    assert health_of(0.95, "at_least", guard=True) == "on_track"
    assert health_of(0.0, "at_least", guard=True) == "off_track"
    assert health_of(0.95, "at_least") == "off_track"
    assert health_of(0.95, "at_least", guard=True, progress_from="supports") == "off_track"


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
