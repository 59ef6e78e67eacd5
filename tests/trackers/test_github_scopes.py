"""GitHub's scopes as text: what they select, who reads them, where they are seen."""

import json

import pytest

from connector.errors import Refused
from connector.scopes import Below, Tagged
from integrations import catalogue

SPEC = catalogue.get("github").spec
BROWSE = "https://github.com"


@pytest.mark.parametrize(
    ("kind", "value", "selector", "source", "page"),
    [
        ("milestone", "Acme/API/07", Tagged("milestone:acme/api/7"), "acme/api",
         "/acme/api/milestone/7"),
        ("milestone", "Acme/*/ V2: a/b ", Tagged("milestones:acme/v2: a/b"), "acme/*",
         "/issues?q=user%3Aacme%20milestone%3A%22V2%3A%20a%2Fb%22"),
        ("label", "acme/api/Area: x/y", Tagged("label:acme/api/area: x/y"), "acme/api",
         "/acme/api/labels/Area%3A%20x%2Fy"),
        ("repo", "Acme/api.js", Tagged("repo:acme/api.js"), "acme/api.js", "/acme/api.js"),
        ("issue", "Acme/api/7", Below("acme/api#7"), "acme/api", "/acme/api/issues/7"),
        ("project", "Acme/3", Tagged("project:acme/3"), "acme/projects/3",
         "/orgs/acme/projects/3"),
    ],
)  # fmt: skip
def test_a_scope_names_its_items_its_source_and_its_page(kind, value, selector, source, page):
    found = SPEC.kind(kind)
    assert found.select(value) == selector
    assert found.source(value) == source
    assert found.url(BROWSE, value) == BROWSE + page


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("milestone", "acme/api"), ("milestone", "acme/api/x"), ("milestone", "acme/api/0"),
        ("milestone", "acme/*/"), ("milestone", "acme/*"), ("milestone", "*/*/v2"),
        ("milestone", "acme/*api/7"), ("issue", "acme/*/7"), ("issue", "acme/api"),
        ("issue", "acme/api/-7"), ("issue", "acme/api/٧"), ("project", "acme"),
        ("project", "acme/x"), ("project", "acme/api/3"), ("project", "acme/0"),
        ("project", "/3"), ("label", "acme/api/ "), ("label", "acme"), ("repo", "acme/.."),
    ],
)  # fmt: skip
def test_what_is_no_scope_is_refused_with_the_form(kind, value):
    found = SPEC.kind(kind)
    for ask in (found.select, found.source, lambda value: found.url(BROWSE, value)):
        with pytest.raises(Refused, match="OWNER/"):
            ask(value)


@pytest.mark.parametrize(
    ("source", "name", "known"),
    [
        ("acme/api", "label:acme/api/okr", True),
        ("acme/api", "Estimate", True),
        ("acme/api", "project:acme/3", False),
        ("acme/api", "board:acme/3/done", False),
        ("acme/*", "milestones:acme/v2", True),
        ("acme/*", "project:acme/3/Points", False),
        ("acme/projects/3", "label:acme/api/okr", True),
        ("acme/projects/3", "project:acme/3", True),
        ("acme/projects/3", "project:acme/3/Points", True),
        ("acme/projects/3", "board:acme/3/in progress", True),
        ("acme/projects/3", "project:acme/30", False),
        ("acme/projects/3", "board:acme/30/done", False),
        ("acme/projects/3", "project:other/3/Points", False),
    ],
)
def test_only_a_project_is_the_authority_for_its_own_tags_and_numbers(source, name, known):
    assert SPEC.authority(source, name) is known


def test_a_delivery_also_names_the_source_of_all_repositories_of_the_owner():
    issue = {"id": 5, "number": 7, "updated_at": "2026-10-05T09:00:00Z"}
    body = {"action": "closed", "issue": issue, "repository": {"full_name": "Acme/API"}}
    headers = {"X-GitHub-Event": "issues", "X-GitHub-Delivery": "1"}
    found = catalogue.get("github").delivery(headers, json.dumps(body).encode())
    assert found.sources == {"acme/api", "acme/*"}
    assert [(hint.source, hint.ref.key) for hint in found.hints] == [("acme/api", "acme/api#7")]


def test_points_are_nothing_by_default_and_history_is_told():
    assert SPEC.points({}) == ()
    assert "history" in SPEC.capabilities


def test_other_trackers_are_their_own_authority():
    assert catalogue.get("jira").spec.authority("", "project:PLAT")
