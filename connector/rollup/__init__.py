"""From key results to objectives, teams and the company: one pass over plain values."""

from connector.rollup.conditions import Condition, Conditions, conditions
from connector.rollup.numbers import Numbers, TeamNumbers, of_teams, roll_up
from connector.rollup.rings import Node, Ring, SupportEdge, TargetKind, ring
from connector.rollup.staleness import stale
from connector.rollup.tree import KeyResultNode, ObjectiveNode, TeamNode, Tree

__all__ = [
    "Condition",
    "Conditions",
    "KeyResultNode",
    "Node",
    "Numbers",
    "ObjectiveNode",
    "Ring",
    "SupportEdge",
    "TargetKind",
    "TeamNode",
    "TeamNumbers",
    "Tree",
    "conditions",
    "of_teams",
    "ring",
    "roll_up",
    "stale",
]
