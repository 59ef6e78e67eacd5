"""Finds the trackers: packages here with a ``spec`` module, and installed entry points.

Both name a ``tracker`` value; nothing is imported before it is asked for.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import integrations
from connector.errors import Refused
from integrations.tracker import Tracker

GROUP = "worklift.trackers"


def names() -> tuple[str, ...]:
    """The keys of all trackers, sorted."""
    return tuple(sorted({*_packages(), *_installed()}))


def get(key: str) -> Tracker:
    """The tracker of that key; raises ``Refused`` naming those there are."""
    if key in _packages():
        return _checked(key, import_module(f"integrations.{key}").tracker)
    installed = _installed().get(key)
    if installed is None:
        raise Refused(f"there is no tracker {key!r}; there are: {', '.join(names())}")
    return _checked(key, installed.load())


@cache
def _packages() -> frozenset[str]:
    folders = (Path(place) for place in integrations.__path__)
    return frozenset(spec.parent.name for folder in folders for spec in folder.glob("*/spec.py"))


@cache
def _installed() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _checked(key: str, tracker: Tracker) -> Tracker:
    if tracker.spec.key != key:
        raise Refused(f"the tracker installed as {key!r} calls itself {tracker.spec.key!r}")
    return tracker
