"""What somebody is shown of work that they may not see: numbers stay, names and addresses go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from connector.report import KeyResultReport
from connector.veil import items, links
from connector.veil.hidden import Hidden, HiddenLink, Words

__all__ = ["HiddenLink", "Sight", "Words"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(Hidden):
    """What one person sees: everything but what is hidden from them."""

    def blurred(self, shown: T) -> T:
        """The same report or rows, without what may not be seen; itself where that is nothing.

        It goes through tuples, lists, mappings and reports of every kind down to items and links.
        """
        return shown if self.is_whole else _blurred(self, shown)


def _blurred(sight: Sight, shown: Any) -> Any:
    if isinstance(shown, str | int | float) or shown is None:
        return shown
    if isinstance(shown, tuple) and hasattr(shown, "_fields"):
        return type(shown)(*(_blurred(sight, each) for each in shown))
    if isinstance(shown, tuple | list):
        return type(shown)(_blurred(sight, each) for each in shown)
    if isinstance(shown, Mapping):
        return {name: _blurred(sight, each) for name, each in shown.items()}
    if not is_dataclass(shown) or isinstance(shown, type) or _is_all_seen(sight, shown):
        return shown
    rule = RULES.get(type(shown))
    inside = _inside(sight, shown)
    return rule(sight, shown, inside) if rule else inside


def _is_all_seen(sight: Sight, shown: Any) -> bool:
    """Whether it is a key result with nothing to hide: there are thousands on a company's page."""
    return isinstance(shown, KeyResultReport) and all(sight.sees_link(e.id) for e in shown.links)


def _inside(sight: Sight, shown: Any) -> Any:
    """A report with what it is made of blurred; the very same where that changes nothing."""
    held = {each.name: getattr(shown, each.name) for each in fields(shown) if each.init}
    seen = {name: _blurred(sight, each) for name, each in held.items()}
    changed = {name: each for name, each in seen.items() if each != held[name]}
    return replace(shown, **changed) if changed else shown


RULES: Mapping[type, Callable[[Hidden, Any, Any], Any]] = {**links.RULES, **items.RULES}
"""By kind of report: (what somebody may not see, as it was, with its parts blurred) -> as shown."""
