"""Everything as it would be once a plan is applied, and what hangs on what in it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.plans.changes import Record
from connector.plans.entries import Identity, Kind

WORK: tuple[Kind, Kind] = ("objective", "key_result")
"""The kinds that live in a cycle and share its keys."""


@dataclass(frozen=True, slots=True)
class World:
    """All records, stored and planned; ``kinds`` and ``cycles`` are indexes of them."""

    records: Mapping[Identity, Record]
    kinds: Mapping[tuple[Kind, str | None], Sequence[str]]
    """The keys by kind and cycle."""
    cycles: Mapping[str, Sequence[str]]
    """The cycles in which a key names an objective or key result."""

    def find(self, kinds: Iterable[Kind], cycle: str | None, key: str) -> Identity | None:
        """The first object of these kinds under this key."""
        candidates: Iterator[Identity] = ((kind, cycle, key) for kind in kinds)
        return next((each for each in candidates if each in self.records), None)


def world(records: Mapping[Identity, Record]) -> World:
    """The world of these records."""
    kinds: defaultdict[tuple[Kind, str | None], list[str]] = defaultdict(list)
    cycles: defaultdict[str, list[str]] = defaultdict(list)
    for kind, cycle, key in records:
        kinds[kind, cycle].append(key)
        if cycle is not None:
            cycles[key].append(cycle)
    return World(records, dict(kinds), dict(cycles))


def above(identity: Identity, world: World) -> Identity | None:
    """What an object hangs on: parent team, supported objective or key result, own objective."""
    kind, cycle, _ = identity
    record = world.records.get(identity)
    if record is None:
        return None
    if kind == "team" and record["parent"] is not None:
        return world.find(("team",), None, record["parent"])
    if kind == "key_result":
        return world.find(("objective",), cycle, record["objective"])
    if kind == "objective" and record["supports"] is not None:
        return world.find(WORK, cycle, record["supports"])
    return None


def rings(starts: Iterable[Identity], world: World) -> Iterator[Sequence[Identity]]:
    """Every ring that going ``above`` from the starts runs into, once."""
    seen: set[Identity] = set()
    for start in starts:
        path: dict[Identity, None] = {}
        node: Identity | None = start
        while node is not None and node not in seen and node not in path:
            path[node] = None
            node = above(node, world)
        if node is not None and node in path:
            ring = list(path)
            yield ring[ring.index(node) :]
        seen.update(path)


def parents_first(some: Iterable[Identity], world: World) -> Iterator[Identity]:
    """These objects, each after what it hangs on, else in their own order."""
    left = dict.fromkeys(some)
    for start in list(left):
        chain = []
        node: Identity | None = start
        while node is not None and node in left:
            del left[node]
            chain.append(node)
            node = above(node, world)
        yield from reversed(chain)
