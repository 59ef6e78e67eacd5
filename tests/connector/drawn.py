"""Hypothesis strategies for whole links and whole cycles: every rule of docs/scoring.md is hit."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from connector.ledger import Candidate
from connector.mapping import FieldMapping, LabelPattern, LabelSizes, NumberField, TypeRule, Words
from connector.okr import KeyResult, LinkRule, Measure
from connector.rollup import KeyResultNode, ObjectiveNode, SupportEdge, TeamNode, Tree
from connector.work import WorkItem

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
STATUSES = ("To Do", "In Progress", "In Review", "Done", "Won’t do")
TYPES = ("Story", "Bug", "Epic", "Sub-task")
LABELS = ("okr", "size/M", "points: 3", "Points: 0.5", "in progress", "points: many")
PLACES = ("PLAT", "acme/api")
amounts = st.sampled_from([0.0, 0.5, 1.0, 3.0]) | st.floats(0, 1e4)
ratios = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
weights = st.sampled_from([0.0, 1.0, 2.0]) | st.floats(1e-3, 1e3)
scores = st.none() | ratios
states = st.sampled_from(["todo", "doing", "done", "dropped"])
categories = st.sampled_from(["todo", "doing", "done", "unknown"])
activities = st.sampled_from(["active"] * 5 + ["draft", "candidate", "postponed", "cancelled"])


def some(names: tuple[str, ...], *, size: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=size, unique=True).map(tuple)


def folded(names: tuple[str, ...], values: Any) -> st.SearchStrategy[dict[str, Any]]:
    plain = [name.replace("’", "'").casefold() for name in names]
    return st.dictionaries(st.sampled_from(plain), values, max_size=2)


sources = st.sampled_from(
    [
        NumberField("a"),
        NumberField("b"),
        LabelPattern("Points: *"),
        LabelSizes({"size/m": 5.0, "okr": 0.0}),
    ]
)
type_rules = st.builds(
    TypeRule,
    counts=st.sampled_from([None, None, "item", "parent", "subtask", "never"]),
    statuses=folded(STATUSES, states),
    categories=st.dictionaries(categories, states, max_size=1),
)
words = st.builds(
    Words,
    points=st.lists(sources, max_size=3, unique_by=repr).map(tuple),
    statuses=folded(STATUSES, states),
    categories=st.dictionaries(categories, states, max_size=1),
    labels=folded(LABELS, states),
    boards=folded(STATUSES, states),
    types=folded(TYPES, type_rules),
    dropped=st.sampled_from([frozenset(), frozenset({"won't do"}), frozenset({"duplicate"})]),
    weights=folded((*STATUSES, "todo", "doing", "done"), ratios),
)
mappings = st.builds(
    FieldMapping, words, st.dictionaries(st.sampled_from(["plat", "acme/api"]), words, max_size=1)
)
items = st.builds(
    WorkItem,
    external_id=st.just("1"),
    key=st.just("PLAT-1"),
    title=st.just("Any"),
    url=st.just(""),
    status=st.sampled_from(STATUSES) | st.just("DONE"),
    category=categories,
    type=st.sampled_from(TYPES),
    created_at=st.just(NOON),
    updated_at=st.just(NOON),
    state_at=st.just(NOON),
    resolution=st.sampled_from([None, None, "Done", "Won't Do", "Won’t do", "Duplicate"]),
    place=st.sampled_from(PLACES),
    level=st.sampled_from([-1, 0, 0, 0, 1, 2]),
    pull_request=st.sampled_from([False, False, True]),
    labels=some(LABELS),
    tags=st.sampled_from([frozenset(), frozenset({"board:acme/3/In Progress", "repo:acme/api"})]),
    numbers=st.dictionaries(st.sampled_from(["a", "b"]), amounts | st.just(-1.0), max_size=2),
)
candidates = st.lists(items, max_size=6).map(
    lambda some: [Candidate(number, each) for number, each in enumerate(some, 1)]
)
sizes = st.sampled_from(["count", "points", "points", "field:a", "field:b"])
shares = st.builds(Measure, of=sizes)
numbers = st.builds(
    Measure,
    of=sizes,
    aggregate=st.sampled_from(["sum", "avg", "min", "max"]),
    over=st.sampled_from(["done", "open", "all"]),
) | st.builds(Measure, aggregate=st.just("count"), over=st.sampled_from(["done", "open", "all"]))


def rules(measures: st.SearchStrategy[Measure]) -> st.SearchStrategy[LinkRule]:
    return st.builds(
        LinkRule,
        measure=measures,
        weight=weights,
        dropped=st.sampled_from(["exclude", "as_done", "as_open"]),
        unestimated=st.sampled_from(["exclude", "zero", "median", "default:2.5"]),
        types=st.just(()) | st.just(()) | some(TYPES, size=2),
        labels=st.just(()) | st.just(()) | some(LABELS, size=2),
        subtasks=st.booleans(),
        pull_requests=st.sampled_from([False, True, "only"]),
        statuses=st.none()
        | st.just({})
        | st.dictionaries(
            st.sampled_from([*STATUSES, "todo", "doing", "done"]), ratios, max_size=3
        ),
    )


ends = st.integers(-20, 120).map(float)
key_results = st.builds(
    KeyResult,
    key=st.just("KR-1"),
    title=st.just("Any"),
    kind=st.sampled_from(
        ["increase", "decrease", "reach", "at_least", "at_most", "between", "done"]
    ),
    start=st.none() | ends,
    target=st.none() | ends,
    unit=st.sampled_from(["", "%", "h"]),
    lower_is_better=st.booleans(),
    limits=st.none() | st.tuples(ends, ends),
    guard=st.booleans(),
)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A cycle without rings: supports go from later objectives to earlier ones."""
    teams = [TeamNode(0)] + [
        TeamNode(each, draw(st.integers(0, each - 1))) for each in range(1, draw(st.integers(1, 5)))
    ]
    objectives = [
        ObjectiveNode(
            id=each,
            team_id=draw(st.integers(0, len(teams) - 1)),
            state=draw(activities),
            weight=draw(weights),
            takes=draw(st.sampled_from(["key_results", "children", "both"])),
        )
        for each in range(draw(st.integers(1, 7)))
    ]
    found = []
    for each in range(draw(st.integers(0, 12))):
        takes_supports = draw(st.sampled_from([False, False, True]))
        points = draw(st.none() if takes_supports and draw(st.booleans()) else scores)
        owner = draw(st.integers(0, len(objectives) - 1))
        node = KeyResultNode(
            each, owner, draw(weights), draw(st.booleans()), points, takes_supports
        )
        found.append(node)
    return Tree(objectives, found, draw(edges(objectives, found)), teams)


def edges(
    objectives: list[ObjectiveNode], key_results: list[KeyResultNode]
) -> st.SearchStrategy[list[SupportEdge]]:
    to_objectives = [
        ("objective", upper.id, lower.id)
        for upper in objectives
        for lower in objectives
        if lower.id > upper.id
    ]
    to_key_results = [
        ("key_result", each.id, lower.id)
        for each in key_results
        for lower in objectives
        if lower.id > each.objective_id
    ]
    every = [*to_objectives, *to_key_results]
    if not every:
        return st.just([])
    return st.lists(
        st.tuples(st.sampled_from(every), weights), max_size=10, unique_by=lambda each: each[0]
    ).map(lambda some: [SupportEdge(lower, kind, at, w) for (kind, at, lower), w in some])
