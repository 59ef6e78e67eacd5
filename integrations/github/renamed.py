"""What a change in the small lists means: issues to read again. None of it updates an issue."""

from collections.abc import Iterator

from integrations.github.lists import FIELDS, LABELS, MILESTONES, TYPES, Lists

Only = dict[str, str]


def affected(before: Lists, now: Lists) -> list[Only]:
    """How GitHub narrows its list to what shows another name now; ``{}`` is everything.

    What was renamed is asked for by it. What was deleted cannot be, nor what has a comma in its
    name, nor fields.
    """
    found = [only for name in before.entries for only in _of(name, before, now)]
    return [{}] if {} in found else found


def _of(name: str, before: Lists, now: Lists) -> Iterator[Only]:
    there = now.entries.get(name, {})
    for ident, called in before.entries[name].items():
        after = there.get(ident)
        if after is None:
            yield {}
        elif after != called:
            yield narrowed(name, ident, after)


def narrowed(name: str, ident: str, called: str) -> Only:
    """GitHub's own parameter for the issues with an entry of a list."""
    if name == MILESTONES:
        return {"milestone": ident}
    if name == FIELDS or "," in called:
        return {}
    return {{LABELS: "labels", TYPES: "type"}[name]: called}
