"""Jira's payload becomes a work item, or a reading error that names the field."""

import copy
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import BadReading
from connector.work import WorkItem
from integrations import catalogue
from integrations.jira.profile import Profile
from integrations.jira.reading import careful, page, work_item

CLOUD = Profile(
    browse="https://acme.atlassian.net", deployment="cloud",
    points=("customfield_1", "customfield_2"), numbers=("customfield_3",),
)  # fmt: skip
SERVER = Profile(
    browse="https://jira.example", deployment="datacenter", epic_link="customfield_8",
    epic_name="customfield_9",
)  # fmt: skip
ISSUE = {
    "id": "10043",
    "key": "PLAT-43",
    "self": "https://api.atlassian.com/ex/jira/1/rest/api/3/issue/10043",
    "fields": {
        "summary": "Move the queue",
        "status": {"name": "Fertig", "statusCategory": {"key": "done", "name": "Complete"}},
        "issuetype": {"name": "Story", "subtask": False, "hierarchyLevel": 0},
        "project": {"key": "PLAT"},
        "resolution": {"name": "Done"},
        "resolutiondate": "2026-10-05T10:00:00.000+0800",
        "statuscategorychangedate": "2026-10-05T10:00:01.000+0800",
        "created": "2026-10-01T08:00:00.000+0800",
        "updated": "2026-10-06T08:00:00.000+0800",
        "assignee": {
            "accountId": "5b10",
            "displayName": "Platform lead",
            "emailAddress": "lead@example.com",
        },
        "labels": ["okr", "Q4"],
        "fixVersions": [{"name": "Release 2.0"}],
        "components": [{"name": "Payments"}],
        "parent": {"id": "10042", "key": "PLAT-42"},
        "customfield_1": None,
        "customfield_2": 5,
        "customfield_3": 2.5,
    },
}


def changed(*path, **value):
    made = copy.deepcopy(ISSUE)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    if value:
        inner[path[-1]] = value["to"]
    else:
        del inner[path[-1]]
    return made


def paths(value, before=()):
    yield from ([before] if before else [])
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(each, (*before, name))


def dotted(path):
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path)[1:]


def refused(payload, profile):
    """The field a payload is refused for, or None when it makes an item."""
    try:
        assert isinstance(work_item(payload, profile), WorkItem)
    except BadReading as error:
        return error.field
    return None


def fields(**values):
    return {**ISSUE, "fields": {**ISSUE["fields"], **values}}


def test_every_field_is_read():
    item = work_item(ISSUE, CLOUD)
    assert (item.external_id, item.key, item.title) == ("10043", "PLAT-43", "Move the queue")
    assert item.url == "https://acme.atlassian.net/browse/PLAT-43"
    assert (item.status, item.category, item.resolution) == ("Fertig", "done", "Done")
    assert (item.type, item.level, item.pull_request) == ("Story", 0, False)
    assert (item.parent_id, item.parent_key, item.assignee) == ("10042", "PLAT-42", "5b10")
    assert item.created_at.isoformat() == "2026-10-01T00:00:00+00:00"
    assert item.updated_at.isoformat() == "2026-10-06T00:00:00+00:00"
    assert item.state_at.isoformat() == "2026-10-05T02:00:01+00:00"
    assert item.labels == ("okr", "Q4")
    assert item.tags == {
        "project:PLAT", "label:PLAT/okr", "label:PLAT/Q4", "version:PLAT/release 2.0",
        "component:PLAT/payments",
    }  # fmt: skip
    assert item.numbers == {"customfield_2": 5.0, "customfield_3": 2.5}
    assert (item.place, item.assignee_name) == ("PLAT", "Platform lead")
    assert item.assignee_email == "lead@example.com"


@pytest.mark.parametrize(
    ("key", "category"),
    [("new", "todo"), ("indeterminate", "doing"), ("done", "done"), ("undefined", "unknown"),
     ("Done", "unknown"), (None, "unknown")],
)  # fmt: skip
def test_the_category_comes_from_its_key_and_never_from_a_name(key, category):
    status = {"name": "Done", "statusCategory": {"key": key, "name": "Done"}}
    assert work_item(fields(status=status), CLOUD).category == category


def test_every_configured_number_field_is_kept_by_its_id():
    item = work_item(fields(customfield_1=8, customfield_2=0, customfield_3="2"), CLOUD)
    assert item.numbers == {"customfield_1": 8, "customfield_2": 0}
    options = {"story_points": "customfield_2, customfield_1", "number_fields": "customfield_3"}
    points = catalogue.get("jira").spec.points
    assert points(options) == ("field:customfield_2", "field:customfield_1")
    assert points({}) == ()


def test_the_place_is_the_project_in_upper_case_and_nobody_is_assigned_to_an_open_issue():
    assert work_item(fields(project={"key": "plat"}), CLOUD).place == "PLAT"
    assert work_item(fields(project=None), CLOUD).place == "PLAT"
    nobody = work_item(fields(assignee=None), CLOUD)
    assert (nobody.assignee, nobody.assignee_name, nobody.assignee_email) == (None, None, None)
    hidden = work_item(fields(assignee={"accountId": "1", "emailAddress": ""}), CLOUD)
    assert (hidden.assignee, hidden.assignee_name, hidden.assignee_email) == ("1", None, None)


def test_the_moment_of_the_state_falls_back_and_stays_between_created_and_updated():
    def at(**values):
        return work_item(fields(**values), CLOUD).state_at.isoformat()

    assert at(statuscategorychangedate=None) == "2026-10-05T02:00:00+00:00"
    assert at(statuscategorychangedate=None, resolutiondate=None) == "2026-10-01T00:00:00+00:00"
    assert at(statuscategorychangedate="2026-12-01T00:00:00Z") == "2026-10-06T00:00:00+00:00"
    assert at(statuscategorychangedate="2020-12-01T00:00:00Z") == "2026-10-01T00:00:00+00:00"
    todo = {"name": "x", "statusCategory": {"key": "new"}}
    assert at(statuscategorychangedate=None, status=todo) == "2026-10-01T00:00:00+00:00"


def test_data_center_names_epics_and_people_its_own_way():
    story = fields(
        issuetype={"name": "Story", "subtask": False}, parent=None, customfield_8="PLAT-7",
        assignee={"name": "lead", "key": "JIRAUSER1"},
    )  # fmt: skip
    item = work_item(story, SERVER)
    assert (item.level, item.parent_id, item.parent_key) == (0, None, "PLAT-7")
    assert item.assignee == "lead"
    epic = fields(issuetype={"name": "史诗", "subtask": False}, customfield_9="The queue")
    assert work_item(epic, SERVER).level == 1
    named = fields(issuetype={"name": "Epic", "subtask": False})
    assert work_item(named, SERVER).level == 1
    below = fields(issuetype={"name": "Aufgabe", "subtask": True})
    assert work_item(below, SERVER).level == -1


PLANNED = replace(SERVER, parent_link="customfield_6", levels={"5": 2})


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("PLAT-1", "PLAT-1"), (None, None), ("", None), ({"data": {"id": 1, "key": "A-1"}}, "A-1"),
        ({"hasEpicLinkFieldDependency": False, "showField": False}, None),
        ({"data": None, "showField": True}, None), ({"id": "1", "key": "A-1"}, "A-1"), ({}, None),
    ],
)  # fmt: skip
def test_an_epic_lies_below_what_its_parent_link_names(value, key):
    kind = {"id": "1", "name": "Epic", "subtask": False}
    epic = fields(issuetype=kind, parent=None, customfield_6=value)
    item = work_item(epic, PLANNED)
    assert (item.level, item.parent_id, item.parent_key) == (1, None, key)
    assert item == careful(epic, PLANNED)
    assert work_item(epic, SERVER).parent_key is None


@pytest.mark.parametrize("value", [7, ["A-1"], {"data": {"id": 1}}, {"data": "A-1"}, True])
def test_a_parent_link_that_is_none_is_named(value):
    epic = fields(parent=None, customfield_6=value)
    with pytest.raises(BadReading, match="customfield_6"):
        work_item(epic, PLANNED)


def test_of_several_parents_the_nearest_is_taken():
    both = {"customfield_8": "PLAT-7", "customfield_6": "PLAT-1"}
    assert work_item(fields(**both), PLANNED).parent_key == "PLAT-42"
    assert work_item(fields(parent=None, **both), PLANNED).parent_key == "PLAT-7"


def test_a_type_above_epics_is_known_by_its_id():
    kind = {"id": "5", "name": "Vorhaben", "subtask": False}
    assert work_item(fields(issuetype=kind), PLANNED).level == 2
    told = {**kind, "hierarchyLevel": 3}
    assert work_item(fields(issuetype=told), PLANNED).level == 3
    part = {**kind, "subtask": True}
    assert work_item(fields(issuetype=part), PLANNED).level == -1


@pytest.mark.parametrize("path", list(paths(ISSUE)), ids=dotted)
@pytest.mark.parametrize("profile", [CLOUD, SERVER], ids=["cloud", "datacenter"])
def test_any_field_missing_null_or_of_a_wrong_type_is_an_item_or_a_named_field(path, profile):
    broken = [None, 7, -1.5, True, "", "text", [], {}, [None], [{}], {"a": {}}, "9" * 400]
    payloads = [changed(*path), *(changed(*path, to=value) for value in broken)]
    for payload in payloads:
        field = refused(payload, profile)
        assert field is None or field.startswith(dotted(path)) or dotted(path).startswith(field)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (changed("id"), "id"),
        (changed("key"), "key"),
        (changed("fields"), "fields"),
        (changed("fields", "status"), "fields.status"),
        (changed("fields", "status", "name"), "fields.status.name"),
        (changed("fields", "issuetype", "name", to=None), "fields.issuetype.name"),
        (changed("fields", "created", to="2026-10-01T08:00:00"), "fields.created"),
        (changed("fields", "updated", to=17), "fields.updated"),
        (changed("fields", "resolution", to="Done"), "fields.resolution"),
        (changed("fields", "resolution", "name"), "fields.resolution.name"),
        (changed("fields", "labels", 1, to=7), "fields.labels[1]"),
        (changed("fields", "fixVersions", 0, "name"), "fields.fixVersions[0].name"),
        (changed("fields", "parent", "id"), "fields.parent.id"),
        ([], "issue"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_understood_is_named(payload, field):
    with pytest.raises(BadReading) as caught:
        work_item(payload, CLOUD)
    assert caught.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["2026-10-05T10:00:00.000+0800", "done", "PLAT-1", "10001"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "key", "id", "statusCategory"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(ISSUE["fields"])), JSON, max_size=6), JSON)
def test_any_json_is_an_item_or_unreadable(values, strange):
    found = page([fields(**values), strange, ISSUE], CLOUD)
    assert len(found.items) + len(found.unreadable) == 3
    assert work_item(ISSUE, CLOUD) in found.items
    assert all(each.field and each.message for each in found.unreadable)


def test_unknown_fields_change_nothing():
    assert work_item(fields(customfield_777={"x": [1]}, nonsense=1), CLOUD) == work_item(
        ISSUE, CLOUD
    )


@pytest.mark.parametrize(
    ("shown", "numbers"),
    [
        ([{"id": 7, "name": "Seven", "state": "active", "boardId": 1}], {"7"}),
        ([{"id": 7}, {"id": "8"}, None, 9, "10"], {"7", "8", "9", "10"}),
        (
            ["com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,name=A [id=9] b,endDate=]",
             "com.atlassian.greenhopper.service.sprint.Sprint@2e[rapidViewId=3,name=B,id=8]"],
            {"7", "8"},
        ),
        (None, set()), ([], set()), ({"id": 7}, {"7"}), (7, {"7"}),
    ],
)  # fmt: skip
def test_sprints_are_tags_in_whatever_form_they_come(shown, numbers):
    profile = replace(CLOUD, sprint_field="customfield_7")
    item = work_item(fields(customfield_7=shown), profile)
    assert {tag for tag in item.tags if tag.startswith("sprint:")} == {
        f"sprint:{number}" for number in numbers
    }
    assert work_item(fields(customfield_7=shown), CLOUD).tags == item.tags - {
        f"sprint:{number}" for number in numbers
    }


@pytest.mark.parametrize("shown", [["soon"], [True], [{}], [{"id": -1}], [[]], "x", [1.5], ["٣"]])
def test_what_is_no_sprint_is_named(shown):
    profile = replace(CLOUD, sprint_field="customfield_7")
    with pytest.raises(BadReading) as caught:
        work_item(fields(customfield_7=shown), profile)
    assert caught.value.field == "fields.customfield_7[0]"


def test_a_title_is_cut_and_a_name_too_long_to_find_things_by_is_refused():
    for profile in (CLOUD, SERVER):
        for payload in (fields(summary="x" * 5000), fields(summary="x" * 5000, project=None)):
            assert work_item(payload, profile).title == "x" * 1000
    for path in (("key",), ("fields", "status", "name"), ("fields", "labels", 0)):
        assert work_item(changed(*path, to="K" * 255), CLOUD)
        with pytest.raises(BadReading, match="more than 255 characters"):
            work_item(changed(*path, to="K" * 256), CLOUD)
