"""Why a key result is what it is, as lines of text."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from zoneinfo import ZoneInfo

from connector.explained import (
    ChangeReport,
    ContributionReport,
    Explanation,
    LinkExplanation,
    MovementReport,
)
from connector.notes import plain
from connector.report import LinkReport
from web import words
from web.commands.cycle_text import key_result_lines
from web.commands.text import Row, columns, on, part

SHOWN = 20
"""Of long lists, the newest so many are shown; --json has all."""
FOLDED = 3
"""More changes than these, learnt at once, are told in one line."""
NATURES = {"work": "work done", "scope": "scope", "rule": "rules", "person": "people"}


def explanation_lines(found: Explanation, zone: ZoneInfo) -> Iterator[str]:
    """The key result, what moved it, and what stands behind each link."""
    yield from columns(key_result_lines(found.key_result))
    yield from _standing(found)
    if found.changes:
        yield from _changes(found.changes, found.key_result.unit, zone)
    for each in found.links:
        yield from _link(each, zone)


def _standing(found: Explanation) -> Iterator[str]:
    each = found.key_result
    told = [f"progress {words.percent(each.progress)}"]
    if each.expected is not None:
        told.append(f"expected by now {words.percent(each.expected)}")
    if each.confidence is not None:
        told.append(f"confidence {each.confidence} of 10")
    yield f"  {', '.join(told)}; of {found.objective}, team {found.team}, cycle {found.cycle}"


def _changes(changes: Sequence[ChangeReport], unit: str, zone: ZoneInfo) -> Iterator[str]:
    """What moved the key result: work apart from scope, rules and people; then one by one."""
    sums = [
        f"{name} {words.points(math.fsum(each.delta for each in mine))}"
        for nature, name in NATURES.items()
        if (mine := [each for each in changes if each.nature == nature])
    ]
    yield f"  moved by {', '.join(sums)}"
    folded = _folded(changes)
    yield from columns(_change(each, unit, zone) for each in folded[:SHOWN])
    yield from _rest(folded)


def _folded(changes: Sequence[ChangeReport]) -> list[ChangeReport]:
    """What was learnt at once and is of one kind in one line, as when a link is first read."""
    found: list[ChangeReport] = []
    for _, group in groupby(changes, key=lambda each: (each.recorded_at, each.kind)):
        together = list(group)
        if len(together) <= FOLDED:
            found += together
            continue
        delta = math.fsum(each.delta for each in together)
        notes = {each.note for each in together}
        note = notes.pop() if len(notes) == 1 else ""
        scopes = {each.scope for each in together}
        scope = scopes.pop() if len(scopes) == 1 else ""
        subject = f"{len({each.subject for each in together}):,} items"
        first = together[0]
        found.append(replace(first, subject=subject, delta=delta, note=note, scope=scope))
    return found


def _change(each: ChangeReport, unit: str, zone: ZoneInfo) -> Row:
    kind = str(words.MOVES.get(each.kind, each.kind))
    what = f"{each.subject} {kind}" if each.subject else kind
    if each.kind == "scope_removed" and each.subject.count(":") >= 2:  # a scope, no item
        what = f"link to {each.subject} ended"
    what += f" in {each.scope}" if each.scope else ""
    by = f" by {each.author}" if each.author else ""
    note = f": {each.note}" if each.note else ""
    value = f"→ {words.number(each.value, unit)}"
    return f"    {on(each.recorded_at, zone)}", words.points(each.delta), value, f"{what}{by}{note}"


def _link(each: LinkExplanation, zone: ZoneInfo) -> Iterator[str]:
    rebuilt = "  (rebuilt from the tracker's history)" if each.link.rebuilt else ""
    yield f"  {each.link.scope}  {_reading(each.link)}{rebuilt}"
    if each.link.called:
        yield f"    called {each.link.called} now"
    if each.link.error:
        yield f"    {each.link.error}"
    yield from _history(each, zone)
    yield from columns(_contribution(item) for item in each.contributions)
    if each.movements:
        yield "    movements:"
        first = min(moved.recorded_at for moved in each.movements)
        later = [moved for moved in each.movements if moved.recorded_at != first]
        yield from columns(_movement(moved, each.link, zone) for moved in later[:SHOWN])
        yield from _rest(later)
        read = words.plural(len(each.movements) - len(later), "item")
        yield f"      {on(first, zone)}  first read with {read}"


def _history(each: LinkExplanation, zone: ZoneInfo) -> Iterator[str]:
    """How far back its way is told, and what of it is rebuilt."""
    if each.link.history_note:
        yield f"    {each.link.history_note}"
    if each.link.history_from is not None:
        day = each.link.history_from.astimezone(zone).date()
        rebuilt = words.plural(len(each.past), "rebuilt movement")
        yield f"    told from the tracker's own history since {day}: {rebuilt}"


def _contribution(item: ContributionReport) -> Row:
    counted = part(item.done, item.total) if item.included else "not counted"
    why = f" ({plain(item.reason)})" if item.reason else ""
    return f"    {item.item}  {item.status}", counted, f"{item.title}{why}"


def _movement(moved: MovementReport, link: LinkReport, zone: ZoneInfo) -> Row:
    delta = words.points(moved.delta) if "share" in link.measure else words.signed(moved.delta)
    why = f": {plain(moved.why)}" if moved.why else ""
    what = f"{moved.item} {words.MOVES.get(moved.kind, moved.kind)} ({moved.nature}){why}"
    return f"      {on(moved.at, zone)}", delta, what


def _rest(found: Sequence[object]) -> Iterator[str]:
    if len(found) > SHOWN:
        yield f"      and {len(found) - SHOWN:,} older ones; --json has them all"


def _reading(link: LinkReport) -> str:
    if link.reading is None:
        return "unknown"
    if link.total is None or link.done is None:
        return words.number(link.reading)
    estimated = f", {words.percent(link.coverage)} estimated"
    coverage = "" if link.coverage in {None, 1.0} else estimated
    return f"{part(link.done, link.total)} ({words.percent(link.reading)}){coverage}"
