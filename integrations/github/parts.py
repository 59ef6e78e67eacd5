"""What the small lists say of scopes: titles, what does not exist, and what is called otherwise."""

from collections.abc import Collection, Iterable

from integrations.github.lists import LABELS, MILESTONES, Linked, Lists
from integrations.github.scopes import label, milestone

Scope = tuple[str, str]


def linked(scopes: Collection[Scope]) -> Linked:
    """What scopes use of the lists."""
    return Linked(
        labels=frozenset(label(value)[1] for kind, value in scopes if kind == "label"),
        milestones=frozenset(milestone(value)[1] for kind, value in scopes if kind == "milestone"),
    )


def lists_of(scopes: Iterable[Scope]) -> tuple[str, ...]:
    """The lists that say of scopes whether they are there."""
    return tuple(sorted({_LISTS[kind] for kind, _ in scopes if kind in _LISTS}))


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


def called(known: Lists, scopes: Collection[Scope]) -> dict[Scope, str]:
    """The values that scopes have now whose label was renamed: it is the same by its id."""
    found = {scope: _entry(known, scope) for scope in scopes if scope[0] == "label"}
    return {
        scope: f"{label(scope[1])[0]}/{name}"
        for scope, name in found.items()
        if name is not None and name.casefold() != label(scope[1])[1].casefold()
    }


_LINK_OTHER = "link something else instead, or end the link"
_LISTS = {"milestone": MILESTONES, "label": LABELS}


def _entry(known: Lists, scope: Scope) -> str | None:
    if scope[0] == "milestone":
        return known.entries.get(MILESTONES, {}).get(milestone(scope[1])[1])
    name = label(scope[1])[1].casefold()
    ident = known.bound.get(name) or known.ids(LABELS).get(name, "")
    return known.entries.get(LABELS, {}).get(ident)


def _sentence(known: Lists, scope: Scope) -> str:
    if scope[0] == "milestone":
        repo, number = milestone(scope[1])
        if title := known.titles.get(number):
            return f"Milestone {number} of {repo}, {title}, was deleted: {_LINK_OTHER}."
        return f"{repo} has no milestone {number}."
    repo, name = label(scope[1])
    if known.bound.get(name.casefold()):
        return f"Label {name} of {repo} was deleted: {_LINK_OTHER}."
    return f"{repo} has no label {name}."
