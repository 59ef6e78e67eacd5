"""The product against the naive implementation: same inputs, same numbers within 1e-9."""

import math
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector import ledger, rollup, scoring
from connector.ledger import Candidate
from connector.mapping import FieldMapping, size_of, state_of
from connector.okr import KeyResult, LinkRule
from connector.rollup import Tree
from tests.connector import drawn, naive, naive_tree

HEALTHS = ["off_track", "at_risk", "unknown", "not_started", "on_track", "done"]


def same(ours: float | None, theirs: Fraction | None) -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


@given(drawn.items, drawn.mappings, drawn.sizes)
@settings(max_examples=120)
def test_state_and_size_of_an_item(item: Any, mapping: FieldMapping, of: str) -> None:
    assert state_of(item, mapping) == naive.state(item, mapping)
    assert same(size_of(item, of, mapping), naive.size(item, of, mapping))


@given(drawn.rules(drawn.shares | drawn.numbers), drawn.candidates, drawn.mappings, st.booleans())
@settings(max_examples=120)
def test_contributions_and_reading_of_a_link(
    rule: LinkRule,
    found: list[Candidate],
    mapping: FieldMapping,
    is_query: bool,  # noqa: FBT001
) -> None:
    ours = ledger.parts(rule, found, mapping, is_query=is_query)
    theirs = naive.contributions(rule, _pairs(found), mapping, is_query=is_query)
    for one, other in zip(ours, theirs, strict=True):
        assert (one.item_id, one.state, one.included) == (
            other.item_id,
            other.state,
            other.included,
        )
        assert one.sized == (other.sized if other.counts else None)
        assert same(one.done, other.done)
        assert same(one.total, other.total)
        assert one.included or one.reason
    said, expected = ledger.reading(rule.measure, ours), naive.reading(rule.measure, theirs)
    for name, number in expected.items():
        assert same(getattr(said, name), number), name


@st.composite
def linked(draw: st.DrawFn) -> tuple[KeyResult, list[LinkRule], list[list[Candidate]]]:
    """A key result with links whose items overlap."""
    kr = draw(drawn.key_results)
    is_share = draw(st.booleans())
    how = ["pooled", "weighted"] if is_share else ["sum", "avg", "min", "max"]
    combine = draw(st.sampled_from([None, *how]))
    rules = draw(st.lists(drawn.rules(drawn.shares if is_share else drawn.numbers), max_size=3))
    pool = draw(drawn.candidates)
    members = [[each for each in pool if draw(st.booleans())] for _ in rules]
    return KeyResult(**{**_fields(kr), "combine": combine}), rules, members


@given(linked(), drawn.mappings, st.booleans())
@settings(max_examples=120)
def test_value_progress_and_score_of_a_key_result(
    given_links: tuple[KeyResult, list[LinkRule], list[list[Candidate]]],
    mapping: FieldMapping,
    confirmed: bool,  # noqa: FBT001
) -> None:
    kr, rules, members = given_links
    value, partial = _value(kr, rules, members, mapping)
    counted = [
        naive.contributions(rule, _pairs(found), mapping, is_query=False)
        for rule, found in zip(rules, members, strict=True)
    ]
    expected, missing = naive.value(kr, rules, counted)
    assert same(value, expected)
    assert partial == missing
    # From here on with our own value: one bit of it decides whether a limit is met.
    p = scoring.progress(kr, value)
    exact = naive.progress(kr, None if value is None else Fraction(value))
    assert same(p, exact)
    assert same(scoring.score(p), naive.score(exact))
    how = {"guard": kr.guard, "confirmed": confirmed, "linked": bool(rules)}
    held, capped = scoring.guarded(p, **how)
    assert same(held, naive.guarded(None if p is None else Fraction(p), **how))
    assert capped == (held != p)


@given(drawn.key_results, st.none() | drawn.ends | st.floats(-1e3, 1e3))
@settings(max_examples=120)
def test_progress_of_a_typed_value(kr: KeyResult, value: float | None) -> None:
    exact = naive.progress(kr, None if value is None else Fraction(value))
    assert same(scoring.progress(kr, value), exact)


@given(drawn.trees())
@settings(max_examples=120)
def test_objectives_and_teams_of_a_cycle(tree: Tree) -> None:
    numbers = rollup.roll_up(tree)
    for each in tree.objectives:
        assert _same_mean(numbers.objectives[each.id], naive_tree.objective(tree, each.id))
    for team in tree.teams:
        found = numbers.teams[team.id]
        assert _same_mean(found.own, naive_tree.team(tree, team.id))
        assert _same_mean(found.subtree, naive_tree.subtree(tree, team.id))
    taking = [each.id for each in tree.key_results if each.takes_supports]
    assert sorted(numbers.key_results) == taking
    for number in taking:
        expected = naive.mean(naive_tree.supporting(tree, "key_result", number))
        assert _same_mean(numbers.key_results[number], expected)


@given(drawn.trees(), st.data())
@settings(max_examples=120)
def test_healths_of_a_cycle(tree: Tree, data: st.DataObject) -> None:
    said = {each.id: data.draw(st.sampled_from(HEALTHS)) for each in tree.key_results}
    found = rollup.conditions(tree, said)
    for each in tree.objectives:
        weak = naive_tree.weakest(naive_tree.objective_healths(tree, each.id, said))
        mine = found.objectives[each.id]
        assert (mine.health, mine.unknown) == weak
    for team in tree.teams:
        weak = naive_tree.weakest(naive_tree.team_healths(tree, team.id, said))
        theirs = found.teams[team.id]
        assert (theirs.health, theirs.unknown) == weak


def _value(
    kr: KeyResult, rules: list[LinkRule], members: list[list[Candidate]], mapping: FieldMapping
) -> tuple[float | None, bool]:
    if not rules:
        return None, False
    counted = [
        ledger.parts(rule, found, mapping, is_query=False)
        for rule, found in zip(rules, members, strict=True)
    ]
    said = [ledger.reading(rule.measure, parts) for rule, parts in zip(rules, counted, strict=True)]
    readings = [scoring.Reading(each.done, each.total, each.value) for each in said]
    return ledger.computed(kr, rules, readings, counted)


def _pairs(found: list[Candidate]) -> list[tuple[int, Any]]:
    return [(each.item_id, each.item) for each in found]


def _fields(kr: KeyResult) -> dict[str, Any]:
    return {name: getattr(kr, name) for name in KeyResult.__dataclass_fields__}


def _same_mean(ours: scoring.Mean, theirs: tuple[Fraction | None, Fraction | None]) -> bool:
    return same(ours.score, theirs[0]) and same(ours.known, theirs[1])
