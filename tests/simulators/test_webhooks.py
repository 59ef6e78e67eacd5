"""Webhooks of the simulated trackers: bodies, signatures, order, retries, switchable losses."""

import hashlib
import hmac
import json

import pytest

SECRET = "hook-secret"


def _signed(header, body):
    return header == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def test_jira_tells_of_every_change_in_order(jira, receiver):
    site = jira.site
    site.add_hook(receiver.url, SECRET)
    site.add_issue("PLAT", "Story")
    site.transition("PLAT-1", "Done")
    site.edit("PLAT-1", assignee="Platform engineer")
    site.delete("PLAT-1")
    for headers, body in receiver.wait(4):
        assert _signed(headers["X-Hub-Signature"], body)
        assert headers["X-Atlassian-Webhook-Identifier"]
    made, closed, assigned, deleted = receiver.bodies()
    assert [made["webhookEvent"], closed["webhookEvent"], deleted["webhookEvent"]] == [
        "jira:issue_created", "jira:issue_updated", "jira:issue_deleted",
    ]  # fmt: skip
    assert closed["issue_event_type_name"] == "issue_generic"
    assert [item["field"] for item in closed["changelog"]["items"]] == ["status", "resolution"]
    assert closed["issue"]["fields"]["status"]["statusCategory"]["key"] == "done"
    assert assigned["issue_event_type_name"] == "issue_assigned"
    assert "issue_event_type_name" not in deleted
    assert deleted["issue"]["self"].startswith(jira.url)


def test_jira_tries_again_with_the_same_identifier(jira, receiver):
    jira.site.postman.retries = (0.01, 0.01)
    receiver.statuses = [503, 500]
    jira.site.add_hook(receiver.url, SECRET)
    jira.site.add_issue("PLAT", "Story")
    got = receiver.wait(3)
    assert len({headers["X-Atlassian-Webhook-Identifier"] for headers, _ in got}) == 1
    tries = [headers.get("X-Atlassian-Webhook-Retry") for headers, _ in got]
    assert tries == [None, "1", "2"]


def test_a_refused_delivery_is_not_tried_again(jira, receiver):
    jira.site.postman.retries = (0.01,)
    receiver.statuses = [400]
    jira.site.add_hook(receiver.url)
    jira.site.add_issue("PLAT", "One")
    jira.site.add_issue("PLAT", "Two")
    receiver.wait(2)
    assert jira.site.postman.settle()
    assert [delivery.attempts for delivery in jira.site.deliveries] == [1, 1]
    assert "X-Hub-Signature" not in receiver.got[0][0]


def test_github_tells_of_issues_pull_requests_and_milestones(github, receiver):
    site = github.site
    site.add_hook(receiver.url, SECRET)
    site.add_milestone("acme/api", "One")
    site.add_issue("acme/api", "Bug", 1, ["bug"])
    site.close("acme/api", 1, "not_planned")
    site.add_issue("acme/api", "Change", pull_request=True)
    site.delete("acme/api", 1)
    got = receiver.wait(7)
    for headers, body in got:
        assert _signed(headers["X-Hub-Signature-256"], body)
    told = [(headers["X-GitHub-Event"], json.loads(body)["action"]) for headers, body in got]
    assert told == [
        ("milestone", "created"), ("issues", "opened"), ("issues", "labeled"),
        ("issues", "milestoned"), ("issues", "closed"), ("pull_request", "opened"),
        ("issues", "deleted"),
    ]  # fmt: skip
    closed = receiver.bodies()[4]
    assert closed["issue"]["state_reason"] == "not_planned"
    assert closed["repository"]["full_name"] == "acme/api"
    assert len({headers["X-GitHub-Delivery"] for headers, _ in got}) == 7


def test_github_never_tries_again(github, receiver):
    receiver.statuses = [500]
    github.site.add_hook(receiver.url)
    github.site.add_issue("acme/api", "One")
    github.site.add_issue("acme/api", "Two")
    receiver.wait(2)
    assert github.site.postman.settle()
    assert [delivery.attempts for delivery in github.site.deliveries] == [1, 1]


def test_hooks_are_registered_over_http(jira, github, cloud, rest, receiver):
    body = {"name": "w", "url": receiver.url, "events": ["jira:issue_updated"], "secret": SECRET}
    assert cloud.send("POST", "/rest/webhooks/1.0/webhook", body).status_code == 201
    config = {"url": receiver.url, "secret": SECRET, "content_type": "json"}
    hook = {"name": "web", "events": ["issues"], "config": config}
    made = rest.send("POST", "/repos/acme/api/hooks", hook)
    assert made.status_code == 201
    assert SECRET not in made.text
    github.site.add_repo("acme/web")
    github.site.add_issue("acme/web", "Elsewhere")
    github.site.add_milestone("acme/api", "Not asked for")
    github.site.add_issue("acme/api", "Bug")
    receiver.wait(2)
    jira.site.add_issue("PLAT", "Not asked for")
    jira.site.transition("PLAT-1", "Done")
    receiver.wait(3)
    assert github.site.postman.settle()
    assert jira.site.postman.settle()
    ping, first, second = receiver.bodies()
    assert ping["hook_id"] == made.json()["id"]
    assert first["issue"]["title"] == "Bug"
    assert second["webhookEvent"] == "jira:issue_updated"


@pytest.mark.parametrize(("kind", "arrivals"), [("drop_webhooks", 1), ("duplicate_webhooks", 3)])
def test_webhooks_can_be_lost_and_doubled(jira, receiver, kind, arrivals):
    jira.site.add_hook(receiver.url)
    jira.faults.add(kind, count=1)
    jira.site.add_issue("PLAT", "One")
    jira.site.add_issue("PLAT", "Two")
    receiver.wait(arrivals)
    assert jira.site.postman.settle()
    assert len(receiver.got) == arrivals
    assert receiver.bodies()[-1]["issue"]["key"] == "PLAT-2"
    assert [one.dropped for one in jira.site.deliveries] == [kind == "drop_webhooks", False]


def test_nothing_is_told_in_quiet(jira, github, receiver):
    jira.site.add_hook(receiver.url)
    github.site.add_hook(receiver.url)
    with jira.site.quiet(), github.site.quiet():
        jira.site.add_issue("PLAT", "One")
        github.site.add_issue("acme/api", "One")
    jira.site.add_issue("PLAT", "Two")
    receiver.wait(1)
    assert [body["issue"]["key"] for body in receiver.bodies()] == ["PLAT-2"]
    assert github.site.deliveries == []


def test_a_receiver_that_is_gone_is_noted(github):
    github.site.add_hook("http://127.0.0.1:9/hook")
    github.site.add_issue("acme/api", "One")
    assert github.site.postman.settle()
    assert github.site.deliveries[0].error == "ConnectionError"
