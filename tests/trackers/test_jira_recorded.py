"""Recorded changelogs become chains of events that end in what the issue is."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from integrations.jira.changes import Now, events, now_of
from integrations.jira.entries import Site
from integrations.jira.names import listed
from integrations.jira.profile import Profile
from integrations.jira.reading import work_item

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "data" / "jira"


pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="recorded answers are not beside this repository (../shared/data)"
)


def recorded_site(issues, **options):
    return Site(
        Profile(browse="https://x", deployment="cloud", **options),
        listed(
            statuses=json.loads((RECORDED / "statuses.json").read_bytes()),
            types=[issue["fields"]["issuetype"] for issue in issues],
            resolutions=[issue["fields"]["resolution"] for issue in issues],
            fields=[],
        ),
    )


def with_versions(site, issues):
    versions = [each for issue in issues for each in issue["fields"]["fixVersions"]]
    parts = {("version", each["id"]): each["name"] for each in versions}
    return replace(site, names=replace(site.names, parts=parts))


def test_recorded_changelogs_are_chains_that_end_in_what_the_issue_is():
    issues = json.loads((RECORDED / "issues.json").read_bytes())
    site = with_versions(recorded_site(issues, numbers=("timeestimate",)), issues)
    told = 0
    for issue in issues:
        shown = work_item(issue, site.profile)
        found = events(issue["changelog"]["histories"], now_of(shown), site)
        # The recorded list of statuses is of another day than the issues, so no categories.
        for name in ("status", "resolution", "type", "level", "parent_key"):
            mine = [event for event in found if name in event.after]
            assert all(a.after[name] == b.before[name] for a, b in pairwise(mine))
            assert all(event.after[name] == getattr(shown, name) for event in mine[-1:])
        tagged = [event for event in found if "tags" in event.after]
        assert all(set(event.after["tags"]) <= shown.tags for event in tagged[-1:])
        told += len(found)
    assert told > 200


def test_recorded_pages_are_read_whole():
    pages = json.loads((RECORDED / "changelogs.json").read_bytes())
    for ident, histories in pages.items():
        found = events(histories, Now(ident, "EE-1"), recorded_site([]))
        moves = [event for event in found if "status" in event.after]
        assert moves
        assert all(a.after["status"] == b.before["status"] for a, b in pairwise(moves))
        assert moves[-1].after["category"] == "done"
