"""Progress, scores, means and values: the golden table and what each formula says."""

import math

import pytest

from connector.okr import Combine, KeyResult, KeyResultKind
from connector.scoring import (
    Mean,
    Part,
    Reading,
    combine,
    mean,
    number,
    progress,
    score,
    share,
    sums,
    together,
)


def key_result(
    kind: KeyResultKind = "increase",
    start: float | None = None,
    target: float | None = None,
    *,
    unit: str = "",
    combine: Combine | None = None,
    lower: bool = False,
    limits: tuple[float, float] | None = None,
) -> KeyResult:
    return KeyResult(
        key="KR-1",
        title="Finish",
        kind=kind,
        start=start,
        target=target,
        unit=unit,
        combine=combine,
        lower_is_better=lower,
        limits=limits,
    )


GOLDEN = [
    (key_result("increase", 0, 100), 50, 0.5, "0.50"),
    (key_result("decrease", 200, 0), 100, 0.5, "0.50"),
    (key_result("increase", 0, 100), 150, 1.5, "1.00"),
    (key_result("increase", 0, 100), -20, -0.2, "0.00"),
    (key_result("decrease", 200, 100), 250, -0.5, "0.00"),
    (key_result("reach", 50, 50), 50, 1, "1.00"),
    (key_result("reach", 0, 0, lower=True), 0, 1, "1.00"),
    (key_result("reach", 50, 50), 60, 1, "1.00"),
    (key_result("reach", 50, 50, lower=True), 60, 0, "0.00"),
    (key_result("increase", 0, 3), 1, 1 / 3, "0.33"),
    (key_result("increase", 80, 100), 80, 0, "0.00"),
    (key_result("decrease", 10, 2), 1, 1.125, "1.00"),
    (key_result("at_least", None, 99.9), 99.9, 1, "1.00"),
    (key_result("increase", 0, 100), None, None, "unknown"),
]


@pytest.mark.parametrize(("kr", "value", "p", "shown"), GOLDEN)
def test_golden_table(kr: KeyResult, value: float | None, p: float | None, shown: str) -> None:
    got = progress(kr, value)
    assert got == p
    points = score(got)
    assert ("unknown" if points is None else f"{points:.2f}") == shown


@pytest.mark.parametrize(
    ("kr", "value", "p"),
    [
        (key_result("at_most", None, 0.1), 0.1, 1),
        (key_result("at_most", None, 0.1), 0.3, 0),
        (key_result("at_least", None, 5), 4.999, 0),
        (key_result("between", limits=(2, 4)), 2, 1),
        (key_result("between", limits=(2, 4)), 4, 1),
        (key_result("between", limits=(2, 4)), 4.1, 0),
        (key_result("between", limits=(2, 4)), 1.9, 0),
        (key_result("done"), 1, 1),
        (key_result("done"), 0, 0),
        (key_result("reach", None, 7), 6, 0),
        (key_result("increase", None, 4), 1, 0.25),
        (key_result("increase", 5, 5), 5, 1),
        (key_result("increase", 5, 5), 4, 0),
        (key_result("decrease", 5, 5), 6, 0),
        (key_result("decrease", 5, 5), 4, 1),
    ],
)
def test_progress_of_each_kind(kr: KeyResult, value: float, p: float) -> None:
    assert progress(kr, value) == p


@pytest.mark.parametrize("kind", ["decrease", "increase", "reach", "at_least", "at_most"])
def test_without_target_progress_is_unknown(kind: KeyResultKind) -> None:
    assert progress(key_result(kind, 5), 4) is None


def test_decrease_without_start_and_between_without_limits_are_unknown() -> None:
    assert progress(key_result("decrease", None, 1), 4) is None
    assert progress(key_result("between"), 4) is None


@pytest.mark.parametrize(
    ("start", "target", "value"),
    [(-1e308, 1e308, 1e308), (0.0, 5e-324, 1e308), (0.0, 5e-324, -1e308), (1.0, 2.0, -1.7e308)],
)
def test_progress_stays_finite(start: float, target: float, value: float) -> None:
    p = progress(key_result("increase", start, target), value)
    assert p is not None
    assert math.isfinite(p)
    assert score(p) == (1.0 if value > 0 else 0.0)


def test_mean_of_known_parts_says_how_much_is_known() -> None:
    assert mean([Part(1, 0.5), Part(3, 1.0)]) == Mean(0.875, 1.0)
    assert mean([Part(1, 0.5), Part(3, None)]) == Mean(0.5, 0.25)
    assert mean([Part(2, None), Part(3, None)]) == Mean(None, 0.0)


def test_weight_zero_leaves_a_part_out() -> None:
    assert mean([Part(0, 0.0), Part(1, 1.0)]) == Mean(1.0, 1.0)
    assert mean([Part(0, None), Part(1, 1.0)]) == Mean(1.0, 1.0)
    assert mean([Part(0, 0.3)]) == Mean(None, None)
    assert mean([]) == Mean(None, None)


@pytest.mark.parametrize("weight", [-1.0, -1e-300, math.nan, math.inf])
def test_a_weight_that_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        Part(weight, 0.5)


def test_a_mean_is_exact_and_rounded_once() -> None:
    assert mean([Part(0.1, 0.1), Part(0.2, 0.1), Part(0.3, 0.1)]).score == 0.1
    assert mean([Part(1, 1e16), Part(1, 1.0), Part(1, -1e16)]).score == 1 / 3


def test_sums_of_sums_are_those_of_all_parts() -> None:
    first, second = [Part(0.1, 0.3), Part(7, None)], [Part(1e-300, 1.0), Part(1e300, 0.25)]
    assert together([sums(first), sums(second)]) == sums([*second, *first])
    assert together([sums(first), sums(second)]).mean == mean([*first, *second])
    assert together([]).mean == Mean(None, None)


def test_extreme_weights_neither_overflow_nor_divide_by_zero() -> None:
    assert mean([Part(1.7e308, 0.25), Part(1.7e308, 0.75)]) == Mean(0.5, 1.0)
    assert mean([Part(1.7e308, None), Part(5e-324, 0.5)]) == Mean(0.5, 0.0)


@pytest.mark.parametrize("weight", [0.1, 0.3, 1 / 3, 1e-9, 7.7])
@pytest.mark.parametrize("count", [3, 7, 10])
def test_a_mean_of_equal_scores_keeps_their_grade(weight: float, count: int) -> None:
    assert mean([Part(weight, 0.7)] * count).score == 0.7


def test_a_share_without_anything_to_do_is_unknown() -> None:
    assert share(0, 0) == Reading(0, 0, None)
    assert share(0, 4) == Reading(0, 4, 0.0)


PERCENT = key_result(target=100, unit="%")


def test_percent_of_a_share_is_exact() -> None:
    assert combine(PERCENT, [(1, share(57, 100))], share=True, pooled=None) == (57.0, False)
    everything = share(217.001, 217.001)
    assert combine(PERCENT, [(1, everything)], share=True, pooled=None) == (100.0, False)


def test_less_than_everything_is_never_more_than_a_hundred_percent() -> None:
    for total in (217.001, 0.7, 3.3, 1e-3, 7e15 + 1):
        done = math.nextafter(total, 0)
        value, _ = combine(PERCENT, [(1, share(done, total))], share=True, pooled=None)
        assert value is not None
        assert value <= 100


def test_without_percent_a_share_is_its_fraction() -> None:
    kr = key_result(target=1)
    assert combine(kr, [(1, share(1, 4))], share=True, pooled=None) == (0.25, False)


def test_pooled_shares_take_the_reading_over_all_items() -> None:
    links = [(1, share(1, 2)), (1, share(2, 2))]
    assert combine(PERCENT, links, share=True, pooled=share(2, 3)) == (200 / 3, False)


def test_several_pooled_shares_need_the_pool() -> None:
    with pytest.raises(ValueError, match="all their items"):
        combine(PERCENT, [(1, share(1, 2)), (1, share(2, 2))], share=True, pooled=None)


def test_a_pool_with_nothing_to_do_is_unknown_and_not_partial() -> None:
    links = [(1, share(1, 2)), (1, share(0, 0))]
    assert combine(PERCENT, links, share=True, pooled=share(0, 0)) == (None, False)


def test_one_link_says_its_reading_whatever_its_weight() -> None:
    kr = key_result(target=100, unit="%", combine="weighted")
    assert combine(kr, [(0, share(1, 2))], share=True, pooled=None) == (50.0, False)


def test_weighted_shares_ignore_the_pool() -> None:
    kr = key_result(target=100, unit="%", combine="weighted")
    links = [(1, share(1, 2)), (3, share(2, 2))]
    assert combine(kr, links, share=True, pooled=share(0, 9)) == (87.5, False)


def test_weight_zero_neither_counts_nor_makes_partial() -> None:
    kr = key_result(target=100, unit="%", combine="weighted")
    links = [(0, share(0, 0)), (3, share(1, 2))]
    assert combine(kr, links, share=True, pooled=None) == (50.0, False)


def test_unknown_links_make_it_partial_and_all_unknown_make_it_unknown() -> None:
    unknown, half = Reading(None, None, None), share(1, 2)
    weighted = key_result(target=100, unit="%", combine="weighted")
    both = [(1.0, half), (2.0, unknown)]
    assert combine(PERCENT, both, share=True, pooled=half) == (50.0, True)
    assert combine(weighted, both, share=True, pooled=half) == (50.0, True)
    for kr in (PERCENT, weighted):
        neither = [(1.0, unknown), (1.0, share(0, 0))]
        assert combine(kr, neither, share=True, pooled=share(0, 0)) == (None, False)
        assert combine(kr, [], share=True, pooled=None) == (None, False)
    assert combine(key_result(), [(1, number(3)), (1, unknown)], share=False, pooled=None) == (
        3.0,
        True,
    )


@pytest.mark.parametrize(
    ("how", "value"), [(None, 9.0), ("sum", 9.0), ("avg", 3.0), ("min", 1.0), ("max", 6.0)]
)
def test_numbers_combine_as_asked(how: Combine | None, value: float) -> None:
    links = [(1, number(6)), (1, number(1)), (1, number(2))]
    assert combine(key_result(combine=how), links, share=False, pooled=None) == (value, False)


def test_a_percent_number_is_taken_as_it_is() -> None:
    assert combine(PERCENT, [(1, number(42))], share=False, pooled=None) == (42.0, False)
