"""What an item serves upwards, and what finishing it would move: pure computations."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from connector import ledger, scoring
from connector.attribution import AboveKind, Effect, ServingReport
from connector.ledger import Candidate, Number, Part, Weigher
from connector.ledger.readings import Counted
from connector.mapping import FieldMapping
from connector.okr import KeyResult, LinkRule

OVERRIDDEN = "an override stands over the key result: what is shown stays until it ends"
CAPPED = "progress is held back until a person confirms the outcome"
SUPPORTED = "the key result takes its progress from the objectives that support it"


@dataclass(frozen=True, slots=True)
class Edge:
    """An objective supports an objective or a key result, all by id."""

    objective_id: int
    target_kind: AboveKind
    target_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """An edge on the way up, and how many edges lie between it and the beginning."""

    edge: Edge
    level: int


def upwards(start: int, edges: Iterable[Edge], owners: Mapping[int, int]) -> list[Step]:
    """Every edge above an objective, nearest first, each once.

    ``owners`` gives the objective of each key result: the way goes on from there.
    """
    leaving: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        leaving[edge.objective_id].append(edge)
    found: list[Step] = []
    reached, level, depth = {start}, [start], 1
    while level:
        steps = [Step(edge, depth) for each in level for edge in leaving[each]]
        found += steps
        tops = [_objective(step.edge, owners) for step in steps]
        level = [each for each in dict.fromkeys(tops) if each is not None and each not in reached]
        reached.update(level)
        depth += 1
    return found


def _objective(edge: Edge, owners: Mapping[int, int]) -> int | None:
    return edge.target_id if edge.target_kind == "objective" else owners.get(edge.target_id)


@dataclass(frozen=True, slots=True)
class LinkNow:
    """A link of a key result with what it holds; ``part`` is the item's if it were finished.

    ``part`` is None for a link that does not hold the item; ``known`` is whether it was read.
    """

    link_id: int
    rule: LinkRule
    held: Sequence[Counted]
    known: bool
    part: Part | None = None

    def reading(self, *, then: bool) -> scoring.Reading | None:
        """What it says now, or would say then; None while it was not read."""
        if not self.known:
            return None
        found = ledger.reading(self.rule.measure, self.then() if then else self.held)
        return scoring.Reading(found.done, found.total, found.value)

    def then(self) -> Sequence[Counted]:
        """What it would hold."""
        part = self.part
        if part is None:
            return self.held
        return [part if each.item_id == part.item_id else each for each in self.held]


def finished(
    link: LinkNow, candidate: Candidate, mapping: FieldMapping, *, is_query: bool
) -> Part | None:
    """What an item would contribute to a link if it were finished now.

    None where that would also change the size of other items (a median that moves).
    """
    item = replace(candidate.item, status="", category="done", resolution=None)
    weigher = Weigher(link.rule, _by_category(mapping, item.place), is_query=is_query)
    draft = weigher.draft(Candidate(candidate.item_id, item))
    if link.rule.unestimated != "median":  # what the others are does not matter
        return weigher.weigh(draft, weigher.default_size(()))
    others = [each for each in link.held if each.item_id != candidate.item_id]
    was = next((each for each in link.held if each.item_id == candidate.item_id), None)
    sized = not draft.part.reason and draft.size is not None
    unsized = any(each.included and each.sized is False for each in others)
    if unsized and bool(was and was.sized) != sized:
        return None
    sizes: list[float | None] = [each.total for each in others if each.sized]
    return weigher.weigh(draft, weigher.default_size([*sizes, draft.size if sized else None]))


def _by_category(mapping: FieldMapping, place: str) -> FieldMapping:
    """The words of a place in which a status without a name means what its category says."""
    words = mapping.at(place)
    types = {name: replace(rule, categories={}) for name, rule in words.types.items()}
    return FieldMapping(replace(words, categories={}, types=types))


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What a person said over a key result's computed value."""

    override: float | None = None
    confirmed: bool = False


def effect(kr: KeyResult, links: Sequence[LinkNow], link_id: int, over: Over) -> Effect:
    """What a finished item would do to one link's reading and to the key result's progress."""
    mine = next(each for each in links if each.link_id == link_id)
    now, then = mine.reading(then=False), mine.reading(then=True)
    reading = (now.value if now else None, then.value if then else None)
    if kr.progress_from == "supports":
        return Effect(reading=reading, progress=(None, None), note=SUPPORTED)
    before, after = _number(kr, links, over, then=False), _number(kr, links, over, then=True)
    note = OVERRIDDEN if over.override is not None else CAPPED if after.capped else ""
    return Effect(reading=reading, progress=(before.progress, after.progress), note=note)


def _number(kr: KeyResult, links: Sequence[LinkNow], over: Over, *, then: bool) -> Number:
    value, partial = ledger.computed(
        kr,
        [each.rule for each in links],
        [each.reading(then=then) for each in links],
        [each.then() if then else each.held for each in links],
    )
    return ledger.number(
        kr,
        value,
        partial=partial,
        override=over.override,
        linked=True,
        confirmed=over.confirmed,
    )


def why_nothing(serves: Sequence[ServingReport], *, gone: str | None = None, level: int = 0) -> str:
    """A sentence saying why an item serves nothing, or "" where it serves something."""
    if any(each.counts for each in serves):
        return ""
    if gone is not None:
        return f"it serves nothing: {gone}"
    if not serves:
        return f"it serves nothing: {unheld(level)}"
    return "it serves nothing: " + "; ".join(dict.fromkeys(_why_not(each) for each in serves))


def unheld(level: int) -> str:
    """Why an item that no link holds serves nothing."""
    if level > 0:
        return "no link holds it; where a link counts the items below it, they serve instead"
    return "no link of any key result holds it"


def _why_not(serving: ServingReport) -> str:
    if serving.contribution.included and serving.objective_state == "active":
        return f"cycle {serving.cycle} is {serving.cycle_state}"
    if serving.contribution.included:
        return f"objective {serving.objective.key} is {serving.objective_state}"
    return f"{serving.scope} does not count it ({serving.contribution.reason})"
