"""The number fields of an issue through its life, as far as GitHub tells of them; pure."""

import math
from collections import defaultdict

from integrations.github.events import Told
from integrations.github.story import Change, Story


def follow(story: Story) -> None:
    """Every number field: what it held when, ending in what it holds now.

    What is told of a field that nobody measures by, and does not fit, is left out.
    """
    chains: dict[str, list[Told]] = defaultdict(list)
    for each in story.about("number"):
        chains[each.name].append(each)
    for name in sorted({*chains, *(story.known.numbers & story.item.numbers.keys())}):
        now = story.item.numbers.get(name)
        found = _changes(name, chains[name], now)
        if found is not None:
            story.changes += found
        elif name in story.known.numbers:
            kept = bool(chains[name])
            story.gaps.append(
                f"GitHub kept not every change of the field {name} of {story.item.key}."
                if kept
                else f"GitHub keeps no dates of changes of the field {name}, which"
                f" {story.item.key} has."
            )


def _changes(name: str, chain: list[Told], now: float | None) -> list[Change] | None:
    """The changes; None where they do not lead from an empty field to what it holds now."""
    held, found = None, []
    for each in chain:
        before, after = _number(each.before), _number(each.after)
        if each.before is not None and before != held:
            return None
        found.append(Change(each.at, {"numbers": {name: held}}, {"numbers": {name: after}}))
        held = after
    return found if held == now else None


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None
