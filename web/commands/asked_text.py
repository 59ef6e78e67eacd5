"""What work serves, where it serves nothing, and what may come of it, as lines of text."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from connector.attribution import (
    AboveReport,
    Effect,
    ItemReport,
    ItemServes,
    PersonItem,
    PersonWork,
    ServingReport,
)
from connector.coverage import CoverageReport
from connector.notes import plain
from connector.outlook import Outlook
from web import words
from web.commands.text import part, some

HEADINGS = {
    "places": "Work tied to no key result",
    "still": "Key results nothing moves",
    "twice": "Items counted more than once in an objective",
    "empty": "Links that count nothing",
    "unsized": "Missing estimates",
}
"""The lists of a coverage report, in the order they are told."""


def why(found: ItemServes, zone: ZoneInfo) -> Iterator[str]:
    """A work item and the ways up from it."""
    yield _item(found.item)
    if found.item.url:
        yield f"  {found.item.url}"
    if found.reason:
        yield words.sentence(plain(found.reason))
    for each in found.serves:
        yield from _serving(each)
    for once in found.once:
        day = once.left_at.astimezone(zone).date()
        yield f"Once, until {day}: {once.key_result.key} ({once.cycle}): {plain(once.reason)}"


def _item(item: ItemReport) -> str:
    gone = f", {item.gone}" if item.gone else ""
    return f"{item.key} {item.title}  {item.status} ({item.state}{gone})"


def _serving(each: ServingReport) -> Iterator[str]:
    counted = each.contribution
    held = part(counted.done, counted.total) if counted.included else "not counted"
    why_not = f" ({plain(counted.reason)})" if counted.reason else ""
    yield f"{each.key_result.key} {each.key_result.title}  ({each.cycle})"
    yield f"  by {each.scope}: {held}{why_not}"
    if each.effect is not None:
        yield from _finishing(each.effect)
    state = f" ({each.objective_state})" if each.objective_state != "active" else ""
    yield f"  of {each.objective.key} {each.objective.title}{state}"
    yield from map(_above, each.above)
    yield f"  team {' → '.join(team.title for team in each.teams)}"


def _finishing(effect: Effect) -> Iterator[str]:
    reading, progress = effect.reading, effect.progress
    read = f"the link's reading {words.number(reading[0])} → {words.number(reading[1])}"
    moved = f"progress {words.percent(progress[0])} → {words.percent(progress[1])}"
    yield f"  finishing it: {read}, {moved}"
    if effect.note:
        yield f"    {effect.note}"


def _above(edge: AboveReport) -> str:
    indent = "  " * (edge.level + 1)
    return f"{indent}which supports {edge.key} {edge.title} (team {edge.team})"


def work(found: PersonWork) -> Iterator[str]:
    """A person's items: those that serve key results, and apart from them the others."""
    accounts = ", ".join(f"{tracker} {account}" for tracker, account in found.accounts)
    yield f"{found.person.title} ({found.person.key}){f'  {accounts}' if accounts else ''}"
    if found.reason:
        yield words.sentence(plain(found.reason))
        return
    yield from _listed("Serving key results", found.serving)
    yield from _listed("Serving no key result", found.untied)
    if not found.serving and not found.untied:
        yield "No item is open or was finished in the last days."


def _listed(heading: str, items: Iterable[PersonItem]) -> Iterator[str]:
    for number, each in enumerate(items):
        if number == 0:
            yield heading
        yield f"  {_item(each.item)}"
        for served in each.serves:
            held = part(served.done, served.total)
            yield (
                f"    {served.key_result.key} {served.key_result.title}: {held}, "
                f"of {served.objective.key} {served.objective.title} ({served.team.title})"
            )
        if each.reason:
            yield f"    {plain(each.reason)}"


def coverage(found: CoverageReport) -> Iterator[str]:
    """A cycle's work and key results where they miss each other."""
    yield words.sentence(found.sentence)
    every = dict(found.cut)
    for name, heading in HEADINGS.items():
        entries = getattr(found, name)
        if name == "places":
            entries = [each for each in entries if each.untied]
        if entries:
            yield heading
        for each in entries:
            keys = getattr(each, "newest", ()) or getattr(each, "keys", ())
            named = f" ({some(keys, len(keys))})" if keys else ""
            yield f"  {each.sentence}{named}"
        if name in every:
            yield f"  and more: {every[name]:,} in all"


def forecast(found: Outlook) -> Iterator[str]:
    """A key result's chances and ranges."""
    yield f"{found.key}, {found.start} to {found.end}"
    for sentence in found.sentences:
        yield f"  {sentence}"
    if found.starts:
        yield f"  {words.sentence(f'its way: {found.starts}')}"
