"""The ways through the application: what somebody may open, in the order it is shown."""

from typing import Final, NamedTuple

from flask import current_app, g

from web import access
from web.language import lazy


class Way(NamedTuple):
    """One entry; ``section`` is what pages below it call themselves."""

    section: str
    endpoint: str
    icon: str
    label: object


AT_HAND: Final = 4
"""How many entries the bar of a phone shows; the others, and oneself, are under one more."""
OWN: Final = frozenset({"settings"})
WAYS: Final = (
    Way("company", "home.start", "diagram-3", lazy("Company")),
    Way("work", "work.mine", "person-workspace", lazy("My work")),
    Way("plan", "plan.overview", "pencil-square", lazy("Plan")),
    Way("coverage", "coverage.page", "pie-chart", lazy("Coverage")),
    Way("connections", "connections.page", "plug", lazy("Connections")),
    Way("sync", "syncing.page", "arrow-repeat", lazy("Sync")),
    Way("settings", "settings.page", "gear", lazy("Settings")),
)


def main_ways() -> list[Way]:
    """The entries that whoever is signed in may open."""
    role = g.principal.role if g.principal else None
    there = current_app.view_functions
    return [each for each in WAYS if each.endpoint in there and access.allowed(each.endpoint, role)]


def further_ways() -> list[Way]:
    """Those of them that have no room in the bar of a phone."""
    ways = main_ways()
    at_hand = [each for each in ways if each.section not in OWN][:AT_HAND]
    return [each for each in ways if each not in at_hand]
