"""The organisation as a tree, and what stands out in it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from connector import pace
from connector.report import CycleReport, Health, KeyResultReport, ObjectiveReport, TeamReport
from sync.reports.beside import once

ORDER = ("off_track", "at_risk", "unknown", "on_track", "done", "not_started")
"""Health words, those that need somebody first."""
WHOLE = 120
"""Key results up to which a tree holds everything; in larger ones each branch is asked for."""
BRANCHES = 60
"""How many teams are shown beside each other."""


@dataclass(frozen=True, slots=True)
class Node:
    """A team with the teams below it; one without objectives stands for what is below."""

    team: TeamReport
    below: tuple["Node", ...]

    @property
    def size(self) -> int:
        """How many key results it has, with all below it."""
        own = sum(len(each.key_results) for each in self.team.objectives)
        return own + sum(each.size for each in self.below)

    @property
    def score(self) -> float | None:
        """The team's own score, else that of all below it."""
        return self.team.score if self.team.objectives else self.team.subtree_score

    @property
    def health(self) -> Health:
        """The team's own health, else the weakest below it."""
        own = self.team.objectives or not self.below
        return self.team.health if own else pace.weakest(each.health for each in self.below)


@dataclass(frozen=True, slots=True)
class Place:
    """A key result and where it belongs."""

    team: TeamReport
    objective: ObjectiveReport
    key_result: KeyResultReport


def nodes(report: CycleReport, parent: str | None = None) -> tuple[Node, ...]:
    """The teams below ``parent`` (None: the roots), each with its own below it."""
    return once(report, "below", lambda: _below(report)).get(parent, ())


def _below(report: CycleReport) -> dict[str | None, tuple[Node, ...]]:
    """The teams below each one that has any."""
    below: dict[str | None, list[TeamReport]] = defaultdict(list)
    for team in report.teams:
        below[team.parent].append(team)
    found: dict[str | None, tuple[Node, ...]] = {}

    def grow(key: str | None) -> tuple[Node, ...]:
        if key in below:
            found[key] = tuple(Node(team, grow(team.key)) for team in below[key])
        return found.get(key, ())

    for key in below:
        if key not in found:
            grow(key)
    return found


def places(report: CycleReport) -> Iterator[Place]:
    """Every key result of the cycle, in the tree's order."""
    return iter(once(report, "places", lambda: tuple(_places(report))))


def _places(report: CycleReport) -> Iterator[Place]:
    for team in report.teams:
        for objective in team.objectives:
            for key_result in objective.key_results:
                yield Place(team, objective, key_result)


def counts(report: CycleReport) -> dict[str, int]:
    """How many key results have each health, in the order of ``ORDER``."""
    counted = _counted(report)
    return {health: counted[health] for health in ORDER if counted[health]}  # type: ignore[index]


def _counted(report: CycleReport) -> Counter[Health]:
    healths = (place.key_result.health for place in places(report))
    return once(report, "counts", lambda: Counter(healths))


def known(report: CycleReport) -> tuple[int, int]:
    """(key results with a current number, all key results)."""
    counted = _counted(report)
    return counted.total() - counted["unknown"], counted.total()


def keeps(report: CycleReport) -> bool:
    """Whether a score stands on a last number that is not current any more."""
    old = (each.key_result for each in places(report) if each.key_result.health == "unknown")
    return any(each.score is not None for each in old)


def attention(report: CycleReport) -> tuple[Place, ...]:
    """Key results that need somebody: off track first, then at risk, then unknown."""
    calling = [each for each in places(report) if each.key_result.health in ORDER[:3]]
    return tuple(sorted(calling, key=lambda each: ORDER.index(each.key_result.health)))


def ancestors(report: CycleReport, key: str) -> tuple[TeamReport, ...]:
    """The teams above one, from the top."""
    by_key = once(report, "teams", lambda: {team.key: team for team in report.teams})
    above: list[TeamReport] = []
    parent = by_key[key].parent
    while parent is not None and by_key[parent] not in above:
        above.insert(0, by_key[parent])
        parent = by_key[parent].parent
    return tuple(above)
