"""What a change in the small lists means: issues to read again, scopes to be linked anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from integrations.jira.jql import quote
from integrations.jira.lists import SPRINT, Lists, named_part
from integrations.jira.query import Scope
from integrations.jira.scopes import project_and_name


@dataclass(frozen=True, slots=True)
class Affected:
    """The issues that show another name now, as JQL each; ``all``: any issue may be one."""

    queries: tuple[str, ...] = ()
    all: bool = False


def affected(before: Lists, now: Lists) -> Affected:
    """The issues that a change between two looks at the lists can have changed.

    What was renamed or recategorised is asked for by its id. What was deleted cannot be: its
    project is read again, for a status, type or resolution of no one project everything.
    """
    changed: dict[str, list[str]] = {}
    lost: set[str] = set()
    everything = False
    for name in before.entries.keys() & now.entries.keys() - {SPRINT}:
        field, _, project = name.partition(" ")
        for ident, entry in before.entries[name].items():
            there = now.entries[name].get(ident)
            if there is None:
                lost |= {quote(project)} if project else {entry[2]} - {""}
                everything |= not (project or entry[2])
            elif there[:2] != entry[:2]:
                changed.setdefault(field, []).append(ident)
    renamed = [f"{name} in ({', '.join(sorted(ids))})" for name, ids in sorted(changed.items())]
    return Affected((*renamed, *(f"project = {each}" for each in sorted(lost))), everything)


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
