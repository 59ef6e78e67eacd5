"""The fields of projects and what items have in them, as GitHub's JSON."""

from datetime import date, timedelta
from zlib import crc32

from integrations.simulators.github.shapes import Json


def text(words: str) -> Json:
    """A text as projects write it."""
    return {"raw": words, "html": words}


def option(name: str, color: str = "GRAY") -> Json:
    """A choice of a field; it keeps its id when it is called otherwise."""
    return {"id": f"{crc32(name.encode()):08x}", "name": text(name), "color": color,
            "description": text("")}  # fmt: skip


def iteration(title: str, start: date, days: int, today: date) -> Json:
    """An iteration of a field."""
    return {"id": f"{crc32(title.encode()):08x}", "title": text(title), "duration": days,
            "start_date": start.isoformat(),
            "completed": start + timedelta(days=days) <= today}  # fmt: skip


def value(field: Json, held: str | float | None, title: str) -> object:
    """What an item has in a field, as the item shows it."""
    kind = field["data_type"]
    if kind == "title":
        return text(title)
    if held is None:
        return None
    if kind == "single_select":
        return chosen(field["options"], "name", held)
    if kind == "iteration":
        return chosen(field["configuration"]["iterations"], "title", held)
    return text(str(held)) if kind == "text" else held


def chosen(choices: list[Json], by: str, name: str | float) -> Json | None:
    """The choice of that name."""
    return next((each for each in choices if each[by]["raw"] == name), None)


def plain(field: Json, held: str | float | None) -> object:
    """The same as a webhook's change shows it: choices with plain names."""
    shown = value(field, held, "")
    if not isinstance(shown, dict) or "id" not in shown:
        return held
    texts = {name: each["raw"] for name, each in shown.items() if isinstance(each, dict)}
    return shown | texts
