"""A simulated GitHub: parents, types, projects and owners, in GitHub's shapes."""

import importlib
import json
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.servers import PATIENCE

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
ISSUES = "/repos/acme/api/issues"
PROJECT = "/orgs/acme/projectsV2/1"


@pytest.fixture
def work(github):
    site = github.site
    site.now = MONDAY
    site.add_repo("acme/web")
    for repo in ("acme/api", "acme/web"):
        site.add_milestone(repo, "One")
        site.add_issue(repo, "Top", 1, ["bug"])
        site.add_issue(repo, "Part")
    site.add_issue("acme/api", "Change", pull_request=True)
    site.set_parent("acme/web", 2, ("acme/api", 1))
    site.edit("acme/api", 1, type="Bug", numbers={"Estimate": 3.5})
    site.add_project("acme", "Board")
    site.put_on_project(("acme", 1), ("acme/api", 1), Status="In Progress", Points=3)
    site.put_on_project(("acme", 1), ("acme/api", 3), Status="Todo")
    site.put_on_project(("acme", 1), "Only an idea")
    return site


def kinds(rest, path):
    return [event["event"] for event in rest.get(path, per_page=100).json()]


def _model(name: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return getattr(importlib.import_module("githubkit.versions.latest.models"), name)
    except ImportError as error:
        pytest.skip(f"GitHub's models cannot be imported here: {error}")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (f"{ISSUES}?state=all", "Issue"),
        (f"{ISSUES}/1/sub_issues", "Issue"),
        (f"{ISSUES}/events", "IssueEvent"),
        ("/repos/acme/web/issues/events", "IssueEvent"),
        ("/orgs/acme/repos", "MinimalRepository"),
        (PROJECT, "ProjectsV2"),
        (f"{PROJECT}/fields", "ProjectsV2Field"),
        (f"{PROJECT}/items?fields=1,2", "ProjectsV2ItemWithContent"),
    ],
)
def test_answers_fit_the_models(work, rest, path, model):
    answer = rest.get(path).json()
    checked = answer if isinstance(answer, list) else [answer]
    assert checked
    for one in checked:
        _model(model).model_validate(one)


def test_both_sides_of_a_family_keep_an_event_of_the_sites_time(work, rest):
    work.now = MONDAY + timedelta(days=1)
    work.set_parent("acme/web", 2, ("acme/web", 1))
    child = rest.get("/repos/acme/web/issues/2/events").json()
    assert [(one["event"], one["parent_issue"]["repository"]["full_name"]) for one in child] == [
        ("parent_issue_added", "acme/api"),
        ("parent_issue_removed", "acme/api"),
        ("parent_issue_added", "acme/web"),
    ]
    assert {one["created_at"] for one in child[1:]} == {"2026-11-17T09:00:00Z"}
    assert kinds(rest, f"{ISSUES}/1/events")[-1] == "sub_issue_removed"
    assert rest.get(f"{ISSUES}/1").json()["sub_issues_summary"]["total"] == 0
    child = rest.get("/repos/acme/web/issues/2").json()
    assert child["parent_issue_url"].endswith("/repos/acme/web/issues/1")
    assert child["updated_at"] == "2026-11-17T09:00:00Z"


def test_the_timeline_tells_of_parents_where_the_events_do_not(work, rest):
    work.parents_in_events = False
    assert kinds(rest, "/repos/acme/web/issues/2/events") == []
    assert kinds(rest, "/repos/acme/web/issues/2/timeline") == ["parent_issue_added"]


def test_a_family_is_told_to_the_parents_repository(work, receiver):
    work.add_hook(receiver.url, events=["sub_issues"])
    work.set_parent("acme/web", 2, None)
    ((headers, _),) = receiver.wait(1)
    assert headers["X-GitHub-Event"] == "sub_issues"
    (body,) = receiver.bodies()
    assert body["action"] == "sub_issue_removed"
    assert body["parent_issue"]["repository_url"].endswith("/repos/acme/api")
    assert body["sub_issue"]["repository_url"].endswith("/repos/acme/web")


def test_types_are_given_changed_and_taken(work, rest):
    work.edit("acme/api", 1, type="Feature")
    work.edit("acme/api", 1, type="Feature")
    work.edit("acme/api", 1, type=None)
    events = rest.get(f"{ISSUES}/1/events").json()
    found = [(one["event"], one.get("prev_issue_type", {}).get("name"),
              one.get("issue_type", {}).get("name"))
             for one in events if "type" in one["event"]]  # fmt: skip
    assert found == [
        ("issue_type_added", None, "Bug"),
        ("issue_type_changed", "Bug", "Feature"),
        ("issue_type_removed", "Feature", None),
    ]
    assert rest.get(f"{ISSUES}/1").json()["type"] is None


def test_number_fields_are_shown_and_emptied(work, rest):
    (value,) = rest.get(f"{ISSUES}/1").json()["issue_field_values"]
    assert (value["issue_field_name"], value["value"]) == ("Estimate", 3.5)
    work.edit("acme/api", 1, numbers={"Estimate": None})
    assert rest.get(f"{ISSUES}/1").json()["issue_field_values"] == []


def test_a_transferred_issue_takes_its_history_along(work, rest):
    number = work.transfer("acme/api", 1, "acme/web")
    path = f"/repos/acme/web/issues/{number}/events"
    assert kinds(rest, path)[:2] == ["labeled", "milestoned"]
    assert kinds(rest, path)[-1] == "transferred"


def items(rest, **asked):
    return rest.get(f"{PROJECT}/items", **asked).json()


def test_a_project_shows_the_fields_that_are_asked_for(work, rest):
    assert [one["content_type"] for one in items(rest)] == ["Issue", "PullRequest", "DraftIssue"]
    assert [field["name"] for field in items(rest)[0]["fields"]] == ["Title"]
    ids = {one["name"]: one["id"] for one in rest.get(f"{PROJECT}/fields").json()}
    for asked in ({"fields": f"{ids['Status']},{ids['Points']}"},
                  {"fields[]": [ids["Status"], ids["Points"]]}):  # fmt: skip
        status, points = items(rest, **asked)[0]["fields"]
        assert status["value"]["name"]["raw"] == "In Progress"
        assert points["value"] == 3
    issue, pull, _ = items(rest)
    assert issue["content"]["id"] == rest.get(f"{ISSUES}/1").json()["id"]
    assert pull["content"]["id"] != rest.get(f"{ISSUES}/3").json()["id"]


def test_an_item_tells_when_it_was_added_and_last_changed(work, rest):
    work.now = MONDAY + timedelta(days=1)
    work.put_on_project(("acme", 1), ("acme/api", 1), Status="Done")
    item = items(rest)[0]
    assert (item["created_at"], item["updated_at"]) == (
        "2026-11-16T09:00:00Z", "2026-11-17T09:00:00Z",
    )  # fmt: skip
    assert item["content"]["updated_at"] == "2026-11-16T09:00:00Z"
    work.take_off_project(("acme", 1), ("acme/api", 1))
    work.delete("acme/api", 3)
    assert [one["content_type"] for one in items(rest)] == ["DraftIssue"]


def test_projects_page_by_cursor_only(work, rest):
    answer = rest.get(f"{PROJECT}/items", per_page=2)
    assert set(answer.links) == {"next"}
    assert "after=" in answer.links["next"]["url"]
    rest_of_it = rest.session.get(answer.links["next"]["url"], timeout=PATIENCE)
    assert [len(answer.json()), len(rest_of_it.json())] == [2, 1]
    assert rest_of_it.links == {}


def test_organizations_and_persons_are_told_apart(work, rest):
    assert [one["full_name"] for one in rest.get("/orgs/acme/repos").json()] == [
        "acme/api", "acme/web",
    ]  # fmt: skip
    assert rest.get("/users/acme/projectsV2/1").status_code == 404
    work.people.add("acme")
    assert rest.get("/orgs/acme/repos").status_code == 404
    assert len(rest.get("/users/acme/repos").json()) == 2
    assert rest.get(PROJECT).status_code == 404
    assert rest.get("/users/acme/projectsV2/1").json()["title"] == "Board"
    assert rest.get("/orgs/nobody/repos").status_code == 404


def test_an_older_server_has_neither_projects_nor_sub_issues(work, rest):
    work.has_projects = work.has_sub_issues = False
    assert rest.get(PROJECT).status_code == 404
    assert rest.get(f"{ISSUES}/1/sub_issues").status_code == 404


def test_all_recorded_events_are_served(github, rest, recorded):
    github.site.load(recorded / "github")
    events = rest.get("/repos/panjf2000/ants/issues/events", per_page=100).json()
    known = json.loads((recorded / "github/events.json").read_text("utf-8"))
    assert sorted(one["id"] for one in events) == sorted({one["id"] for one in known})
