"""What one person may not see, and how it is called instead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How what is hidden is called, by the name of its connection."""

    item: Callable[[str], str]
    work: Callable[[str], str]
    error: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenLink:
    """A link, standing or ended, whose work somebody may not see.

    ``notes`` are sentences of it that may name that work; ``key_result`` is (cycle, key).
    """

    connection: str
    scope: str
    notes: tuple[str, ...] = ()
    key_result: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What one person may not see: connections by id with their names, and their links by id."""

    words: Words
    hidden: Mapping[int, str] = field(default_factory=dict)
    links: Mapping[int, HiddenLink] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether nothing at all is hidden."""
        return not self.hidden

    def sees(self, connection_id: int | None) -> bool:
        """Whether the work items of a connection may be shown; those of none may."""
        return connection_id not in self.hidden

    def sees_named(self, connection: str) -> bool:
        """The same by the connection's name."""
        return connection not in self.hidden.values()

    def sees_link(self, link_id: int) -> bool:
        """Whether what a link counts may be shown."""
        return link_id not in self.links
