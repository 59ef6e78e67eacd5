"""Changelog entries become events, or a reading error that names the field."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import BadReading
from integrations.jira.changes import Now, events
from integrations.jira.entries import Site
from integrations.jira.names import listed
from integrations.jira.profile import Profile

STATUSES = [
    {"id": "1", "name": "Offen", "statusCategory": {"key": "new"}},
    {"id": "2", "name": "Arbeit", "statusCategory": {"key": "indeterminate"}},
    {"id": "3", "name": "Fertig", "statusCategory": {"key": "done"}},
    {"id": "4"}, 7,
]  # fmt: skip
TYPES = [
    {"id": "1", "name": "Story", "hierarchyLevel": 0}, {"id": "2", "name": "Teil", "subtask": True},
    {"id": "3", "name": "Epic"}, {"name": "none"},
]  # fmt: skip
RESOLUTIONS = [{"id": "5", "name": "Erledigt"}, {"id": "6"}, None]
FIELDS = [
    {"id": "customfield_1", "name": "Story Points"}, {"id": "customfield_2", "name": "Value"},
    {"id": "customfield_8", "name": "Twice"}, {"id": "customfield_9", "name": "Twice"},
    {"id": "customfield_5", "name": "Epos", "schema": {
        "custom": "com.pyxis.greenhopper.jira:gh-epic-link"}},
    {"id": "customfield_6", "name": 6}, None,
]  # fmt: skip
NUMBERS = ("customfield_2", "customfield_9", "timeestimate")
CLOUD, CENTER = (
    Site(
        Profile(browse="https://x", deployment=name, points=("customfield_1",), numbers=NUMBERS),
        listed(statuses=STATUSES, types=TYPES, resolutions=RESOLUTIONS, fields=FIELDS),
    )
    for name in ("cloud", "datacenter")
)
NOW = Now("10", "PLAT-1")


def item(field, old=(None, None), new=(None, None), **more):
    sides = {"from": old[0], "fromString": old[1], "to": new[0], "toString": new[1]}
    return {"field": field, "fieldtype": "jira", **sides, **more}


def custom(field, old, new, **more):
    return item(field, (None, old), (None, new), fieldtype="custom", **more)


def entry(*items, created="2026-10-05T10:00:00.000+0200", number="1"):
    return {"id": number, "created": created, "items": list(items)}


def only(*items, site=CLOUD, now=NOW):
    """Before and after of the one event these items make."""
    (event,) = events([entry(*items)], now, site)
    assert (event.external_id, event.at) == ("10", datetime(2026, 10, 5, 8, tzinfo=UTC))
    return event.before, event.after


STORY, PART = ("1", "Story"), ("2", "Part")


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        (
            item("status", ("1", "Open"), ("3", "Done")),
            {"status": "Offen", "category": "todo"}, {"status": "Fertig", "category": "done"},
        ),
        (
            item("status", ("99", "Review"), (None, "Arbeit")),
            {"status": "Review", "category": "unknown"},
            {"status": "Arbeit", "category": "unknown"},
        ),
        (
            item("Statut", ("4", "Nameless"), ("2", ""), fieldId="status"),
            {"status": "Nameless", "category": "unknown"},
            {"status": "Arbeit", "category": "doing"},
        ),
        (
            item("resolution", ("5", "Done"), ("7", "Won't Do")),
            {"resolution": "Erledigt"}, {"resolution": "Won't Do"},
        ),
        (
            item("issuetype", ("1", "Story"), ("2", "Part")),
            {"type": "Story", "level": 0}, {"type": "Teil", "level": -1},
        ),
        (
            item("issuetype", ("88", "Chapter"), ("3", "Epic")),
            {"type": "Chapter", "level": 1}, {"type": "Epic", "level": 1},
        ),
        (
            custom("Story Points", "3", "5.5", fieldId="customfield_1"),
            {"numbers": {"customfield_1": 3.0}}, {"numbers": {"customfield_1": 5.5}},
        ),
        (
            custom("Value", "", "0", fieldId="customfield_2"),
            {"numbers": {"customfield_2": None}}, {"numbers": {"customfield_2": 0.0}},
        ),
        (
            item("timeestimate", ("3600", "3600"), ("0", None), fieldId="timeestimate"),
            {"numbers": {"timeestimate": 3600.0}}, {"numbers": {"timeestimate": 0.0}},
        ),
        (
            item("IssueParentAssociation", ("7", "PLAT-7"), ("8", "PLAT-8")),
            {"parent_id": "7", "parent_key": "PLAT-7"}, {"parent_id": "8", "parent_key": "PLAT-8"},
        ),
        (
            item("Parent", new=("7", "PLAT-7")),
            {"parent_id": None, "parent_key": None}, {"parent_id": "7", "parent_key": "PLAT-7"},
        ),
        (
            item("labels", (None, "a b"), (None, "c b")),
            {"labels": ["a"], "tags": ["label:PLAT/a"]},
            {"labels": ["c"], "tags": ["label:PLAT/c"]},
        ),
        (
            item("Fix Version", ("5", "Release 2"), fieldId="fixVersions"),
            {"tags": ["version:PLAT/release 2"]}, {"tags": []},
        ),
        (
            item("Component", new=("5", "UI")),
            {"tags": []}, {"tags": ["component:PLAT/ui"]},
        ),
    ],
)  # fmt: skip
def test_every_field_that_matters_is_told(changed, before, after):
    assert only(changed) == (before, after)


SPRINTS = replace(CLOUD.profile, sprint_field="customfield_7")


@pytest.mark.parametrize(
    ("site", "name", "more"),
    [
        (replace(CLOUD, profile=SPRINTS), "Sprint", {"fieldId": "customfield_7"}),
        (CENTER, "Sprint", {}),
        (replace(CENTER, names=replace(CENTER.names, sprint="customfield_7",
                                       fields={"Iteration": frozenset({"customfield_7"})})),
         "Iteration", {}),
    ],
)  # fmt: skip
def test_sprints_come_and_go_by_their_numbers(site, name, more):
    changed = item(name, ("5, 6", "Five, Six"), ("6, 07", "Six, Seven"), **more)
    before, after = only(changed | {"fieldtype": "custom"}, site=site)
    assert (before, after) == ({"tags": ["sprint:5"]}, {"tags": ["sprint:7"]})
    emptied = item(name, ("7", "Seven"), ("", ""), **more) | {"fieldtype": "custom"}
    assert only(emptied, site=site) == ({"tags": ["sprint:7"]}, {"tags": []})


def test_a_move_takes_no_sprint_away():
    now = Now("10", "PAY-4", frozenset({("sprint", "7"), ("label", "okr")}))
    (event,) = events([entry(
        item("project", ("1", "Platform"), ("2", "Payments")),
        item("Key", (None, "PLAT-1"), (None, "PAY-4")),
    )], now, CLOUD)  # fmt: skip
    assert event.before["tags"] == ["label:PLAT/okr", "project:PLAT"]
    assert event.after["tags"] == ["label:PAY/okr", "project:PAY"]


def test_a_version_is_called_what_it_is_called_today():
    site = replace(CLOUD, names=replace(CLOUD.names, parts={("version", "5"): "Release 2"}))
    before, after = only(item("Fix Version", ("4", "One")), item("Fix Version", new=("5", "Beta")),
                         site=site)  # fmt: skip
    assert (before["tags"], after["tags"]) == (["version:PLAT/one"], ["version:PLAT/release 2"])


def test_fields_that_do_not_matter_make_no_event_and_no_error():
    noise = [
        item("summary", (None, "a"), (None, "b")), item("Version", new=("1", "1.0")),
        item("assignee", (7, []), (None, None)), item("Epic Child", new=("9", "PLAT-9")),
        custom("Rank", "", "Ranked higher", fieldId="customfield_19"),
        custom("status", "red", "green", fieldId="customfield_20"), custom("labels", "x", "y"),
        custom("Story Points", "1", "2", fieldId="customfield_77"),
    ]  # fmt: skip
    assert events([entry(*noise), entry()], NOW, CLOUD) == ()


def test_what_was_changed_at_once_is_one_event():
    before, after = only(
        item("status", ("2", "x"), ("3", "y")), item("resolution", new=("1", "Done")),
        custom("Value", None, "1", fieldId="customfield_2"),
        custom("Story Points", "2", None, fieldId="customfield_1"),
    )  # fmt: skip
    assert before == {"status": "Arbeit", "category": "doing", "resolution": None,
                      "numbers": {"customfield_2": None, "customfield_1": 2.0}}  # fmt: skip
    assert after["numbers"] == {"customfield_2": 1.0, "customfield_1": None}


def test_on_cloud_the_parent_goes_before_the_older_epic_link():
    link = item("Epos", ("7", "OLD-7"), fieldtype="custom", fieldId="customfield_5")
    parent = item("IssueParentAssociation", ("7", "PLAT-7"), ("8", "PLAT-8"))
    for items in ((link, parent), (parent, link)):
        before, after = only(*items)
        assert (before["parent_key"], after["parent_key"]) == ("PLAT-7", "PLAT-8")
    assert only(link)[0] == {"parent_id": "7", "parent_key": "OLD-7"}


@pytest.mark.parametrize("name", ["Epic Link", "Epos"])
def test_data_center_names_fields_without_ids(name):
    link = item(name, ("7", "PLAT-7"), ("8", "PLAT-8"), fieldtype="custom")
    before, after = only(link, custom("Story Points", "3", "5"), site=CENTER)
    assert before == {"parent_id": None, "parent_key": "PLAT-7", "numbers": {"customfield_1": 3}}
    assert after == {"parent_id": None, "parent_key": "PLAT-8", "numbers": {"customfield_1": 5}}


PLANNED = replace(CENTER, profile=replace(CENTER.profile, parent_link="customfield_3"))


@pytest.mark.parametrize("told", [("7", "PLAT-7"), (None, "PLAT-7"), ("PLAT-7", "The queue"),
                                  ("7", "PLAT-7 The queue")])  # fmt: skip
def test_a_parent_link_is_understood_however_its_version_writes_it(told):
    link = item("Parent Link", (None, None), told, fieldtype="custom")
    before, after = only(link, site=PLANNED)
    assert before == {"parent_id": None, "parent_key": None}
    assert after == {"parent_id": None, "parent_key": "PLAT-7"}


def test_a_parent_link_without_a_key_is_its_id_and_one_without_both_is_wrong():
    link = item("Parent Link", ("7", "The queue"), (None, ""), fieldtype="custom")
    assert only(link, site=PLANNED)[0] == {"parent_id": "7", "parent_key": None}
    with pytest.raises(BadReading, match="names no issue"):
        only(item("Parent Link", ("x", "The queue"), fieldtype="custom"), site=PLANNED)


def test_without_roadmaps_nothing_is_left_of_a_parent_link():
    link = item("Parent Link", (None, None), ("7", "PLAT-7"), fieldtype="custom")
    assert events([entry(link)], NOW, CENTER) == ()


def test_on_data_center_one_link_takes_over_from_another():
    epic = item("Epos", ("7", "PLAT-7"), fieldtype="custom")
    above = item("Parent Link", (None, None), ("8", "PLAT-8"), fieldtype="custom")
    part = item("Parent", ("5", "PLAT-5"))
    for items in ((epic, above), (above, epic)):
        before, after = only(*items, site=PLANNED)
        assert (before["parent_key"], after["parent_key"]) == ("PLAT-7", "PLAT-8")
    epic = item("Epos", (None, None), ("7", "PLAT-7"), fieldtype="custom")
    before, after = only(part, epic, site=PLANNED)
    assert (before["parent_key"], after["parent_key"]) == ("PLAT-5", "PLAT-7")


def test_a_move_takes_all_tags_along_and_is_walked_back_from_where_the_item_lies():
    now = Now("10", "PAY-4", frozenset({("label", "okr"), ("component", "ui")}))
    histories = [
        entry(item("labels", (None, "okr"), (None, "okr x")), number="1"),
        entry(item("project", ("1", "Platform"), ("2", "Payments")),
              item("Key", (None, "PLAT-1"), (None, "PAY-4")),
              item("Fix Version", ("5", "One")), number="2"),
        entry(item("labels", (None, "okr x"), (None, "okr")), number="3"),
    ]  # fmt: skip
    first, move, last = events(histories[::-1], now, CLOUD)
    assert first.after == {"labels": ["x"], "tags": ["label:PLAT/x"]}
    assert move.before == {"key": "PLAT-1", "place": "PLAT", "tags": [
        "component:PLAT/ui", "label:PLAT/okr", "label:PLAT/x", "project:PLAT",
        "version:PLAT/one"]}  # fmt: skip
    assert move.after == {"key": "PAY-4", "place": "PAY", "tags": [
        "component:PAY/ui", "label:PAY/okr", "label:PAY/x", "project:PAY"]}  # fmt: skip
    assert last.before == {"labels": ["x"], "tags": ["label:PAY/x"]}


def test_entries_are_told_oldest_first_by_date_then_by_number():
    points = [custom("Value", str(n), str(n + 1), fieldId="customfield_2") for n in range(4)]
    histories = [
        entry(points[3], created="2026-10-06T01:00:00.000+0900", number="7"),
        entry(points[1], created="2026-10-05T15:30:00.000+0000", number="9"),
        entry(points[2], created="2026-10-05T15:30:00.000+0000", number="10"),
        entry(points[0], created=1791212400000, number="8"),
    ]  # fmt: skip
    told = events(histories, NOW, CLOUD)
    assert [event.before["numbers"]["customfield_2"] for event in told] == [0, 1, 2, 3]
    assert told[0].at == datetime(2026, 10, 5, 15, 0, tzinfo=UTC)
    assert all(event.at.tzinfo is UTC for event in told)


@pytest.mark.parametrize(
    ("histories", "field"),
    [
        ([7], "changelog"),
        ([{"items": []}], "changelog.created"),
        ([entry(created=10**30)], "changelog.created"),
        ([entry(created=True)], "changelog.created"),
        ([entry(created="yesterday")], "changelog.created"),
        ([entry(7)], "changelog.items[0]"),
        ([{**entry(), "items": {}}], "changelog.items"),
        ([entry({"fieldId": "status"})], "changelog.items[0].field"),
        ([entry(item("status", (None, ""), ("1", "Open")))], "changelog status"),
        ([entry(item("status", (1, "x"), ("1", "Open")))], "changelog status.from"),
        ([entry(item("issuetype", ("9", None), ("1", "Story")))], "changelog issuetype"),
        ([entry(item("resolution", ("9", None)))], "changelog resolution"),
        ([entry(item("Parent", ("9", None)))], "changelog parent"),
        ([entry(item("Component", ("9", None)))], "changelog components"),
        ([entry(item("project", ("9", "A"), ("10", "B")))], "changelog.project"),
        ([entry(item("Key", (None, "PLAT"), (None, "PAY-1")))], "changelog key"),
        ([entry(custom("V", "x", "1", fieldId="customfield_2"))], "changelog customfield_2"),
        ([entry(custom("V", "1", "nan", fieldId="customfield_2"))], "changelog customfield_2"),
        ([entry(custom("Twice", "1", "2"))], "changelog.items[0].Twice"),
        ([entry(item("Sprint", ("x", "Five"), fieldtype="custom"))], "changelog sprint"),
        ([entry(item("Sprint", (None, "Five"), fieldtype="custom"))], "changelog sprint"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named(histories, field):
    with pytest.raises(BadReading) as caught:
        events(histories, NOW, CLOUD)
    assert caught.value.field == field
    assert str(caught.value).startswith("PLAT-1: ")


JSON = st.none() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    [[], {}, "3", "10", "PLAT-1", "status", "2026-10-05T10:00:00.000+0200"]
)  # fmt: skip
ITEMS = st.fixed_dictionaries(
    {"field": st.sampled_from(["status", "issuetype", "labels", "Key", "Parent", "project", "V"])},
    optional=dict.fromkeys(("fieldId", "fieldtype", "from", "fromString", "to"), JSON),
)


@settings(max_examples=150)
@given(st.lists(st.fixed_dictionaries({"created": JSON, "items": st.lists(ITEMS | JSON)}) | JSON))
def test_any_json_makes_events_or_a_reading_error(histories):
    try:
        told = events(histories, NOW, CLOUD)
    except BadReading:
        return
    assert all(event.before.keys() == event.after.keys() for event in told)
