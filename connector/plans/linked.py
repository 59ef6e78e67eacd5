"""A link as a plan file writes it: the scope, and of the rule what is not as usual."""

from typing import Any

from connector.okr import LinkRule
from connector.plans.entries import PlanLink

_USUAL = LinkRule()


def link_as_plan(link: PlanLink) -> dict[str, Any]:
    """The entry of a link."""
    found: dict[str, Any] = {"scope": link.scope.text, "measure": link.rule.measure.as_json()}
    for name in (
        "weight",
        "dropped",
        "unestimated",
        "types",
        "labels",
        "subtasks",
        "pull_requests",
        "depth",
        "statuses",
    ):
        value = getattr(link.rule, name)
        if value != getattr(_USUAL, name):
            found[name] = _plain(value)
    if link.write_back:
        found["write_back"] = list(link.write_back)
    if link.origin == "person":
        found["origin"] = link.origin
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return dict(value) if hasattr(value, "items") else value
