"""Numbers, times and bars as people read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import words
from web.bars import bar

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "–"),
        (0.0, "0 %"),
        (0.004, "0.4 %"),
        (0.5, "50 %"),
        (0.999, "99.9 %"),
        (1.0, "100 %"),
        (1.18, "118 %"),
        (-0.2, "−20 %"),
    ],
)
def test_per_cent(share: float | None, said: str) -> None:
    assert words.percent(share).replace(words.THIN, " ") == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "%", "–"),
        (57.0, "%", "57 %"),
        (99.95, "%", "99.95 %"),
        (1234567.0, "", "1,234,567"),
        (100.0, "", "100"),
        (-0.001, "", "0"),
        (-4.5, "days", "−4.5 days"),
        (1e20, "", "1e+20"),
    ],
)
def test_values_with_units(value: float | None, unit: str, said: str) -> None:
    assert words.number(value, unit).replace(words.THIN, " ") == said


def test_changes_carry_their_sign() -> None:
    assert [words.signed(each) for each in (2.1, -2.7, 0.0, 0.4, None)] == [
        "+2.1",
        "−2.7",
        "0",
        "+0.4",
        "–",
    ]


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=45), "45 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_ages(age: timedelta, said: str) -> None:
    assert words.ago(NOW - age, NOW).replace(words.THIN, " ") == said


def test_times_are_told_in_the_zone_of_the_organisation() -> None:
    assert words.clock(NOW, NOW, ZONE) == "10:00"
    assert words.clock(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), NOW, ZONE) == "2 Jul, 00:30"
    assert words.clock(datetime(2025, 7, 1, tzinfo=UTC), NOW, ZONE) == "1 Jul 2025, 02:00"
    assert words.exact(NOW, ZONE) == "20 November 2026, 10:00:00 CET"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "",
        "http://[",
        "vbscript:x",
        " javascript:alert(1)",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert words.web_url(url) is None
    assert words.web_url("https://acme.example.com/browse/PLAT-1") is not None


def test_sentences() -> None:
    assert words.sentence("the token was refused") == "The token was refused."
    assert words.sentence("It stopped.") == "It stopped."
    assert words.sentence("") == ""


def test_an_overshoot_makes_room_for_itself() -> None:
    assert bar(None, 0.5) == bar(0.0, 0.5)
    half, over = bar(0.5, 0.25), bar(1.25, 0.5)
    assert (half.fill, half.over, half.target, half.tick) == (50, 0, 100, 25)
    assert (over.fill, over.over, over.target, over.tick) == (80, 20, 80, 40)
    assert bar(-0.2, None).fill == 0


@given(st.floats(-10, 10), st.floats(0, 1))
def test_every_part_of_a_bar_lies_inside(progress: float, expected: float) -> None:
    drawn = bar(progress, expected)
    assert 0 <= drawn.fill <= drawn.target <= 100
    assert drawn.over >= 0
    assert drawn.fill + drawn.over <= 100.02
    assert drawn.tick is not None
    assert 0 <= drawn.tick <= 100


@pytest.mark.parametrize(
    ("delta", "told"),
    [
        (None, "–"),
        (0.0, "0 points"),
        (0.0166, "+1.7 points"),
        (-0.027, "−2.7 points"),
        (0.25, "+25 points"),
        (-0.0001, "−0.01 points"),
        (-1e-17, "0 points"),
    ],
)
def test_points(delta: float | None, told: str) -> None:
    assert words.points(delta).replace(words.THIN, " ") == told


def test_scopes_grow_in_their_own_size() -> None:
    assert words.amount(1.0, "count") == "+1 item"
    assert words.amount(-5.0, "points").replace(words.THIN, " ") == "−5 story points"
    assert words.amount(2.5, "hours").replace(words.THIN, " ") == "+2.5 hours"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it is late", "It is late."),
        ("acme/api has no milestone 9", "acme/api has no milestone 9."),
        ("acme/api#7 is acme/web#3 now.", "acme/api#7 is acme/web#3 now."),
        ("github:repo:acme/api: no", "github:repo:acme/api: no."),
        ("note: it is late", "Note: it is late."),
        ("https://example.com", "https://example.com."),
        ("", ""),
    ],
)
def test_a_sentence_leaves_names_as_they_are(text: str, shown: str) -> None:
    assert words.sentence(text) == shown
