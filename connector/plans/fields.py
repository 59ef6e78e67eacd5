"""The fields of each kind of object: how they are read, their defaults, what a new one needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector import policy
from connector.plans import readers, scoring
from connector.plans.entries import Kind
from connector.plans.links import links
from connector.plans.readers import Reader
from connector.plans.supports import supports


@dataclass(frozen=True, slots=True)
class Field:
    """One field: ``required`` of a new object; ``clears`` when ``null`` restores its default."""

    read: Reader[Any]
    default: Any = None
    required: bool = False
    clears: bool = False


_REQUIRED_TEXT = Field(readers.text(), required=True)
_REQUIRED_KEY = Field(readers.key, required=True)
_REQUIRED_DAY = Field(readers.day, required=True)
_KEY = Field(readers.key, clears=True)
_NUMBER = Field(readers.number, clears=True)
_WEIGHT = Field(readers.weight, 1.0)
_FLAG = Field(readers.boolean, default=False)
_DAY = Field(readers.day, clears=True)

FIELDS: Mapping[Kind, Mapping[str, Field]] = {
    "scoring": {
        "health": Field(scoring.health, policy.DEFAULT.thresholds, clears=True),
        "pass": Field(scoring.passes, dict(policy.DEFAULT.pass_marks), clears=True),
        "working_days": Field(readers.working_days, clears=True),
        "holidays": Field(readers.holidays, frozenset(), clears=True),
    },
    "cycle": {
        "start": _REQUIRED_DAY,
        "end": _REQUIRED_DAY,
        "state": Field(readers.one_of("draft", "active", "review", "closed"), "active"),
    },
    "team": {
        "name": _REQUIRED_TEXT,
        "kind": Field(readers.one_of("company", "department", "team"), "team"),
        "parent": _KEY,
        "lead": _KEY,
        "retired": _FLAG,
    },
    "person": {
        "name": _REQUIRED_TEXT,
        "teams": Field(readers.many(readers.key), ()),
        "role": Field(readers.one_of("member", "lead", "viewer", "admin"), "member"),
        "email": Field(readers.email, clears=True),
        "retired": _FLAG,
    },
    "objective": {
        "team": _REQUIRED_KEY,
        "title": _REQUIRED_TEXT,
        "kind": Field(readers.one_of("committed", "aspirational"), "committed"),
        "state": Field(
            readers.one_of("draft", "candidate", "active", "postponed", "cancelled"), "active"
        ),
        "takes": Field(readers.one_of("key_results", "children", "both"), "key_results"),
        "supports": Field(supports, (), clears=True),
        "owner": _KEY,
        "weight": _WEIGHT,
    },
    "key_result": {
        "title": _REQUIRED_TEXT,
        "kind": Field(
            readers.one_of(
                "increase", "decrease", "reach", "at_least", "at_most", "between", "done"
            ),
            "increase",
        ),
        "start": _NUMBER,
        "target": _NUMBER,
        "unit": Field(readers.text(40), "", clears=True),
        "weight": _WEIGHT,
        "combine": Field(
            readers.one_of("pooled", "weighted", "sum", "avg", "min", "max"), clears=True
        ),
        "value": Field(readers.typed_value, clears=True),
        "guardrail": _FLAG,
        "lower_is_better": _FLAG,
        "limits": Field(readers.limits, clears=True),
        "owner": _KEY,
        "start_date": _DAY,
        "end_date": _DAY,
        "curve": Field(readers.one_of("linear", "steps", "late", "early"), "linear"),
        "steps": Field(readers.steps, (), clears=True),
        "needs_confirmation": _FLAG,
        "progress_from": Field(readers.one_of("links", "supports"), "links"),
        "links": Field(links, ()),
        "retired": _FLAG,
    },
}
"""What a plan file can say, besides keys, the cycle of an objective and accounts of a person."""

ACCOUNT = Field(readers.text(200), clears=True)
"""The account of a person at one tracker."""

_HIDDEN: Mapping[Kind, Mapping[str, Any]] = {
    "person": {"accounts": {}},
    "key_result": {"objective": None, "plan_value": None},
}


def defaults(kind: Kind) -> dict[str, Any]:
    """A whole record of a kind with nothing given."""
    hidden = _HIDDEN.get(kind, {})
    return {**{name: each.default for name, each in FIELDS[kind].items()}, **hidden}
