"""Rings of teams or of supports, refused at the line of the file that closes each."""

from collections import deque
from collections.abc import Mapping, Sequence

from connector.plans.changes import Stored
from connector.plans.entries import Entry, Identity
from connector.plans.problems import Problems
from connector.plans.supports import line_name
from connector.plans.world import World, above, rings

_SHOWN = 20
_Step = tuple[Identity, Identity]


def refuse_rings(
    entries: Mapping[Identity, Entry], after: World, before: Stored, problems: Problems
) -> None:
    """Note what closes a ring, each with the shortest path that it closes."""
    seen: set[_Step] = set()
    for ring in rings(entries, after):
        if problems.full:
            return
        steps = zip(ring, (*ring[1:], ring[0]), strict=True)
        ours = [step for step in steps if step[0] in entries]
        if not ours:
            continue  # nothing that this file could cut
        closing = max(ours, key=lambda step: _closing(entries[step[0]], step, before))
        if closing in seen:
            continue  # it is told already
        seen.add(closing)
        entry = entries[closing[0]]
        word = "parent" if entry.kind == "team" else "supports"
        path = _shown([closing[0], *_way(closing[1], closing[0], after)])
        line = entry.at(_name(closing))
        problems.add(line, entry.key, f"{word} leads back to itself: {path}; cut it")


def _closing(entry: Entry, step: _Step, before: Stored) -> tuple[bool, bool, int]:
    """What closes a ring: what the file says and was not so before, as far down as possible."""
    lower, (_, _, upper) = step
    held = before.records.get(lower)
    name = _name(step)
    if entry.kind == "key_result":
        moved = held is not None and held["objective"] != upper
        return moved, moved, entry.line
    was = held is not None and (
        held["parent"] == upper if entry.kind == "team" else upper in dict(held["supports"])
    )
    given = name in entry.lines
    return given and not was, given, entry.at(name)


def _name(step: _Step) -> str:
    """The name, in ``Entry.lines``, of the field that makes a step of a ring."""
    (kind, _, _), (_, _, upper) = step
    return {"team": "parent", "objective": line_name(upper)}.get(kind, "key")


def _way(start: Identity, end: Identity, world: World) -> list[Identity]:
    """The shortest way up from one object to another that is above it, both included."""
    came: dict[Identity, Identity] = {start: start}
    waiting = deque([start])
    while end not in came:
        node = waiting.popleft()
        for upper in above(node, world):
            if upper not in came:
                came[upper] = node
                waiting.append(upper)
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def _shown(path: Sequence[Identity]) -> str:
    keys = [key for _, _, key in path]
    half = _SHOWN // 2
    return " → ".join(keys if len(keys) <= _SHOWN else [*keys[:half], "…", *keys[1 - half :]])
