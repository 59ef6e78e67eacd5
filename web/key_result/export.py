"""The items behind a number as rows of a file: what counts, how much, and why not."""

from collections.abc import Iterator

from connector.explained import Explanation
from web.key_result import stories

HEAD = (
    "link",
    "item",
    "title",
    "status",
    "state",
    "counted",
    "done",
    "total",
    "reason",
    "since",
    "url",
)
"""The columns, named as in ``explain --json``: programs read them too."""


def rows(explained: Explanation) -> Iterator[tuple[object, ...]]:
    """One row for each item of each link."""
    for each in explained.links:
        for item in stories.by_key(each.contributions):
            amounts = (item.done, item.total) if item.included else (None, None)
            told = (item.title, item.status, item.state, item.included, *amounts)
            yield each.link.scope, item.item, *told, item.reason, item.since, item.url
