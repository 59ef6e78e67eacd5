"""docs/scoring.md, sections 1 to 5 and 7, once more: fractions and plain loops, slow and simple.

It shares no code with ``connector``, only its dataclasses as inputs, so that both must be wrong in
the same way to agree on something wrong.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass
class Counted:
    """One item's part in a link; ``counts`` says that it was left out by no rule but its size."""

    item_id: int
    state: str
    counts: bool
    sized: bool = False
    included: bool = False
    done: Fraction = Fraction(0)
    total: Fraction = Fraction(0)


def same(word: Any) -> str:
    return str(word).strip().replace("’", "'").casefold()


def words_for(item: Any, mapping: Any) -> Any:
    for place, words in mapping.places.items():
        if place == same(item.place):
            return words
    return mapping.words


def state(item: Any, mapping: Any) -> str:
    words = words_for(item, mapping)
    if item.resolution is not None and same(item.resolution) in words.dropped:
        return "dropped"
    if item.category != "done":
        for tag in sorted(item.tags):
            on_board = same(tag.split("/", 2)[-1])
            if tag.startswith("board:") and on_board in words.boards:
                return words.boards[on_board]
        for label in map(same, sorted(item.labels)):
            if label in words.labels:
                return words.labels[label]
    return state_by_status(item, words)


def state_by_status(item: Any, words: Any) -> str:
    of_type = words.types.get(same(item.type))
    if of_type is not None and same(item.status) in of_type.statuses:
        return of_type.statuses[same(item.status)]
    if same(item.status) in words.statuses:
        return words.statuses[same(item.status)]
    if of_type is not None and item.category in of_type.categories:
        return of_type.categories[item.category]
    if item.category in words.categories:
        return words.categories[item.category]
    return "todo" if item.category == "unknown" else item.category


def size(item: Any, of: str, mapping: Any) -> Fraction | None:
    if of == "count":
        return Fraction(1)
    if of.startswith("field:"):
        return usable(item.numbers.get(of[len("field:") :]))
    for source in words_for(item, mapping).points:
        if hasattr(source, "field"):
            found = [usable(item.numbers.get(source.field))]
        elif hasattr(source, "pattern"):
            found = [written(label, source.pattern) for label in sorted(item.labels)]
        else:
            found = [usable(source.sizes.get(same(label))) for label in sorted(item.labels)]
        for each in found:
            if each is not None:
                return each
    return None


def written(label: str, pattern: str) -> Fraction | None:
    """The number that a label holds where the pattern has its star."""
    before, after = same(pattern).split("*")
    middle = same(label)[len(before) : len(same(label)) - len(after)]
    if same(label) != before + middle + after:
        return None
    return usable(float(middle)) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", middle) else None


def usable(number: float | None) -> Fraction | None:
    if number is None or math.isnan(number) or math.isinf(number):
        return None
    return Fraction(number) if 0 <= number <= 10**15 else None


def contributions(rule: Any, items: Any, mapping: Any, *, is_query: bool) -> list[Counted]:
    """``items`` are (id, work item)."""
    found = []
    sizes = []
    for item_id, item in items:
        what = state(item, mapping)
        counts = _counts(rule, item, what)
        counts = counts and _is_of_a_kind_that_counts(
            rule, item, words_for(item, mapping), is_query=is_query
        )
        part = Counted(item_id, what, counts)
        found.append(part)
        own = size(item, rule.measure.of, mapping)
        if part.counts and own is not None:
            part.sized = True
            part.total = own
            sizes.append(own)
    for (_, item), part in zip(items, found, strict=True):
        if not part.counts:
            continue
        if not part.sized:
            replacement = _replacement(rule.unestimated, sizes)
            if replacement is None:
                continue
            part.total = replacement
        part.included = True
        part.done = part.total * _weight(rule, item, part.state, mapping)
    return found


def _counts(rule: Any, item: Any, what: str) -> bool:
    wanted = {same(each) for each in rule.labels}
    if rule.types and same(item.type) not in [same(each) for each in rule.types]:
        return False
    if wanted and not wanted & {same(each) for each in item.labels}:
        return False
    if what == "dropped" and rule.dropped == "exclude":
        return False
    if rule.measure.aggregate is None or rule.measure.over == "all":
        return True
    return (_seen(rule, what) == "done") == (rule.measure.over == "done")


def _is_of_a_kind_that_counts(rule: Any, item: Any, words: Any, *, is_query: bool) -> bool:
    kind = {-1: "subtask", 0: "item"}.get(item.level, "parent")
    of_type = words.types.get(same(item.type))
    if of_type is not None and of_type.counts is not None:
        kind = of_type.counts
    counted = {"item": True, "never": False, "subtask": rule.subtasks, "parent": is_query}[kind]
    asked = rule.pull_requests
    of_kind = item.pull_request if asked == "only" else asked or not item.pull_request
    return counted and of_kind


def _seen(rule: Any, what: str) -> str:
    if what == "dropped":
        return {"as_done": "done", "as_open": "todo", "exclude": "todo"}[rule.dropped]
    return what


def _replacement(policy: str, sizes: list[Fraction]) -> Fraction | None:
    if policy == "exclude":
        return None
    if policy == "zero":
        return Fraction(0)
    if policy.startswith("default:"):
        return Fraction(float(policy[len("default:") :]))
    assert policy == "median"
    if not sizes:
        return None
    ordered = sorted(sizes)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def _weight(rule: Any, item: Any, what: str, mapping: Any) -> Fraction:
    seen = _seen(rule, what)
    if rule.statuses is None:
        return Fraction(1) if seen == "done" else Fraction(0)
    given = dict(words_for(item, mapping).weights)
    given.update({same(name): each for name, each in rule.statuses.items()})
    if what != "dropped" and same(item.status) in given:
        return Fraction(given[same(item.status)])
    return Fraction({"todo": 0.0, "doing": 0.5, "done": 1.0, **given}[seen])


def reading(measure: Any, parts: list[Counted]) -> dict[str, Any]:
    included = [each for each in parts if each.included]
    counting = [each for each in parts if each.counts]
    done = total = value = None
    if measure.aggregate is None:
        done = sum((each.done for each in included), Fraction(0))
        total = sum((each.total for each in included), Fraction(0))
        value = done / total if total != 0 else None
    elif measure.aggregate == "count":
        value = Fraction(len(included))
    elif measure.aggregate == "sum":
        value = sum((each.total for each in included), Fraction(0))
    elif included:
        sizes = [each.total for each in included]
        value = {"avg": sum(sizes) / len(sizes), "min": min(sizes), "max": max(sizes)}[
            measure.aggregate
        ]
    coverage = None
    if counting:
        coverage = Fraction(len([each for each in counting if each.sized]), len(counting))
    return {"done": done, "total": total, "value": value, "coverage": coverage}


def value(kr: Any, rules: list[Any], links: list[list[Counted]]) -> tuple[Fraction | None, bool]:
    """(value, partial) from the contributions of each link."""
    readings = [reading(rule.measure, parts) for rule, parts in zip(rules, links, strict=True)]
    if not readings:
        return None, False
    scale = 100 if kr.unit == "%" and rules[0].measure.aggregate is None else 1
    if len(readings) == 1:
        only = readings[0]["value"]
        return (None, False) if only is None else (only * scale, False)
    if rules[0].measure.aggregate is None and kr.combine == "weighted":
        return _weighted_links(rules, readings, scale)
    missing = [each for each in readings if each["value"] is None]
    if rules[0].measure.aggregate is None:
        found = _pool(links)
        found = found if found is None else found * scale
    else:
        values = [each["value"] for each in readings if each["value"] is not None]
        found = _numbers(kr.combine or "sum", values)
    return found, found is not None and bool(missing)


def _pool(links: list[list[Counted]]) -> Fraction | None:
    seen: dict[int, Counted] = {}
    for parts in links:
        for part in parts:
            if part.included and part.item_id not in seen:
                seen[part.item_id] = part
    total = sum((each.total for each in seen.values()), Fraction(0))
    return sum((each.done for each in seen.values()), Fraction(0)) / total if total else None


def _numbers(how: str, values: list[Fraction]) -> Fraction | None:
    if not values:
        return None
    if how in ("sum", "avg"):
        return sum(values, Fraction(0)) / (len(values) if how == "avg" else 1)
    return min(values) if how == "min" else max(values)


def _weighted_links(rules: Any, readings: Any, scale: int) -> tuple[Fraction | None, bool]:
    above = below = Fraction(0)
    missing = False
    for rule, each in zip(rules, readings, strict=True):
        if rule.weight > 0 and each["value"] is None:
            missing = True
        elif rule.weight > 0:
            above += Fraction(rule.weight) * each["value"]
            below += Fraction(rule.weight)
    return (None, False) if below == 0 else (above / below * scale, missing)


def progress(kr: Any, number: Fraction | None) -> Fraction | None:
    if number is None:
        return None
    if kr.kind == "done":
        return Fraction(int(number >= 1))
    if kr.kind == "between":
        return kr.limits and Fraction(int(kr.limits[0] <= number <= kr.limits[1]))
    start = 0.0 if kr.kind == "increase" and kr.start is None else kr.start
    if kr.target is None or (kr.kind == "decrease" and start is None):
        return None
    if kr.kind in ("increase", "decrease") and start != kr.target:
        return (number - Fraction(start)) / (Fraction(kr.target) - Fraction(start))
    lower = kr.kind in ("at_most", "decrease") or (kr.kind == "reach" and kr.lower_is_better)
    return Fraction(int(number <= kr.target if lower else number >= kr.target))


def score(p: Fraction | None) -> Fraction | None:
    if p is None:
        return None
    return Fraction(0) if p < 0 else Fraction(1) if p > 1 else p


def guarded(p: Fraction | None, *, guard: bool, confirmed: bool, linked: bool) -> Fraction | None:
    if p is not None and guard and linked and not confirmed and p > Fraction(0.95):
        return Fraction(0.95)
    return p


def mean(parts: list[tuple[float, Fraction | None]]) -> tuple[Fraction | None, Fraction | None]:
    """(mean of what is known, known share) of (weight, score)."""
    above = known = total = Fraction(0)
    for weight, number in parts:
        total += Fraction(weight)
        if number is not None:
            known += Fraction(weight)
            above += Fraction(weight) * number
    return (above / known if known else None), (known / total if total else None)
