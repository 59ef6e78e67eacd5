"""Checks that see several objects together: one company, dates in cycles, one e-mail and
account each."""

from collections.abc import Iterator, Sequence
from datetime import date

from connector.plans.changes import Record, Stored
from connector.plans.checks import Found
from connector.plans.curves import steps_outside
from connector.plans.entries import Entry, Identity
from connector.plans.world import World


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
    yield from _late(record, cycle["start"], cycle["end"])


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
        if record is not stored.records.get(identity):
            continue  # checked with the key result's own entry
        if _outside(record, start, end) or steps_outside(record, start, end):
            yield "start", f"{key} has dates outside {start} to {end}; change them in the same file"


def email_problems(entries: Sequence[Entry], world: World) -> Iterator[tuple[Entry, Found]]:
    """Nobody shares an e-mail address: it tells whose a tracker's account is."""
    first: dict[str, str] = {}
    for key in world.kinds.get(("person", None), ()):
        if email := world.records["person", None, key]["email"]:
            first.setdefault(email, key)
    for entry in entries:
        email = world.records[entry.identity]["email"] if entry.kind == "person" else None
        if email and first[email] != entry.key:
            yield (
                entry,
                ("email", f"{email} is that of {first[email]!r} already; give each its own"),
            )


def account_problems(entries: Sequence[Entry], world: World) -> Iterator[tuple[Entry, Found]]:
    """A tracker's account is one person's."""
    first: dict[tuple[str, str], str] = {}
    for key in world.kinds.get(("person", None), ()):
        for account in world.records["person", None, key]["accounts"].items():
            first.setdefault(account, key)
    for entry in entries:
        accounts = world.records[entry.identity]["accounts"] if entry.kind == "person" else {}
        for tracker, account in accounts.items():
            owner = first[tracker, account]
            if owner != entry.key:
                taken = f"the {tracker} account {account} is that of {owner!r} already"
                yield entry, (tracker, f"{taken}; take it away there first ({tracker}: null)")


def _late(record: Record, start: date, end: date) -> Iterator[Found]:
    for day in steps_outside(record, start, end):
        within = f"{record['start_date'] or start} to {record['end_date'] or end}"
        outside = f"the step of {day} is outside the key result's dates ({within})"
        yield "steps", f"{outside}; choose a day within them"


def _outside(record: Record, start: date, end: date) -> list[str]:
    return [
        name
        for name in ("start_date", "end_date")
        if record[name] is not None and not start <= record[name] <= end
    ]
