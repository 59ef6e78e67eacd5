"""What Jira usually sends of issues, as shapes: only what is read of an answer becomes values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, cast

from msgspec import Meta, Struct, convert, defstruct
from msgspec.json import Decoder

from integrations.kit.fields import LONGEST

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Short = Annotated[str, Meta(max_length=LONGEST)]


class Called(Struct, gc=False):
    """What has a name."""

    name: Name


class Category(Struct, gc=False):
    """A status's category."""

    key: str


class Status(Struct, gc=False):
    """A status."""

    name: Name
    statusCategory: Category  # noqa: N815 - as Jira calls it


class Kind(Struct, gc=False):
    """An issue type."""

    name: Name
    hierarchyLevel: Any = None  # noqa: N815
    subtask: bool | None = None
    id: Any = None


class Project(Struct, gc=False):
    """A project."""

    key: Name
    name: Any = None


class Parent(Struct, gc=False):
    """What an issue lies below."""

    id: Short
    key: Short | None = None


class Person(Struct, gc=False):
    """An account."""

    displayName: Name  # noqa: N815
    accountId: Short | None = None  # noqa: N815
    name: Short | None = None
    key: Short | None = None
    emailAddress: Short | None = None  # noqa: N815


class Fields(Struct, gc=False):
    """The fields of an issue that every site has."""

    summary: str
    status: Status
    issuetype: Kind
    project: Project
    created: str
    updated: str
    labels: list[str] | None = None
    fixVersions: list[Called] | None = None  # noqa: N815
    components: list[Called] | None = None
    resolution: Called | None = None
    resolutiondate: str | None = None
    statuscategorychangedate: str | None = None
    parent: Parent | None = None
    assignee: Person | None = None


class Issue(Struct, gc=False):
    """An issue, whose ``fields`` are those of its site."""

    id: Short
    key: Name
    fields: Fields


class Answer(Struct, gc=False):
    """A page or a portion of issues."""

    issues: list[Issue]
    total: Any = None
    issueErrors: Any = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of one site; ``custom`` are what its own fields are called in them."""

    issue: type[Issue]
    decoder: "Decoder[Answer]"
    custom: dict[str, str]

    def issue_of(self, value: object) -> Issue:
        """One issue that was decoded already; raises ``ValueError`` where it has another shape."""
        return convert(value, self.issue)


_OWN = frozenset(Fields.__struct_fields__)


@lru_cache(maxsize=64)
def shapes(fields: tuple[str, ...]) -> Shapes:
    """The shapes of a site with these fields of its own, which hold what they like."""
    custom = {
        each: f"field_{n}" for n, each in enumerate(dict.fromkeys(fields)) if each not in _OWN
    }
    sent = {inner: name for name, inner in custom.items()}
    more: Sequence[tuple[str, Any, Any]] = [(inner, Any, None) for inner in sent]
    whole = defstruct("SiteFields", more, bases=(Fields,), rename=sent, gc=False)
    issue = defstruct("SiteIssue", [("fields", whole)], bases=(Issue,), gc=False)
    # What is written here is known to the reader of types only when it runs.
    answer: Any = defstruct("SiteAnswer", [("issues", list[issue])], bases=(Answer,), gc=False)  # type: ignore[valid-type]
    return Shapes(cast("type[Issue]", issue), Decoder(answer), custom)
