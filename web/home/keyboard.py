"""What the keyboard does: shortcuts, listed on a page and in the help over any page."""

from typing import Any, Final, NamedTuple

from flask import render_template

from web.home.views import blueprint
from web.language import lazy
from web.navigation import main_ways

__all__ = ["blueprint"]


class Shortcut(NamedTuple):
    """Keys to be pressed one after the other, and what they do."""

    keys: tuple[str, ...]
    what: object


LETTERS: Final = {"company": "c", "work": "m", "plan": "p"}
"""By section: the key that leads there after ``g``."""
GOING: Final = {
    "company": lazy("Go to the company"),
    "work": lazy("Go to my work"),
    "plan": lazy("Go to the plan"),
}


def shortcuts() -> list[Shortcut]:
    """The shortcuts of whoever is signed in: only ways that are open to them."""
    ways = [each.section for each in main_ways() if each.section in LETTERS]
    return [
        Shortcut(("/",), lazy("Search")),
        *(Shortcut(("g", LETTERS[each]), GOING[each]) for each in ways),
        Shortcut(("?",), lazy("Show this help")),
        Shortcut(("Esc",), lazy("Close what is open, or leave a field")),
    ]


@blueprint.get("/keyboard")
def keyboard() -> str:
    """The shortcuts, to be read without script."""
    return render_template("home/keyboard.html")


@blueprint.app_context_processor
def _known() -> dict[str, Any]:
    return {"shortcuts": shortcuts, "way_letters": LETTERS}
