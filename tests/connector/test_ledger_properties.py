"""What holds for every link, whatever its items."""

import math
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.ledger import (
    Candidate,
    Part,
    Version,
    changed,
    left,
    movements,
    parts,
    pooled,
    reading,
)
from connector.okr import LinkRule, Measure
from tests.connector.items import MAPPING, START, item
from tests.connector.test_movements import version

SIZES = st.one_of(
    st.none(), st.integers(0, 40).map(lambda n: n / 4), st.sampled_from([0.1, 0.2, 0.3, 1e3])
)
MEASURES = st.one_of(
    st.sampled_from([Measure(), Measure(of="points")]),
    st.builds(
        Measure, st.just("points"), st.sampled_from(["count", "sum", "avg", "min", "max"]),
        st.sampled_from(["done", "open", "all"]),
    ),
)  # fmt: skip
RULES = st.builds(
    LinkRule,
    measure=MEASURES,
    dropped=st.sampled_from(["exclude", "as_done", "as_open"]),
    unestimated=st.sampled_from(["exclude", "zero", "median", "default:2.5"]),
    subtasks=st.booleans(),
    pull_requests=st.sampled_from([False, True, "only"]),
    statuses=st.sampled_from([None, {}, {"doing": 0.3}, {"todo": 0.1, "In Review": 0.7}]),
)
ITEMS = st.builds(
    lambda category, more, points: item(category=category, points=points, **more),
    st.sampled_from(["todo", "doing", "done", "unknown"]),
    st.fixed_dictionaries(
        {
            "resolution": st.sampled_from([None, None, "Done", "Won't Do"]),
            "level": st.sampled_from([-1, 0, 0, 0, 1]),
            "pull_request": st.sampled_from([False, False, True]),
            "status": st.sampled_from(["Open", "In Review", "Closed"]),
        }
    ),
    SIZES,
)
LOOKS = st.lists(ITEMS, max_size=12)


def parts_of(rule, items, keys=None):
    found = [Candidate(n, each) for n, each in zip(keys or range(len(items)), items, strict=True)]
    return parts(rule, found, MAPPING, is_query=False)


@given(RULES, LOOKS, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_no_bit(rule, items, random):
    numbered = list(enumerate(items))
    random.shuffle(numbered)
    mixed = parts_of(rule, [each for _, each in numbered], [n for n, _ in numbered])
    assert reading(rule.measure, mixed) == reading(rule.measure, parts_of(rule, items))


@given(RULES, LOOKS)
def test_a_share_is_bounded_and_excluded_items_contribute_nothing(rule, items):
    found = parts_of(rule, items)
    for part in found:
        assert 0 <= part.done <= part.total or not rule.measure.is_share
        assert part.included or (part.done, part.total) == (0, 0)
        assert part.included or part.reason
    read = reading(rule.measure, found)
    assert read.coverage is None or 0 <= read.coverage <= 1
    if rule.measure.is_share:
        assert read.value is None or 0 <= read.value <= 1
    assert read.items == len(items)
    assert read.excluded == sum(not part.included for part in found)


@given(RULES, LOOKS)
def test_adding_an_excluded_item_changes_nothing_but_the_counts(rule, items):
    before = reading(rule.measure, parts_of(rule, items))
    more = parts_of(rule, [*items, item(level=2, points=50.0)])
    after = reading(rule.measure, more)
    assert (after.done, after.total, after.value, after.coverage) == (
        before.done, before.total, before.value, before.coverage,
    )  # fmt: skip
    assert (after.items, after.excluded) == (before.items + 1, before.excluded + 1)


@given(RULES, LOOKS)
def test_a_link_pooled_with_itself_is_itself(rule, items):
    found = parts_of(rule, items)
    assert pooled([found, found]) == pooled([found])


@given(RULES, st.lists(LOOKS, min_size=1, max_size=5))
def test_movements_sum_to_the_reading_from_nothing(rule, looks):
    held: dict[int, Version] = {}
    known: dict[int, Part] = {}
    versions = []
    for day, items in enumerate(looks):
        at = START + timedelta(days=day)
        known = {each: left(part, "left", at) for each, part in known.items()}
        known |= {part.item_id: part for part in parts_of(rule, items)}
        for part in known.values():
            if changed(held.get(part.item_id), part):
                held[part.item_id] = version(part, day=day, item_id=part.item_id)
                versions.append(held[part.item_id])
    value = reading(rule.measure, held.values()).value or 0.0
    total = math.fsum(each.delta for each in movements(rule.measure, versions))
    assert math.isclose(total, value, rel_tol=1e-9, abs_tol=1e-9)
