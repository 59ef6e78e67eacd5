"""What is stored, and what applying a plan would change of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from connector.plans.entries import Entry, Identity, Kind, PlanLink
from connector.plans.fields import defaults
from connector.plans.scoring import merged_scoring
from connector.scopes import Scope

Record = Mapping[str, Any]
"""All fields of one object by the names of ``fields.defaults(kind)``.

Of a key result, ``value`` is what a person typed (None where links compute it) and
``plan_value`` the last value a plan file gave.
"""

Check = Callable[[Scope], str | None]
"""None for a scope some tracker understands, else a sentence saying why not and the fix."""
CheckNotes = Callable[[Scope, Sequence[str]], str | None]
"""The same for the kinds of notes that a link of a scope asks for."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything stored now."""

    records: Mapping[Identity, Record] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One object to write: its whole record, and the fields that differ (all of a new one)."""

    kind: Kind
    cycle: str | None
    key: str
    action: Literal["created", "updated"]
    fields: Record
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to write, in an order in which whatever is referred to is there already."""

    changes: tuple[Change, ...]
    unchanged: int


def merged(entry: Entry, stored: Record | None) -> Record:
    """The record an entry makes of what is stored; what it does not mention stays."""
    base = {**defaults(entry.kind), **(stored or {})}
    if entry.kind == "scoring":
        return merged_scoring(base, entry.fields)
    record = {**base, **entry.fields}
    if "links" in entry.fields:
        record["links"] = _all_links(entry.fields["links"], base["links"])
    if "accounts" in entry.fields:
        accounts = {**base["accounts"], **entry.fields["accounts"]}
        record["accounts"] = {name: each for name, each in accounts.items() if each is not None}
    if "value" in entry.fields:
        given = entry.fields["value"]
        record["plan_value"] = None if given is None else float(given)
        # A value typed later by a person outlives the same file applied again.
        same = record["plan_value"] == base["plan_value"] and stored is not None
        record["value"] = base["value"] if same else record["plan_value"]
    return record


def _all_links(given: Sequence[PlanLink], held: Sequence[PlanLink]) -> tuple[PlanLink, ...]:
    """What a file names, and what stays although it does not: a person's link until the list is
    emptied, and always one that the item itself asks for."""
    stays = {"convention", "person"} if given else {"convention"}
    kept = [
        each
        for each in held
        if each.origin in stays and not any(_same(each.scope, link.scope) for link in given)
    ]
    return (*given, *kept)


def _same(one: Scope, other: Scope) -> bool:
    """Whether two scopes are one, however they are written."""
    parts = [(each.tracker, each.kind, each.value.casefold()) for each in (one, other)]
    names = {each.connection for each in (one, other)} - {None}
    return parts[0] == parts[1] and len(names) < 2


def change(entry: Entry, record: Record, stored: Record | None) -> Change | None:
    """The change that turns what is stored into the record, or None where they are equal."""
    if stored is None:
        created = frozenset(record)
        return Change(entry.kind, entry.cycle, entry.key, "created", record, created)
    names = frozenset(
        name for name in record if name not in stored or _differ(name, record[name], stored[name])
    )
    return Change(entry.kind, entry.cycle, entry.key, "updated", record, names) if names else None


def _differ(name: str, one: object, other: object) -> bool:
    if name == "teams" and isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) != set(other)
    if name == "links" and isinstance(one, tuple) and isinstance(other, tuple):
        return _parted(one) != _parted(other)
    return one != other


def _parted(links: Sequence[PlanLink]) -> tuple[list[PlanLink], list[PlanLink]]:
    """Links in their order, and apart those that items ask for: where they stand says nothing."""
    asked = [each for each in links if each.origin == "convention"]
    rest = [each for each in links if each.origin != "convention"]
    return rest, sorted(asked, key=lambda each: each.scope.text)
