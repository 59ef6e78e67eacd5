"""Grades, passing, and what a closed cycle is told."""

import math

import pytest

from connector.scoring import Part, grade, passes, verdict


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (1.0, "full"),
        (math.nextafter(1.0, 0), "strong"),
        (0.7, "strong"),
        (math.nextafter(0.7, 0), "moderate"),
        (0.4, "moderate"),
        (math.nextafter(0.4, 0), "weak"),
        (0.0, "weak"),
        (None, "unknown"),
    ],
)
def test_grades_compare_the_unrounded_score(points: float | None, band: str) -> None:
    assert grade(points) == band


def test_committed_passes_at_one_only_and_aspirational_from_seven_tenths() -> None:
    assert passes(1.0, "committed") is True
    assert passes(math.nextafter(1.0, 0), "committed") is False
    assert passes(0.7, "aspirational") is True
    assert passes(math.nextafter(0.7, 0), "aspirational") is False
    assert passes(None, "committed") is None


def test_what_passes_is_no_setting() -> None:
    assert passes(0.99, "committed") is False
    assert passes(0.7, "aspirational") is True


def test_a_cycle_whose_aspirational_objectives_all_end_at_one_was_not_ambitious() -> None:
    full = ("aspirational", Part(1, 1.0))
    told = "Every aspirational objective ended at 1.0: the cycle was not ambitious."
    assert verdict([full, full, ("committed", Part(1, 0.0))]) == told
    assert verdict([full, ("aspirational", Part(0, 0.2))]) == told
    assert verdict([full, ("aspirational", Part(1, 0.99))]) is None
    # One that nobody knows of did not end at 1.0.
    assert verdict([full, ("aspirational", Part(1, None))]) is None


def test_a_cycle_that_stays_low_is_told_that_its_aims_or_its_support_were_off() -> None:
    low, high = ("aspirational", Part(3, 0.2)), ("aspirational", Part(1, 0.9))
    told = "The aspirational objectives ended low: what they aimed at, or their support, was off."
    assert verdict([low, high]) == told  # (3 × 0.2 + 0.9) ÷ 4 is below 0.4
    assert verdict([low, ("aspirational", Part(3, 0.9))]) is None
    assert verdict([("aspirational", Part(1, 0.4))]) is None
    assert verdict([low, ("aspirational", Part(9, None))]) == told


def test_without_aspirational_objectives_there_is_nothing_to_tell() -> None:
    assert verdict([]) is None
    assert verdict([("committed", Part(1, 1.0)), ("committed", Part(1, 0.0))]) is None
    assert verdict([("aspirational", Part(1, None))]) is None
