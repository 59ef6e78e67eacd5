"""What each event of GitHub means: issues to read, sources to look at, or nothing."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadReading
from connector.work import Ref
from integrations.github.webhook import delivery
from integrations.tracker import Delivery, Hint

REPO = {"id": 1, "full_name": "Acme/Api"}
OTHER = {"id": 2, "full_name": "acme/web"}
ORG = {"login": "Acme", "id": 3}
AT = "2026-10-05T10:00:00Z"
ISSUE = {"id": 501, "number": 7, "updated_at": AT,
         "repository_url": "https://api.github.com/repos/Acme/Api"}  # fmt: skip
CHILD = {"id": 502, "number": 8, "updated_at": AT,
         "repository_url": "https://api.github.com/repos/acme/web"}  # fmt: skip
HERE, THERE = Ref("501", "acme/api#7"), Ref("502", "acme/web#8")


def read(event: str, headers: dict[str, str] | None = None, **body: Any) -> Delivery:
    named = {"X-GitHub-Event": event, "X-GitHub-Delivery": "one", **(headers or {})}
    return delivery(named, json.dumps(body).encode())


def said(found: Delivery) -> bool:
    """Whether anything follows from it."""
    return bool(found.sources or found.lists or found.hints or found.below or found.access)


@pytest.mark.parametrize("action", ["opened", "closed", "reopened", "labeled", "milestoned", "new"])
def test_a_change_of_an_issue_names_it_with_its_time(action: str) -> None:
    found = read("issues", action=action, issue=ISSUE, repository=REPO)
    (hint,) = found.hints
    assert (hint.source, hint.ref, hint.gone) == ("acme/api", HERE, False)
    assert hint.updated_at is not None
    assert hint.updated_at.isoformat() == "2026-10-05T10:00:00+00:00"
    assert (found.sources, found.lists) == ({"acme/api", "acme/*"}, set())
    assert found.event == f"issues.{action}"


@pytest.mark.parametrize("action", ["typed", "untyped", "field_added", "field_removed"])
def test_what_need_not_count_as_a_change_is_read_in_any_case(action: str) -> None:
    (hint,) = read("issues", action=action, issue=ISSUE, repository=REPO).hints
    assert hint.updated_at is None


def test_a_deleted_issue_is_gone_and_has_no_time() -> None:
    found = read("issues", action="deleted", issue=ISSUE, repository=REPO)
    assert found.hints == (Hint("acme/api", HERE, None, gone=True),)


def test_a_transfer_names_both_sides() -> None:
    went = read("issues", action="transferred", issue=ISSUE, repository=REPO,
                changes={"new_issue": CHILD, "new_repository": OTHER})  # fmt: skip
    assert went.hints == (Hint("acme/api", HERE, None), Hint("acme/web", THERE, None))
    assert went.below == ("acme/projects/",)
    came = read("issues", action="opened", issue=CHILD, repository=OTHER,
                changes={"old_issue": ISSUE, "old_repository": REPO})  # fmt: skip
    assert came.hints[1] == Hint("acme/api", HERE, None)
    assert came.sources == {"acme/api", "acme/web", "acme/*"}


@pytest.mark.parametrize("event", ["sub_issues", "issue_dependencies"])
def test_two_issues_that_belong_together_are_both_read(event: str) -> None:
    names = {"sub_issues": ("parent_issue", "sub_issue"),
             "issue_dependencies": ("blocked_issue", "blocking_issue")}[event]  # fmt: skip
    both = dict(zip(names, (ISSUE, CHILD), strict=True))
    found = read(event, action="added", repository=OTHER, **both)
    assert [hint.ref for hint in found.hints] == [HERE, THERE]
    assert all((hint.updated_at is None) == (event == "sub_issues") for hint in found.hints)


def test_a_pull_request_is_named_by_its_number_alone() -> None:
    pull = {"id": 9_000_001, "number": 7, "updated_at": AT}
    (hint,) = read("pull_request", action="closed", pull_request=pull, repository=REPO).hints
    assert (hint.ref, hint.updated_at is not None) == (Ref(None, "acme/api#7"), True)


def test_a_comment_names_its_issue() -> None:
    (hint,) = read("issue_comment", action="created", issue=ISSUE, repository=REPO).hints
    assert hint.ref == HERE


@pytest.mark.parametrize("event", ["milestone", "label"])
def test_lists_that_changed_are_read_again_and_no_item(event: str) -> None:
    found = read(event, action="edited", repository=REPO)
    assert (found.lists, found.hints) == ({"acme/api", "acme/*"}, ())


@pytest.mark.parametrize(
    ("action", "changes", "names"),
    [
        ("renamed", {"repository": {"name": {"from": "Old"}}}, {"acme/old"}),
        ("transferred", {"owner": {"from": {"user": {"login": "Max"}}}}, {"max/api", "max/*"}),
        ("transferred", {"owner": {"from": {"organization": {"login": "Zed"}}}},
         {"zed/api", "zed/*"}),
        ("deleted", None, set()), ("privatized", None, set()), ("archived", None, set()),
        ("edited", {"default_branch": {"from": "main"}}, set()),
        ("renamed", {"repository": {"name": {"from": "no name"}}}, set()),
    ],
)  # fmt: skip
def test_a_repository_is_looked_at_by_the_names_it_has_and_had(
    action: str, changes: Any, names: set[str]
) -> None:
    found = read("repository", action=action, repository=REPO, changes=changes)
    assert found.sources == found.lists == {"acme/api", "acme/*"} | names
    assert "acme/projects/" in found.below


def test_an_item_of_a_project_has_the_project_or_all_of_its_owner_read() -> None:
    card = {"id": 1, "project_node_id": "PVT_1", "content_type": "Issue"}
    for action in ("created", "archived", "restored", "deleted", "converted"):
        found = read("projects_v2_item", action=action, projects_v2_item=card, organization=ORG)
        assert (found.below, found.sources) == (("acme/projects/",), set())
    value = {"field_value": {"project_number": 3, "field_name": "Status"}}
    found = read("projects_v2_item", action="edited", projects_v2_item=card, organization=ORG,
                 changes=value)  # fmt: skip
    assert (found.below, "acme/projects/3" in found.sources) == ((), True)
    assert not said(read("projects_v2_item", action="reordered", projects_v2_item=card,
                         organization=ORG))  # fmt: skip


def test_a_project_that_changed_has_its_lists_read() -> None:
    found = read("projects_v2", action="edited", projects_v2={"number": 3}, organization=ORG)
    assert "acme/projects/3" in found.lists


@pytest.mark.parametrize("action", ["created", "deleted", "suspend", "unsuspend",
                                    "new_permissions_accepted"])  # fmt: skip
def test_what_becomes_of_an_installation_has_the_connection_tested(action: str) -> None:
    found = read("installation", action=action, installation={"id": 42})
    assert (found.access, found.fits) == (True, {"installation": "42"})


def test_repositories_of_an_installation_are_looked_at() -> None:
    found = read("installation_repositories", action="added", installation={"id": 42},
                 repositories_added=[REPO], repositories_removed=[OTHER])  # fmt: skip
    assert {"acme/api", "acme/web", "acme/*"} <= found.sources
    assert found.access


def test_an_event_heard_through_an_app_fits_its_installation_alone() -> None:
    found = read("issues", action="closed", issue=ISSUE, repository=REPO, installation={"id": 42})
    assert found.fits == {"installation": "42"}
    assert read("issues", action="closed", issue=ISSUE, repository=REPO).fits == {}


def test_a_renamed_organization_has_its_sources_looked_at() -> None:
    found = read("organization", action="renamed", organization=ORG,
                 changes={"login": {"from": "Old"}})  # fmt: skip
    assert found.below == ("acme/", "old/")
    assert not said(read("organization", action="member_added", organization=ORG))


@pytest.mark.parametrize(
    "event", ["ping", "release", "push", "star", "meta", "projects_v2_status_update", "check_run",
              "workflow_run", "something_new", "pull_request_review"],
)  # fmt: skip
def test_what_changes_no_number_is_accepted_as_nothing(event: str) -> None:
    for body in ({}, {"repository": REPO, "action": "created"}, {"issue": 7, "repository": None}):
        assert not said(read(event, **body))


def test_a_body_may_come_as_a_form() -> None:
    whole = json.dumps({"action": "closed", "issue": ISSUE, "repository": REPO})
    form = urlencode({"payload": whole}).encode()
    headers = {"X-GitHub-Event": "issues", "Content-Type": "application/x-www-form-urlencoded"}
    (hint,) = delivery(headers, form).hints
    assert hint.ref == HERE
    for broken in (b"", b"payload=", b"payload=%5B%5D", b"a=1&b=2&c=3&d=4&e=5&f=6", b"\xff"):
        with pytest.raises(BadReading):
            delivery(headers, broken)


def test_githubs_identifier_names_the_event_whatever_it_holds() -> None:
    names = ["72d3162e-cc78", "x" * 128, "x" * 129, "a\x7fb", "ü", "\ud800"]
    found = [read("ping", {"X-GitHub-Delivery": name}).identifier for name in names]
    assert found[:2] == names[:2]
    assert len(set(found)) == len(found)
    assert all(each.isascii() and each.isprintable() and len(each) <= 128 for each in found)
    first, again = (read("ping", {"X-GitHub-Delivery": ""}, zen="x").identifier for _ in range(2))
    assert first == again != read("ping", {"X-GitHub-Delivery": ""}, zen="y").identifier


@pytest.mark.parametrize(
    ("event", "body", "field"),
    [
        ("issues", {}, "issue"),
        ("issues", {"issue": 7}, "issue"),
        ("issues", {"issue": {"number": 7}, "repository": REPO}, "issue.id"),
        ("issues", {"issue": {**ISSUE, "number": "9" * 12}}, "issue.number"),
        ("issues", {"issue": {**ISSUE, "id": -1}}, "issue.id"),
        ("issues", {"issue": {**ISSUE, "updated_at": "x"}}, "issue.updated_at"),
        ("issues", {"issue": {"id": 1, "number": 1}}, "repository"),
        ("issues", {"issue": {**ISSUE, "repository_url": "https://[x/repos/a/b"},
                    "repository": REPO}, "issue.repository_url"),
        ("issues", {"issue": {"id": 1, "number": 1}, "repository": {"full_name": "a/b/c"}},
         "repository.full_name"),
        ("milestone", {}, "repository"),
        ("repository", {"repository": {}}, "repository.full_name"),
        ("sub_issues", {"repository": REPO}, "parent_issue"),
        ("installation", {"installation": {"id": "x"}}, "installation.id"),
        ("projects_v2", {"organization": ORG}, "projects_v2"),
        ("", {}, "X-GitHub-Event"),
        ("is sues", {}, "X-GitHub-Event"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_names_its_field(
    event: str, body: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadReading) as refused:
        read(event, **body)
    assert refused.value.field == field


WHOLE = {
    "action": "transferred", "issue": ISSUE, "pull_request": ISSUE, "parent_issue": ISSUE,
    "sub_issue": CHILD, "repository": REPO, "organization": ORG, "installation": {"id": 42},
    "projects_v2_item": {"id": 1}, "projects_v2": {"number": 3}, "repositories_added": [REPO],
    "changes": {"new_issue": CHILD, "new_repository": OTHER, "login": {"from": "old"},
                "repository": {"name": {"from": "old"}},
                "owner": {"from": {"user": {"login": "max"}}},
                "field_value": {"project_number": 3}},
}  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats()
    | st.sampled_from(["9" * 300, "a/b", "\0", "x" * 3000, "2026-10-05T10:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)  # fmt: skip
EVENTS = st.sampled_from(
    ["issues", "issue_comment", "pull_request", "sub_issues", "milestone", "repository",
     "projects_v2_item", "projects_v2", "installation", "installation_repositories",
     "organization", "installation_target", "x"]
)  # fmt: skip


def spots(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for name, each in inner:
        found.append((*before, name))
        if isinstance(each, dict | list):
            found += spots(each, (*before, name))
    return found


@given(event=EVENTS, spot=st.sampled_from(spots(WHOLE)), value=VALUES)
def test_any_value_anywhere_is_a_reading_or_a_bad_reading(
    event: str, spot: tuple[Any, ...], value: Any
) -> None:
    body = json.loads(json.dumps(WHOLE))
    inner = body
    for name in spot[:-1]:
        inner = inner[name]
    inner[spot[-1]] = value
    found = outcome({"X-GitHub-Event": event}, json.dumps(body).encode())
    if isinstance(found, BadReading):
        assert found.field
        return
    for hint in found.hints:
        assert len(hint.ref.external_id or "") <= 20
        assert len(hint.ref.key or "") <= 255
        assert "\0" not in (hint.ref.key or "")
    assert len(found.event) <= 128
    assert "\0" not in found.event


def outcome(headers: dict[str, str], body: bytes) -> Delivery | BadReading:
    try:
        return delivery(headers, body)
    except BadReading as refused:
        return refused
