"""What was read and made for a report, taken again for the next one where nothing of it changed."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Select
from sqlalchemy.orm import Session

from connector.report import KeyResultReport, LinkReport, ObjectiveReport
from sync.reports.retold import Asked, Told

V = TypeVar("V")
Query = Callable[[], Select[Any]]
Making = Callable[[Any], Any]


class Again(Generic[V]):
    """Values by a key, each with what it is made of: made anew only where that is another now."""

    def __init__(self) -> None:
        self._before: dict[Hashable, tuple[object, V]] = {}
        self._now: dict[Hashable, tuple[object, V]] = {}

    def begin(self) -> None:
        """What is not taken from here on is forgotten with the next beginning."""
        self._before, self._now = self._now, {}

    def take(self, key: Hashable, made_of: object, make: Callable[[], V]) -> V:
        """The value of that key."""
        held = self._before.get(key)
        if held is None or held[0] != made_of:
            held = (made_of, make())
        self._now[key] = held
        return held[1]


class _Rows:
    """The rows of one query: what the driver tells as before is the very same object again."""

    def __init__(self, query: Select[Any]) -> None:
        self._asked = Asked(query)
        self._told: list[Told] = []
        self._made: list[Any] = []

    def read(self, session: Session, make: Making) -> list[Any]:
        told = self._asked.told(session)
        before = zip_longest(told, self._told[: len(told)], self._made[: len(told)])
        found = [made if now == then else None for now, then, made in before]
        # What is elsewhere in the order than before is looked for among all; little ever is.
        other = [place for place, made in enumerate(found) if made is None]
        if other:
            known = dict(zip(self._told, self._made, strict=True)) if self._told else {}
            new = [told[place] for place in other if told[place] not in known]
            known.update(zip(new, map(make, self._asked.rows(new)), strict=True))
            for place in other:
                found[place] = known[told[place]]
        self._told, self._made = told, found
        return found


@dataclass
class Memory:
    """Of one cycle; ``begin`` is called before each report, by one thread at a time."""

    links: Again[LinkReport] = field(default_factory=Again)
    key_results: Again[KeyResultReport] = field(default_factory=Again)
    objectives: Again[ObjectiveReport] = field(default_factory=Again)
    others: Again[Any] = field(default_factory=Again)
    _rows: dict[str, _Rows] = field(default_factory=dict)

    def begin(self) -> None:
        """Another report is made."""
        for each in (self.links, self.key_results, self.objectives, self.others):
            each.begin()

    def read(self, session: Session, name: str, query: Query, make: Making) -> list[Any]:
        """What is made of each row of a query; the query of a name is always the same."""
        if name not in self._rows:
            self._rows[name] = _Rows(query())
        return self._rows[name].read(session, make)

    def same(self, name: str, value: V) -> V:
        """The value itself, or the one before where that is equal: quickly seen to be the same."""
        return cast("V", self.others.take(name, value, lambda: value))
