"""The key results that a page of the company lists in full, as its URL asks."""

from dataclasses import dataclass

from flask import abort, request

from connector.report import CycleReport
from web import tree, words
from web.company.attention import KINDS, Need
from web.paging import Paged, paged


@dataclass(frozen=True, slots=True)
class Listed:
    """A list by health or by what somebody has to do; ``kind`` is that word's key."""

    argument: str
    kind: str
    words: object
    page: Paged[Need]


def asked_for(report: CycleReport, needs: tuple[Need, ...]) -> Listed | None:
    """``?health=`` or ``?needs=``; 404 for a word there is not."""
    health, kind = request.args.get("health"), request.args.get("needs")
    if health is not None:
        if health not in words.HEALTH:
            abort(404)
        found = [Need(each, ()) for each in tree.places(report) if each.key_result.health == health]
        return Listed("health", health, words.HEALTH[health], paged(found, "page", 50))
    if kind is not None:
        if kind not in KINDS:
            abort(404)
        called = [each for each in needs if kind in each.kinds]
        return Listed("needs", kind, KINDS[kind], paged(called, "page", 50))
    return None
