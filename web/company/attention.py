"""Key results that need somebody: which, why, and whose they are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from connector.report import CycleReport
from sync.reports.beside import once
from web import tree
from web.language import lazy
from web.tree import Place
from web.words import LIMITS

STILL = timedelta(days=14)
KINDS = {
    "off_track": lazy("off track"),
    "blocked": lazy("blocked"),
    "unknown": lazy("unknown"),
    "at_risk": lazy("at risk"),
    "still": lazy("no movement for two weeks"),
    "unowned": lazy("without an owner"),
}
"""Why a key result needs somebody, the most pressing first."""
QUIET = "unowned"
"""Needs nobody today: counted and listed, but not told among what is pressing."""


@dataclass(frozen=True, slots=True)
class Need:
    """A key result with every reason why it needs somebody, the most pressing first."""

    place: Place
    kinds: tuple[str, ...]

    @property
    def owner(self) -> str:
        """Who owns it, or what it belongs to; '' where nobody does."""
        found = (self.place.key_result.owner, self.place.objective.owner, self.place.team.lead)
        return next((each for each in found if each), "")


def needs(report: CycleReport, *, is_past: bool) -> tuple[Need, ...]:
    """All that need somebody, the most pressing first; whose work stands still is known of now."""
    return once(report, ("needs", is_past), lambda: _needs(report, is_past=is_past))


def _needs(report: CycleReport, *, is_past: bool) -> tuple[Need, ...]:
    found = ((each, tuple(_kinds(report, each, is_past=is_past))) for each in tree.places(report))
    order = {kind: number for number, kind in enumerate(KINDS)}
    called = [Need(place, kinds) for place, kinds in found if kinds]
    return tuple(sorted(called, key=lambda each: order[each.kinds[0]]))


def counted(found: tuple[Need, ...]) -> dict[str, int]:
    """How many key results have each reason, in the order of ``KINDS``."""
    numbers = Counter(kind for each in found for kind in each.kinds)
    return {kind: numbers[kind] for kind in KINDS if numbers[kind]}


def pressing(found: tuple[Need, ...]) -> tuple[Need, ...]:
    """Those that need somebody today."""
    return tuple(each for each in found if each.kinds[0] != QUIET)


def _kinds(report: CycleReport, place: Place, *, is_past: bool) -> Iterator[str]:
    row = place.key_result
    open_ = report.state != "closed" and row.health != "done"
    if row.health == "off_track":
        yield "off_track"
    if open_ and row.blockers:
        yield "blocked"
    if row.health in ("unknown", "at_risk"):
        yield row.health
    if open_ and not is_past and _is_still(report, place):
        yield "still"
    if open_ and not (row.owner or place.objective.owner):
        yield "unowned"


def _is_still(report: CycleReport, place: Place) -> bool:
    """Whether it should be moving and did not: limits hold without, supports move by themselves."""
    row = place.key_result
    if row.health not in ("off_track", "at_risk", "on_track") or row.progress_from == "supports":
        return False
    if row.kind in LIMITS and row.health == "on_track":
        return False
    since = report.as_of - STILL
    # What has never moved had the cycle's first two weeks to begin.
    return row.moved_at < since if row.moved_at else report.start < since.date()
