"""The ``scoring`` section of a plan: how the organisation judges. Rules: docs/scoring.md, 7."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from connector.plans import readers
from connector.plans.problems import Place
from connector.plans.tree import Node
from connector.policy import RATIO, Policy, Thresholds

Record = Mapping[str, Any]
"""``health`` (Thresholds), ``pass``, ``working_days`` and ``holidays`` as in a Policy."""


def health(node: Node, place: Place) -> dict[str, Any]:
    """The rule and the limits that are given."""
    return _given(node, place, _HEALTH, "health")


def passes(node: Node, place: Place) -> dict[str, float]:
    """The pass marks that are given, by kind of objective."""
    return _given(node, place, {"committed": _pass, "aspirational": _pass}, "pass")


def merged_scoring(base: Record, given: Record) -> dict[str, Any]:
    """The record that what is given makes of another; another rule brings its own limits."""
    record = {**base, **given, "pass": {**base["pass"], **given.get("pass", {})}}
    if isinstance(limits := given.get("health"), Mapping):
        held: Thresholds = base["health"]
        by = limits.get("by", held.by)
        start = RATIO if by == "ratio" else Thresholds()
        record["health"] = replace(held if by == held.by else start, **limits)
    return record


def scoring_problems(record: Record) -> Iterator[tuple[str, str]]:
    """Limits in the wrong order: (the field at fault, what is wrong; the fix)."""
    limits: Thresholds = record["health"]
    both = limits.on_track, limits.at_risk
    if limits.by == "gap" and both[0] >= both[1]:
        wrong = f"on_track {both[0]:g} is not below at_risk {both[1]:g}"
        yield "health", f"{wrong}, but with by: gap a wider gap is worse; correct them"
    if limits.by == "ratio" and both[1] >= both[0]:
        wrong = f"at_risk {both[1]:g} is not below on_track {both[0]:g}"
        yield "health", f"{wrong}, but with by: ratio a smaller ratio is worse; correct them"


def policy_of(record: Record) -> Policy:
    """The policy a record of the scoring section means."""
    return Policy(
        thresholds=record["health"],
        pass_marks=record["pass"],
        working_days=record["working_days"],
        holidays=record["holidays"],
    )


def record_of(policy: Policy) -> dict[str, Any]:
    """The record of a policy."""
    return {
        "health": policy.thresholds,
        "pass": dict(policy.pass_marks),
        "working_days": policy.working_days,
        "holidays": policy.holidays,
    }


def _given(
    node: Node, place: Place, table: Mapping[str, readers.Reader[Any]], what: str
) -> dict[str, Any]:
    given = readers.known_members(node, place, tuple(table), what)
    return {name: table[name](value, place) for name, (_, value) in given.items()}


def _limit(node: Node, place: Place) -> float | None:
    value = readers.number(node, place)
    if value is not None and not 0 <= value <= 1:
        place.wrong(node.line, f"the limit {value:g} is out of place; give a number from 0 to 1")
    return value


def _pass(node: Node, place: Place) -> float | None:
    value = readers.number(node, place)
    if value is not None and not 0 < value <= 1:
        asked = "give a number above 0 and up to 1"
        place.wrong(node.line, f"the pass mark {value:g} is out of place; {asked}")
    return value


_HEALTH: Mapping[str, readers.Reader[Any]] = {
    "by": readers.one_of("gap", "ratio"),
    "on_track": _limit,
    "at_risk": _limit,
}
