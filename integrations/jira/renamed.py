"""What a change in the small lists means: issues to read again, scopes to be linked anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from integrations.jira.jql import quote
from integrations.jira.lists import SPRINT, Lists, named_part
from integrations.jira.query import Scope
from integrations.jira.scopes import project_and_name

Place = tuple[str, str]
"""The name of a list, and the id of an entry."""


@dataclass(frozen=True, slots=True)
class Affected:
    """The issues that show another name now, as JQL, each with the entries it is asked for;
    ``all``: any issue may be one."""

    queries: Mapping[str, frozenset[Place]]
    all: bool = False


def affected(before: Lists, now: Lists) -> Affected:
    """The issues that a change between two looks at the lists can have changed.

    What was renamed or recategorised is asked for by its id. What was deleted cannot be: its
    project is read again, for a status, type or resolution of no one project everything.
    """
    found: dict[str, set[Place]] = {}
    everything = False
    for name in before.entries.keys() & now.entries.keys() - {SPRINT}:
        field, _, project = name.partition(" ")
        for ident, entry in before.entries[name].items():
            there = now.entries[name].get(ident)
            if there is None:
                home = quote(project) if project else entry[2]
                everything |= not home
                query = f"project = {home}" if home else ""
            else:
                query = f"{field} = {ident}" if there[:2] != entry[:2] else ""
            if query:
                found.setdefault(query, set()).add((name, ident))
    return Affected({each: frozenset(found[each]) for each in sorted(found)}, everything)


def unlearnt(now: Lists, before: Lists, places: Iterable[frozenset[Place]]) -> Lists:
    """The lists with these entries as they were: what shows them could not be read."""
    entries = {name: dict(held) for name, held in now.entries.items()}
    for name, ident in chain.from_iterable(places):
        entries[name][ident] = before.entries[name][ident]
    return replace(now, entries=entries)


def lost_scopes(known: Lists, scopes: Iterable[Scope]) -> dict[Scope, str]:
    """A sentence for every scope whose version, component or sprint is no longer called so."""
    found = ((scope, _said(known, scope)) for scope in scopes)
    return {scope: said for scope, said in found if said}


def titles(known: Lists, scopes: Iterable[Scope]) -> dict[Scope, str]:
    """What the tracker calls the versions, components and sprints of scopes."""
    return dict(_titles(known, scopes))


def _said(known: Lists, scope: Scope) -> str | None:
    part = named_part(scope)
    if part is None or part[0] not in known.entries:
        return None
    name, called = part
    kind, value = scope
    ident = known.bound.get(name, {}).get(called)
    if name == SPRINT:
        there = called in known.entries[name] or ident is None
        return None if there else f"Sprint {value} was deleted."
    if called in known.named(name):
        return None
    project, written = project_and_name(value)
    entry = known.entries[name].get(ident or "")
    if entry is not None:
        told = f"{kind.capitalize()} {written} of {project} is called {entry[0]} now"
        return f"{told}; change the link to jira:{kind}:{project}/{entry[0]}."
    if ident is not None:
        return f"{kind.capitalize()} {written} of {project} was deleted."
    return f"{project} has no {kind} called {written}."


def _titles(known: Lists, scopes: Iterable[Scope]) -> Iterator[tuple[Scope, str]]:
    for scope in scopes:
        part = named_part(scope)
        if part is None:
            continue
        name, called = part
        held: Mapping[str, tuple[str, str, str]] = known.entries.get(name, {})
        entry = held.get(called if name == SPRINT else known.named(name).get(called, ""))
        if entry is not None:
            yield scope, entry[0]
