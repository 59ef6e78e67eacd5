"""What the small lists say of scopes: titles, what does not exist, and what is called otherwise."""

from collections.abc import Collection, Iterable

from integrations.github.lists import LABELS, MILESTONES, Lists
from integrations.github.scopes import label, milestone

Scope = tuple[str, str]


def label_names(scopes: Iterable[Scope]) -> frozenset[str]:
    """The names of labels that scopes use."""
    return frozenset(label(value)[1] for kind, value in scopes if kind == "label")


def titles(known: Lists, scopes: Collection[Scope]) -> dict[Scope, str]:
    """What the milestones and labels of scopes are called."""
    found = {scope: _entry(known, scope) for scope in scopes if scope[0] in _LISTS}
    return {scope: called for scope, called in found.items() if called is not None}


def broken(known: Lists, scopes: Collection[Scope]) -> dict[Scope, str]:
    """A sentence for every scope whose milestone or label is not there."""
    return {
        scope: _sentence(known, scope)
        for scope in scopes
        if _LISTS.get(scope[0]) in known.entries and _entry(known, scope) is None
    }


_LISTS = {"milestone": MILESTONES, "label": LABELS}


def _entry(known: Lists, scope: Scope) -> str | None:
    if scope[0] == "milestone":
        return known.entries.get(MILESTONES, {}).get(milestone(scope[1])[1])
    ident = known.ids(LABELS).get(label(scope[1])[1].casefold(), "")
    return known.entries.get(LABELS, {}).get(ident)


def _sentence(known: Lists, scope: Scope) -> str:
    if scope[0] == "milestone":
        repo, number = milestone(scope[1])
        return f"{repo} has no milestone {number}."
    repo, name = label(scope[1])
    ident = known.bound.get(name.casefold())
    if ident is None:
        return f"{repo} has no label {name}."
    now = known.entries.get(LABELS, {}).get(ident)
    if now is None:
        return f"Label {name} of {repo} was deleted."
    told = f"Label {name} of {repo} is called {now} now"
    return f"{told}; change the link to github:label:{repo}/{now}."
