"""Real answers and deliveries, recorded elsewhere, are read or refused with a reason."""

import json
from collections import Counter
from pathlib import Path

import pytest

from connector.errors import BadReading
from integrations import catalogue
from integrations.github.reading import Place
from integrations.github.reading import page as github_page
from integrations.jira.profile import Profile
from integrations.jira.reading import page as jira_page
from integrations.kit.decode import decode
from integrations.tracker import Delivery

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="recorded answers are not beside this repository (../shared/data)"
)


def bodies(tracker):
    folder = RECORDED / "webhooks" / tracker
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def delivery(tracker, body, event="issues") -> Delivery:
    return catalogue.get(tracker).delivery({"X-GitHub-Event": event}, body)


@pytest.mark.parametrize("path", bodies("jira"), ids=lambda path: path.stem)
def test_jira_deliveries_name_their_issue(path):
    body = path.read_bytes()
    read = delivery("jira", body)
    known = json.loads(body)
    assert read.event == known["webhookEvent"]
    assert read.identifier.startswith("sha256:")
    talks = "comment" in known or "no-event-type-comment" in path.stem
    issues = known["webhookEvent"].startswith("jira:issue_") and not _is_silent(known)
    expected = [(known["issue"]["id"], known["issue"]["key"])] if issues else []
    assert [(hint.ref.external_id, hint.ref.key) for hint in read.hints] == expected
    assert read.sources == ({""} if issues else set())
    assert issues or talks


def _is_silent(known):
    """An update that says nothing changed but comments."""
    kind = known.get("issue_event_type_name", "issue_commented" if "comment" in known else "")
    return "changelog" not in known and "comment" in kind


@pytest.mark.parametrize("path", bodies("github"), ids=lambda path: path.stem)
def test_github_deliveries_name_their_issues_and_sources(path):
    body, event = path.read_bytes(), path.name.partition("__")[0]
    read = delivery("github", body, event)
    known = json.loads(body)
    if event in ("ping", "installation", "projects_v2_item"):
        assert (read.sources, read.hints) == (frozenset(), ())
        return
    repo = known["repository"]["full_name"]
    assert repo.lower() in read.sources
    item = known.get("issue") or known.get("pull_request")
    expected = [f"{repo}#{item['number']}".lower()] if item else []
    changes = known.get("changes", {})
    if "old_issue" in changes:  # it came from another repository, which lost it
        left = changes["old_repository"]["full_name"]
        expected.append(f"{left}#{changes['old_issue']['number']}".lower())
    assert [hint.ref.key for hint in read.hints] == expected


@pytest.mark.parametrize("tracker", ["jira", "github"])
def test_a_delivery_cut_anywhere_is_a_bad_reading(tracker):
    for path in bodies(tracker)[::8]:
        body = path.read_bytes().rstrip()
        for end in range(0, len(body), 200):
            with pytest.raises(BadReading):
                delivery(tracker, body[:end])


def test_every_recorded_jira_issue_is_read():
    profile = Profile(browse="https://jira.example", deployment="cloud")
    issues = decode((RECORDED / "jira" / "issues.json").read_bytes())
    found = jira_page(issues, profile)
    assert found.unreadable == ()
    expected = Counter(issue["fields"]["status"]["statusCategory"]["key"] for issue in issues)
    names = {"todo": "new", "doing": "indeterminate", "done": "done"}
    assert Counter(names[item.category] for item in found.items) == expected
    dropped = catalogue.get("jira").spec.dropped
    refused = {item.key for item in found.items if (item.resolution or "").lower() in dropped}
    assert "EE-35" in refused
    assert len([item for item in found.items if item.parent_key == "EE-1"]) == 5


def test_every_recorded_github_issue_is_read():
    issues = decode((RECORDED / "github" / "issues.json").read_bytes())
    found = github_page(issues, Place("panjf2000/ants", "https://github.com"))
    assert found.unreadable == ()
    assert Counter(item.pull_request for item in found.items) == {False: 26, True: 15}
    assert all("milestone:panjf2000/ants/7" in item.tags for item in found.items)
    assert {item.category for item in found.items} == {"done"}
