"""What follows from a report alone, made once for as long as somebody holds the report."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import ref

from connector.report import CycleReport

V = TypeVar("V")

_lock = threading.Lock()
_held: dict[int, tuple[ref[CycleReport], dict[Hashable, Any]]] = {}
"""By the identity of the report: to compare two of them takes as long as to make one."""


def once(report: CycleReport, name: Hashable, make: Callable[[], V]) -> V:
    """What is called so of a report, never to be changed."""
    mine = _of(report)
    if name not in mine:
        mine[name] = make()
    return cast("V", mine[name])


def _of(report: CycleReport) -> dict[Hashable, Any]:
    key = id(report)
    held = _held.get(key)
    if held is not None and held[0]() is report:
        return held[1]
    with _lock:
        held = _held.get(key)
        if held is None or held[0]() is not report:
            held = _held[key] = (ref(report, lambda gone: _forget(key, gone)), {})
        return held[1]


def _forget(key: int, gone: ref[CycleReport]) -> None:
    # Another report may be where that one was by now.
    if key in _held and _held[key][0] is gone:
        _held.pop(key, None)
