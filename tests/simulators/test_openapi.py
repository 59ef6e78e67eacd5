"""The simulators' answers against the vendors' own descriptions of them."""

import importlib
import warnings
from typing import Any

import pytest

from tests.simulators import described


@pytest.fixture
def worked(jira, cloud):
    site = jira.site
    epic = site.add_issue("PLAT", "Queue", "Epic").key
    site.add_version("PLAT", "2.0")
    site.add_component("PLAT", "Consumers")
    sprint = site.add_sprint("Sprint 1")
    site.add_issue(
        "PLAT", "Story", parent=epic, points=5, labels=["x"], assignee="Platform engineer",
        description="Two\nlines", fix_versions=["2.0"], components=["Consumers"],
        sprint=sprint["id"],
    )  # fmt: skip
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-2")
    site.transition("PLAT-2", "Done", "Won't Do")
    site.release_version("PLAT", "2.0")
    issue = "/rest/api/3/issue/PLAT-2"
    link = {"globalId": "g", "object": {"url": "https://okr.example.com", "title": "KR-1"}}
    assert cloud.send("POST", f"{issue}/remotelink", link).status_code == 201
    assert cloud.send("PUT", f"{issue}/properties/okr", {"keyResults": []}).status_code == 201
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "KR-1"}]}
    comment = {"body": {"type": "doc", "version": 1, "content": [paragraph]}}
    assert cloud.send("POST", f"{issue}/comment", comment).status_code == 201
    return cloud


@pytest.mark.parametrize(
    ("documented", "asked"),
    [
        ("/rest/api/3/serverInfo", {}),
        ("/rest/api/3/myself", {}),
        ("/rest/api/3/field", {}),
        ("/rest/api/3/status", {}),
        ("/rest/api/3/statuscategory", {}),
        ("/rest/api/3/resolution", {}),
        ("/rest/api/3/priority", {}),
        ("/rest/api/3/issuetype", {}),
        ("/rest/api/3/project/search", {}),
        ("/rest/api/3/project/{projectIdOrKey}", {}),
        ("/rest/api/3/project/{projectIdOrKey}/versions", {}),
        ("/rest/api/3/project/{projectIdOrKey}/components", {}),
        ("/rest/api/3/mypermissions", {"permissions": "BROWSE_PROJECTS,ADD_COMMENTS"}),
        ("/rest/api/3/issue/{issueIdOrKey}/remotelink", {}),
        ("/rest/api/3/issue/{issueIdOrKey}/comment", {}),
        ("/rest/api/3/issue/{issueIdOrKey}/properties/{propertyKey}", {}),
        ("/rest/api/3/search/jql", {"jql": "project = PLAT", "fields": "*all"}),
        ("/rest/api/3/search/jql", {"jql": "project = PLAT", "maxResults": 1, "expand": "names"}),
        ("/rest/api/3/issue/{issueIdOrKey}", {"expand": "changelog"}),
        ("/rest/api/3/issue/{issueIdOrKey}/changelog", {}),
        ("/rest/api/3/issue/{issueIdOrKey}/transitions", {}),
    ],
)
def test_jira_answers_fit_the_document(worked, documented, asked):
    path = documented.replace("{issueIdOrKey}", "PLAT-2").replace("{projectIdOrKey}", "PLAT")
    path = path.replace("{propertyKey}", "okr")
    answer = worked.get(path, **asked)
    assert answer.status_code == 200, answer.text
    assert described.answer_problems(documented, "get", answer.json()) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/rest/api/3/search/jql", {"jql": "project = PLAT", "fields": ["summary", "parent"]}),
        ("/rest/api/3/search/approximate-count", {"jql": "project = PLAT"}),
        ("/rest/api/3/jql/parse?validation=strict", {"queries": ["key = PLAT-1", "colour = red"]}),
        ("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["PLAT-1"], "fields": ["*all"]}),
        ("/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": ["PLAT-2"]}),
        ("/rest/api/3/issue", {"fields": {"project": {"key": "PLAT"}, "summary": "New",
                                          "issuetype": {"name": "Bug"}}}),
    ],
)  # fmt: skip
def test_jira_posts_fit_the_document(jira, worked, path, body):
    answer = worked.send("POST", path, body)
    assert answer.status_code in (200, 201), answer.text
    assert described.answer_problems(path.partition("?")[0], "post", answer.json()) == []
    assert described.request_problems(jira.site.calls[-1]) == []


def test_recorded_issues_fit_the_document_as_served(jira, cloud, recorded):
    jira.site.load(recorded / "jira")
    found = cloud.get("/rest/api/3/search/jql", jql="project = K5", fields="*all").json()
    assert found["issues"]
    assert described.answer_problems("/rest/api/3/search/jql", "get", found) == []


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
        ("/repos/acme/api", "FullRepository"),
        ("/repos/acme/api/issues?state=all", "Issue"),
        ("/repos/acme/api/issues/1", "Issue"),
        ("/repos/acme/api/issues/3", "Issue"),
        ("/repos/acme/api/pulls/3", "PullRequest"),
        ("/repos/acme/api/milestones?state=all", "Milestone"),
        ("/repos/acme/api/labels", "Label"),
        ("/repos/acme/api/issues/events", "IssueEvent"),
        ("/repos/acme/api/hooks", "Hook"),
        ("/rate_limit", "RateLimitOverview"),
    ],
)
def test_github_answers_fit_the_models(github, rest, path, model):
    site = github.site
    first = site.add_milestone("acme/api", "One")
    site.add_issue("acme/api", "Issue", first, ["bug"])
    site.add_issue("acme/api", "Other")
    site.add_issue("acme/api", "Change", first, pull_request=True)
    site.close("acme/api", 1)
    site.close("acme/api", 2, "not_planned")
    site.close("acme/api", 3, merged=True)
    site.set_parent("acme/api", 2, ("acme/api", 1))
    site.add_hook("http://127.0.0.1:9/", "secret", ["issues"], "acme/api")
    site.postman.quiet = True
    answer = rest.get(path).json()
    checked = answer if isinstance(answer, list) else [answer]
    assert checked
    for one in checked:
        _model(model).model_validate(one)
