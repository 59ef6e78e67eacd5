"""What is asked of GraphQL about the past of issues, and its answer as REST would tell it; pure.

https://docs.github.com/graphql/reference/issues tells the types; which of them a GitHub has, it
says itself. GraphQL tells more than REST: of projects, of issue fields, of where an issue was.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_ISSUE = "number repository { nameWithOwner }"
_PROJECT = "project { number owner { ... on Organization { login } ... on User { login } } }"
_FIELD = "issueField { ... on IssueFieldCommon { name } }"
_TOLD = {
    "ClosedEvent": "stateReason",
    "ReopenedEvent": "",
    "MergedEvent": "",
    "ConvertedToDiscussionEvent": "",
    "LabeledEvent": "label { name }",
    "UnlabeledEvent": "label { name }",
    "MilestonedEvent": "milestoneTitle",
    "DemilestonedEvent": "milestoneTitle",
    "TransferredEvent": "fromRepository { nameWithOwner }",
    "IssueTypeAddedEvent": "issueType { name }",
    "IssueTypeChangedEvent": "issueType { name } prevIssueType { name }",
    "IssueTypeRemovedEvent": "issueType { name }",
    "ParentIssueAddedEvent": f"parent {{ {_ISSUE} }}",
    "ParentIssueRemovedEvent": f"parent {{ {_ISSUE} }}",
    "IssueFieldAddedEvent": f"{_FIELD} value",
    "IssueFieldChangedEvent": f"{_FIELD} previousValue newValue",
    "IssueFieldRemovedEvent": _FIELD,
    "AddedToProjectV2Event": _PROJECT,
    "RemovedFromProjectV2Event": _PROJECT,
    "ConvertedFromDraftEvent": _PROJECT,
    "ProjectV2ItemStatusChangedEvent": f"{_PROJECT} previousStatus status",
}
BOARDS = frozenset(name for name, asked in _TOLD.items() if _PROJECT in asked)
"""The types that tell of projects, which not every token may see."""
LEAST = frozenset(
    name for name in _TOLD if name not in BOARDS and not name.startswith("IssueField")
)
"""The types without which GraphQL tells less than REST does."""
PARTS = ("IssueTimelineItems", "PullRequestTimelineItems")
SCHEMA = "query { " + " ".join(
    f'{part}: __type(name: "{part}") {{ possibleTypes {{ name }} }}' for part in PARTS
) + " }"  # fmt: skip


def query(known: Mapping[str, Collection[str]], *, boards: bool, numbers: Collection[str]) -> str:
    """The query for some issues by ``$ids``, from ``$after`` on; ``known`` are the types of each
    of ``PARTS`` that this GitHub has, ``numbers`` the project fields to tell of."""
    parts = zip(("Issue", "PullRequest"), PARTS, strict=True)
    sides = " ".join(
        f"... on {kind} {{ {_side(known[part], boards=boards, numbers=numbers)} }}"
        for kind, part in parts
    )
    return f"query($ids: [ID!]!, $after: String) {{ nodes(ids: $ids) {{ id {sides} }} }}"


def _side(known: Collection[str], *, boards: bool, numbers: Collection[str]) -> str:
    types = [name for name in _TOLD if name in known and (boards or name not in BOARDS)]
    asked = " ".join(f"... on {name} {{ createdAt {_TOLD[name]} }}" for name in types)
    named = ", ".join(_upper(name) for name in types)
    whole = (
        f"updatedAt timelineItems(first: 100, after: $after, itemTypes: [{named}]) {{"
        f" pageInfo {{ hasNextPage endCursor }} nodes {{ __typename {asked} }} }}"
    )
    return f"{whole} {_cards(numbers)}" if boards else whole


def _cards(numbers: Collection[str]) -> str:
    measured = " ".join(
        f"number{n}: fieldValueByName(name: {_quoted(name)})"
        " { ... on ProjectV2ItemFieldNumberValue { number } }"
        for n, name in enumerate(sorted(numbers))
    )
    return (
        "projectItems(first: 20, includeArchived: true) { nodes { createdAt"
        f' {_PROJECT} status: fieldValueByName(name: "Status")'
        f" {{ ... on ProjectV2ItemFieldSingleSelectValue {{ name }} }} {measured} }} }}"
    )


def events(nodes: object) -> Iterator[dict[str, Any]]:
    """Timeline items as events of REST, numbered in their order."""
    for order, node in enumerate(nodes if isinstance(nodes, list) else []):
        kind = node.get("__typename") if isinstance(node, dict) else None
        if isinstance(kind, str) and kind in _TOLD:
            name = _upper(kind.removesuffix("Event")).lower()
            at = node.get("createdAt")
            yield {"id": order, "event": name, "created_at": at, **_told(kind, node)}


def _told(kind: str, node: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "ClosedEvent":
        reason = node.get("stateReason")
        return {"state_reason": reason.lower() if isinstance(reason, str) else None}
    if kind in BOARDS:
        told = {"previous_status": node.get("previousStatus"), "status": node.get("status")}
        return {"project": project(node.get("project")), **told}
    if kind.startswith("IssueType"):
        now, then = node.get("issueType"), node.get("prevIssueType")
        removed = kind == "IssueTypeRemovedEvent"
        return {"issue_type": None if removed else now, "prev_issue_type": now if removed else then}
    if kind.startswith("IssueField"):
        before, after = node.get("previousValue"), node.get("newValue") or node.get("value")
        return {"field": _within(node, "issueField", "name"), "before": before, "after": after}
    return _placed(kind, node)


def _placed(kind: str, node: Mapping[str, Any]) -> dict[str, Any]:
    if "Milestoned" in kind or kind == "DemilestonedEvent":
        return {"milestone": {"title": node.get("milestoneTitle")}}
    if kind.startswith("Parent"):
        parent = node.get("parent")
        if not isinstance(parent, dict):
            return {"parent_issue": None}
        repo = {"full_name": _within(parent, "repository", "nameWithOwner")}
        return {"parent_issue": {"number": parent.get("number"), "repository": repo}}
    if kind == "TransferredEvent":
        return {"from_repository": _within(node, "fromRepository", "nameWithOwner")}
    return {"label": node.get("label")} if "abeled" in kind else {}


def project(found: object) -> str | None:
    """Owner and number of a project as ``acme/3``; None where the token may not see it."""
    if not isinstance(found, dict):
        return None
    login = _within(found, "owner", "login")
    return f"{login}/{found.get('number')}".lower() if login else None


def _within(node: Mapping[str, Any], name: str, inner: str) -> str | None:
    found = node.get(name)
    value = found.get(inner) if isinstance(found, dict) else None
    return value if isinstance(value, str) else None


def _upper(name: str) -> str:
    """``AddedToProjectV2Event`` as GitHub's enumerations write it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
