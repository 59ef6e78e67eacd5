"""What a site offers a field mapping, and the mapping proposed to begin with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from connector.errors import BadReading
from connector.mapping import fold
from connector.work import Category
from integrations.jira.client import JiraClient
from integrations.jira.levels import levels_of
from integrations.jira.profile import ids, number_fields
from integrations.jira.reading import category_of, level_of
from integrations.jira.spec import SPEC
from integrations.kit.fields import Fields
from integrations.tracker import Account, Survey

_GIVEN_UP = frozenset(
    """abandoned, invalid, obsolete, superseded, withdrawn, discarded, wont do, wont fix,
    will not do, not a bug, not planned, out of scope""".replace("\n    ", " ").split(", ")
)
_CATEGORY_STATES = {"todo", "doing", "done"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Offer:
    """The lists of a site, read."""

    statuses: tuple[tuple[str, Category], ...]
    types: tuple[tuple[str, int], ...]
    resolutions: tuple[str, ...]
    fields: Mapping[str, str]


def survey(client: JiraClient, account: Account) -> Survey:
    """Four calls: statuses, types, resolutions, fields."""
    levels = levels_of(account.options.get("levels", ""))
    found = _Offer(
        statuses=_distinct(_status, client.get("2/status").array()),
        types=_distinct(partial(_type, levels), client.get("2/issuetype").array()),
        resolutions=_distinct(_name, client.get("2/resolution").array()),
        fields=number_fields(_objects(client.get("2/field").array())),
    )
    points = ids(account.options.get("story_points", ""))
    proposed: dict[str, Any] = {}
    notes: list[str] = []
    for part, note in (_points(found, points), _statuses(found), _types(found), _dropped(found)):
        proposed |= part
        notes += note
    return Survey(
        statuses=found.statuses,
        types=found.types,
        resolutions=found.resolutions,
        fields=tuple(found.fields.items()),
        proposed=proposed,
        notes=tuple(notes),
    )


def _objects(entries: list[Any]) -> list[Any]:
    return [each for each in entries if isinstance(each, dict)]


def _distinct(read: Callable[[Fields], T], entries: list[Any]) -> tuple[T, ...]:
    """The entries read, each once; one that cannot be understood is left out."""
    found: dict[T, None] = {}
    for entry in _objects(entries):
        with suppress(BadReading):
            found[read(Fields(entry))] = None
    return tuple(found)


def _name(entry: Fields) -> str:
    return entry.text("name")


def _status(status: Fields) -> tuple[str, Category]:
    return status.text("name"), category_of(status)


def _type(levels: Mapping[str, int], kind: Fields) -> tuple[str, int]:
    name = kind.text("name")
    return name, level_of(kind, epic=fold(name) == "epic", levels=levels)


_Part = tuple[dict[str, Any], list[str]]


def _points(found: _Offer, points: Sequence[str]) -> _Part:
    if not points:
        return {}, ["points: no story points field was found; name one as field:<id>."]
    named = ", ".join(f"{each} ({found.fields.get(each, 'unknown')})" for each in points)
    why = "the first that an issue has a value in is taken"
    boards = "; fields that boards estimate by come first" if len(points) > 1 else ""
    return {"points": [f"field:{each}" for each in points]}, [f"points: {named}; {why}{boards}."]


def _statuses(found: _Offer) -> _Part:
    """Statuses whose name says that work was given up, and those without a category."""
    given_up = [name for name, held in found.statuses if held == "done" and _is_given_up(name)]
    bare = [name for name, category in found.statuses if category == "unknown"]
    proposed: dict[str, Any] = {}
    notes = []
    if given_up:
        proposed["statuses"] = dict.fromkeys(given_up, "dropped")
        notes.append(f"statuses: {', '.join(given_up)} read like work that was given up.")
    if bare:
        proposed["categories"] = {"unknown": "todo"}
        notes.append(f"categories: Jira puts {', '.join(bare)} in none; they count as todo.")
    notes += _ambiguous(found)
    return proposed, notes


def _ambiguous(found: _Offer) -> Iterator[str]:
    """Statuses of one name in several categories: projects of a team have their own."""
    categories: dict[str, set[str]] = {}
    for name, category in found.statuses:
        categories.setdefault(name, set()).add(category)
    for name, several in categories.items():
        if len(several & _CATEGORY_STATES) > 1:
            held = " and ".join(sorted(several))
            yield f"statuses: {name} is {held} in different projects; each counts as it is there."


def _types(found: _Offer) -> _Part:
    above = [(name, level) for name, level in found.types if level >= 2]
    if not above:
        return {}, []
    names = ", ".join(f"{name} (level {level})" for name, level in above)
    rules = {name: {"counts": "parent"} for name, _ in above}
    return {"types": rules}, [f"types: above epics: {names}; counted as parents, not as work."]


def _dropped(found: _Offer) -> _Part:
    mine = [name for name in found.resolutions if _is_given_up(name)]
    if mine:
        note = f"dropped: {', '.join(mine)} of {len(found.resolutions)} resolutions; the list"
        return {"dropped": mine}, [f"{note} replaces Worklift's own."]
    if not found.resolutions:
        return {}, []
    told = ", ".join(found.resolutions)
    return {}, [f"dropped: none of {told} reads like work given up; list those that mean it."]


def _is_given_up(name: str) -> bool:
    return fold(name) in SPEC.dropped | _GIVEN_UP
