"""What must hold from work items to the score of a key result, whatever the input.

The properties of docs/scoring.md, section 11: bounded, monotone in each done amount, independent
of order and batching, scale-free weights, a mean between its parts, excluded items that change
nothing, and unknown that never becomes 0. (Movements and replay: test_story, test_past.)
"""

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connector import ledger, scoring
from connector.ledger import Candidate, Part
from connector.mapping import FieldMapping
from connector.okr import KeyResult, LinkRule
from tests.connector import drawn

PERCENT = KeyResult(key="KR-1", title="Any", start=0, target=100, unit="%")
share_rules = drawn.rules(drawn.shares)
some_links = st.lists(st.tuples(share_rules, drawn.candidates), min_size=1, max_size=3)
MODEST = settings(max_examples=40)


def counted(rule: LinkRule, found: list[Candidate], mapping: FieldMapping) -> list[Part]:
    return ledger.parts(rule, found, mapping, is_query=False)


def value_of(
    kr: KeyResult, rules: list[LinkRule], members: list[list[Part]]
) -> tuple[float | None, bool]:
    readings = []
    for rule, parts in zip(rules, members, strict=True):
        said = ledger.reading(rule.measure, parts)
        readings.append(scoring.Reading(said.done, said.total, said.value))
    return ledger.computed(kr, rules, readings, members)


def score_of(kr: KeyResult, rules: list[LinkRule], members: list[list[Part]]) -> float | None:
    return scoring.score(scoring.progress(kr, value_of(kr, rules, members)[0]))


def whole(kr: KeyResult, links: Any, mapping: FieldMapping) -> float | None:
    rules = [rule for rule, _ in links]
    return score_of(kr, rules, [counted(rule, found, mapping) for rule, found in links])


combines = st.sampled_from([PERCENT, replace(PERCENT, combine="weighted")])


@given(drawn.key_results, some_links, drawn.mappings)
@MODEST
def test_bounded(kr: KeyResult, links: Any, mapping: FieldMapping) -> None:
    points = whole(kr, links, mapping)
    assert points is None or 0 <= points <= 1


@given(combines, some_links, drawn.mappings, st.data())
@MODEST
def test_monotone_in_each_done_amount(
    kr: KeyResult, links: Any, mapping: FieldMapping, data: st.DataObject
) -> None:
    rules = [rule for rule, _ in links]
    members = [counted(rule, found, mapping) for rule, found in links]
    places = [(a, b) for a, parts in enumerate(members) for b in range(len(parts))]
    assume(places)
    link, place = data.draw(st.sampled_from(places))
    before = score_of(kr, rules, members)
    part = members[link][place]
    more = data.draw(st.floats(part.done, part.total))
    members[link] = [*members[link][:place], replace(part, done=more), *members[link][place + 1 :]]
    after = score_of(kr, rules, members)
    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before


@given(combines, some_links, drawn.mappings, st.randoms(use_true_random=False))
@MODEST
def test_independent_of_item_order(
    kr: KeyResult, links: Any, mapping: FieldMapping, random: Any
) -> None:
    turned = [(rule, random.sample(found, len(found))) for rule, found in links]
    assert whole(kr, links, mapping) == whole(kr, turned, mapping)


@given(share_rules, drawn.candidates, drawn.candidates, drawn.mappings, st.data())
@MODEST
def test_independent_of_how_updates_are_batched(
    rule: LinkRule,
    before: list[Candidate],
    changes: list[Candidate],
    mapping: FieldMapping,
    data: st.DataObject,
) -> None:
    """Whatever was counted in between, the end is the same as counting the last state once."""
    last = {each.item_id: each for each in [*before, *changes]}
    at_once = ledger.reading(rule.measure, counted(rule, list(last.values()), mapping))
    held = {each.item_id: each for each in before}
    tally = ledger.Tally(rule.measure)
    shown: dict[int, Part] = {}
    cuts = data.draw(st.lists(st.integers(0, len(changes)), max_size=3).map(sorted))
    for first, after in zip([0, *cuts], [*cuts, len(changes)], strict=True):
        held.update({each.item_id: each for each in changes[first:after]})
        for part in counted(rule, list(held.values()), mapping):
            tally.swap(shown.get(part.item_id), part)
            shown[part.item_id] = part
    assert (tally.value, tally.done, tally.total) == (at_once.value, at_once.done, at_once.total)


@given(some_links, drawn.mappings, st.floats(1e-6, 1e6))
@MODEST
def test_weights_of_links_are_scale_free(links: Any, mapping: FieldMapping, factor: float) -> None:
    kr = replace(PERCENT, combine="weighted")
    scaled = [(replace(rule, weight=rule.weight * factor), found) for rule, found in links]
    before, after = whole(kr, links, mapping), whole(kr, scaled, mapping)
    assert (before is None) == (after is None)
    assert before is None or after is None or abs(before - after) <= 1e-9


@given(combines, some_links, drawn.mappings)
@MODEST
def test_several_links_lie_between_their_parts(
    kr: KeyResult, links: Any, mapping: FieldMapping
) -> None:
    """Weighted between the links' readings, pooled between 0 and everything done."""
    rules = [replace(rule, weight=rule.weight + 1) for rule, _ in links]
    members = [counted(rule, found, mapping) for rule, found in links]
    alone = [score_of(kr, [rule], [parts]) for rule, parts in zip(rules, members, strict=True)]
    known = [each for each in alone if each is not None]
    points = score_of(kr, rules, members)
    if kr.combine == "weighted" and known:
        assert points is not None
        assert min(known) <= points <= max(known)
    elif not known:
        assert points is None


@given(combines, some_links, drawn.mappings, drawn.items)
@MODEST
def test_an_excluded_item_changes_nothing(
    kr: KeyResult, links: Any, mapping: FieldMapping, item: Any
) -> None:
    more = [(rule, [*found, Candidate(99, item)]) for rule, found in links]
    added = [counted(rule, found, mapping)[-1] for rule, found in more]
    assume(not any(each.included for each in added))
    assert whole(kr, more, mapping) == whole(kr, links, mapping)


@given(combines, some_links, drawn.mappings, share_rules)
@MODEST
def test_unknown_never_becomes_zero(
    kr: KeyResult, links: Any, mapping: FieldMapping, rule: LinkRule
) -> None:
    """A link with nothing to read leaves the number as it is, and makes it partial."""
    rules = [replace(each, weight=1) for each, _ in links]
    members = [counted(each, found, mapping) for each, found in links]
    value, _ = value_of(kr, rules, members)
    with_unknown = value_of(kr, [*rules, replace(rule, weight=1)], [*members, []])
    if value is None:
        assert with_unknown == (None, False)
    else:
        assert abs((with_unknown[0] or 0) - value) <= 1e-9
        assert with_unknown[1]
