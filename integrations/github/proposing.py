"""The field mapping proposed for a GitHub to begin with, and why it is so; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.mapping import fold
from integrations.github.columns import Column
from integrations.github.guessing import is_points, patterns, sizes, state

_PARENTS = frozenset({"epic", "initiative", "theme"})
_Part = tuple[dict[str, Any], list[str]]


@dataclass(frozen=True, slots=True)
class Offer:
    """What was found: labels, the fields of projects such as ``acme/3``, issue types and number
    fields of issues."""

    labels: Sequence[str] = ()
    boards: Mapping[str, Sequence[Column]] = field(default_factory=dict)
    types: Sequence[str] = ()
    fields: Sequence[str] = ()

    @property
    def statuses(self) -> tuple[tuple[str, str], ...]:
        """The statuses of boards with what they usually mean, each name once."""
        found = {name: _category(name) for _, name in self.options()}
        return tuple(found.items())

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """Id and name of every number field: of projects, then of issues."""
        of_boards = (
            (f"project:{board}/{each.name}", f"{each.name} of project {board}")
            for board, known in self.boards.items()
            for each in known
            if each.is_number
        )
        return (*of_boards, *((name, name) for name in self.fields))

    def options(self) -> Iterator[tuple[str, str]]:
        """Project and name of every status of a board."""
        for board, known in self.boards.items():
            for each in known:
                if each.is_status:
                    yield from ((board, name) for name in each.options.values())


def proposal(offer: Offer) -> _Part:
    """A mapping document, and a sentence for every part of it and for what it leaves open."""
    document: dict[str, Any] = {}
    notes: list[str] = []
    for make in _PARTS:
        part, told = make(offer)
        document |= part
        notes += told
    return document, notes


def _points(offer: Offer) -> _Part:
    fields = [f"field:{each}" for each, _ in offer.numbers if is_points(each.rpartition("/")[2])]
    written = [f"label:{each}" for each in patterns(offer.labels)]
    shirts = sizes(offer.labels)
    found: list[Any] = [*fields, *written, *([shirts] if shirts else [])]
    if not found:
        numbers = ", ".join(f"field:{each}" for each, _ in offer.numbers)
        more = f" There are the number fields {numbers}." if numbers else ""
        return {}, [f"points: no field or label reads like an estimate.{more}"]
    notes = [f"points: {', '.join(fields + written)}; the first that an issue has is taken."]
    notes = notes if fields or written else []
    if shirts:
        told = ", ".join(f"{name} = {points}" for name, points in shirts.items())
        notes.append(f"points: sizes have no points of their own; {told} is a usual scale.")
    return {"points": found}, notes


def _boards(offer: Offer) -> _Part:
    found: dict[str, str] = {}
    odd: dict[str, None] = {}
    for _, name in offer.options():
        held = state(name)
        if held is None:
            odd[name] = None
        elif held != "todo":
            found.setdefault(name, held)
    notes = []
    if found:
        told = ", ".join(f"{name} = {held}" for name, held in found.items())
        notes.append(
            f"boards: of open items, {told}; a closed one counts by why it was closed. Leave out"
            " what is to count only once it is closed."
        )
    if odd:
        notes.append(f"boards: {', '.join(odd)} says nothing usual; an open item there is to do.")
    return ({"boards": found} if found else {}), notes


def _labels(offer: Offer) -> _Part:
    found = {name: held for name in offer.labels if (held := state(name)) in ("doing", "dropped")}
    if not found:
        return {}, []
    told = ", ".join(f"{name} = {held}" for name, held in found.items())
    return {"labels": found}, [f"labels: of open items, {told}, where no board says more."]


def _types(offer: Offer) -> _Part:
    above = [name for name in offer.types if fold(name) in _PARENTS]
    if not above:
        return {}, []
    rules = {name: {"counts": "parent"} for name in above}
    return {"types": rules}, [
        f"types: {', '.join(above)} reads like a parent: its sub-issues count, not itself."
    ]


def _dropped(_: Offer) -> _Part:
    note = (
        "dropped: issues closed as not planned or as duplicates, and pull requests closed without"
        " being merged, are finished without being done; this needs no mapping."
    )
    return {}, [note]


def _category(name: str) -> str:
    held = state(name)
    return "unknown" if held is None else "done" if held == "dropped" else held


_PARTS: Sequence[Callable[[Offer], _Part]] = (_points, _boards, _labels, _types, _dropped)
