"""The next cycle's objectives begun from another one's: words and measures, never values."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import scopes
from connector.errors import Refused
from connector.plans import Entry, Identity, PlanLink, Record
from connector.store.tables import Connection, Cycle, Link
from sync.planning import editing
from sync.planning.apply import Applied
from sync.planning.stored import stored
from sync.runtime import Runtime

OBJECTIVE = ("team", "title", "kind", "takes", "owner", "weight")
KEY_RESULT = (
    "title kind start target unit weight combine guardrail lower_is_better limits owner "
    "needs_confirmation progress_from"
).split()
"""What is carried over; dates, steps and values are those of their cycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """From which cycle into which, which objectives, and whether their links come too."""

    source: str
    target: str
    keys: tuple[str, ...]
    with_links: bool = False


def copy(runtime: Runtime, wanted: Wanted, *, author: str) -> Applied:
    """Make drafts of these objectives with their key results; raises ``Refused``.

    Keys stay where they are free. What one supports comes along where it is copied too, or is
    there under the same key.
    """
    with runtime.store.read() as session:
        records = stored(session).records
        states = {row.key: row.state for row in session.scalars(select(Cycle))}
        bound = _bound(session)
    if wanted.target not in states or states[wanted.target] == "closed":
        raise Refused("choose a cycle that is not closed")
    if not wanted.keys:
        raise Refused("choose at least one objective")
    entries = list(_Copy(records, wanted, bound).entries())
    seen = {entry.identity: editing.NEW for entry in entries}
    return editing.change(runtime, entries, author=author, seen=seen)


def _bound(session: Session) -> dict[tuple[str, str], str]:
    """The connection that each scope is read by, by (tracker, scope), where it goes unsaid.

    A scope that needed no name while there was one connection needs it beside others.
    """
    standing = select(Connection).where(Connection.ended_at.is_(None))
    rows = session.scalars(standing).all()
    several = {name for name, number in Counter(row.tracker for row in rows).items() if number > 1}
    names = {row.id: row.name for row in rows}
    links = select(Link).where(Link.ended_at.is_(None), Link.tracker.in_(several))
    return {
        (link.tracker, link.scope): names[link.connection_id]
        for link in session.scalars(links)
        if link.connection_id in names
    }


class _Copy:
    """One copying: which key each gets in the target."""

    def __init__(
        self,
        records: Mapping[Identity, Record],
        wanted: Wanted,
        bound: Mapping[tuple[str, str], str],
    ) -> None:
        self._records, self._wanted, self._bound = records, wanted, bound
        used = {key for _, cycle, key in records if cycle == wanted.target}
        self.names: dict[str, str] = {}
        for key in self._ours():
            self.names[key] = name = _free(key, used)
            used.add(name)

    def entries(self) -> Iterator[Entry]:
        """The objectives, those that others support first, each followed by its key results."""
        target = self._wanted.target
        for key in self._wanted.keys:
            record = self._records["objective", self._wanted.source, key]
            fields = {name: record[name] for name in OBJECTIVE}
            fields |= {"state": "draft", "supports": tuple(self._supports(record["supports"]))}
            yield Entry("objective", self.names[key], target, fields, 0)
        for key, record in self._key_results():
            yield Entry("key_result", self.names[key], target, self._key_result(record), 0)

    def _ours(self) -> Iterator[str]:
        yield from self._wanted.keys
        yield from (key for key, _ in self._key_results())

    def _key_results(self) -> Iterator[tuple[str, Record]]:
        for (kind, cycle, key), record in self._records.items():
            is_there = kind == "key_result" and cycle == self._wanted.source
            if is_there and not record["retired"] and record["objective"] in self._wanted.keys:
                yield key, record

    def _supports(self, supports: Iterable[tuple[str, float]]) -> Iterator[tuple[str, float]]:
        there = {key for _, cycle, key in self._records if cycle == self._wanted.target}
        for key, weight in supports:
            if key in self.names:
                yield self.names[key], weight
            elif key in there:
                yield key, weight

    def _key_result(self, record: Record) -> dict[str, Any]:
        fields = {name: record[name] for name in KEY_RESULT}
        if record["curve"] != "steps":
            fields["curve"] = record["curve"]
        if self._wanted.with_links:
            links: Collection[PlanLink] = record["links"]
            fields["links"] = tuple(map(self._link, links))
        return {**fields, "objective": self.names[record["objective"]]}

    def _link(self, link: PlanLink) -> PlanLink:
        scope = link.scope
        name = self._bound.get((scope.tracker, scope.text))
        if scope.connection is None and name is not None:
            scope = scopes.parse(f"{scope.tracker}@{name}:{scope.kind}:{scope.value}")
        return replace(link, scope=scope, origin="person", line=0)


def _free(key: str, used: Collection[str]) -> str:
    """The key itself where it is free, else with a number behind it."""
    tries = (key if number == 1 else f"{key[:58]}-{number}" for number in range(1, 10_000))
    return next(each for each in tries if each not in used)
