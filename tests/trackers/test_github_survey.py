"""What a GitHub offers a field mapping, what is proposed from it, and what it has at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from connector.mapping import checked
from integrations import catalogue
from integrations.github import features, guessing
from integrations.github.client import GitHubClient
from integrations.simulators import start_github
from integrations.tracker import Account, Need, Survey

URL = "https://api.github.com"
MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
LINKED = frozenset({("milestone", "acme/api/7"), ("project", "acme/3?Status=Done")})


@pytest.fixture
def network() -> Iterator[Any]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


def column(number: int, name: str, kind: str, *options: str) -> dict[str, Any]:
    made: dict[str, Any] = {"id": number, "name": name, "data_type": kind}
    if options:
        made["options"] = [{"id": f"o{n}", "name": {"raw": each, "html": each}}
                           for n, each in enumerate(options)]  # fmt: skip
    return made


FIELDS = [
    column(1, "Status", "single_select", "Backlog", "🚧 In progress", "Done", "Won't do", "Limbo"),
    column(2, "Estimate", "number"),
    column(3, "Risk", "number"),
    column(4, "Story points", "single_select", "1", "2", "3"),
]
LABELS = ["bug", "points: 3", "points: 5", "size/M", "size/XL", "status: in progress", "wontfix"]


def answers(network, **lists: object) -> None:
    known: dict[str, object] = {
        "repos/acme/api/labels": [{"name": name} for name in LABELS],
        "orgs/acme/projectsV2/3/fields": FIELDS,
        "orgs/acme/issue-types": [{"name": "Epic", "is_enabled": True}, {"name": "Bug"},
                                  {"name": "Old", "is_enabled": False}],
        "orgs/acme/issue-fields": [{"name": "Effort", "data_type": "number"},
                                   {"name": "Why", "data_type": "text"}],
    }  # fmt: skip
    for path, listed in {**known, **lists}.items():
        network.get(f"{URL}/{path}", json=listed)


def surveyed(scopes=LINKED, **options: str) -> Survey:
    account = Account(name="m", url="https://github.com", token="t", options=options, scopes=scopes)
    return catalogue.get("github").open(account).survey()


def test_the_words_of_linked_places_are_told_and_a_mapping_proposed(network):
    answers(network)
    found = surveyed()
    assert found.statuses == (
        ("open", "todo"), ("closed", "done"), ("merged", "done"), ("Backlog", "todo"),
        ("🚧 In progress", "doing"), ("Done", "done"), ("Won't do", "done"), ("Limbo", "unknown"),
    )  # fmt: skip
    assert [name for name, _ in found.types] == ["Issue", "Epic", "Bug", "Pull request"]
    assert found.resolutions == ("completed", "not_planned", "duplicate", "unmerged")
    assert dict(found.fields) == {
        "project:acme/3/Estimate": "Estimate of project acme/3",
        "project:acme/3/Risk": "Risk of project acme/3",
        "project:acme/3/Story points": "Story points of project acme/3",
        "Effort": "Effort",
    }
    assert found.proposed == {
        "points": [
            "field:project:acme/3/Estimate",
            "field:project:acme/3/Story points",
            "field:Effort",
            "label:points: *",
            {"size/M": 3, "size/XL": 8},
        ],
        "boards": {"🚧 In progress": "doing", "Done": "done", "Won't do": "dropped"},
        "labels": {"status: in progress": "doing", "wontfix": "dropped"},
        "types": {"Epic": {"counts": "parent"}},
    }
    checked(found.proposed)
    assert len(network.calls) == 4


def test_every_part_says_why(network):
    answers(network)
    notes = "\n".join(surveyed().notes)
    for told in (
        "points: field:project:acme/3/Estimate",
        "size/M = 3",
        "🚧 In progress = doing",
        "Limbo says nothing usual",
        "status: in progress = doing",
        "Epic reads like a parent",
        "closed as not planned or as duplicates",
    ):
        assert told in notes


def test_what_the_token_may_not_read_is_left_out(network):
    answers(network)
    for path in ("orgs/acme/issue-types", "orgs/acme/issue-fields", "repos/acme/api/labels"):
        network.remove("GET", f"{URL}/{path}")
        network.get(f"{URL}/{path}", status=404, json={"message": "Not Found"})
    found = surveyed()
    assert found.proposed.keys() == {"points", "boards"}


def test_a_server_without_projects_is_not_asked_for_them(network):
    answers(network)
    found = surveyed(features="none", deployment="server", version="3.19.0")
    assert [call.request.path_url.partition("?")[0] for call in network.calls] == [
        "/repos/acme/api/labels"
    ]
    assert found.fields == ()
    assert "boards" not in found.proposed


def test_before_anything_is_linked_what_the_token_shows_is_looked_at(network):
    listed = [{"full_name": "Acme/API"}, {"nothing": 1}]
    answers(network, **{"user/repos": listed, "orgs/acme/projectsV2": [{"number": 3}]})
    assert "boards" in surveyed(frozenset()).proposed


def test_nothing_that_reads_like_an_estimate_is_told(network):
    paths = ("orgs/acme/issue-types", "orgs/acme/issue-fields", "orgs/acme/projectsV2",
             "users/acme/projectsV2")  # fmt: skip
    answers(network, **{path: [] for path in paths}, **{"repos/acme/web/labels": [{"name": "bug"}]})
    found = surveyed(frozenset({("repo", "acme/web")}))
    assert found.proposed == {}
    assert "no field or label reads like an estimate." in found.notes[0]


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["points: 3", "points: 5"], ["points: *"]),
        (["SP/8"], ["SP/*"]),
        (["3 points"], ["* points"]),
        (["estimate-0.5"], ["estimate-*"]),
        (["size: 3"], ["size: *"]),
        (["v2", "python 3", "q3", "p0", "points", "3"], []),
    ],
)
def test_labels_with_numbers_become_patterns(labels, found):
    assert guessing.patterns(labels) == found


def test_sizes_are_read_in_the_ways_people_write_them():
    labels = ["size/M", "Size: S", "effort=xl", "size-large", "size", "large", "resize/M", "M"]
    assert guessing.sizes(labels) == {"size/M": 3, "Size: S": 2, "effort=xl": 8, "size-large": 5}


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("project", "acme/1", "has no projects in its API: link milestones"),
        ("issue", "acme/api/1", "has no sub-issues in its API: link a milestone"),
    ],
)
def test_scopes_a_server_cannot_have_say_so_and_cost_no_call(github, kind, value, told):
    options = {"features": "none", "version": "3.19.0"}
    account = Account(name="main", url=github.url, token="github-token", options=options,
                      allow_private=True)  # fmt: skip
    session = catalogue.get("github").open(account)
    found = catalogue.get("github").spec.kind(kind)
    need = Need(scopes=frozenset({(kind, value)}))
    look = list(session.read(found.source(value), need, None))[-1]
    assert look.broken[kind, value].startswith(f"GitHub Enterprise Server 3.19.0 {told}")
    assert session.calls == 0
    again = list(session.read(found.source(value), need, look.cursor))[-1]
    assert again.broken == look.broken
    session.close()


@pytest.mark.parametrize(
    ("enterprise", "found"), [(False, features.ALL - {"issue_fields"}), (True, frozenset())]
)
def test_what_a_github_has_is_found_out_once(enterprise, found):
    running = start_github(enterprise=enterprise)
    site = running.site
    site.add_repo("acme/api")
    site.add_issue("acme/api", "One")
    site.people.add("simulated")
    account = Account(name="main", url=running.url, token="github-token", allow_private=True)
    client = GitHubClient(account)
    assert features.probe(client, "simulated") == found
    assert client.calls <= 6
    client.close()
    running.stop()


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, features.ALL),
        ({"features": "none"}, frozenset()),
        ({"features": "projects, sub_issues,later"}, {"projects", "sub_issues"}),
        ({"features": features.as_option(frozenset())}, frozenset()),
        ({"features": features.as_option(features.ALL)}, features.ALL),
    ],
)
def test_features_are_those_of_the_options_or_all(options, found):
    assert features.features(options) == found


def test_the_other_scopes_of_a_repository_go_on(github):
    site = github.site
    site.now = MONDAY
    site.repos.clear()
    site.add_repo("acme/api")
    site.add_issue("acme/api", "One")
    account = Account(name="main", url=github.url, token="github-token",
                      options={"features": "projects"}, allow_private=True)  # fmt: skip
    session = catalogue.get("github").open(account)
    need = Need(scopes=frozenset({("issue", "acme/api/1"), ("repo", "acme/api")}))
    *pages, look = session.read("acme/api", need, None)
    assert look.broken.keys() == {("issue", "acme/api/1")}
    assert [item.key for page in pages for item in page.items] == ["acme/api#1"]
    session.close()
