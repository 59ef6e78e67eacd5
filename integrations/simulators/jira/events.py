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
    if delivery.hook.bearer:
        fields["Authorization"] = f"Bearer {delivery.hook.bearer}"
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
    text = absolute(state, json.dumps(body, ensure_ascii=False))
    state.postman.post(event, text, repo=issue.fields["project"]["key"])


def version(state: State, what: str, part: Json, project: str, **more: Json) -> None:
    """Tell of a version: created, updated, released, unreleased, moved, merged or deleted."""
    number = int(state.projects.get(project, {}).get("id", 0))
    shape = {**part, "overdue": False, "projectId": number}
    _tell(state, f"jira:version_{what}", {"version": shape, **more})


def sprint(state: State, what: str, about: Json, **more: Json) -> None:
    """Tell of a sprint: created, updated, started, closed or deleted."""
    _tell(state, f"sprint_{what}", {"sprint": sprint_shape(about), **more})


def sprint_shape(about: Json) -> Json:
    """A sprint as the agile API shows it."""
    shape = {"self": f"/rest/agile/1.0/sprint/{about['id']}", **about}
    shape["originBoardId"] = shape.pop("boardId", 1)
    return shape


def project(state: State, what: str, about: Json) -> None:
    """Tell of a project: created, updated, soft_deleted, archived, restored_deleted, …"""
    _tell(state, f"project_{what}", {"project": dict(about)})


def comment(state: State, what: str, issue: Issue, about: Json) -> None:
    """Tell of a comment: created, updated or deleted. Such bodies show little of the issue."""
    _about(state, f"comment_{what}", issue, comment=about)


def issue_property(state: State, what: str, issue: Issue, key: str) -> None:
    """Tell of an issue property: set or deleted."""
    _about(state, f"issue_property_{what}", issue, property={"key": key})


def issue_link(state: State, what: str, kind: Json, ends: tuple[Issue, Issue]) -> None:
    """Tell of a link between two issues: created or deleted; it names them by their ids alone."""
    source, destination = (int(issue.id) for issue in ends)
    _tell(state, f"issuelink_{what}", {"issueLink": {
        "id": int(kind["id"]), "sourceIssueId": source, "destinationIssueId": destination,
        "issueLinkType": kind, "systemLink": bool(kind.get("isSystemLinkType")),
    }})  # fmt: skip


def _about(state: State, event: str, issue: Issue, **more: Json) -> None:
    names = ("summary", "issuetype", "project", "assignee", "priority", "status")
    fields = shown(state, issue, 2).get("fields", {})
    brief = {"id": issue.id, "key": issue.key, "self": f"/rest/api/2/{issue.id}",
             "fields": {name: fields.get(name) for name in names}}  # fmt: skip
    _tell(state, event, {**more, "issue": brief}, place=issue.fields["project"]["key"])


def _tell(state: State, event: str, more: Json, place: str = "") -> None:
    if state.postman.quiet or not state.postman.hooks:
        return
    body = {"timestamp": int(state.clock().timestamp() * 1000), "webhookEvent": event, **more}
    state.postman.post(event, absolute(state, json.dumps(body, ensure_ascii=False)), repo=place)
