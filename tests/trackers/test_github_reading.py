"""GitHub's payload becomes a work item, or a reading error that names the field."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import BadReading
from connector.work import WorkItem
from integrations.github.places import api_url, key_of, repository_of, web_url
from integrations.github.reading import Place, page, work_item

PLACE = Place("acme/api", "https://github.com")
ISSUE = {
    "id": 344340088,
    "number": 7,
    "repository_url": "https://api.github.com/repos/Acme/api",
    "html_url": "https://evil.example/Acme/api/issues/7",
    "title": "Queue",
    "state": "closed",
    "state_reason": "completed",
    "created_at": "2026-10-01T00:00:00Z",
    "updated_at": "2026-10-06T00:00:00Z",
    "closed_at": "2026-10-05T00:00:00Z",
    "assignee": {"login": "platform-lead"},
    "assignees": [{"login": "platform-lead"}],
    "labels": [{"name": "OKR"}, {"name": "good first issue"}],
    "milestone": {
        "number": 7,
        "id": 1,
        "title": " V2.0 / Final",
        "url": "https://api.github.com/repos/other/x/milestones/7",
    },
    "type": {"name": "Bug"},
    "parent_issue_url": "https://api.github.com/repos/Acme/web/issues/3",
    "issue_field_values": [
        {"issue_field_id": 1, "issue_field_name": "Estimate", "data_type": "number", "value": 3},
        {"issue_field_id": 2, "issue_field_name": "Area", "data_type": "text", "value": "x"},
        {"issue_field_id": 700, "data_type": "number", "value": 0.5},
    ],
}
PULL = {**ISSUE, "type": None, "state_reason": None,
        "pull_request": {"merged_at": "2026-10-05T00:00:00Z"}}  # fmt: skip


def refused(payload):
    """The field a payload is refused for, or None when it makes an item."""
    try:
        assert isinstance(work_item(payload, PLACE), WorkItem)
    except BadReading as error:
        return error.field
    return None


def test_every_field_is_read():
    item = work_item(ISSUE, PLACE)
    assert (item.external_id, item.key, item.title) == ("344340088", "acme/api#7", "Queue")
    assert item.url == "https://github.com/Acme/api/issues/7"
    assert (item.status, item.category, item.resolution) == ("closed", "done", "completed")
    assert (item.type, item.level, item.pull_request) == ("Bug", 0, False)
    assert (item.parent_id, item.parent_key) == (None, "acme/web#3")
    assert item.place == "acme/api"
    who = (item.assignee, item.assignee_name, item.assignee_email)
    assert who == ("platform-lead", "platform-lead", None)
    assert item.numbers == {"Estimate": 3.0, "700": 0.5}
    assert item.labels == ("OKR", "good first issue")
    assert item.state_at.isoformat() == "2026-10-05T00:00:00+00:00"
    assert item.tags == {
        "repo:acme/api", "milestone:acme/api/7", "milestones:acme/v2.0 / final",
        "label:acme/api/okr",
        "label:acme/api/good first issue",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given_values", "wanted"),
    [
        ({}, ("merged", "done", None)),
        ({"pull_request": {"merged_at": None}}, ("closed", "done", "unmerged")),
        ({"pull_request": {"merged_at": None}, "state": "open"}, ("open", "todo", None)),
        ({"pull_request": {}}, ("closed", "done", "unmerged")),
    ],
)
def test_a_pull_request_is_done_only_when_merged(given_values, wanted):
    item = work_item({**PULL, **given_values}, PLACE)
    assert (item.status, item.category, item.resolution) == wanted
    assert item.pull_request
    assert item.type == "Pull request"
    assert item.url == "https://github.com/Acme/api/pull/7"


def test_a_plain_issue_is_just_that():
    bare = {name: ISSUE[name] for name in
            ("id", "number", "title", "state", "created_at", "updated_at")}  # fmt: skip
    item = work_item({**bare, "state": "open"}, PLACE)
    assert (item.key, item.type, item.category) == ("acme/api#7", "Issue", "todo")
    assert item.state_at == item.created_at
    assert item.tags == {"repo:acme/api"}
    assert not work_item({**ISSUE, "pull_request": None}, PLACE).pull_request


def test_a_name_and_an_address_of_the_assignee_are_taken_where_they_are():
    person = {"login": "platform-lead", "name": "The lead", "email": "lead@example.com"}
    item = work_item({**ISSUE, "assignee": person}, PLACE)
    assert (item.assignee_name, item.assignee_email) == ("The lead", "lead@example.com")


def test_a_reopened_issue_changed_its_state_when_it_was_last_updated():
    item = work_item({**ISSUE, "state": "open", "state_reason": "reopened"}, PLACE)
    assert item.state_at == item.updated_at
    assert item.resolution is None


@pytest.mark.parametrize("name", [*ISSUE, "pull_request"])
@pytest.mark.parametrize("base", [ISSUE, PULL], ids=["issue", "pull"])
def test_any_field_missing_null_or_of_a_wrong_type_is_an_item_or_a_named_field(name, base):
    broken = [None, 7, -1.5, True, "", "text", [], {}, [None], [{}], {"a": {}}, "/issues/x", [7]]
    without = copy.deepcopy(base)
    without.pop(name, None)
    for payload in [without, *({**base, name: value} for value in broken)]:
        field = refused(payload) or name
        assert field == name or field.startswith((f"{name}.", f"{name}["))


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({**ISSUE, "id": None}, "id"),
        ({**ISSUE, "number": "x"}, "number"),
        ({**ISSUE, "state": None}, "state"),
        ({**ISSUE, "updated_at": "2026-10-06"}, "updated_at"),
        ({**ISSUE, "milestone": {"title": "x"}}, "milestone.number"),
        ({**ISSUE, "labels": [{"name": None}]}, "labels[0].name"),
        ({**PULL, "pull_request": {"merged_at": 7}}, "pull_request.merged_at"),
        (7, "issue"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_understood_is_named(payload, field):
    with pytest.raises(BadReading) as caught:
        work_item(payload, PLACE)
    assert caught.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["2026-10-05T10:00:00Z", "closed", "/repos/a/b/issues/1"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "login", "number", "merged_at"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*sorted(ISSUE), "pull_request"]), JSON, max_size=6), JSON)
def test_any_json_is_an_item_or_unreadable(values, strange):
    found = page([{**ISSUE, **values}, strange, ISSUE], PLACE)
    assert len(found.items) + len(found.unreadable) == 3
    assert all(each.field and each.message for each in found.unreadable)


@pytest.mark.parametrize(
    ("given_url", "api", "web"),
    [
        ("https://github.com", "https://api.github.com", "https://github.com"),
        ("https://GitHub.com/", "https://api.github.com", "https://github.com"),
        ("https://api.github.com", "https://api.github.com", "https://github.com"),
        ("https://git.acme.example", "https://git.acme.example/api/v3", "https://git.acme.example"),
        ("https://git.acme.example/api/v3/", "https://git.acme.example/api/v3",
         "https://git.acme.example"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com"),
    ],
)  # fmt: skip
def test_every_form_of_address_leads_to_the_api_and_back(given_url, api, web):
    assert api_url(given_url, allow_private=False) == api
    assert web_url(api) == web


@pytest.mark.parametrize(
    "url", [None, "", "x", "https://a/repos/b", "https://a/repos//c", "/repos/"]
)
def test_an_address_that_names_no_repository_is_none(url):
    assert repository_of(url) is None
    assert key_of(url) is None
