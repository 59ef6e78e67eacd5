"""What each part adds to a weighted mean: all of it, and nothing for what is unknown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.scoring import Part, mean, slices

SCORES = st.none() | st.floats(0, 1)
PARTS = st.lists(st.builds(Part, weight=st.floats(0, 1e6), score=SCORES), max_size=12)


@given(PARTS)
def test_the_slices_make_up_the_mean(parts: list[Part]) -> None:
    found, whole = slices(parts), mean(parts)
    counted = [each for each in found if each.share is not None]
    if whole.score is None:
        assert not counted
        return
    assert math.fsum(each.share or 0.0 for each in counted) == pytest.approx(1)
    assert math.fsum(each.adds or 0.0 for each in counted) == pytest.approx(whole.score, abs=1e-12)


def test_what_is_unknown_or_weighs_nothing_has_no_part() -> None:
    known, unknown, weightless = slices([Part(3, 0.5), Part(1, None), Part(0, 1.0)])
    assert (known.share, known.adds) == (1.0, 0.5)
    assert unknown.share is unknown.adds is weightless.share is weightless.adds is None


def test_huge_weights_do_not_overflow() -> None:
    one, other = slices([Part(1e308, 1.0), Part(1e308, 0.0)])
    assert (one.share, one.adds, other.adds) == (0.5, 0.5, 0.0)
