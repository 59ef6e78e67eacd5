"""How the organisation judges: pass marks, health, working days. Rules: docs/scoring.md, 7."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from connector.okr import ObjectiveKind

HealthRule = Literal["gap", "ratio"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where health turns, by one of two rules.

    ``gap``: the largest gap (expected − progress) that is still on track, and still at risk.
    ``ratio``: the smallest progress ÷ expected that is.
    """

    by: HealthRule = "gap"
    on_track: float = 0.05
    at_risk: float = 0.25


RATIO = Thresholds("ratio", 0.70, 0.40)
"""The thresholds of the ratio rule unless others are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The settings of scoring. ``working_days`` are 0 (Monday) to 6; None counts every day."""

    thresholds: Thresholds = Thresholds()
    pass_marks: Mapping[ObjectiveKind, float] = field(
        default_factory=lambda: {"committed": 1.0, "aspirational": 0.7}
    )
    working_days: frozenset[int] | None = None
    holidays: frozenset[date] = frozenset()


DEFAULT = Policy()


def policy_as_json(policy: Policy) -> dict[str, Any]:
    """A policy as it is stored."""
    limits, days = policy.thresholds, policy.working_days
    return {
        "health": {"by": limits.by, "on_track": limits.on_track, "at_risk": limits.at_risk},
        "pass": dict(policy.pass_marks),
        "working_days": None if days is None else sorted(days),
        "holidays": sorted(day.isoformat() for day in policy.holidays),
    }


def policy_from_json(stored: Mapping[str, Any] | None) -> Policy:
    """The policy that ``policy_as_json`` stored; the default for None."""
    if not stored:
        return DEFAULT
    days = stored["working_days"]
    return Policy(
        thresholds=Thresholds(**stored["health"]),
        pass_marks=stored["pass"],
        working_days=None if days is None else frozenset(days),
        holidays=frozenset(map(date.fromisoformat, stored["holidays"])),
    )
