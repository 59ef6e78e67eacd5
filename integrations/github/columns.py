"""The fields of a project: which of them are read, and whether a filter fits them; pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import zip_longest
from typing import Any

from connector.conditions import Around, Between, Named, plain, span
from integrations.github.filters import STATUS, Asked

_AT_ONCE = 50
"""Fields that one call may ask for."""
_TOLD = 12
_NAMES = 5
"""Names of a field or option that are remembered."""
_READ = frozenset({"single_select", "iteration", "number", "date", "text"})


@dataclass(frozen=True, slots=True)
class Iteration:
    """One iteration of a field; ``end`` is its last day."""

    ident: str
    title: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a project; ``options`` are the names of a single select by their ids."""

    ident: str
    name: str
    kind: str
    options: Mapping[str, str]
    iterations: tuple[Iteration, ...] = ()
    former: tuple[str, ...] = ()
    """What it was called before, as far as no other field is called so now."""

    @property
    def is_status(self) -> bool:
        """Whether it is what the board calls its items."""
        return self.kind == "single_select" and plain(self.name) == STATUS

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers: by its kind, or as a single select of nothing else."""
        names = self.options.values()
        chosen = self.kind == "single_select" and bool(names) and all(map(_amount, names))
        return self.kind == "number" or chosen

    def around(self, ident: str) -> str | None:
        """One of its iterations as a tag holds it, with the days of its neighbours."""
        ordered = sorted(self.iterations, key=lambda each: each.start)
        for place, each in enumerate(ordered):
            if each.ident == ident:
                before = ordered[place - 1].start if place else None
                after = ordered[place + 1].end if place + 1 < len(ordered) else None
                return span(each.start, each.end, before, after, each.title)
        return None


def columns(fields: Iterable[object]) -> tuple[Column, ...]:
    """The fields of a project that can be read, of those GitHub lists."""
    known = (each for each in fields if isinstance(each, dict))
    return tuple(found for each in known if (found := _column(each)).kind in _READ)


def slim(field: object) -> dict[str, Any]:
    """What of a field as GitHub shows it makes its column; the rest changes without meaning."""
    known = field if isinstance(field, dict) else {}
    options = [each for each in known.get("options") or () if isinstance(each, dict)]
    held = known.get("configuration")
    iterations = held.get("iterations") if isinstance(held, dict) else None
    return {
        "id": known.get("id"),
        "name": known.get("name"),
        "data_type": known.get("data_type"),
        "options": [{"id": each.get("id"), "name": raw(each.get("name"))} for each in options],
        "configuration": {
            "iterations": [
                {name: each.get(name) for name in ("id", "title", "start_date", "duration")}
                for each in (iterations if isinstance(iterations, list) else ())
                if isinstance(each, dict)
            ]
        },
    }


def amount(name: str) -> float | None:
    """The number that an option's name is."""
    return _amount(name)[0] if _amount(name) else None


def wanted(known: Sequence[Column], asked: Iterable[Asked]) -> list[Column]:
    """Those to ask for: what filters ask, the status and every number."""
    names = {plain(each.field) for each in asked}
    first = [each for each in known if plain(each.name) in names or each.is_status]
    rest = [each for each in known if each not in first and each.is_number]
    return [*first, *rest][:_AT_ONCE]


def called(known: Sequence[Column], before: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What every field and every option (by field and id) was called so far, newest last."""
    now = {each.ident: each.name for each in known}
    now |= {f"{c.ident}/{i}": name for c in known for i, name in c.options.items()}
    found = dict(before)
    for ident, name in now.items():
        found[ident] = [*(n for n in before.get(ident, ()) if n != name), name][-_NAMES:]
    return found


def remembered(known: Sequence[Column], names: Mapping[str, Sequence[str]]) -> tuple[Column, ...]:
    """The fields with their former names: a number is measured by the name it had."""
    taken = {plain(each.name) for each in known}
    return tuple(
        replace(each, former=tuple(n for n in names[each.ident] if plain(n) not in taken))
        for each in known
    )


def renamed(known: Sequence[Column], asked: Asked, names: Mapping[str, Sequence[str]]) -> str:
    """What a field or option that a filter names is called now, where it had that name before."""
    was = {each.name for each in asked.condition.wanted if isinstance(each, Named)}
    for column in known:
        pairs = [(name, column.name) for name in column.former if plain(name) == plain(asked.field)]
        for ident, now in column.options.items():
            earlier = names.get(f"{column.ident}/{ident}", ())
            pairs += [(n, now) for n in earlier if n != now and n.strip().casefold() in was]
        for before, now in pairs:
            return f" {before!r} is called {now!r} now: write the scope with that name."
    return ""


def digest(known: Sequence[Column]) -> str:
    """What changes when a field, an option or an iteration does: no item is updated then."""
    told = json.dumps([asdict(each) for each in known], default=str, sort_keys=True)
    return sha256(told.encode()).hexdigest()[:16]


def objection(known: Sequence[Column], asked: Asked, project: str) -> str | None:
    """A sentence against a condition that a project's fields cannot meet."""
    if plain(asked.field) in ("repository", "milestone"):
        return None
    found = next((each for each in known if plain(each.name) == plain(asked.field)), None)
    if found is None:
        return f"{project} has no field {asked.field}; there are: {_listed(c.name for c in known)}."
    of = f"{found.name} of {project[:1].lower()}{project[1:]}"
    pairs = zip_longest(asked.condition.wanted, asked.values, fillvalue="")
    sentences = (_mismatch(found, each, of, typed) for each, typed in pairs)
    return next((each for each in sentences if each), None)


def _mismatch(column: Column, wanted: object, named: str, typed: str) -> str | None:
    match wanted:
        case Around() if column.kind != "iteration":
            return f"{named} is no iteration field: @current has no meaning."
        case Between() if column.kind not in ("number", "date") and not column.is_number:
            return f"{named} has no order: name its values instead."
        case Between(low, high) if column.kind == "date" and not all(
            isinstance(each, date) for each in (low, high) if each is not None
        ):
            return f"{named} is a date: write a day, such as 2026-10-31."
        case Named(name):
            return _unknown(column, name, named, typed or name)
    return None


def _unknown(column: Column, name: str, named: str, typed: str) -> str | None:
    """A sentence where a single select or an iteration has no value of that name."""
    if column.kind not in ("single_select", "iteration"):
        return None
    titles = [each.title for each in column.iterations]
    there = titles if column.kind == "iteration" else list(column.options.values())
    if any(name == each.strip().casefold() for each in there):
        return None
    what = "iteration" if column.kind == "iteration" else "option"
    return f"{named} has no {what} {typed!r}; there are: {_listed(there)}."


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return ", ".join(found[:_TOLD]) + more if found else "none"


def _column(field: Mapping[str, Any]) -> Column:
    options = [each for each in field.get("options") or () if isinstance(each, dict)]
    return Column(
        str(field.get("id") or ""),
        str(field.get("name") or ""),
        str(field.get("data_type") or ""),
        {str(each.get("id")): raw(each.get("name")) or "" for each in options},
        tuple(_iterations(field.get("configuration"))),
    )


def _iterations(configuration: object) -> Iterator[Iteration]:
    listed = configuration.get("iterations") if isinstance(configuration, dict) else None
    for each in listed if isinstance(listed, list) else ():
        found = iteration(each)
        if found is not None:
            yield found


def iteration(value: object) -> Iteration | None:
    """An iteration as GitHub shows it; None for what is none."""
    if not isinstance(value, dict):
        return None
    try:
        start = date.fromisoformat(str(value.get("start_date")))
        end = start + timedelta(days=max(1, int(value.get("duration") or 1)) - 1)
    except (ValueError, TypeError, OverflowError):
        return None
    return Iteration(str(value.get("id")), raw(value.get("title")) or "", start, end)


def raw(text: object) -> str | None:
    """The text of a value that is one, or that has one beside its HTML."""
    found = text.get("raw") if isinstance(text, dict) else text
    return found if isinstance(found, str) else None


def _amount(name: str) -> tuple[float, ...]:
    """The number a name is, if it is one: empty otherwise."""
    try:
        return (float(name),) if name.strip()[:1].isdigit() else ()
    except ValueError:
        return ()
