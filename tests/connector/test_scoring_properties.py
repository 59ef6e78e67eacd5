"""What must hold of scores for any input."""

import math

from hypothesis import given
from hypothesis import strategies as st

from connector.okr import KeyResult
from connector.scoring import (
    Part,
    Reading,
    combine,
    grade,
    mean,
    number,
    passes,
    progress,
    score,
    share,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
scores = st.floats(0, 1)
weights = st.floats(1e-6, 1e6)
parts = st.lists(st.builds(Part, weights, st.none() | scores), max_size=12)
amounts = st.tuples(st.floats(0, 1e6), st.floats(0, 1)).map(
    lambda each: (each[0] * each[1], each[0])
)

key_results = st.builds(
    KeyResult,
    key=st.just("KR-1"),
    title=st.just("Any"),
    kind=st.sampled_from(
        ["increase", "decrease", "reach", "at_least", "at_most", "between", "done"]
    ),
    start=st.none() | finite,
    target=st.none() | finite,
    lower_is_better=st.booleans(),
    limits=st.none() | st.tuples(finite, finite),
)
WEIGHTED = KeyResult(key="KR-1", title="Any", target=100, unit="%", combine="weighted")
POOLED = KeyResult(key="KR-1", title="Any", target=100, unit="%")


@given(key_results, finite)
def test_scores_are_bounded_and_progress_finite(kr: KeyResult, value: float) -> None:
    p = progress(kr, value)
    points = score(p)
    assert (p is None) == (points is None)
    if p is not None and points is not None:
        assert math.isfinite(p)
        assert 0 <= points <= 1


@given(key_results)
def test_unknown_stays_unknown(kr: KeyResult) -> None:
    assert progress(kr, None) is None
    assert score(None) is None
    assert grade(None) == "unknown"
    assert passes(None, "committed") is None


@given(parts)
def test_a_mean_lies_between_its_parts(given_parts: list[Part]) -> None:
    known = [part.score for part in given_parts if part.score is not None]
    result = mean(given_parts)
    if known:
        assert result.score is not None
        assert min(known) <= result.score <= max(known)
    else:
        assert result.score is None
    assert (result.known is None) == (not given_parts)
    assert result.known is None or 0 <= result.known <= 1


@given(parts.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_parts_does_not_matter(orders: tuple[list[Part], list[Part]]) -> None:
    assert mean(orders[0]) == mean(orders[1])


@given(parts, st.floats(1e-6, 1e6))
def test_weights_are_scale_free(given_parts: list[Part], factor: float) -> None:
    before = mean(given_parts)
    after = mean(Part(part.weight * factor, part.score) for part in given_parts)
    for one, other in ((before.score, after.score), (before.known, after.known)):
        assert (one is None) == (other is None)
        assert one is None or other is None or abs(one - other) <= 1e-9


@given(parts, st.none() | scores)
def test_a_part_of_weight_zero_changes_nothing(
    given_parts: list[Part], points: float | None
) -> None:
    assert mean([*given_parts, Part(0, points)]) == mean(given_parts)


@given(parts)
def test_unknown_parts_are_left_out_not_zero(given_parts: list[Part]) -> None:
    known = [part for part in given_parts if part.score is not None]
    assert mean(given_parts).score == mean(known).score


@given(st.lists(st.tuples(weights, amounts), min_size=1, max_size=6), st.data())
def test_more_done_never_lowers_the_score(
    links: list[tuple[float, tuple[float, float]]], data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(links) - 1))
    weight, (done, total) = links[which]
    more = [*links]
    more[which] = (weight, (data.draw(st.floats(done, total)), total))
    for kr in (POOLED, WEIGHTED):
        before, after = _points(kr, links), _points(kr, more)
        assert (before is None) == (after is None)
        assert before is None or after is None or after >= before - 1e-12


@given(
    st.lists(st.tuples(weights, amounts), max_size=6).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some))
    )
)
def test_the_order_of_links_does_not_matter(
    orders: tuple[list[tuple[float, tuple[float, float]]], list[tuple[float, tuple[float, float]]]],
) -> None:
    for kr in (POOLED, WEIGHTED):
        assert _points(kr, orders[0]) == _points(kr, orders[1])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(0, 3))
def test_unknown_numbers_make_partial_and_never_count(values: list[float], missing: int) -> None:
    for how in ("sum", "avg", "min", "max"):
        kr = KeyResult(key="KR-1", title="Any", combine=how)
        known = [(1.0, number(value)) for value in values]
        whole, _ = combine(kr, known, share=False, pooled=None)
        with_unknown = [*known, *[(1.0, Reading(None, None, None))] * missing]
        assert combine(kr, with_unknown, share=False, pooled=None) == (whole, missing > 0)


def _points(kr: KeyResult, links: list[tuple[float, tuple[float, float]]]) -> float | None:
    readings = [(weight, share(done, total)) for weight, (done, total) in links]
    pooled = share(
        math.fsum(done for _, (done, _) in links), math.fsum(total for _, (_, total) in links)
    )
    value, _ = combine(kr, readings, share=True, pooled=pooled)
    return score(progress(kr, value))
