"""What each event of Jira means: an issue to read, lists that changed, or nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadReading
from connector.work import Ref
from integrations.jira.webhook import delivery
from integrations.tracker import Delivery, Hint

NAMED = {"X-Atlassian-Webhook-Identifier": "one"}
ISSUE = {"id": "10001", "key": "PLAT-1", "fields": {"updated": "2026-11-03T10:15:00.000+0100"}}
LINK = {"id": 7, "sourceIssueId": 10001, "destinationIssueId": 10002}


def read(event: str, headers: dict[str, str] | None = None, **body: Any) -> Delivery:
    whole = {"timestamp": 1, "webhookEvent": event, **body}
    return delivery(NAMED if headers is None else headers, json.dumps(whole).encode())


@pytest.mark.parametrize("what", ["created", "updated"])
def test_a_change_of_an_issue_names_it_with_its_time(what: str) -> None:
    found = read(f"jira:issue_{what}", issue=ISSUE)
    (hint,) = found.hints
    assert (hint.source, hint.ref, hint.gone) == ("", Ref("10001", "PLAT-1"), False)
    assert hint.updated_at is not None
    assert hint.updated_at.isoformat() == "2026-11-03T09:15:00+00:00"
    assert (found.sources, found.lists) == ({""}, set())


def test_a_deleted_issue_is_gone_and_has_no_time() -> None:
    found = read("jira:issue_deleted", issue=ISSUE)
    assert found.hints == (Hint("", Ref("10001", "PLAT-1"), None, gone=True),)


@pytest.mark.parametrize("what", ["created", "deleted"])
def test_a_link_names_both_its_issues(what: str) -> None:
    found = read(f"issuelink_{what}", issueLink=LINK)
    assert [hint.ref for hint in found.hints] == [Ref("10001", None), Ref("10002", None)]
    assert {hint.updated_at for hint in found.hints} == {None}
    assert found.sources == {""}


@pytest.mark.parametrize(
    "event",
    ["sprint_created", "sprint_updated", "sprint_started", "sprint_closed", "sprint_deleted",
     "jira:version_created", "jira:version_updated", "jira:version_released",
     "jira:version_unreleased", "jira:version_moved", "jira:version_merged",
     "jira:version_deleted", "project_created", "project_updated", "project_deleted",
     "project_soft_deleted", "project_restored_deleted", "project_archived",
     "project_restored_archived", "issuetype_updated", "status_updated", "field_deleted"],
)  # fmt: skip
def test_lists_that_changed_are_read_again_and_no_item(event: str) -> None:
    found = read(event, sprint={"id": 7}, version={"id": "1"}, project={"id": 2})
    assert (found.lists, found.sources, found.hints) == ({""}, {""}, ())


@pytest.mark.parametrize(
    "event",
    ["comment_created", "comment_updated", "comment_deleted", "issue_property_set",
     "issue_property_deleted", "worklog_created", "worklog_updated", "attachment_created",
     "board_created", "board_configuration_changed", "user_updated", "filter_created",
     "option_voting_changed", "jira_expression_evaluation_failed", "something_new"],
)  # fmt: skip
def test_what_changes_no_number_is_accepted_as_nothing(event: str) -> None:
    for body in ({}, {"issue": ISSUE, "comment": {"id": "1"}}, {"issue": {"id": None}}):
        found = read(event, **body)
        assert (found.lists, found.sources, found.hints) == (set(), set(), ())


@pytest.mark.parametrize(
    ("more", "rings"),
    [
        ({"issue_event_type_name": "issue_commented", "comment": {}}, False),
        ({"issue_event_type_name": "issue_comment_edited", "comment": {}}, False),
        ({"issue_event_type_name": "issue_comment_deleted"}, False),
        ({"comment": {}}, False),
        ({}, True),
        ({"issue_event_type_name": "issue_commented", "changelog": {"items": [{}]}}, True),
        ({"comment": {}, "changelog": {"items": [{}]}}, True),
        ({"issue_event_type_name": "issue_assigned", "changelog": {"items": []}}, True),
        ({"issue_event_type_name": "issue_resolved", "comment": {}}, True),
    ],
)
def test_an_update_that_is_only_a_comment_rings_for_nobody(
    more: dict[str, Any], *, rings: bool
) -> None:
    found = read("jira:issue_updated", issue=ISSUE, **more)
    assert bool(found.hints) is rings
    assert bool(found.sources) is rings


def test_jiras_identifier_names_the_event_whatever_it_holds() -> None:
    names = ["one", "x" * 128, "x" * 129, "x" * 5000, "a\x7fb", "ü", "\ud800"]
    found = [read("x", {"x-atlassian-webhook-identifier": name}).identifier for name in names]
    assert found[:2] == names[:2]
    assert len(set(found)) == len(found)
    assert all(each.isprintable() and len(each) <= 128 for each in found)


def test_without_an_identifier_the_body_names_the_event_by_its_millisecond() -> None:
    first, again = (
        read("jira:issue_updated", {}, issue=ISSUE),
        read("jira:issue_updated", {}, issue=ISSUE),
    )
    later = read("jira:issue_updated", {}, issue=ISSUE, timestamp=2)
    assert first.identifier == again.identifier != later.identifier


def test_equal_bodies_without_a_time_may_be_two_events() -> None:
    body = json.dumps({"webhookEvent": "jira:issue_updated", "issue": ISSUE}).encode()
    assert delivery({}, body).identifier != delivery({}, body).identifier


@pytest.mark.parametrize(
    ("event", "body", "field"),
    [
        ("jira:issue_updated", {}, "issue"),
        ("jira:issue_updated", {"issue": 7}, "issue"),
        ("jira:issue_deleted", {"issue": {"key": "PLAT-1"}}, "issue.id"),
        ("jira:issue_created", {"issue": {"id": "9" * 21}}, "issue.id"),
        ("jira:issue_created", {"issue": {"id": -1}}, "issue.id"),
        ("jira:issue_created", {"issue": {"id": "1", "fields": {"updated": "x"}}},
         "issue.fields.updated"),
        ("jira:issue_updated", {"issue": ISSUE, "changelog": {"items": 1}}, "changelog.items"),
        ("issuelink_created", {}, "issueLink"),
        ("issuelink_created", {"issueLink": {"sourceIssueId": 1}}, "issueLink.destinationIssueId"),
        ("", {}, "webhookEvent"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_names_its_field(
    event: str, body: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadReading) as refused:
        read(event, **body)
    assert refused.value.field == field


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
EVENTS = st.sampled_from(
    ["jira:issue_updated", "jira:issue_deleted", "issuelink_created", "sprint_closed", "x"]
)


@given(event=EVENTS, name=st.sampled_from(["issue", "issueLink", "changelog"]), value=VALUES)
def test_any_value_anywhere_is_a_reading_or_a_bad_reading(
    event: str, name: str, value: Any
) -> None:
    body = {"timestamp": 1, "webhookEvent": event, "issue": ISSUE, "issueLink": LINK, name: value}
    found = outcome(json.dumps(body).encode())
    if isinstance(found, BadReading):
        assert found.field
    else:
        assert all(len(hint.ref.external_id or "") <= 20 for hint in found.hints)


def outcome(body: bytes) -> Delivery | BadReading:
    try:
        return delivery({}, body)
    except BadReading as refused:
        return refused
