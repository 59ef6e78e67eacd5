"""What others wrote on the issues of a simulated Jira: remote links, comments, properties."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations.simulators.jira.words import Json


@dataclass
class Notes:
    """By issue id; ``denied`` are the permissions that the calling account lacks."""

    links: dict[str, list[Json]] = field(default_factory=dict)
    comments: dict[str, list[Json]] = field(default_factory=dict)
    properties: dict[str, dict[str, Json]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(10000))

    def remote_links(self, issue: str) -> list[Json]:
        """Those of an issue, oldest first."""
        return self.links.setdefault(issue, [])

    def said(self, issue: str) -> list[Json]:
        """The comments on an issue, oldest first."""
        return self.comments.setdefault(issue, [])

    def known(self, issue: str) -> dict[str, Json]:
        """The properties of an issue, by key."""
        return self.properties.setdefault(issue, {})
