"""What a link counts, in words: one short phrase for tables and lists."""

from collections.abc import Mapping
from typing import Final

from connector.okr import LinkRule
from web import words
from web.language import _, lazy

_HOW: Final = {
    "count": lazy("number"),
    "sum": lazy("sum"),
    "avg": lazy("average"),
    "min": lazy("least"),
    "max": lazy("most"),
}
_OVER: Final = {
    ("items", "all"): lazy("all items"),
    ("items", "done"): lazy("items done"),
    ("items", "open"): lazy("items open"),
    ("pull requests", "all"): lazy("all pull requests"),
    ("pull requests", "done"): lazy("pull requests done"),
    ("pull requests", "open"): lazy("pull requests open"),
}


def counted(measure: Mapping[str, str], work: str = "items") -> str:
    """A measure as links show it: ``share of items``, ``sum of story points, items done``."""
    if "share" in measure:
        return _("share of %(of)s", of=words.size(measure["share"]))
    how = str(_HOW.get(measure["number"], measure["number"]))
    over = str(_OVER.get((work, measure.get("over") or "all"), measure.get("over", "")))
    of = measure.get("of", "")
    if measure["number"] == "count" or not of:
        return _("%(how)s of %(items)s", how=how, items=over)
    return _("%(how)s of %(of)s, %(items)s", how=how, of=words.size(of), items=over)


def counts(rule: LinkRule) -> str:
    """What a rule counts, in the same words."""
    return counted(
        rule.measure.as_json(), "pull requests" if rule.pull_requests == "only" else "items"
    )
