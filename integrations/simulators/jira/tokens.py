"""Tokens of pages: opaque to callers, bound to their query, good for a while."""

import base64
import json
import time
from collections.abc import Sequence

from integrations.simulators.jira.state import Issue, JiraError

ANCHORS = 20
"""How many issues of a page its token remembers: a token holds a place, it does not count."""


def token(query: str, offset: int, seen: Sequence[str] = ()) -> str:
    """The token of what follows a page."""
    place = json.dumps([offset, query, list(seen)[-ANCHORS:], time.monotonic()])
    return base64.urlsafe_b64encode(place.encode()).decode()


def offset(given: object, query: str, life: float, found: Sequence[Issue] = ()) -> int:
    """Where a page begins: after the last issue of the page before that still stands there."""
    if not given:
        return 0
    try:
        count, of, seen, made = json.loads(base64.urlsafe_b64decode(str(given)))
    except (ValueError, TypeError):
        raise JiraError(400, "The provided next page token is invalid or expired.") from None
    if made + life < time.monotonic():
        raise JiraError(400, "The provided next page token is invalid or expired.")
    if of != query:
        raise JiraError(400, "The JQL query must not change between pages.")
    for place in range(min(int(count), len(found)) - 1, -1, -1):
        if found[place].id in seen:
            return place + 1
    return int(count)
