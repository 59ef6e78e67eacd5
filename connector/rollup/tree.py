"""A cycle's objectives, key results and teams as plain values, and what hangs on what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from connector.okr import ObjectiveKind, ObjectiveState, Takes
from connector.rollup.rings import Node, SupportEdge, order, sort

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class KeyResultNode:
    """A key result with its score from links, a typed value or an override (None is unknown).

    One that ``takes_supports`` has a score here only while it is overridden.
    """

    id: int
    objective_id: int
    weight: float = 1.0
    guardrail: bool = False
    score: float | None = None
    takes_supports: bool = False


@dataclass(frozen=True, slots=True)
class ObjectiveNode:
    """An objective and what its score is made of."""

    id: int
    team_id: int
    kind: ObjectiveKind = "committed"
    state: ObjectiveState = "active"
    weight: float = 1.0
    takes: Takes = "key_results"


@dataclass(frozen=True, slots=True)
class TeamNode:
    """A team below its parent; the company has none."""

    id: int
    parent_id: int | None = None


@dataclass(frozen=True)
class Tree:
    """One cycle in any order. Supports name objectives and key results that are in it."""

    objectives: Sequence[ObjectiveNode] = ()
    key_results: Sequence[KeyResultNode] = ()
    supports: Sequence[SupportEdge] = ()
    teams: Sequence[TeamNode] = ()

    @cached_property
    def key_results_of(self) -> Mapping[int, Sequence[KeyResultNode]]:
        """The key results by their objective."""
        return _grouped((each.objective_id, each) for each in self.key_results)

    @cached_property
    def active_of(self) -> Mapping[int, Sequence[ObjectiveNode]]:
        """The active objectives by their team."""
        active = (each for each in self.objectives if each.state == "active")
        return _grouped((each.team_id, each) for each in active)

    @cached_property
    def supporters(self) -> Mapping[Node, Sequence[tuple[int, float]]]:
        """(objective, weight of the support) by what it supports; only active ones count."""
        active = {each.id for each in self.objectives if each.state == "active"}
        return _grouped(
            ((each.target_kind, each.target_id), (each.objective_id, each.weight))
            for each in self.supports
            if each.objective_id in active
        )

    @cached_property
    def supporters_first(self) -> Sequence[Node]:
        """All objectives, and key results that are supported, each after its supporters.

        Raises ``Ring`` where supports lead back to themselves.
        """
        owners = {each.id: each.objective_id for each in self.key_results}
        linked = order(self.supports, owners)
        inner = {node[1] for node in linked if node[0] == "objective"}
        alone: list[Node] = [("objective", o.id) for o in self.objectives if o.id not in inner]
        return [*alone, *linked]


def lowest_first(parents: Mapping[int, int | None]) -> Sequence[int]:
    """The ids of all teams, each after those below it; raises ``Ring`` for a ring of teams."""
    above: dict[Node, list[Node]] = {
        ("team", each): [] if parent is None else [("team", parent)]
        for each, parent in parents.items()
    }
    return [number for _, number in reversed(sort(above))]


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, Sequence[V]]:
    found: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
