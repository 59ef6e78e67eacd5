"""Scores of objectives, teams and the company. Rules: docs/scoring.md, section 5."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from connector.rollup.tree import KeyResultNode, ObjectiveNode, Tree, lowest_first
from connector.scoring import Mean, Part, Sums, mean, sums, together


@dataclass(frozen=True, slots=True)
class TeamNumbers:
    """A team's own number, and that of all objectives owned by it or anywhere below it."""

    own: Mean
    subtree: Mean


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a cycle by id; ``key_results`` are those that take supports, as computed."""

    key_results: Mapping[int, Mean]
    objectives: Mapping[int, Mean]
    teams: Mapping[int, TeamNumbers]


def roll_up(tree: Tree, known: Mapping[int, Mean] | None = None) -> Numbers:
    """Every objective and team of a cycle; raises ``Ring``, a ``ValueError``, with its path.

    Objectives that are ``known`` are taken as given: nothing below them is needed.
    """
    work = _Work(tree, objectives=dict(known or {}))
    objectives = {each.id: each for each in tree.objectives}
    taking = {each.id for each in tree.key_results if each.takes_supports}
    work.key_results.update(dict.fromkeys(taking, Mean(None, None)))
    for kind, number in tree.supporters_first:
        if kind == "objective":
            if number not in work.objectives:
                work.objectives[number] = mean(work.made_of(objectives[number]))
        elif number in taking:
            work.key_results[number] = mean(work.supporting(kind, number))
    return Numbers(work.key_results, work.objectives, work.teams())


def of_teams(
    parents: Mapping[int, int | None],
    active: Mapping[int, Iterable[Part]],
    only: Collection[int] | None = None,
) -> dict[int, TeamNumbers]:
    """Every team (or only these) from its own active objectives; raises ``Ring``."""
    below: dict[int | None, list[Sums]] = defaultdict(list)
    found = {}
    for team_id in lowest_first(parents):
        own = sums(active.get(team_id, ()))
        subtree = together([own, *below.pop(team_id, ())])
        below[parents[team_id]].append(subtree)
        if only is None or team_id in only:
            found[team_id] = TeamNumbers(own.mean, subtree.mean)
    return found


@dataclass(frozen=True, slots=True)
class _Work:
    """A tree, and what is known of it so far."""

    tree: Tree
    key_results: dict[int, Mean] = field(default_factory=dict)
    objectives: dict[int, Mean] = field(default_factory=dict)

    def made_of(self, objective: ObjectiveNode) -> Iterator[Part]:
        """What an objective's score is the mean of."""
        if objective.takes != "children":
            for each in self.tree.key_results_of.get(objective.id, ()):
                if not each.guardrail:
                    yield Part(each.weight, self._score(each))
        if objective.takes != "key_results":
            yield from self.supporting("objective", objective.id)

    def supporting(self, kind: str, number: int) -> Iterator[Part]:
        """The active objectives that support something, by the weights of their supports."""
        for objective_id, weight in self.tree.supporters.get((kind, number), ()):
            yield Part(weight, self.objectives[objective_id].score)

    def teams(self) -> dict[int, TeamNumbers]:
        """Every team, once all objectives are known."""
        active = {
            team_id: [Part(each.weight, self.objectives[each.id].score) for each in owned]
            for team_id, owned in self.tree.active_of.items()
        }
        return of_teams({each.id: each.parent_id for each in self.tree.teams}, active)

    def _score(self, each: KeyResultNode) -> float | None:
        if each.takes_supports and each.score is None:
            return self.key_results[each.id].score
        return each.score
