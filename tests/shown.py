"""Answers of two instants compared, without what is told as it is today."""

from typing import Any

FRESHNESS = {"as_of", "error", "history_from", "history_note", "url", "title"}
"""What is told of an item or a look as it is today."""


def plain(shown: Any) -> Any:
    """What was shown, but for what is told of items and looks as they are today."""
    if isinstance(shown, dict):
        return {name: plain(value) for name, value in shown.items() if name not in FRESHNESS}
    return [plain(each) for each in shown] if isinstance(shown, list) else shown


def differing(told: Any, shown: Any, where: str = "") -> list[str]:
    """Where two answers differ, so that a failure says it in a line."""
    if type(told) is type(shown) is dict and told.keys() == shown.keys():
        parts = [(f"{where}.{name}", told[name], shown[name]) for name in told]
    elif type(told) is type(shown) is list and len(told) == len(shown):
        parts = [(f"{where}.{n}", *pair) for n, pair in enumerate(zip(told, shown, strict=True))]
    else:
        return [] if told == shown else [f"{where}: {told} was shown as {shown}"]
    return [each for name, one, other in parts for each in differing(one, other, name)]
