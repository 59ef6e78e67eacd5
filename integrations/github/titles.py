"""Which milestone a title meant when: events name milestones by the titles they had then; pure.

Titles change, and milestones are deleted; of neither GitHub keeps a record. What is known comes
from the milestones there are, and from issues that show which one an event must have meant.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.kit.fields import instant

_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
GONE = ""
"""The number of a milestone that is no more: no scope can name it."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone as it is."""

    number: str
    title: str
    since: datetime | None = None

    def was_there(self, at: datetime) -> bool:
        """Whether it had been made by then."""
        return self.since is None or self.since <= at


class Titles:
    """What titles of one repository's milestones meant; it learns from every issue it is shown.

    ``linked`` are the numbers that somebody measures by, None where that is not known: whether an
    unknown title was one of the others makes no difference.
    """

    def __init__(
        self, milestones: Iterable[Milestone], linked: Collection[str] | None = None
    ) -> None:
        self._known = {each.number: each for each in milestones}
        self._linked = linked
        self._facts: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for each in self._known.values():
            self.learn(each.title, _ALWAYS, each.number)

    def of(self, number: str) -> str | None:
        """The title of a milestone now."""
        known = self._known.get(number)
        return known.title if known else None

    def learn(self, title: str, at: datetime, number: str) -> None:
        """A milestone was called so at that time."""
        if number and (at, number) not in self._facts[title]:
            insort(self._facts[title], (at, number))

    def meant(self, title: str, at: datetime) -> str | None:
        """The number of the milestone that had a title at a time, ``GONE`` when none that is
        still there can have had it, None when it cannot be known."""
        facts = self._facts.get(title, [])
        before = [number for when, number in facts if when <= at][-1:]
        after = [number for when, number in facts if when > at][:1]
        found = {each for each in (*before, *after) if self._was_there(each, at)}
        if len(found) == 1:
            return found.pop()
        if found or any(self._may_be(each, at) for each in self._known.values()):
            return None
        return GONE

    def _was_there(self, number: str, at: datetime) -> bool:
        known = self._known.get(number)
        return known is None or known.was_there(at)

    def _may_be(self, each: Milestone, at: datetime) -> bool:
        """Whether a milestone may have had another title then than now."""
        if not each.was_there(at) or (self._linked is not None and each.number not in self._linked):
            return False
        mine = self._facts[each.title]
        return not any(when <= at and number == each.number for when, number in mine)


def milestones(found: Iterable[Mapping[str, Any]]) -> list[Milestone]:
    """The milestones of a list as GitHub sends it."""
    known = [each for each in found if each.get("number") is not None]
    return [
        Milestone(str(each["number"]), str(each.get("title") or ""), _since(each.get("created_at")))
        for each in known
    ]


def _since(value: object) -> datetime | None:
    try:
        return instant(value)
    except ValueError:
        return None
