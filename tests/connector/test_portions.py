"""A reading whose contributions come in portions is the one of all of them at once, to the bit."""

import math
from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from connector.ledger import LinkReading, Part, Summing, reading
from connector.ledger.exact import ExactSum
from connector.okr import Measure

AT = datetime(2026, 3, 1, tzinfo=UTC)
SIZES = st.floats(min_value=-1e15, max_value=1e15) | st.sampled_from([0.1, 0.2, 1e-300, 5e-324])
MEASURES = st.sampled_from(
    [Measure(of="points"), *(Measure(of="points", aggregate=a) for a in
     ("count", "sum", "avg", "min", "max"))]
)  # fmt: skip


@st.composite
def contributions(draw: st.DrawFn) -> list[Part]:
    sizes = draw(st.lists(SIZES, max_size=12))
    kinds = st.sampled_from(["counted", "excluded", "unsized", "left"])
    return [
        _part(n, size, draw(kinds), is_done=draw(st.booleans())) for n, size in enumerate(sizes)
    ]


def _part(number: int, size: float, kind: str, *, is_done: bool) -> Part:
    counted = kind == "counted"
    return Part(
        item_id=number, key=f"A-{number}", status="Open", state="done" if is_done else "todo",
        total=size if counted else 0.0, done=size if counted and is_done else 0.0,
        in_scope=kind != "left", included=counted, changed_at=AT, state_at=AT,
        sized={"counted": True, "unsized": False}.get(kind),
    )  # fmt: skip


@given(MEASURES, contributions(), st.integers(0, 12), st.integers(0, 12))
def test_portions_add_up_to_the_whole(
    measure: Measure, found: list[Part], one: int, two: int
) -> None:
    first, second = sorted((one, two))
    summing = Summing(measure)
    for portion in (found[:first], found[first:second], [], found[second:]):
        summing.add(portion)
    assert summing.reading() == reading(measure, found) == _by_hand(measure, found)


def _by_hand(measure: Measure, found: list[Part]) -> LinkReading:
    there = [each for each in found if each.in_scope]
    counted = [each for each in there if each.included]
    known = [each.sized for each in there if each.sized is not None]
    done, total = (math.fsum(getattr(e, name) for e in counted) for name in ("done", "total"))
    share = measure.is_share
    return LinkReading(
        done=done if share else None,
        total=total if share else None,
        value=_value(measure, done, [each.total for each in counted]),
        coverage=sum(known) / len(known) if known else None,
        items=len(there),
        excluded=len(there) - len(counted),
    )


def _value(measure: Measure, done: float, sizes: list[float]) -> float | None:
    total = math.fsum(sizes)
    if measure.is_share:
        return done / total if total else None
    if measure.aggregate in {"count", "sum"}:
        return float(len(sizes)) if measure.aggregate == "count" else total
    if not sizes:
        return None
    if measure.aggregate == "avg":
        return min(max(sizes), max(min(sizes), total / len(sizes)))
    return min(sizes) if measure.aggregate == "min" else max(sizes)


@given(st.lists(st.lists(SIZES | st.floats(-1e300, 1e300), max_size=8), max_size=5))
def test_an_exact_sum_takes_many_numbers_as_it_takes_each(portions: list[list[float]]) -> None:
    many, singly = ExactSum(), ExactSum()
    for portion in portions:
        many.add_all(portion)
        for each in portion:
            singly.add(each)
    whole = [each for portion in portions for each in portion]
    assert many.value() == singly.value() == math.fsum(whole)
    assert Fraction(many.value()) == Fraction(float(sum(map(Fraction, whole))))
    many.add_all([-each for each in whole])
    assert many.value() == 0
