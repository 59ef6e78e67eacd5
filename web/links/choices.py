"""What the link form offers to choose from, and what its fields are called."""

from collections.abc import Mapping
from typing import Any

from web.language import lazy

Choices = tuple[tuple[str, Any], ...]
MEASURES: tuple[tuple[Any, Choices], ...] = (
    (lazy("How far the work is"), (("share", lazy("Share done")),)),
    (
        lazy("How many items there are"),
        (
            ("count:done", lazy("Number of items done")),
            ("count:open", lazy("Number of items open")),
            ("count:all", lazy("Number of items")),
        ),
    ),
    (
        lazy("A number on the items"),
        (
            ("sum:all", lazy("Sum over all items")),
            ("sum:done", lazy("Sum over items done")),
            ("sum:open", lazy("Sum over items open")),
            ("avg:all", lazy("Average over all items")),
            ("avg:done", lazy("Average over items done")),
            ("avg:open", lazy("Average over items open")),
            ("min:all", lazy("Least over all items")),
            ("min:done", lazy("Least over items done")),
            ("min:open", lazy("Least over items open")),
            ("max:all", lazy("Most over all items")),
            ("max:done", lazy("Most over items done")),
            ("max:open", lazy("Most over items open")),
        ),
    ),
)
SIZES: Choices = (
    ("count", lazy("number of items")),
    ("points", lazy("story points")),
    ("field", lazy("a number field (under More)")),
)
DROPPED: Choices = (
    ("exclude", lazy("leave it out")),
    ("as_done", lazy("count it as done")),
    ("as_open", lazy("count it as open")),
)
UNESTIMATED: Choices = (
    ("exclude", lazy("leave it out")),
    ("zero", lazy("count it as 0")),
    ("median", lazy("count it as the median of the others")),
    ("default", lazy("count it as a number")),
)
PULL_REQUESTS: Choices = (
    ("false", lazy("leave them out")),
    ("true", lazy("count them too")),
    ("only", lazy("count nothing else")),
)
LABELS: Mapping[str, Any] = {
    "scope": lazy("Scope"),
    "measure": lazy("Measure"),
    "size": lazy("By"),
    "field": lazy("Number field"),
    "dropped": lazy("Work that was dropped"),
    "unestimated": lazy("Work without estimate"),
    "default": lazy("Estimate to take"),
    "depth": lazy("Levels below it"),
    "types": lazy("Only these types"),
    "labels": lazy("Only with any of these labels"),
    "pull_requests": lazy("Pull requests"),
    "statuses": lazy("Count begun work in part"),
    "weight": lazy("Weight"),
    "write_back": lazy("Show the key result in the tracker"),
}
"""What the fields are called on the page."""
