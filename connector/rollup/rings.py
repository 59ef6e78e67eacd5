"""The graph of supports, in which no way leads back to where it began."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Literal

TargetKind = Literal["objective", "key_result"]
Node = tuple[str, int]
"""(objective, key_result or team; its id)"""


@dataclass(frozen=True, slots=True)
class SupportEdge:
    """An objective supports an objective or a key result, with a weight."""

    objective_id: int
    target_kind: TargetKind
    target_id: int
    weight: float = 1.0


def ring(supports: Iterable[SupportEdge], owners: Mapping[int, int]) -> list[Node] | None:
    """The path by which supports lead back to where it began, ends included; None without one.

    ``owners`` says whose each key result is. It leads to its objective whatever that takes now:
    no later change of what counts can then close a ring.
    """
    try:
        order(supports, owners)
    except Ring as found:
        return found.path
    return None


class Ring(ValueError):
    """Something leads back to itself; ``path`` begins and ends with the same node."""

    def __init__(self, path: list[Node]) -> None:
        names = " → ".join(f"{kind.replace('_', ' ')} {number}" for kind, number in path)
        super().__init__(f"this leads back to itself: {names}")
        self.path = path


def order(supports: Iterable[SupportEdge], owners: Mapping[int, int]) -> Sequence[Node]:
    """What supports and what is supported, each after its supporters; raises ``Ring``."""
    before: dict[Node, set[Node]] = defaultdict(set)
    for each in supports:
        target: Node = (each.target_kind, each.target_id)
        before[target].add(("objective", each.objective_id))
        if each.target_kind == "key_result":
            before["objective", owners[each.target_id]].add(target)
    return sort({node: sorted(before[node]) for node in sorted(before)})


def sort(before: Mapping[Node, Iterable[Node]]) -> Sequence[Node]:
    """All nodes, each after those that come before it; raises ``Ring``."""
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError as error:
        path: list[Node] = error.args[1]
        at = path.index(min(path))
        raise Ring([*path[at:-1], *path[: at + 1]]) from None
