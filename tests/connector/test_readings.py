"""What contributions add up to."""

import math

import pytest

from connector.ledger import Tally, left, pooled, reading
from connector.okr import LinkRule, Measure
from tests.connector.items import POINTS, START, counted, done, dropped, item


def read(rule, *items):
    return reading(rule.measure, counted(rule, *items))


def test_a_share_is_done_over_total():
    found = read(LinkRule(), done("A-1"), item("A-2"), item("A-3"), item("A-4"), dropped("A-5"))
    assert (found.done, found.total, found.value) == (1, 4, 0.25)
    assert (found.items, found.excluded) == (5, 1)


def test_a_share_of_nothing_is_unknown_and_never_zero():
    for found in (read(LinkRule()), read(LinkRule(), dropped())):
        assert (found.done, found.total, found.value) == (0, 0, None)
    assert read(LinkRule(measure=POINTS), item(points=0.0)).value is None


def test_coverage_is_the_sized_share_of_what_counts_before_the_policy():
    items = [
        item("A-1", points=3.0),
        item("A-2"),
        item("A-3"),
        dropped("A-4"),
        done("A-5", level=-1),
    ]
    for policy in ("exclude", "zero", "median", "default:5"):
        assert read(LinkRule(measure=POINTS, unestimated=policy), *items).coverage == pytest.approx(
            1 / 3
        )
    assert read(LinkRule(), *items).coverage == 1
    assert read(LinkRule(measure=POINTS), dropped()).coverage is None


@pytest.mark.parametrize(
    ("aggregate", "value"), [("count", 3), ("sum", 12), ("avg", 4), ("min", 2), ("max", 7)]
)
def test_a_number_aggregates_sizes_and_has_no_done_and_total(aggregate, value):
    rule = LinkRule(measure=Measure(of="points", aggregate=aggregate))
    found = read(rule, item("A-1", points=2.0), done("A-2", points=3.0), item("A-3", points=7.0))
    assert (found.value, found.done, found.total) == (value, None, None)


@pytest.mark.parametrize(
    ("aggregate", "value"), [("count", 0), ("sum", 0), ("avg", None), ("min", None), ("max", None)]
)
def test_a_number_over_nothing_is_nought_where_that_has_a_meaning(aggregate, value):
    rule = LinkRule(measure=Measure(of="points", aggregate=aggregate, over="done"))
    assert read(rule, item("A-1", points=2.0)).value == value


def test_an_average_of_equal_sizes_is_that_size_to_the_last_bit():
    rule = LinkRule(measure=Measure(of="points", aggregate="avg"))
    items = [item(f"A-{n}", points=3.9) for n in range(21)]
    assert math.fsum([3.9] * 21) / 21 != 3.9
    assert read(rule, *items).value == 3.9
    tally = Tally(rule.measure)
    for part in counted(rule, *items):
        tally.swap(None, part)
    assert tally.value == 3.9


@pytest.mark.parametrize("aggregate", [None, "sum", "avg", "max"])
def test_estimates_beyond_all_sense_overflow_no_sum(aggregate):
    rule = LinkRule(measure=Measure(of="points", aggregate=aggregate))
    sane = done("A-9", points=2.0)
    found = read(rule, *(done(f"A-{n}", points=1.7e308) for n in range(9)), sane)
    assert found.value == (1 if aggregate is None else 2)
    assert found.coverage == pytest.approx(0.1)


def test_an_item_that_left_is_no_longer_counted_nor_listed():
    one, two = counted(LinkRule(), done("A-1"), item("A-2"))
    gone = left(one, "deleted", START)
    assert (gone.in_scope, gone.included, gone.done, gone.total) == (False, False, 0, 0)
    found = reading(Measure(), [gone, two])
    assert (found.items, found.total, found.value) == (1, 1, 0)


def test_pooled_counts_each_item_once_by_the_first_link_that_includes_it():
    shared, other = done("A-1", points=5.0), item("A-2", points=3.0)
    by_points = LinkRule(measure=POINTS)
    skips = LinkRule(measure=POINTS, types=("Bug",))
    first = counted(skips, shared, other)
    second = counted(by_points, shared)
    third = counted(LinkRule(measure=POINTS, statuses={"todo": 1}), shared, other)
    assert pooled([first, second, third]) == (8, 8)
    assert pooled([second, second]) == (5, 5)
    assert pooled([first]) == (0, 0)


def test_sums_do_not_depend_on_order_to_the_last_bit():
    items = [done(f"A-{n}", points=p) for n, p in enumerate([1e15, 1.0, 0.1, 1.0, 0.2])]
    rule = LinkRule(measure=POINTS)
    assert (
        read(rule, *items).total
        == read(rule, *reversed(items)).total
        == math.fsum([1e15, 1.0, 0.1, 1.0, 0.2])
    )
