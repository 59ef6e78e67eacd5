"""A field mapping as people write it: what it means over the defaults, and what is refused."""

import contextlib
import json
import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Refused
from connector.mapping import (
    LabelPattern,
    LabelSizes,
    NumberField,
    as_words,
    checked,
    read_mapping,
)

DROPPED = frozenset({"won't do", "duplicate"})
POINTS = ("field:points",)

WHOLE = """\
points: ["field: customfield_10016", "label:points: *", {size/S: 1, size/M: 3}]
statuses: {Ready for Release: done, "No": dropped}
categories: {unknown: doing}
labels: {wip: doing}
boards: {In Review: doing}
types:
  Bug: {counts: item, statuses: {Fixed: done}, categories: {doing: todo}}
  Initiative: {counts: parent}
dropped: [Won't Do, Rejected]
weights: {doing: 0.3, In Review: 0.8}
working_days: [fri, mon]
places:
  WEB:
    statuses: {READY FOR RELEASE: doing}
    types: {bug: {counts: never}}
    points: []
"""


def words(document, place="elsewhere"):
    return as_words(document, dropped=DROPPED, points=POINTS).at(place)


def refusals(text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_mapping(dedent(text))
    return list(caught.value.problems)


def test_a_whole_document_is_read_and_means_what_it_says():
    found = words(read_mapping(WHOLE))
    assert found.points == (
        NumberField("customfield_10016"),
        LabelPattern("points: *"),
        LabelSizes({"size/s": 1.0, "size/m": 3.0}),
    )
    assert found.statuses == {"ready for release": "done", "no": "dropped"}
    assert found.categories == {"unknown": "doing"}
    assert (found.labels, found.boards) == ({"wip": "doing"}, {"in review": "doing"})
    assert found.types["bug"].counts == "item"
    assert found.types["bug"].statuses == {"fixed": "done"}
    assert found.types["bug"].categories == {"doing": "todo"}
    assert found.types["initiative"].counts == "parent"
    assert found.dropped == {"won't do", "rejected"}
    assert found.weights == {"doing": 0.3, "in review": 0.8}
    assert found.working_days == {0, 4}


def test_a_place_adds_its_names_and_replaces_lists():
    whole, web = words(read_mapping(WHOLE)), words(read_mapping(WHOLE), "web")
    assert web.statuses == {"ready for release": "doing", "no": "dropped"}
    assert web.types["bug"].counts == "never"
    assert web.types["bug"].statuses == {"fixed": "done"}
    assert web.types["initiative"] == whole.types["initiative"]
    assert web.points == ()
    assert (web.dropped, web.working_days) == (whole.dropped, whole.working_days)


@pytest.mark.parametrize("text", ["", "{}", "# only a remark\n", "null", "statuses: {}"])
def test_nothing_said_takes_the_trackers_own_words(text):
    found = words(read_mapping(text))
    assert (found.dropped, found.points) == (DROPPED, (NumberField("points"),))
    assert (found.statuses, found.working_days) == ({}, None)


def test_lists_given_replace_the_trackers_own():
    found = words(read_mapping("{dropped: [], points: []}"))
    assert (found.dropped, found.points) == (frozenset(), ())


def test_a_document_is_the_same_from_text_from_values_and_from_what_is_stored():
    document = read_mapping(WHOLE)
    assert checked(document) == document
    assert checked(json.loads(json.dumps(document))) == document


def test_a_place_with_nothing_to_say_is_the_whole():
    document = read_mapping("{statuses: {Ready: done}, places: {WEB: null}}")
    assert words(document, "web") == words(document)


@pytest.mark.parametrize("name", ["🚀 Done", "完成", "no", "1", "a: b", "it’s done", "x" * 200])
def test_any_name_of_a_status_comes_through(name):
    for document in (checked({"statuses": {name: "done"}}), {"statuses": {name: "done"}}):
        assert list(words(document).statuses.values()) == ["done"]
    assert checked({"statuses": {name: "done"}}) == {"statuses": {name: "done"}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("statusses: {}", "1: mapping: 'statusses' is not known in a field mapping; did you mean"),
        ("[a]", "1: mapping: 'name: value' pairs are expected here"),
        ("statuses: [Done]", "1: mapping: 'name: value' pairs are expected here"),
        ("statuses: {Ready: finished}", "1: mapping: 'finished' is not possible; choose todo, d"),
        ("\nstatuses:\n  A: done\n  a: todo", "4: mapping: 'a' and 'A' are the same; keep one"),
        ("statuses: {A: done, A: done}", "1: mapping: 'A' is given twice, first on line 1; keep"),
        ("statuses: {'': done}", "1: mapping: an empty text is of no use here; write one"),
        ("statuses: {' ': done}", "1: mapping: an empty text is of no use here; write one"),
        (f"statuses: {{{'x' * 201}: done}}", "…' is longer than 200 characters; shorten it"),
        ("labels: {wip: begun}", "1: mapping: 'begun' is not possible; choose todo, doing, done"),
        ("boards: {wip: 1}", "1: mapping: '1' is not possible; choose todo, doing, done, dropped"),
        (
            "categories:\n  open: todo",
            "2: mapping: 'open' is no category; choose todo, doing, done, unknown",
        ),
        ("categories: {Todo: todo}", "1: mapping: 'Todo' is no category; choose todo, doing"),
        ("types: {Bug: item}", "1: mapping: 'name: value' pairs are expected here"),
        ("types: {Bug: {count: item}}", "1: mapping: 'count' is not known in the rule of a type"),
        ("types: {Bug: {counts: story}}", "1: mapping: 'story' is not possible; choose item, par"),
        ("types: {Bug: {}, bug: {}}", "1: mapping: 'bug' and 'Bug' are the same; keep one"),
        ("types: {Bug: {statuses: {A: b}}}", "1: mapping: 'b' is not possible; choose todo"),
        ("dropped: Won't Do", "1: mapping: a list is expected"),
        ("dropped: ['']", "1: mapping: an empty text is of no use here; write one"),
        ("weights: {doing: nan}", "1: mapping: 'nan' is not a finite number; write one such"),
        ("weights: {doing: .inf}", "1: mapping: '.inf' is not a finite number; write one such"),
        ("weights: {doing: -0.1}", "1: mapping: the weight -0.1 is out of place; give a number"),
        ("weights: {Dropped: 0.5}", "1: mapping: what is dropped has no weight"),
        ("weights: {doing: 1.1}", "1: mapping: the weight 1.1 is out of place; give a number fr"),
        ("weights: {doing: null}", "1: mapping: 'null' is not a finite number"),
        ("working_days: []", "1: mapping: at least one day is worked; name days such as [mon, t"),
        ("working_days: [monday]", "1: mapping: 'monday' is not possible; choose mon, tue, wed"),
        ("working_days: mon", "1: mapping: a list is expected"),
        ("points: story_points", "1: mapping: a list is expected"),
        ("points: [story_points]", "1: mapping: 'story_points' does not say where points are; w"),
        ("points: ['field: ']", "1: mapping: 'field:' does not say where points are; write field"),
        ("points: ['label:points']", "1: mapping: 'label:points' does not say where points are"),
        ("points: ['label:* of *']", "1: mapping: 'label:* of *' does not say where points are"),
        ("points: [{M: -1}]", "1: mapping: the size -1 is negative; give 0 or more"),
        ("points: [{M: inf}]", "1: mapping: 'inf' is not a finite number"),
        ("points: [{M: 1, m: 2}]", "1: mapping: 'm' and 'M' are the same; keep one"),
        ("points: [[a]]", "1: mapping: a text is expected, not a list"),
        ("places: {WEB: {place: {}}}", "1: places.WEB: 'place' is not known in a field mapping"),
        ("places: {WEB: {places: {}}}", "1: places.WEB: 'places' is not known in a field mapping"),
        ("places:\n  WEB:\n    weights: {doing: 2}", "3: places.WEB: the weight 2 is out of place"),
        ("places: {a/B: {}, A/b: {}}", "1: mapping: 'A/b' and 'a/B' are the same; keep one"),
        ("statuses: *all", "1: file: uses the anchor or alias 'all'; write the value out"),
        ("statuses: {", "file: is not valid YAML"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(text, problem):
    (found,) = refusals(text)
    assert found.startswith("mapping:")
    assert problem in found


def test_all_problems_come_at_once():
    text = """\
        statuses: {Done: finished}
        weights: {doing: 7}
        working_days: []
        """
    assert [each.split(": ")[0] for each in refusals(text)] == [
        *("mapping:1", "mapping:2", "mapping:3")
    ]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "a mapping is an object of names and values"),
        ("statuses: {}", "a mapping is an object of names and values"),
        (None, "a mapping is an object of names and values"),
        ({"weights": {"doing": float("nan")}}, "'nan' is not a finite number"),
        ({"weights": {"doing": float("inf")}}, "'inf' is not a finite number"),
        ({"weights": {"doing": "-1"}}, "the weight -1 is out of place"),
        ({"weights": {"doing": True}}, "'true' is not a finite number"),
        ({"statuses": None}, "'name: value' pairs are expected here"),
        ({"statuses": {"a\x00": "done"}}, "holds a control character"),
        ({"statuses": {"\ud800": "done"}}, "holds a control character"),
        ({"statuses": {"A": b"done"}}, "holds bytes; give texts, numbers, lists, objects"),
        ({"working_days": {"mon"}}, "holds set; give texts, numbers, lists, objects"),
        ({"a": {"b": "c"}}, "'a' is not known in a field mapping"),
    ],
)
def test_values_are_refused_by_the_same_rules(document, problem):
    with pytest.raises(Refused, match=r"^mapping:") as caught:
        checked(document)
    assert problem in str(caught.value)


def test_values_nested_too_deep_are_refused():
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"statuses": deep}
    with pytest.raises(Refused, match="nested deeper than 20 levels"):
        checked(deep)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
sections = st.sampled_from(
    "points statuses categories labels boards types dropped weights working_days places".split()
)


@given(st.dictionaries(sections, plain, max_size=4))
def test_any_values_are_a_mapping_with_a_meaning_or_refused(document):
    try:
        found = checked(document)
    except Refused:
        return
    assert checked(found) == found
    as_words(found, dropped=DROPPED, points=POINTS)


@given(st.text())
def test_any_text_is_a_mapping_or_refused(text):
    with contextlib.suppress(Refused):
        as_words(read_mapping(text), dropped=DROPPED, points=POINTS)


def test_the_mapping_of_the_documentation_is_a_mapping():
    text = (Path(__file__).parents[2] / "docs" / "field-mapping.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    document = read_mapping(block)
    described = set(re.findall(r"^\| (.*?) \|", text, re.MULTILINE))
    assert all(any(f"`{name}`" in each for each in described) for name in document)


def test_working_days_hold_for_a_whole_connection():
    with pytest.raises(Refused, match="working days hold for the whole connection"):
        read_mapping("places: {PLAT: {working_days: [mon]}}")
