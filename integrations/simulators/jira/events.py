"""The bodies of Jira's webhooks and the headers they travel with."""

import json
from collections.abc import Mapping
from datetime import datetime

from integrations.simulators.hooks import Delivery
from integrations.simulators.jira.render import absolute, shown
from integrations.simulators.jira.state import Issue, State
from integrations.simulators.jira.values import user
from integrations.simulators.jira.words import Json

LEFT_OUT = ("comment", "worklog", "attachment")


def headers(delivery: Delivery) -> Mapping[str, str]:
    """Jira's headers: the identifier stays the same when it tries again."""
    fields = {
        "User-Agent": "Atlassian HttpClient simulated",
        "X-Atlassian-Webhook-Identifier": delivery.identifier,
        "X-Atlassian-Webhook-Flow": "Primary",
    }
    if delivery.signature:
        fields["X-Hub-Signature"] = delivery.signature
    if delivery.attempts > 1:
        fields["X-Atlassian-Webhook-Retry"] = str(delivery.attempts - 1)
    return fields


def created(state: State, issue: Issue) -> None:
    """Tell of a new issue."""
    _post(state, issue, "jira:issue_created", {"issue_event_type_name": "issue_created"})


def updated(state: State, issue: Issue, change: Json) -> None:
    """Tell of a change, with its changelog items."""
    names = {item["field"] for item in change["items"]}
    kind = "issue_generic"
    if names == {"assignee"}:
        kind = "issue_assigned"
    elif "Key" in names:
        kind = "issue_moved"
    elif "status" not in names:
        kind = "issue_updated"
    log = {"id": change["id"], "items": change["items"]}
    _post(state, issue, "jira:issue_updated", {"issue_event_type_name": kind, "changelog": log})


def deleted(state: State, issue: Issue) -> None:
    """Tell of a deletion; such bodies name no event type."""
    _post(state, issue, "jira:issue_deleted", {})


def _post(state: State, issue: Issue, event: str, more: Json) -> None:
    if state.postman.quiet or not state.postman.hooks:
        return
    whole = shown(state, issue, 2)
    whole["fields"] = {k: v for k, v in whole["fields"].items() if k not in LEFT_OUT}
    moment = max(datetime.fromisoformat(issue.fields["updated"]), state.clock())
    body = {
        "timestamp": int(moment.timestamp() * 1000), "webhookEvent": event,
        "user": user(state, "Simulated user"), "issue": whole, **more,
    }  # fmt: skip
    state.postman.post(event, absolute(state, json.dumps(body, ensure_ascii=False)))
