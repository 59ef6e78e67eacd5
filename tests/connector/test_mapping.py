"""How a tracker's words become states and sizes."""

import pytest

from connector.mapping import FieldMapping, fold, size_of, state_of
from tests.connector.items import MAPPING, done, item


@pytest.mark.parametrize(
    ("category", "state"),
    [("todo", "todo"), ("doing", "doing"), ("done", "done"), ("unknown", "todo")],
)
def test_the_category_decides_and_not_the_name_of_the_status(category, state):
    assert state_of(item(category=category, status="Done"), MAPPING) == state


def test_the_mapping_overrides_the_category_by_the_name_in_any_case():
    mapping = FieldMapping(dropped=frozenset(), statuses={fold("Ready for Release"): "done"})
    assert state_of(item(status="READY FOR RELEASE"), mapping) == "done"
    assert state_of(item(status="Ready"), mapping) == "todo"


def test_a_dropped_resolution_wins_over_a_mapped_status():
    mapping = FieldMapping(dropped=frozenset({"declined"}), statuses={"done": "done"})
    assert state_of(done(resolution="Declined"), mapping) == "dropped"
    assert state_of(done(resolution="Fixed"), mapping) == "done"


def test_words_compare_without_case_space_and_kind_of_apostrophe():
    assert fold(" Won’t Do ") == fold("WON'T DO") == "won't do"


def test_a_size_is_one_for_a_count_else_the_named_number_or_none():
    one = item(numbers={"points": 3.0, "customfield_9": 8.0})
    assert size_of(one, "count") == 1
    assert size_of(one, "points") == 3
    assert size_of(one, "field:customfield_9") == 8
    assert size_of(one, "field:nothing") is None
