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


def above(identity: Identity, world: World) -> list[Identity]:
    """What an object hangs on: parent team, supported objectives and key results, own objective."""
    kind, cycle, _ = identity
    record = world.records.get(identity)
    if record is None:
        return []
    match kind:
        case "team":
            found = [world.find(("team",), None, record["parent"] or "")]
        case "key_result":
            found = [world.find(("objective",), cycle, record["objective"] or "")]
        case "objective":
            found = [world.find(WORK, cycle, key) for key, _ in record["supports"]]
        case _:
            found = []
    return [each for each in found if each is not None]


def rings(starts: Iterable[Identity], world: World) -> Iterator[Sequence[Identity]]:
    """The rings that going ``above`` from the starts runs into: cutting each leaves none."""
    done: set[Identity] = set()
    for start in starts:
        path = {} if start in done else {start: iter(above(start, world))}
        while path:
            node = next(reversed(path))
            upper = next(path[node], None)
            if upper is None:
                path.popitem()
                done.add(node)
            elif upper in path:
                ring = list(path)
                yield ring[ring.index(upper) :]
            elif upper not in done:
                path[upper] = iter(above(upper, world))


def parents_first(some: Iterable[Identity], world: World) -> Iterator[Identity]:
    """These objects, each after all that it hangs on, else in their own order."""
    left = dict.fromkeys(some)
    for start in list(left):
        path = {start: iter(above(start, world))} if start in left else {}
        left.pop(start, None)
        while path:
            node = next(reversed(path))
            upper = next(path[node], None)
            if upper is None:
                path.popitem()
                yield node
            elif upper in left:
                del left[upper]
                path[upper] = iter(above(upper, world))
