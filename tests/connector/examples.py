"""What the examples of docs/scoring.md mean: each block is run through the public functions."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector import ledger, pace, rollup, scoring
from connector.mapping import FieldMapping, as_words, checked
from connector.okr import KeyResult, LinkRule, Measure
from connector.policy import RATIO
from integrations.jira.spec import SPEC
from tests.connector.items import item

Block = dict[str, Any]
Said = tuple[Any, Any]
"""(what the document says, what the program says)"""

ZONE = ZoneInfo("UTC")
PARTS = ("state", "done", "total", "included", "reason")
READINGS = ("done", "total", "value", "coverage", "items", "excluded")


def run(kind: str, block: Block) -> list[Said]:
    """Everything a block says beside what the program says; a word nobody reads is an error."""
    left = dict(block)
    found = RUNNERS[kind](left)
    if left:
        raise ValueError(f"nothing in an example of a {kind} reads {sorted(left)}")
    return found


def link(block: Block) -> list[Said]:
    mapping = _mapping(block.pop("mapping", {}))
    rows = block.pop("items")
    rule = _rule(block.pop("link"))
    wanted = [row.pop("is") for row in rows]
    items = [ledger.Candidate(number, _item(row)) for number, row in enumerate(rows, 1)]
    found = ledger.parts(rule, items, mapping, is_query=False)
    said = [
        (value, getattr(part, name))
        for each, part in zip(wanted, found, strict=True)
        for name, value in _known(each, PARTS)
    ]
    reading = ledger.reading(rule.measure, found)
    return said + [(v, getattr(reading, n)) for n, v in _known(block.pop("reading"), READINGS)]


def key_result(block: Block) -> list[Said]:
    kr = _key_result(block.pop("key_result"))
    states = {"done": {"status": "Done", "category": "done"}, "open": {}}
    items = {name: item(name, **states[state]) for name, state in block.pop("items").items()}
    numbers = {name: number for number, name in enumerate(items, 1)}
    rules, members = [], []
    for each in block.pop("links"):
        held = [ledger.Candidate(numbers[name], items[name]) for name in each.pop("holds")]
        rules.append(_rule(each))
        members.append(ledger.parts(rules[-1], held, FieldMapping(), is_query=False))
    readings = [ledger.reading(r.measure, parts) for r, parts in zip(rules, members, strict=True)]
    known = [scoring.Reading(each.done, each.total, each.value) for each in readings]
    value, partial = ledger.computed(kr, rules, known, members)
    p = scoring.progress(kr, value)
    ours = {"value": value, "partial": partial, "progress": p, "score": scoring.score(p)}
    return [(block.pop(name), ours[name]) for name in ours if name in block]


def value(block: Block) -> list[Said]:
    kr, brought = _key_result(block.pop("key_result")), block.pop("links_bring")
    over = block.pop("overridden")
    cases = [
        (block.pop("is"), ledger.number(kr, brought, linked=True)),
        (block.pop("confirmed"), ledger.number(kr, brought, linked=True, confirmed=True)),
        (over.pop("is"), ledger.number(kr, brought, linked=True, override=over["by"])),
    ]
    return [(each, getattr(n, name)) for wanted, n in cases for name, each in wanted.items()]


def cycle(block: Block) -> list[Said]:
    parents, objectives = block.pop("teams"), block.pop("objectives")
    teams = list(parents)
    tree, names, healths = _tree(parents, objectives)
    numbers, found = rollup.roll_up(tree), rollup.conditions(tree, healths)
    said: list[Said] = []
    for name, wanted in block.pop("scores", {}).items():
        if name in teams:
            team = numbers.teams[teams.index(name)]
            said.append((wanted.pop("subtree"), team.subtree.score))
            mean = team.own
        else:
            mean = (numbers.objectives if name in objectives else numbers.key_results)[names[name]]
        said += [(wanted["score"], mean.score), (wanted["known"], mean.known)]
    for name, word in block.pop("healths", {}).items():
        one = found.teams[teams.index(name)] if name in teams else found.objectives[names[name]]
        beside = " and unknown" if one.unknown and one.health != "unknown" else ""
        said.append((word, one.health + beside))
    return said


def ring(block: Block) -> list[Said]:
    names = sorted({name for edge in block["supports"] for name in edge} | set(block["owners"]))
    kinds = {name: "key_result" if name in block["owners"] else "objective" for name in names}
    edges = [
        rollup.SupportEdge(names.index(lower), kinds[upper], names.index(upper))
        for lower, upper in block.pop("supports")
    ]
    owners = {names.index(k): names.index(o) for k, o in block.pop("owners").items()}
    path = rollup.ring(edges, owners)
    return [(block.pop("path"), path and [names[number] for _, number in path])]


def verdict(block: Block) -> list[Said]:
    found = [
        (each["kind"], scoring.Part(each.get("weight", 1), each["score"]))
        for each in block.pop("objectives")
    ]
    return [(block.pop("told"), scoring.verdict(found))]


def pace_(block: Block) -> list[Said]:
    start, end = block.pop("dates")
    now = datetime.fromisoformat(block.pop("now")).replace(tzinfo=UTC)
    steps: Mapping[date, float] = block.pop("steps", {})
    fields = {"start": 0, "target": 100, **block.pop("key_result", {})}
    kr = _key_result(
        {**fields, "curve": block.pop("curve", "linear"), "steps": tuple(steps.items())}
    )
    worked, off = block.pop("working_days", None), frozenset(block.pop("holidays", ()))
    days = None if worked is None else frozenset(worked)
    e = pace.elapsed(start, end, now, ZONE, days=days, holidays=off)
    mark = pace.pass_mark(block.pop("objective", "committed"))
    due = pace.expected(pace.curve(kr, e, now=now, zone=ZONE), mark)
    p = block.pop("p")

    def health(*, stale: bool = False, started: bool = True, **more: Any) -> str:
        return pace.health(kr, p, expected=due, stale=stale, started=started, **more)

    ours: dict[str, Callable[[], Any]] = {
        "elapsed": lambda: e,
        "expected": lambda: due,
        "health": health,
        "by_ratio": lambda: health(thresholds=RATIO),
        "stale": lambda: health(stale=True, started=False),
        "before_the_start": lambda: health(started=False),
    }
    return [(block.pop(name), ours[name]()) for name in ours if name in block]


RUNNERS: Mapping[str, Callable[[Block], list[Said]]] = {
    "link": link,
    "key result": key_result,
    "value": value,
    "cycle": cycle,
    "ring": ring,
    "verdict": verdict,
    "pace": pace_,
}


def _known(wanted: Block, names: tuple[str, ...]) -> list[tuple[str, Any]]:
    unknown = set(wanted).difference(names)
    if unknown:
        raise ValueError(f"an example expects {sorted(unknown)}, which nothing says")
    return list(wanted.items())


def _mapping(document: Block) -> FieldMapping:
    return as_words(checked(document), dropped=SPEC.dropped, points=("field:points",))


def _rule(document: Block) -> LinkRule:
    measure = document.pop("measure", {"share": "count"})
    if "share" in measure:
        return LinkRule(measure=Measure(of=measure["share"]), **document)
    how = {"aggregate": measure["number"], "over": measure.get("over", "all")}
    return LinkRule(measure=Measure(of=measure.get("of", "count"), **how), **document)


def _item(row: Block) -> Any:
    labels = tuple(row.pop("labels", ()))
    return item(**{"type": "Story", "resolution": None, **row, "labels": labels})


def _key_result(fields: Block) -> KeyResult:
    start, target = fields.get("start"), fields.get("target")
    down = start is not None and target is not None and target < start
    kind = "decrease" if down else "increase"
    return KeyResult(**{"key": "KR-1", "title": "Any", "kind": kind, **fields})


def _tree(
    parents: Mapping[str, str | None], plan: Mapping[str, Block]
) -> tuple[rollup.Tree, dict[str, int], dict[int, Any]]:
    """The tree of an example, the numbers of its names, and the healths it gives."""
    teams = list(parents)
    objectives, nodes, edges, healths = [], [], [], {}
    names = {name: number for number, name in enumerate(plan)}
    for name, fields in plan.items():
        given = dict(fields)
        for row in given.pop("key_results", ()):
            number = len(nodes)
            names[row.pop("key", f"unnamed {number}")] = number
            healths[number] = row.pop("health", "unknown")
            nodes.append(rollup.KeyResultNode(number, names[name], **row))
        edges += [(names[name], *each) for each in given.pop("supports", {}).items()]
        team = teams.index(given.pop("team"))
        objectives.append(rollup.ObjectiveNode(names[name], team, **given))
    supports = [
        rollup.SupportEdge(
            lower, "objective" if upper in plan else "key_result", names[upper], weight
        )
        for lower, upper, weight in edges
    ]
    above = [
        rollup.TeamNode(teams.index(each), None if upper is None else teams.index(upper))
        for each, upper in parents.items()
    ]
    return rollup.Tree(objectives, nodes, supports, above), names, healths
