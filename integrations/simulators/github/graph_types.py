"""What GitHub's GraphQL knows: values with their types, and the timelines of issues as such."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.simulators.github.shapes import Json

BOTH = (
    "AddedToProjectV2Event", "ClosedEvent", "ConvertedFromDraftEvent", "ConvertedToDiscussionEvent",
    "DemilestonedEvent", "IssueFieldAddedEvent", "IssueFieldChangedEvent", "IssueFieldRemovedEvent",
    "IssueTypeAddedEvent", "IssueTypeChangedEvent", "IssueTypeRemovedEvent", "LabeledEvent",
    "MilestonedEvent", "ParentIssueAddedEvent", "ParentIssueRemovedEvent",
    "ProjectV2ItemStatusChangedEvent", "RemovedFromProjectV2Event", "RenamedTitleEvent",
    "ReopenedEvent", "SubIssueAddedEvent", "SubIssueRemovedEvent", "TransferredEvent",
    "UnlabeledEvent",
)  # fmt: skip
TIMELINES: Mapping[str, tuple[str, ...]] = {
    "IssueTimelineItems": BOTH,
    "PullRequestTimelineItems": (
        *BOTH, "MergedEvent", "ReadyForReviewEvent", "ConvertToDraftEvent",
    ),
}  # fmt: skip
"""The members of the two unions; a GitHub may lack some (``site.lacks``)."""
NAMES = frozenset({*BOTH, *TIMELINES["PullRequestTimelineItems"]})
SERVER_LACKS = frozenset(
    name
    for name in NAMES
    if "ProjectV2" in name or name.startswith(("Issue", "Parent", "SubIssue"))
)
"""What a GitHub Enterprise Server does not tell of."""
OTHERS = frozenset({
    "Issue", "PullRequest", "ProjectV2", "ProjectV2Owner", "Organization", "User", "Repository",
    "ProjectV2Field", "ProjectV2SingleSelectField", "ProjectV2ItemFieldSingleSelectValue",
    "ProjectV2ItemFieldNumberValue", "ProjectV2ItemFieldTextValue", "IssueFieldCommon", "Node",
    "RepositoryOwner",
})  # fmt: skip


@dataclass
class Value:
    """A value of a type; its fields are values, or are given with the arguments asked."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    """The interfaces it is of, too."""


def connection(kind: str, values: list[Any], *, first: int, after: object) -> Value:
    """Some of a list, as GitHub pages through it."""
    start = int(str(after).removeprefix("cursor:")) if after else 0
    shown = values[start : start + first]
    end = start + len(shown)
    page = {"hasNextPage": end < len(values), "endCursor": f"cursor:{end}" if shown else None}
    return Value(kind, {"nodes": shown, "totalCount": len(values),
                        "pageInfo": Value("PageInfo", page)})  # fmt: skip


def upper(name: str) -> str:
    """A type's name as enumerations write it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def timeline_type(event: Json) -> str | None:
    """The type of one of REST's events, where its timeline shows it."""
    name = "RenamedTitle" if event["event"] == "renamed" else str(event["event"])
    made = "".join(part[:1].upper() + part[1:] for part in name.split("_")) + "Event"
    return made if made in NAMES else None


def labelled(event: Json, labels: Mapping[str, Json]) -> Value:
    """The label of an event, as it is called now."""
    told = event["label"]
    now = next(
        (each["name"] for each in labels.values() if each["id"] == event.get("label_id")), None
    )
    return Value("Label", {"name": now or told["name"]})


def reason(word: str | None) -> str | None:
    """Why an issue was closed, as GraphQL writes it."""
    return word.upper() if word else None
