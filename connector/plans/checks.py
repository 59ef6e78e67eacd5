"""Whether one key result makes sense, checked on its whole record, each problem a sentence."""

from collections.abc import Iterator

from connector.plans.changes import Record
from connector.plans.entries import Entry, PlanLink

Found = tuple[str, str]
"""(the field at fault, what is wrong; the fix)"""

_OF_SHARES = {"pooled", "weighted"}
_BY_WEIGHT = (
    "or have each count by its weight: add combine: weighted to the key result in a plan file; the"
    " weight of a link is given there, with --rule 'weight: 2', or under More where it is linked"
)


def key_result_problems(entry: Entry, record: Record) -> Iterator[Found]:
    """Everything wrong with a key result that takes no other object to see."""
    yield from _misplaced(record)
    yield from _range(record)
    yield from _value(entry, record)
    yield from _source(entry, record)
    yield from _progress(entry, record)
    yield from _links(record)
    yield from _weights(record)
    start, end = record["start_date"], record["end_date"]
    if start and end and end < start:
        yield "end_date", f"it ends on {end}, before it starts on {start}; correct one of them"


_UNUSED = {
    "done": ("start", "target", "unit"),
    "between": ("start", "target"),
    "reach": ("start",),
    "at_least": ("start",),
    "at_most": ("start",),
}


def shown(value: float) -> str:
    """A number in a sentence."""
    return f"{value:.15g}"


def _misplaced(record: Record) -> Iterator[Found]:
    """Fields its kind has no use for, which would otherwise be ignored in silence."""
    kind = record["kind"]
    if kind != "between" and record["limits"] is not None:
        yield "limits", f"limits are for kind between, not {kind}; remove them (limits: null)"
    if kind != "reach" and record["lower_is_better"]:
        only = f"lower_is_better is for kind reach, not {kind}"
        yield "lower_is_better", f"{only}; remove it (lower_is_better: false)"
    unused = _UNUSED.get(kind, ())
    for name in unused:
        if record[name] not in {None, ""}:
            yield name, f"kind {kind} takes no {name}; remove it ({name}: null)"


def _range(record: Record) -> Iterator[Found]:
    kind, start, target = record["kind"], record["start"], record["target"]
    if kind == "between":
        yield from _between(record)
    elif kind != "done" and target is None:
        yield "target", f"kind {kind} needs a target; add one"
    elif kind == "decrease" and start is None:
        yield "start", "kind decrease needs a start; add one above the target"
    elif kind in {"increase", "decrease"} and target == (start or 0):
        same = f"the target {shown(target)} is also the start, so there is no way to go"
        yield "target", f"{same}; change one of them, or use kind reach"
    elif kind == "increase" and target < (start or 0):
        above = f"the target {shown(target)} is not above the start {shown(start or 0)}"
        yield "target", f"{above}; raise it, lower the start, or use another kind"
    elif kind == "decrease" and target > start:
        below = f"the target {shown(target)} is not below the start {shown(start)}"
        yield "target", f"{below}; lower it, raise the start, or use another kind"


def _between(record: Record) -> Iterator[Found]:
    if record["limits"] is None:
        yield "limits", "kind between needs limits; add limits: [lowest, highest]"
    elif record["limits"][0] >= record["limits"][1]:
        low, high = (shown(each) for each in record["limits"])
        yield "limits", f"the lower limit {low} is not below the upper {high}; correct them"


def _value(entry: Entry, record: Record) -> Iterator[Found]:
    given = entry.fields.get("value")
    if record["kind"] != "done":
        if isinstance(given, bool):
            yield "value", "true and false are for kind done; give a number"
    elif given is not None and not isinstance(given, bool):
        yield "value", f"kind done takes value true or false, not {shown(given)}; write one of them"
    elif record["value"] not in {None, 0.0, 1.0}:
        old = shown(record["value"])
        yield "kind", f"its value is {old}, but kind done takes true or false; also give the value"


def _source(entry: Entry, record: Record) -> Iterator[Found]:
    """A value comes from a person or from links, never from both."""
    given = entry.fields
    if given.get("value") is not None and given.get("links"):
        yield "value", "value and links are both given; links compute the value, so remove one"
    elif record["value"] is None or not record["links"]:
        return
    elif given.get("value") is not None:
        scope = record["links"][0].scope.text
        linked = f"its links ({scope}, …) compute the value"
        yield "value", f"{linked}; remove value, or {_unlink(record)} to type it from now on"
    elif given.get("links"):
        typed = f"a value ({shown(record['value'])}) was typed for it"
        yield "links", f"{typed}; add value: null to have the links compute it, or remove links"


def _unlink(record: Record) -> str:
    """How the links of a key result are ended."""
    if any(link.origin == "convention" for link in record["links"]):
        return "take the key result's name off the items that ask to be linked,"
    return "add links: []"


def _progress(entry: Entry, record: Record) -> Iterator[Found]:
    """What takes its progress from supporting objectives has no other source."""
    if record["progress_from"] != "supports":
        return
    taken = "its progress is taken from what supports it (progress_from: supports)"
    if record["links"]:
        name = "links" if entry.fields.get("links") else "progress_from"
        yield name, f"{taken}, not from links; remove one of them (links: [])"
    if record["value"] is not None:
        name = "value" if entry.fields.get("value") is not None else "progress_from"
        typed = f"not from a value ({shown(record['value'])})"
        yield name, f"{taken}, {typed}; remove one of them (value: null)"
    if record["needs_confirmation"]:
        held = "needs_confirmation holds back what links bring"
        yield "needs_confirmation", f"{held}, but {taken}; remove one of them"


def _links(record: Record) -> Iterator[Found]:
    links, combine = record["links"], record["combine"]
    kinds = {link.rule.measure.is_share for link in links}
    if len(kinds) > 1:
        apart = [link.scope.text for link in links if link.origin != "plan"]
        besides = f" (besides the file there is {', '.join(apart)})" if apart else ""
        mixed = f"share and number links do not mix in one key result{besides}; make it two"
        yield "links", mixed
    if len(kinds) != 1 or combine is None:
        return
    if kinds == {True} and combine not in _OF_SHARES:
        yield "combine", f"{combine} is for numbers; choose pooled or weighted for shares"
    if kinds == {False} and combine in _OF_SHARES:
        yield "combine", f"{combine} is for shares; choose sum, avg, min or max for numbers"


def _weights(record: Record) -> Iterator[Found]:
    links: tuple[PlanLink, ...] = record["links"]
    if len(links) < 2 or record["combine"] == "weighted":
        return
    shares = [link for link in links if link.rule.measure.is_share]
    if any(link.rule.weight != 1 for link in links):
        fix = "add it, or remove the weights" if shares else "numbers have none, remove them"
        yield "links", f"weights of links only count with combine: weighted; {fix}"
    sizes = sorted({link.rule.measure.of for link in shares})
    if len(sizes) > 1:
        both = " and ".join(sizes)
        yield "links", f"pooled links must share one size, not {both}; {_BY_WEIGHT}"
