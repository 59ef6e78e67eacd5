"""A connection's settings and its field mapping, where they name a place by its former name."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from connector.store.tables import Connection, MappingVersion
from sync.move import Move

WITHHELD = "withheld"
"""Of a connection's options: the places that may not name key results themselves until an admin
allows it anew, each with the name it was allowed by."""


def withheld(connection: Connection) -> Mapping[str, str]:
    """The places whose right to name key results rests, each with the name it was given to."""
    found: Mapping[str, str] = connection.options.get(WITHHELD, {})
    return found


def follow(move: Move) -> None:
    """Call the places by their new names; who owns one now is not who was trusted there."""
    before = move.connection.options
    options = {name: _setting(move, value) for name, value in before.items()}
    mapping = options.get("mapping") or {}
    places = mapping.get("places") or {}
    renamed = {move.place(place): words for place, words in places.items()}
    if renamed != places:
        options["mapping"] = {**mapping, "places": renamed}
        _version(move, options["mapping"])
    options = _trusted(move, options)
    if options != before:
        move.connection.options = options


def _setting(move: Move, value: Any) -> Any:
    """A setting that lists places; anything else as it is."""
    names = value.split(",") if isinstance(value, str) else []
    if all(move.place(name) == name.strip() for name in names):
        return value
    return ", ".join(dict.fromkeys(map(move.place, names)))


def _trusted(move: Move, options: dict[str, Any]) -> dict[str, Any]:
    """With the right to name key results only where those who were given it still are."""
    naming, told = move.spec.naming, move.told
    if naming is None:
        return options
    held = dict(options.get(WITHHELD, {}))
    allowed = [each.strip() for each in str(options.get(naming.setting) or "").split(",")]
    given = held.pop(told.was, told.was if told.now in allowed else None)
    if given is None:
        return options
    if move.renaming.owner(given) == move.renaming.owner(told.now):
        allowed = list(dict.fromkeys([*filter(None, allowed), told.now]))
    else:
        allowed = [each for each in allowed if each != told.now]
        held[told.now] = given
    kept = {**options, naming.setting: ", ".join(allowed), WITHHELD: held}
    return {name: value for name, value in kept.items() if name != WITHHELD or held}


def _version(move: Move, body: dict[str, Any]) -> None:
    mine = MappingVersion.connection_id == move.connection.id
    newest = move.session.scalar(select(func.max(MappingVersion.version)).where(mine)) or 0
    made = MappingVersion(
        connection_id=move.connection.id,
        version=newest + 1,
        body=body,
        author=move.author,
        reason=f"{move.told.was} is called {move.told.now} now.",
        recorded_at=move.now,
        restores=None,
    )
    move.session.add(made)
