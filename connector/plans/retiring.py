"""Whether what is retired is still needed, and whether what is new leads to what is retired."""

from collections.abc import Iterator, Mapping

from connector.plans.changes import Record, Stored
from connector.plans.checks import Found
from connector.plans.entries import Entry, Identity, Kind
from connector.plans.supports import line_name
from connector.plans.world import World

_SHOWN = 5
_WANTED = {"draft", "candidate", "active"}
_LEADS_TO: Mapping[str, Kind] = {
    "parent": "team",
    "team": "team",
    "lead": "person",
    "owner": "person",
}


def retired_problems(entry: Entry, after: World, stored: Stored) -> Iterator[Found]:
    """What keeps an object from being retired, or from leading to a retired one."""
    record = after.records[entry.identity]
    before = stored.records.get(entry.identity)
    if record.get("retired"):
        if before is not None and before.get("retired"):
            return  # it is so already; what was opened again since is no word of this entry
        if entry.kind == "team":
            yield from _needed_team(entry.key, after)
        if entry.kind == "person":
            yield from _needed_person(entry.key, after)
        return
    if entry.kind == "team":
        yield from _absent(record, before, "parent", after)
        yield from _absent(record, before, "lead", after)
    elif entry.kind == "objective" and _is_wanted(entry.identity, after):
        yield from _absent(record, before, "team", after)
        yield from _absent(record, before, "owner", after)
        yield from _supporting(entry, before, after)
    elif entry.kind == "key_result" and _is_open(entry.cycle, after):
        yield from _absent(record, before, "owner", after)


def _needed_team(key: str, after: World) -> Iterator[Found]:
    below = _keys("team", "parent", key, after)
    if below:
        word = "stands" if len(below) == 1 else "stand"
        yield "retired", f"{_few(below)} {word} below it; retire or move that first (parent)"
    wanted = [each for each in _objectives("team", key, after) if _is_wanted(each, after)]
    if wanted:
        fix = "cancel them first (state: cancelled), or give them to another team (team)"
        yield "retired", f"it still has the objectives {_named(wanted)}; {fix}"


def _needed_person(key: str, after: World) -> Iterator[Found]:
    led = _keys("team", "lead", key, after)
    if led:
        yield "retired", f"{key} leads {_few(led)}; name another lead there first (lead)"
    owned = [each for each in _objectives("owner", key, after) if _is_wanted(each, after)]
    for cycle in _open_cycles(after):
        for name in after.kinds.get(("key_result", cycle), ()):
            record = after.records["key_result", cycle, name]
            if record["owner"] == key and not record["retired"]:
                owned.append(("key_result", cycle, name))
    if owned:
        yield "retired", f"{key} owns {_named(owned)}; name another owner there first (owner)"


def _absent(record: Record, before: Record | None, name: str, after: World) -> Iterator[Found]:
    """A retired team or person that is newly referred to, or by what is newly wanted."""
    key = record[name]
    found = after.records.get((_LEADS_TO[name], None, key)) if key else None
    watched = (name, "state", "retired")
    same = before is not None and all(before.get(each) == record.get(each) for each in watched)
    if found is not None and found["retired"] and not same:
        yield name, f"{name} {key!r} is retired; bring it back (retired: false) or name another"


def _supporting(entry: Entry, before: Record | None, after: World) -> Iterator[Found]:
    held = dict(before["supports"]) if before else {}
    for key, _ in after.records[entry.identity]["supports"]:
        found = after.records.get(("key_result", entry.cycle, key))
        if found is not None and found["retired"] and key not in held:
            back = "bring it back (retired: false) or name another"
            yield line_name(key), f"supports {key!r} is retired; {back}"


def _objectives(name: str, key: str, after: World) -> list[Identity]:
    return [
        ("objective", cycle, each)
        for cycle in _open_cycles(after)
        for each in after.kinds.get(("objective", cycle), ())
        if after.records["objective", cycle, each][name] == key
    ]


def _open_cycles(after: World) -> list[str]:
    return [key for key in after.kinds.get(("cycle", None), ()) if _is_open(key, after)]


def _is_open(cycle: str | None, after: World) -> bool:
    record = after.records.get(("cycle", None, cycle or ""))
    return record is not None and record["state"] != "closed"


def _is_wanted(identity: Identity, after: World) -> bool:
    """Whether an objective is neither put off nor cancelled, in a cycle that is not closed."""
    return after.records[identity]["state"] in _WANTED and _is_open(identity[1], after)


def _keys(kind: Kind, name: str, key: str, after: World) -> list[str]:
    every = ((each, after.records[kind, None, each]) for each in after.kinds.get((kind, None), ()))
    return [each for each, record in every if record[name] == key and not record["retired"]]


def _named(found: list[Identity]) -> str:
    return _few([f"{key} ({cycle})" for _, cycle, key in found])


def _few(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
