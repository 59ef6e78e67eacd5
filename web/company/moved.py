"""What moved a company's key results this week: work apart from scope, the most first."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from connector.explained import LinkExplanation
from connector.report import CycleReport, KeyResultReport, LinkReport
from sync.reports.week import Told
from web import tree
from web.key_result import stories
from web.key_result.stories import Sum
from web.tree import Place

LEAST = 1e-6
"""What moved by less is as it was: finished, and opened again."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A key result with the week of each link that moved; ``work`` and ``scope`` are what both
    did to it, as shares of its way: what helps is above 0."""

    place: Place
    sums: tuple[Sum, ...]
    work: float
    scope: float

    @property
    def net(self) -> float:
        """Both together."""
        return self.work + self.scope


def moved(report: CycleReport, told: Mapping[int, Told]) -> tuple[Moved, ...]:
    """What work moved most comes first, then what only the scope moved."""
    found = []
    for place in tree.places(report):
        links = [each for each in place.key_result.links if each.id in told]
        if links:
            sums = stories.week([_explained(each, told[each.id]) for each in links], report.as_of)
            found.append(_moved(place, tuple(sums)))
    seen = [each for each in found if max(abs(each.work), abs(each.scope)) >= LEAST]
    return tuple(sorted(seen, key=lambda each: (-abs(each.work), -abs(each.scope))))


def widest(found: tuple[Moved, ...]) -> float:
    """What the longest bar stands for."""
    return max((max(abs(each.work), abs(each.scope)) for each in found), default=0.0) or 1.0


def _explained(link: LinkReport, told: Told) -> LinkExplanation:
    return LinkExplanation(link=link, contributions=(), movements=told.movements, past=told.past)


def _moved(place: Place, sums: tuple[Sum, ...]) -> Moved:
    shares = {each.link.id: _share(place.key_result, each.link) for each in sums}
    return Moved(
        place=place,
        sums=sums,
        work=fsum(each.work * shares[each.link.id] for each in sums),
        scope=fsum(each.scope * shares[each.link.id] for each in sums),
    )


def _share(row: KeyResultReport, link: LinkReport) -> float:
    """How much of a key result's way one of its links' own size is."""
    weights = fsum(each.weight for each in row.links)
    part = link.weight / weights if weights else 1.0
    if "share" in link.measure:
        return part
    way = (row.target or 0.0) - (row.start or 0.0)
    return 1 / way if way else part
