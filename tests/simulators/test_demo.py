"""The demo company: a plan that can be read, and a history that could have happened."""

import re
from datetime import UTC, date, datetime

import pytest
import yaml

from connector.plans import parse
from integrations.simulators.demo import fill

TODAYS = [date(2026, 10, 1), date(2026, 11, 22), date(2026, 12, 31), date(2027, 1, 2)]


@pytest.fixture(params=TODAYS, ids=str)
def filled(request, jira, github, receiver):
    today = request.param
    now = datetime(today.year, today.month, today.day, 9, 0, tzinfo=UTC)
    jira.site.now = github.site.now = now
    jira.site.projects.clear()
    github.site.repos.clear()
    jira.site.add_hook(receiver.url)
    github.site.add_hook(receiver.url)
    text = fill(jira.site, github.site, today)
    assert jira.site.deliveries == []
    assert github.site.deliveries == []
    return today, now, text


def test_the_plan_is_readable_and_in_todays_quarter(filled):
    today, _, text = filled
    assert parse(text).entries
    plan = yaml.safe_load(text)
    (cycle,) = plan["cycles"]
    assert cycle["start"] <= today <= cycle["end"]
    results = [result for one in plan["objectives"] for result in one["key_results"]]
    kinds = {result["kind"] for result in results}
    assert kinds == {"increase", "decrease", "at_least", "at_most", "between", "done"}
    assert any("links" not in one and "value" not in one for one in results)
    scopes = [{link["scope"].partition(":")[0] for link in one.get("links", ())} for one in results]
    assert {"jira", "github"} in scopes


def test_every_scope_of_the_plan_is_there(filled, jira, github):
    plan = yaml.safe_load(filled[2])
    for objective in plan["objectives"]:
        for result in objective["key_results"]:
            for link in result.get("links", ()):
                tracker, kind, value = link["scope"].split(":", 2)
                if kind == "epic":
                    assert len(jira.site.children(jira.site.find(value))) >= 6
                elif kind == "milestone":
                    repo, _, number = value.rpartition("/")
                    assert github.site.milestone(repo, int(number))["due_on"]
                else:
                    assert (tracker, kind) in {("jira", "jql"), ("jira", "label")}


def test_nothing_happened_before_it_was_made_or_after_now(filled, jira, github):
    _, now, _ = filled
    for issue in jira.site.issues.values():
        moments = [datetime.fromisoformat(change["created"]) for change in issue.histories]
        assert moments == sorted(moments)
        assert all(issue.created <= at <= now for at in [*moments, issue.updated])
    for repo in github.site.repos.values():
        for number, event in repo.events:
            made = repo.items[number].fields["created_at"]
            assert made <= event["created_at"] <= now.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_company_is_the_same_every_time(jira, github, data_center):
    texts, states = [], []
    for site in (jira.site, data_center.site):
        github.site.repos.clear()
        site.projects.clear()
        site.now = github.site.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        text = fill(site, github.site, date(2026, 11, 22))
        texts.append(re.sub('jira: "[^"]+"', "jira: ACCOUNT", text))  # each calls them its own way
        states.append([(one.key, one.fields["status"]["name"], one.fields["updated"])
                       for one in site.issues.values()])  # fmt: skip
    assert texts[0] == texts[1]
    assert states[0] == states[1]


def test_mid_quarter_work_stands_in_every_state(jira, github):
    jira.site.now = github.site.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    jira.site.projects.clear()
    fill(jira.site, github.site, date(2026, 11, 22))
    issues = list(jira.site.issues.values())
    assert {one.fields["status"]["name"] for one in issues} == {"To Do", "In Progress", "Done"}
    resolutions = {(one.fields["resolution"] or {}).get("name") for one in issues}
    assert resolutions == {None, "Done", "Won't Do"}
    kinds = {one.fields["issuetype"]["name"] for one in issues}
    assert kinds == {"Epic", "Story", "Task", "Bug", "Sub-task"}
    assert any(one.fields["customfield_10016"] is None for one in issues if one.level == 0)
    items = [one for repo in github.site.repos.values() for one in repo.items.values()]
    assert {one.fields["state_reason"] for one in items} >= {None, "completed", "not_planned"}
    assert any(one.is_pull for one in items)
