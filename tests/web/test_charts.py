"""Charts: what is known is drawn where it was known, and nothing in between."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.forecast import Forecast
from connector.ledger import Point
from connector.outlook import Outlook
from connector.report import KeyResultReport
from web import charts
from web.charts import paths
from web.charts.scales import Time, around

ZONE = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
BEGINS = datetime(2026, 9, 30, 22, tzinfo=UTC)
KR = KeyResultReport(
    key="KR-1",
    title="Finish",
    kind="increase",
    start=0.0,
    target=100.0,
    limits=None,
    unit="%",
    weight=1.0,
    guardrail=False,
    owner=None,
    value=None,
    progress=None,
    score=None,
    expected=None,
    health="on_track",
    partial=False,
    reason="",
    as_of=None,
    links=(),
)
FORECAST = Forecast(
    chance_target=0.4,
    chance_pass=0.5,
    final_low=50.0,
    final_mid=60.0,
    final_high=90.0,
    weeks_low=None,
    weeks_mid=None,
    weeks_high=None,
    weeks_used=6,
    fan=((40.0, 45.0, 50.0), (50.0, 60.0, 90.0)),
)


def outlook(*values: float | None, total: float | None = 10.0) -> Outlook:
    """One point a day; a value of a share in per cent, or one without amounts."""
    points = []
    for number, value in enumerate(values):
        known = total is not None and value is not None
        done = value / 100 * total if known else None  # type: ignore[operator]
        at = BEGINS + timedelta(days=number)
        progress = None if value is None else value / 100
        points.append(Point(at, done, total if known else None, value, progress))
    return Outlook(
        key="KR-1",
        unit="%",
        target=100.0,
        start=FIRST,
        end=LAST,
        points=tuple(points),
        expected=tuple(0.01 * number for number in range(len(points))),
        rebuilt_until=None,
        starts="",
        forecast=None,
        reason="too early",
        sentences=("too early",),
    )


def test_a_line_holds_each_value_until_the_next() -> None:
    steps = [paths.Step(0, 90), paths.Step(10, 90), paths.Step(20, 40)]
    assert paths.trace(steps) == paths.Trace("M0,90H10V90H20V40", "")


def test_a_line_is_broken_where_nothing_is_known() -> None:
    steps = [paths.Step(0, 90), paths.Step(10, None), paths.Step(20, 40), paths.Step(30, 30)]
    assert paths.trace(steps).read == "M0,90H10M20,40H30V30"


def test_what_was_rebuilt_is_a_line_of_its_own() -> None:
    steps = [paths.Step(0, 90, rebuilt=True), paths.Step(10, 80), paths.Step(20, 70)]
    assert paths.trace(steps) == paths.Trace("M10,80H20V70", "M0,90H10V80")


def test_nothing_known_is_no_chart() -> None:
    assert charts.way(outlook(None, None), KR, ZONE) is None
    assert charts.amounts(outlook(None, None), ZONE, "items") is None
    assert charts.days(outlook(None, None), KR, ZONE) == []


def test_the_way_says_itself_in_words() -> None:
    drawn = charts.way(outlook(0.0, 10.0, 30.0), KR, ZONE)
    assert drawn is not None
    told = drawn.description.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert told == (
        "From 0 % on 1 Oct to 30 % at the last look. The target is 100 % on 31 Dec. "
        "Expected by now: 2 %."
    )
    assert drawn.fan == drawn.middle == ""


def test_the_way_is_drawn_in_two_parts_where_its_past_was_rebuilt() -> None:
    begun = outlook(0.0, 10.0, 30.0)
    plain = charts.way(begun, KR, ZONE)
    told = charts.way(replace(begun, rebuilt_until=begun.points[1].at), KR, ZONE)
    assert plain is not None
    assert told is not None
    assert (plain.line.rebuilt, told.line.rebuilt) == ("", "M0,100H1.1V90")
    assert told.line.read == "M1.1,90H2.2V70"


def test_the_forecast_is_drawn_in_its_unit_up_to_the_end_day() -> None:
    begun = outlook(0.0, 10.0, 30.0)
    late = replace(begun.points[-1], at=datetime(2026, 12, 20, 23, tzinfo=UTC))
    seen = replace(begun, points=(*begun.points[:-1], late), forecast=FORECAST)
    drawn = charts.way(seen, KR, ZONE)
    assert drawn is not None
    xs = [float(x) for x in re.findall(r"([\d.]+),", drawn.fan)]
    assert max(xs) == 100.0
    assert min(xs) == drawn.now
    rows = charts.ahead(seen, ZONE)
    assert [(row.day, row.low, row.high) for row in rows] == [
        (date(2026, 12, 27), 40.0, 50.0),
        (LAST, 50.0, 90.0),
    ]


def test_a_limit_does_not_wait_for_time() -> None:
    held = replace(KR, kind="between", start=None, target=None, limits=(10.0, 50.0), unit="ms")
    drawn = charts.way(outlook(20.0, 30.0, total=None), held, ZONE)
    assert drawn is not None
    assert (drawn.expected, drawn.target) == ("", None)
    assert [each.label[:5] for each in drawn.limits] == ["limit", "limit"]


def test_work_and_scope_are_two_lines() -> None:
    drawn = charts.amounts(outlook(0.0, 10.0, 30.0), ZONE, "items")
    assert drawn is not None
    assert drawn.description == "Done: from 0 to 3 items. In all: from 10 to 10 items."
    assert [each.label for each in drawn.labels] == ["10 in all", "3 done"]
    assert drawn.scope.read != drawn.done.read
    (one,) = charts.amounts(outlook(0.0, 100.0), ZONE, "items").labels  # type: ignore[union-attr]
    assert one.label == "10 of 10 done"


def test_rows_are_the_ends_of_days_and_say_what_was_rebuilt() -> None:
    until = BEGINS + timedelta(days=1)
    seen = replace(outlook(0.0, 10.0, None, 30.0), rebuilt_until=until)
    rows = charts.days(seen, KR, ZONE)
    assert [row.day.day for row in rows] == [3, 1, 30]
    assert [row.rebuilt for row in rows] == [False, False, True]
    assert [row.expected for row in rows] == pytest.approx([3.0, 1.0, 0.0])


@settings(max_examples=60)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=6))
def test_every_value_lies_within_the_plot(values: list[float]) -> None:
    scale = around(values)
    assert all(0 <= scale.place(each) <= 100 for each in values)
    assert 2 <= len(scale.steps()) <= 8


@settings(max_examples=60)
@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 800))
def test_days_are_labelled_with_room_between_them(first: date, length: int) -> None:
    ticks = Time(first, first + timedelta(days=length), ZONE).ticks()
    places = [tick.place for tick in ticks]
    assert places == sorted(places)
    assert all(b - a > 5 for a, b in pairwise(places))
    assert 2 <= len(ticks) <= 8


def happened(day: int, nature: str, kind: str, number: int = 1) -> charts.Happened:
    at = BEGINS + timedelta(days=day, hours=9)
    anchor = f"moves-{number}"
    return charts.Happened(at=at, nature=nature, kind=kind, argument="moves", page=2, anchor=anchor)


def test_each_day_that_moved_has_one_mark_with_work_apart_from_scope() -> None:
    found = charts.stirs(
        outlook(*[0.0] * 30),
        [
            happened(4, "work", "finished", 1),
            happened(4, "work", "finished", 2),
            happened(4, "work", "reopened", 3),
            happened(4, "scope", "scope_added", 4),
            happened(9, "scope", "dropped", 5),
            happened(-3, "work", "finished", 6),
            happened(95, "work", "finished", 7),
        ],
        ZONE,
    )
    first, second = found
    assert first.x < second.x
    assert first.up > first.down > 0
    assert (second.up, second.down > 0) == (0, True)
    assert first.label == ("5 Oct: 2 items done, 1 item reopened, 1 item joined the scope")
    assert second.label == "10 Oct: 1 other change of scope"
    assert (first.newest.page, second.newest.anchor) == (2, "moves-5")


def test_the_highest_mark_is_the_busiest_day_and_the_least_can_be_hit() -> None:
    busy = [happened(4, "work", "finished", number) for number in range(40)]
    found = charts.stirs(outlook(*[0.0] * 9), [*busy, happened(6, "work", "advanced")], ZONE)
    assert [each.up for each in found] == [22.0, pytest.approx(4.5, abs=0.1)]
    assert found[1].label == "7 Oct: 1 item moved on"


def test_work_done_is_drawn_within_the_scope() -> None:
    found = charts.amounts(outlook(10.0, 20.0, 50.0), ZONE, "items")
    assert found is not None
    assert found.whole.startswith("M0,100V")
    assert found.whole != found.area
