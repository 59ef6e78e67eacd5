"""How fields are typed: a stored value as it stands in a form, and what was typed as plan nodes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.plans.tree import Items, Node, Pairs, Scalar

Typed = str | list[str]
"""What was typed in one field; a list where it has several inputs."""


@dataclass(frozen=True, slots=True)
class Input:
    """One way to type a value; ``macro`` shows it, ``several`` tells that it has several inputs."""

    macro: str
    shown: Callable[[Any], Typed]
    node: Callable[[Typed, int], Node]
    several: bool = False

    @property
    def empty(self) -> Typed:
        """What stands in it when nothing was typed."""
        return [] if self.several else ""


def scalar(text: str, line: int, *, plain: bool = False) -> Scalar:
    """One text of a plan file; quoted, so that only an empty one says nothing."""
    return Scalar(text, plain=plain, line=line)


def single(typed: Typed) -> str:
    """What was typed in a field of one input."""
    return typed if isinstance(typed, str) else "\n".join(typed)


def listed(typed: Typed) -> list[str]:
    """What was typed in a field of several inputs, or on several lines, without empty ones."""
    parts = typed.splitlines() if isinstance(typed, str) else typed
    return [each.strip() for each in parts if each.strip()]


def _text(value: Any) -> Typed:
    return "" if value is None else str(value)


def _number(value: Any) -> Typed:
    return "" if value is None else f"{value:.15g}"


def _day(value: date | None) -> Typed:
    return "" if value is None else value.isoformat()


def _tick(value: Any) -> Typed:
    return "true" if value else "false"


def _several(value: Iterable[Any] | None) -> Typed:
    return sorted(str(each) for each in value or ())


def _lines(value: Iterable[Any] | None) -> Typed:
    return "\n".join(sorted(str(each) for each in value or ()))


def _limits(value: Sequence[float] | None) -> Typed:
    return [f"{each:.15g}" for each in value] if value else []


def _steps(value: Iterable[tuple[date, float]]) -> Typed:
    return "\n".join(f"{day.isoformat()}: {aim:.15g}" for day, aim in value)


def _one(typed: Typed, line: int) -> Node:
    return scalar(single(typed).strip(), line)


def _ticked(typed: Typed, line: int) -> Node:
    return scalar("true" if typed == "true" else "false", line)


def _many(typed: Typed, line: int) -> Node:
    return Items(tuple(scalar(each, line) for each in listed(typed)), line)


def _both(typed: Typed, line: int) -> Node:
    """Two numbers, or nothing where neither was typed."""
    return _many(typed, line) if listed(typed) else scalar("", line)


def _dated(typed: Typed, line: int) -> Node:
    """One a line, ``2026-11-01: 30``, in the order of their days."""
    rows = [row.rpartition(":") for row in sorted(listed(typed))]
    pairs = tuple((scalar(day.strip(), line), scalar(aim.strip(), line)) for day, _, aim in rows)
    return Pairs(pairs, line) if pairs else scalar("", line)


TEXT = Input("text", _text, _one)
AREA = Input("area", _text, _one)
EMAIL = Input("email", _text, _one)
NUMBER = Input("number", _number, _one)
DAY = Input("day", _day, _one)
CHOICE = Input("choice", _text, _one)
PICK = Input("pick", _text, _one)
TICK = Input("tick", _tick, _ticked)
SEVERAL = Input("several", _several, _many, several=True)
LINES = Input("lines", _lines, _many)
LIMITS = Input("limits", _limits, _both, several=True)
STEPS = Input("steps", _steps, _dated)
