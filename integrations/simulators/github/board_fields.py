"""Changing what a project's fields offer: no item counts as updated by it."""

from collections.abc import Iterable
from datetime import date, datetime

from integrations.simulators.github import board_shapes
from integrations.simulators.github.board_state import Project
from integrations.simulators.github.shapes import Json, stamp


def rename_choice(project: Project, field: str, was: str, now: str, *, at: datetime) -> None:
    """Call an option or an iteration otherwise; its id stays, and items show the new name."""
    about = project.fields[field]
    iterations = about.get("configuration", {}).get("iterations", [])
    for each in (*about.get("options", []), *iterations):
        name = "name" if "name" in each else "title"
        if each[name]["raw"] == was:
            each[name] = board_shapes.text(now)
    about["updated_at"] = stamp(at)
    for card in project.cards:
        if card.values.get(field) == was:
            card.values[field] = now


def set_iterations(
    project: Project, field: str, iterations: Iterable[tuple[str, date, int]], *, at: datetime
) -> None:
    """Other iterations for a field, each with its title, start and days."""
    made: list[Json] = [board_shapes.iteration(*each, at.date()) for each in iterations]
    project.fields[field]["configuration"]["iterations"] = made
    project.fields[field]["updated_at"] = stamp(at)


def rename_field(project: Project, was: str, now: str, *, at: datetime) -> None:
    """Call a field otherwise; its id stays, and so do the values of items."""
    project.fields = {
        (now if name == was else name): about for name, about in project.fields.items()
    }
    project.fields[now] |= {"name": now, "updated_at": stamp(at)}
    for card in project.cards:
        if was in card.values:
            card.values[now] = card.values.pop(was)
