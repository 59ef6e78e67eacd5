"""Checks that see several objects together: one company, dates within cycles, no rings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from connector.plans.changes import Record, Stored
from connector.plans.checks import Found
from connector.plans.entries import Entry, Identity
from connector.plans.problems import Problems
from connector.plans.world import World, rings


def team_problems(entry: Entry, world: World) -> Iterator[Found]:
    """A company stands alone at the top."""
    record = world.records[entry.identity]
    if record["kind"] == "company" and record["parent"] is not None:
        yield "parent", "a company has no parent; remove it (parent: null), or use another kind"


def company_problems(entries: Sequence[Entry], world: World) -> Iterator[tuple[Entry, Found]]:
    """There is one company at most."""
    keys = world.kinds.get(("team", None), ())
    companies = [key for key in keys if world.records["team", None, key]["kind"] == "company"]
    more = set(companies[1:])
    for entry in entries:
        if entry.kind == "team" and entry.key in more:
            other = f"{companies[0]!r} is the company already, and there is only one"
            yield entry, ("kind", f"{other}; use kind department or team")


def date_problems(entry: Entry, world: World) -> Iterator[Found]:
    """The dates of a key result lie within its cycle."""
    cycle = world.records.get(("cycle", None, entry.cycle or ""))
    record = world.records[entry.identity]
    if cycle is None or cycle["start"] is None or cycle["end"] is None:
        return
    for name in _outside(record, cycle["start"], cycle["end"]):
        within = f"{cycle['start']} to {cycle['end']}"
        outside = f"{name} {record[name]} is outside the cycle {entry.cycle} ({within})"
        yield name, f"{outside}; choose a day within it"


def cycle_problems(entry: Entry, world: World, stored: Stored) -> Iterator[Found]:
    """A cycle does not end before it starts, nor leave out dates stored in it."""
    cycle = world.records[entry.identity]
    start, end = cycle["start"], cycle["end"]
    if start is None or end is None:
        return
    if end < start:
        yield "end", f"the cycle ends on {end}, before it starts on {start}; correct one of them"
        return
    for key in world.kinds.get(("key_result", entry.key), ()):
        identity: Identity = ("key_result", entry.key, key)
        record = world.records[identity]
        if record is stored.records.get(identity) and _outside(record, start, end):
            yield "start", f"{key} has dates outside {start} to {end}; change them in the same file"


def refuse_rings(entries: Mapping[Identity, Entry], world: World, problems: Problems) -> None:
    """Note each ring of teams or of supports, at the entry of the file that closes it."""
    for ring in rings(entries, world):
        name = "parent" if ring[0][0] == "team" else "supports"
        closing = max(
            (each for each in ring if each in entries),
            key=lambda each: (name in entries[each].fields, entries[each].line),
        )
        at = ring.index(closing)
        keys = [key for _, _, key in (*ring[at:], *ring[: at + 1])]
        path = " → ".join(keys if len(keys) <= 20 else [*keys[:10], "…", *keys[-9:]])
        entry = entries[closing]
        problems.add(entry.at(name), entry.key, f"{name} leads back to itself: {path}; cut it")


def _outside(record: Record, start: date, end: date) -> list[str]:
    return [
        name
        for name in ("start_date", "end_date")
        if record[name] is not None and not start <= record[name] <= end
    ]
