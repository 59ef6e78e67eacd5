"""What the form of a field mapping shows: the document's entries beside all that could be one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.mapping import fold
from connector.mapping.document import CATEGORIES, STATES
from sync.offered import Offered

MOST = 150
"""Statuses that get a row although nothing is said of them; the rest can be added by name."""
_ORDER = {name: number for number, name in enumerate(("todo", "doing", "done", "unknown"))}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A status: the categories the tracker puts it in, how many items bear it, what it is to mean.

    ``part`` is the share of a size it has done; ``is_state`` says that it is called as a state,
    whose share holds.
    """

    name: str
    told: tuple[str, ...] = ()
    items: int = 0
    state: str = ""
    part: str = ""
    is_state: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRow:
    """A type of items and what they count as."""

    name: str
    level: int | None = None
    items: int = 0
    counts: str = ""


@dataclass(frozen=True, slots=True)
class PointRow:
    """One place where points are looked for."""

    kind: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The whole form; ``left`` counts the statuses that got no row. ``points``, ``dropped`` and
    ``days`` are None where the usual ones hold."""

    statuses: tuple[StatusRow, ...]
    left: int
    categories: Mapping[str, str]
    weights: Mapping[str, str]
    labels: Mapping[str, str]
    boards: Mapping[str, str]
    types: tuple[TypeRow, ...]
    own: tuple[tuple[str, str, str, str], ...]
    points: tuple[PointRow, ...] | None
    dropped: tuple[str, ...] | None
    days: tuple[str, ...] | None
    resolutions: tuple[str, ...]


def rows(body: Mapping[str, Any], offered: Offered) -> Rows:
    """The form of one part of a document, whether or not that would pass its checks."""
    statuses = sorted(_statuses(body, offered), key=_order)
    said = [each for each in statuses if each.state or each.part]
    rest = [each for each in statuses if not (each.state or each.part)]
    kept = {each.name for each in (*said, *_first(rest, MOST))}
    weights = {fold(name): _text(share) for name, share in body.get("weights", {}).items()}
    return Rows(
        statuses=tuple(each for each in statuses if each.name in kept),
        left=len(statuses) - len(kept),
        categories={each: body.get("categories", {}).get(each, "") for each in CATEGORIES},
        weights={each: weights.get(each, "") for each in STATES[:3]},
        labels=body.get("labels", {}),
        boards=body.get("boards", {}),
        types=tuple(_types(body, offered)),
        own=tuple(_own(body)),
        points=_points(body),
        dropped=tuple(body["dropped"]) if "dropped" in body else None,
        days=tuple(body["working_days"]) if "working_days" in body else None,
        resolutions=_resolutions(body, offered),
    )


def _first(found: Iterable[StatusRow], most: int) -> list[StatusRow]:
    """Those that most items bear."""
    return sorted(found, key=lambda each: -each.items)[:most]


def _order(row: StatusRow) -> tuple[int, str]:
    return (min((_ORDER.get(each, 3) for each in row.told), default=4), fold(row.name))


def _statuses(body: Mapping[str, Any], offered: Offered) -> Iterator[StatusRow]:
    states, shares = body.get("statuses", {}), body.get("weights", {})
    known = {fold(each.name): each for each in offered.statuses}
    more = [each for each in (*states, *shares) if fold(each) not in {*known, *STATES}]
    named = {fold(each): each for each in reversed([*states, *shares, *more])}
    for key in dict.fromkeys([*known, *map(fold, states), *map(fold, more)]):
        told = known.get(key)
        name = named.get(key) or (told.name if told else key)
        yield StatusRow(
            name=name,
            told=told.categories if told else (),
            items=told.items if told else 0,
            state=_of(states, key),
            part="" if key in STATES else _of(shares, key),
            is_state=key in STATES,
        )


def _of(pairs: Mapping[str, Any], key: str) -> str:
    return next((_text(value) for name, value in pairs.items() if fold(name) == key), "")


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _types(body: Mapping[str, Any], offered: Offered) -> Iterator[TypeRow]:
    rules = body.get("types", {})
    known = {fold(each.name): each for each in offered.types}
    named = {fold(each): each for each in rules}
    for key in dict.fromkeys([*known, *named]):
        told = known.get(key)
        rule = rules.get(named.get(key, ""), {})
        yield TypeRow(
            name=named.get(key) or (told.name if told else key),
            level=told.level if told else None,
            items=told.items if told else 0,
            counts=rule.get("counts", ""),
        )


def _own(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What holds for one type only: type, statuses or categories, name, state."""
    for kind, rule in body.get("types", {}).items():
        for of in ("statuses", "categories"):
            for name, state in rule.get(of, {}).items():
                yield kind, of, name, state


def _points(body: Mapping[str, Any]) -> tuple[PointRow, ...] | None:
    if "points" not in body:
        return None
    return tuple(map(_point, body["points"]))


def _point(source: Any) -> PointRow:
    if isinstance(source, Mapping):
        return PointRow(
            "sizes", "\n".join(f"{name}: {_text(size)}" for name, size in source.items())
        )
    kind, _, what = str(source).partition(":")
    return PointRow(kind, what.strip())


def _resolutions(body: Mapping[str, Any], offered: Offered) -> tuple[str, ...]:
    known = {fold(each): each for each in offered.resolutions}
    return (*known.values(), *(each for each in body.get("dropped", ()) if fold(each) not in known))
