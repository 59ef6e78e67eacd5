"""Whether what objects refer to is there."""

from collections.abc import Iterator

from connector.plans.checks import Found
from connector.plans.entries import Entry, Kind
from connector.plans.objects import WORDS
from connector.plans.problems import nearest
from connector.plans.supports import line_name
from connector.plans.world import WORK, World

_FIX = "; add it, or correct the key"


def reference_problems(entry: Entry, world: World) -> Iterator[Found]:
    """What an object refers to that neither the file nor the store has."""
    record = world.records[entry.identity]
    match entry.kind:
        case "team":
            yield from _absent("parent", "team", record["parent"], world)
            yield from _absent("lead", "person", record["lead"], world)
        case "person":
            for each in record["teams"]:
                yield from _absent("teams", "team", each, world)
        case "objective":
            yield from _absent("cycle", "cycle", entry.cycle, world)
            yield from _absent("team", "team", record["team"], world)
            yield from _absent("owner", "person", record["owner"], world)
            for key, _ in record["supports"]:
                yield from _unsupported(entry, key, world)
            yield from _taken(entry, "key_result", world)
        case "key_result":
            yield from _absent("owner", "person", record["owner"], world)
            yield from _taken(entry, "objective", world)


def _absent(name: str, kind: Kind, key: str | None, world: World) -> Iterator[Found]:
    if key is None or (kind, None, key) in world.records:
        return
    hint = nearest(key, world.kinds.get((kind, None), ())) or _FIX
    yield name, f"{name} {key!r} is not {WORDS[kind]} of the file or the store{hint}"


def _unsupported(entry: Entry, key: str, world: World) -> Iterator[Found]:
    if world.find(WORK, entry.cycle, key):
        return
    name = line_name(key)
    if elsewhere := world.cycles.get(key):
        where = f"supports {key!r} is in cycle {elsewhere[0]}, not {entry.cycle}"
        yield name, f"{where}; name an objective or key result of the same cycle"
        return
    known = [other for kind in WORK for other in world.kinds.get((kind, entry.cycle), ())]
    missing = f"supports {key!r} is neither an objective nor a key result of {entry.cycle}"
    yield name, f"{missing}{nearest(key, known) or _FIX}"


def _taken(entry: Entry, other: Kind, world: World) -> Iterator[Found]:
    if (other, entry.cycle, entry.key) in world.records:
        taken = f"{entry.key!r} is stored as {WORDS[other]} of {entry.cycle} already"
        yield "key", f"{taken}; choose another key"
