"""What GitHub usually sends of issues, as shapes: only what is read of an answer becomes values."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.json import Decoder

from integrations.kit.fields import LONGEST

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Short = Annotated[str, Meta(max_length=LONGEST)]
Whole = Annotated[int, Meta(ge=0, lt=10**18)]


class Label(Struct, gc=False):
    """A label."""

    name: Name


class Kind(Struct, gc=False):
    """An issue type."""

    name: Name
    id: Any = None


class Milestone(Struct, gc=False):
    """A milestone."""

    number: Whole
    title: Short | None = None


class Person(Struct, gc=False):
    """An account."""

    login: Name
    name: Short | None = None
    email: Short | None = None


class Someone(Struct, gc=False):
    """An account of which no more is asked than that it is there."""


class Pull(Struct, gc=False):
    """What makes an issue a pull request."""

    merged_at: str | None = None


class Value(Struct, gc=False):
    """The value of an issue field."""

    issue_field_name: Name
    issue_field_id: Any = None
    value: Any = None


class Summary(Struct, gc=False):
    """How many sub-issues an issue has."""

    total: Any = None


class Issue(Struct, gc=False):
    """An issue or a pull request."""

    id: Whole
    number: Whole
    title: str
    state: Name
    created_at: str
    updated_at: str
    repository_url: Short | None = None
    state_reason: Short | None = None
    closed_at: str | None = None
    milestone: Milestone | None = None
    labels: list[Label] | None = None
    assignee: Person | None = None
    assignees: list[Someone] | None = None
    type: Kind | None = None
    pull_request: Pull | None = None
    parent_issue_url: Short | None = None
    issue_field_values: list[Value] | None = None
    sub_issues_summary: Summary | None = None


ISSUES = Decoder(list[Issue])
"""Reads a page of issues."""
