"""How a tracker's words become states and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping import (
    FieldMapping,
    LabelPattern,
    LabelSizes,
    NumberField,
    TypeRule,
    Words,
    fold,
    is_mapped,
    size_of,
    state_of,
)
from tests.connector.items import item


def said(**words) -> FieldMapping:
    return FieldMapping(Words(**words))


@pytest.mark.parametrize(
    ("category", "state"),
    [("todo", "todo"), ("doing", "doing"), ("done", "done"), ("unknown", "todo")],
)
def test_the_category_decides_and_not_the_name_of_the_status(category, state):
    assert state_of(item(category=category, status="Done"), FieldMapping()) == state


def test_the_mapping_overrides_the_category_by_the_name_in_any_case():
    mapping = said(statuses={fold("Ready for Release"): "done"})
    assert state_of(item(status="READY FOR RELEASE"), mapping) == "done"
    assert state_of(item(status="Ready"), mapping) == "todo"


def test_a_category_is_overridden_where_no_name_says_otherwise():
    mapping = said(categories={"doing": "todo"}, statuses={"in review": "doing"})
    assert state_of(item(category="doing", status="In Progress"), mapping) == "todo"
    assert state_of(item(category="doing", status="In Review"), mapping) == "doing"


def test_a_type_has_its_own_words_first_by_name_then_by_category():
    mapping = said(
        types={"bug": TypeRule(statuses={"fixed": "done"}, categories={"doing": "todo"})},
        statuses={"fixed": "doing", "looked at": "doing"},
        categories={"doing": "done"},
    )
    bug = {"type": "BUG", "category": "doing"}
    assert state_of(item(status="Fixed", **bug), mapping) == "done"
    assert state_of(item(status="Looked at", **bug), mapping) == "doing"
    assert state_of(item(status="Other", **bug), mapping) == "todo"
    assert state_of(item(status="Fixed", category="doing"), mapping) == "doing"
    assert state_of(item(status="Other", category="doing"), mapping) == "done"


def test_a_dropped_resolution_wins_over_whatever_else_is_mapped():
    mapping = said(
        dropped=frozenset({"declined"}), statuses={"done": "done"}, labels={"wip": "doing"}
    )
    declined = {"category": "done", "status": "Done", "resolution": "Declined"}
    assert state_of(item(**declined), mapping) == "dropped"
    assert state_of(item(**declined | {"category": "todo"}, labels=("wip",)), mapping) == "dropped"
    assert state_of(item(**declined | {"resolution": "Fixed"}), mapping) == "done"


def test_labels_and_boards_speak_for_open_items_only_boards_first():
    mapping = said(labels={"wip": "doing"}, boards={"in review": "doing", "parked": "dropped"})
    board = frozenset({"board:acme/3/In Review", "repo:acme/api"})
    assert state_of(item(labels=("WIP",)), mapping) == "doing"
    assert state_of(item(tags=board), mapping) == "doing"
    parked = item(labels=("wip",), tags=frozenset({"board:acme/3/parked"}))
    assert state_of(parked, mapping) == "dropped"
    assert state_of(item(category="done", labels=("wip",), tags=board), mapping) == "done"
    assert state_of(item(labels=("other",), tags=frozenset({"label:parked"})), mapping) == "todo"


def test_a_status_of_a_board_may_hold_a_slash():
    mapping = said(boards={"qa/review": "doing", "review": "done"})
    assert state_of(item(tags=frozenset({"board:acme/3/QA/Review"})), mapping) == "doing"


@given(st.permutations(["wip", "blocked", "points: 3", "points: 5", "large"]))
def test_the_order_of_labels_does_not_matter(labels):
    mapping = said(
        labels={"wip": "doing", "blocked": "todo"},
        points=(LabelPattern("points: *"), LabelSizes({"large": 8.0})),
    )
    one, other = item(labels=tuple(labels)), item(labels=tuple(sorted(labels)))
    assert state_of(one, mapping) == state_of(other, mapping)
    assert size_of(one, "points", mapping) == size_of(other, "points", mapping)


def test_a_place_has_its_own_words():
    mapping = FieldMapping(
        Words(statuses={"ready": "doing"}), {fold("Acme/API"): Words(statuses={"ready": "done"})}
    )
    assert state_of(item(status="Ready"), mapping) == "doing"
    assert state_of(item(status="Ready", place="acme/api"), mapping) == "done"


@pytest.mark.parametrize(
    ("words", "more", "mapped"),
    [
        ({}, {}, True),
        ({}, {"category": "unknown"}, False),
        ({"statuses": {"to do": "todo"}}, {"category": "unknown"}, True),
        ({"categories": {"unknown": "doing"}}, {"category": "unknown"}, True),
        ({"labels": {"wip": "doing"}}, {"category": "unknown", "labels": ("wip",)}, True),
        ({"dropped": frozenset({"no"})}, {"category": "unknown", "resolution": "No"}, True),
    ],
)
def test_a_status_is_mapped_when_something_says_what_it_means(words, more, mapped):
    assert is_mapped(item(**more), said(**words)) is mapped


def test_words_compare_without_case_space_and_kind_of_apostrophe():
    assert fold(" Won’t Do ") == fold("WON'T DO") == "won't do"


def test_a_count_is_one_and_a_field_is_its_number():
    one = item(numbers={"points": 3.0, "customfield_9": 8.0})
    assert size_of(one, "count", FieldMapping()) == 1
    assert size_of(one, "field:customfield_9", FieldMapping()) == 8
    assert size_of(one, "field:nothing", FieldMapping()) is None
    assert size_of(one, "points", FieldMapping()) is None


def test_points_come_from_the_first_source_that_has_some():
    mapping = said(
        points=(NumberField("a"), NumberField("b"), LabelPattern("Size *"), LabelSizes({"xl": 13}))
    )
    assert size_of(item(numbers={"a": 1.0, "b": 2.0}), "points", mapping) == 1
    assert size_of(item(numbers={"b": 2.0}, labels=("size 3",)), "points", mapping) == 2
    assert size_of(item(labels=("XL", "Size 3")), "points", mapping) == 3
    assert size_of(item(labels=("XL",)), "points", mapping) == 13
    assert size_of(item(labels=("size",)), "points", mapping) is None


def test_a_size_of_nothing_is_a_size():
    mapping = said(points=(NumberField("a"), LabelSizes({"none": 0.0})))
    assert size_of(item(numbers={"a": 0.0}), "points", mapping) == 0
    assert size_of(item(labels=("None",)), "points", mapping) == 0


def test_the_largest_size_is_a_size():
    assert size_of(item(numbers={"a": 1e15}), "field:a", said()) == 1e15


@pytest.mark.parametrize("number", [-1.0, float("nan"), float("inf"), 1.01e15, 1e308])
def test_what_cannot_be_a_size_is_none(number):
    mapping = said(points=(NumberField("a"),))
    assert size_of(item(numbers={"a": number}), "points", mapping) is None
    assert size_of(item(numbers={"a": number}), "field:a", mapping) is None


@pytest.mark.parametrize(
    ("label", "points"),
    [
        ("points: 3", 3),
        ("Points: 2.5", 2.5),
        ("points: 3 days", None),
        ("points: -3", None),
        ("points: 1e3", None),
        ("points: ", None),
        ("my points: 3", None),
        ("points: 9999999999", None),
    ],
)
def test_a_label_pattern_holds_one_plain_number(label, points):
    mapping = said(points=(LabelPattern("points: *"),))
    assert size_of(item(labels=(label,)), "points", mapping) == points


def test_signs_in_a_pattern_mean_themselves():
    mapping = said(points=(LabelPattern("(*)"),))
    assert size_of(item(labels=("(5)",)), "points", mapping) == 5
    assert size_of(item(labels=("5",)), "points", mapping) is None


def test_a_mapping_knows_the_fields_it_reads():
    places = {"plat": Words(points=(NumberField("c"),))}
    mapping = FieldMapping(Words(points=(NumberField("a"), LabelPattern("*"))), places)
    assert mapping.fields() == {"a", "c"}
