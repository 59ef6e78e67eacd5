"""The parsers that strangers reach. Each takes spoilt bytes; what it raises is a finding."""

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote_from_bytes

import yaml
from flask.testing import FlaskClient

from connector.errors import BadReading, Refused
from connector.plans import parse
from integrations import catalogue
from integrations.github import reading as github_reading
from integrations.jira import reading as jira_reading
from integrations.kit.decode import Undecodable, decode
from integrations.tracker import BROKE, Page
from tests.faults.fuzz.spoiling import spoilt
from tests.trackers import test_github_fuzz as github
from tests.trackers import test_jira_fuzz as jira
from tests.world import key_result, link, plan

Parser = Callable[[random.Random], None]
GITHUB_EVENT = {
    "action": "edited", "issue": github.ISSUE, "changes": {"title": {"from": "Old"}},
    "repository": {"id": 1, "full_name": "acme/api", "name": "api", "owner": {"login": "acme"}},
    "sender": {"login": "lead", "id": 4}, "label": {"name": "okr"}, "milestone": {"number": 7},
    "projects_v2_item": {"id": 3, "content_node_id": "I_1", "content_type": "Issue"},
    "organization": {"login": "acme"}, "installation": {"id": 5},
}  # fmt: skip
GITHUB_EVENTS = (
    "issues", "pull_request", "label", "milestone", "projects_v2_item", "sub_issues", "repository",
    "issue_comment", "ping", "installation", "member",
)  # fmt: skip
JIRA_EVENT = {
    "timestamp": 1791212400000, "webhookEvent": "jira:issue_updated", "issue": jira.ISSUE,
    "changelog": {"id": "9", "items": [{"field": "status", "from": "1", "to": "2"}]},
    "version": {"id": "5", "projectId": 1}, "sprint": {"id": 7}, "project": {"key": "PLAT"},
    "issueLink": {"sourceIssueId": 1, "destinationIssueId": 2},
}  # fmt: skip
JIRA_EVENTS = (
    "jira:issue_updated", "jira:issue_deleted", "jira:issue_created", "jira:version_released",
    "sprint_closed", "issuelink_created", "project_updated", "comment_created", "unheard_of",
)  # fmt: skip
PLAN: dict[str, Any] = yaml.safe_load(
    plan(key_result("KR-1", link("jira:epic:PLAT-42"), link("github:repo:acme/api")))
)
PATHS = (
    "/2026-Q4", "/2026-Q4/platform", "/2026-Q4/platform/KR-1", "/2026-Q4/platform/KR-1/links",
    "/connections", "/sync", "/connect/jira", "/",
)  # fmt: skip
NAMES = ("at", "health", "page", "scope", "way", "q", "kind", "next", "state", "code", "from")


def github_webhook(chance: random.Random) -> None:
    """A delivery of GitHub, its headers too."""
    event = chance.choice([*GITHUB_EVENTS, "", "\xff", "x" * 500])
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": chance.choice(["d-1", "", "é" * 300])}
    if chance.random() < 0.2:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    _delivered("github", headers, spoilt(GITHUB_EVENT, chance))


def jira_webhook(chance: random.Random) -> None:
    """A delivery of Jira."""
    whole = JIRA_EVENT | {"webhookEvent": chance.choice(JIRA_EVENTS)}
    headers = {"X-Atlassian-Webhook-Identifier": chance.choice(["w-1", "", "é" * 300])}
    _delivered("jira", headers, spoilt(whole, chance))


def _delivered(tracker: str, headers: Mapping[str, str], body: bytes) -> None:
    found = catalogue.get(tracker)
    found.verify(headers | {"X-Hub-Signature-256": "sha256=é", "X-Hub-Signature": "x"}, body, "s")
    try:
        delivery = found.delivery(headers, body)
    except BadReading:
        return
    for hint in delivery.hints:
        assert "\0" not in f"{hint.ref.external_id}{hint.ref.key}{hint.source}"


def github_item(chance: random.Random) -> None:
    """An issue of GitHub."""
    whole = chance.choice([github.ISSUE, github.PULL])
    _item(spoilt(whole, chance), lambda issue: github_reading.page([issue], github.PLACE))


def jira_item(chance: random.Random) -> None:
    """An issue of Jira."""
    whole, profile = (
        chance.choice([jira.ISSUE, jira.EPIC]),
        chance.choice([jira.CLOUD, jira.CENTER]),
    )
    _item(spoilt(whole, chance), lambda issue: jira_reading.page([issue], profile))


def _item(body: bytes, read: Callable[[object], Page]) -> None:
    try:
        value = decode(body)
    except Undecodable:
        return
    found = read(value)
    assert len(found.items) + len(found.unreadable) == 1
    for each in found.unreadable:
        assert each.field != BROKE, each.message
    for item in found.items:
        f"{item.key}{item.title}{item.assignee}".encode()  # no half of a surrogate pair


def plan_file(chance: random.Random) -> None:
    """A plan file; JSON is YAML too."""
    text = spoilt(PLAN, chance).decode("utf-8", "replace")
    with suppress(Refused):
        parse(text, "plan.yaml")


def query_of(client: FlaskClient) -> Parser:
    """The query strings of pages, which answer with anything but a fault of ours."""

    def query(chance: random.Random) -> None:
        body = spoilt(chance.choice(["1", "2026-11-03", "at_risk", "jira:epic:PLAT-42"]), chance)
        pairs = (f"{chance.choice(NAMES)}={quote_from_bytes(body[:2000])}" for _ in range(2))
        answer = client.get(f"{chance.choice(PATHS)}?{'&'.join(pairs)}")
        assert answer.status_code < 500, answer.request.full_path

    return query


PARSERS: dict[str, Parser] = {
    "GitHub webhook": github_webhook,
    "Jira webhook": jira_webhook,
    "GitHub item": github_item,
    "Jira item": jira_item,
    "plan file": plan_file,
}
