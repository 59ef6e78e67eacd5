"""What an objective's page says of its numbers in sentences."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import request, url_for

from connector.objectives import Ground, ObjectiveExplanation, Rewording
from web import words
from web.key_result.stories import Sum
from web.language import _, lazy

STATES: Final = {
    "draft": lazy("It is a draft: it counts for nothing until it is active."),
    "candidate": lazy("It is a candidate: it counts for nothing until it is active."),
    "postponed": lazy("It is postponed: it counts for nothing until it is active again."),
    "cancelled": lazy("It is cancelled: it counts for nothing until it is brought back."),
}
UNSEEN: Final = lazy("It is scored by drafts of other teams too, which you may not see.")
FIELDS: Final = {
    "team": lazy("team"),
    "title": lazy("title"),
    "kind": lazy("kind"),
    "state": lazy("state"),
    "takes": lazy("what it is scored by"),
    "supports": lazy("what it supports"),
    "owner": lazy("owner"),
    "weight": lazy("weight"),
}
"""The fields of a wording as people call them."""
WORDS: Final = {
    **words.OBJECTIVE_KINDS,
    **words.OBJECTIVE_STATES,
    "key_results": lazy("its key results"),
    "children": lazy("the objectives that support it"),
    "both": lazy("its key results and the objectives that support it"),
}
"""What stands in such fields."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence, and what it names: (words, address) of each."""

    sentence: str
    named: tuple[tuple[str, str], ...] = ()


def reasons(explained: ObjectiveExplanation, *, unseen: int = 0) -> list[Reason]:
    """Why the number is unusual, the gravest first.

    Where so many of its parts are ``unseen`` the others alone would explain it wrongly.
    """
    state = [Reason(str(STATES[explained.state]))] if explained.state in STATES else []
    return [*state, *([Reason(str(UNSEEN))] if unseen else _reasons(explained))]


def _reasons(explained: ObjectiveExplanation) -> Iterator[Reason]:
    row = explained.objective
    counted = [each for each in explained.grounds if each.counts]
    unknown = [each for each in counted if each.row.score is None]
    if not counted:
        yield Reason(_nothing(explained))
    elif unknown and len(unknown) == len(counted):
        yield Reason(_("Unknown: nothing that it is scored by has a number yet."))
    elif unknown:
        share = words.percent(row.known)
        yield Reason(
            _("Partial: %(share)s of its weight is known. Without a number:", share=share),
            _named(explained, unknown),
        )
    old = [
        each
        for each in explained.grounds
        if each.row.health == "unknown" and each.row.score is not None
    ]
    if old:
        sentence = _("No fresh number, so nobody knows how it is doing:")
        yield Reason(sentence, _named(explained, old))
    if row.health in {"off_track", "at_risk"}:
        worst = [each for each in explained.grounds if each.row.health == row.health]
        sentence = (
            _("Off track because of") if row.health == "off_track" else _("At risk because of")
        )
        if worst:
            yield Reason(sentence, _named(explained, worst))


def _nothing(explained: ObjectiveExplanation) -> str:
    if explained.objective.takes == "children":
        return _("Unknown: it is scored by the objectives that support it, and none does yet.")
    if explained.objective.key_results:
        return _("Unknown: none of its key results has a weight, so there is nothing to score.")
    return _("Unknown: it has no key results yet.")


def _named(explained: ObjectiveExplanation, grounds: list[Ground]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{each.row.key} {each.row.title}", address(explained, each)) for each in grounds)


def without(told: Sequence[Rewording], unseen: Collection[str]) -> tuple[Rewording, ...]:
    """Wordings that name nothing of what is not seen; those that told of nothing else are left
    out."""
    if not unseen:
        return tuple(told)
    found = (replace(each, changed=tuple(_seen(each.changed, unseen))) for each in told)
    return tuple(each for each in found if each.changed or each.is_first)


def _seen(
    changed: Iterable[tuple[str, str, str]], unseen: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    for name, *texts in changed:
        before, after = (_named_of(each, unseen) for each in texts) if name == "supports" else texts
        if before != after:
            yield name, before, after


def _named_of(supports: str, unseen: Collection[str]) -> str:
    """What is supported as a wording tells it: each key, with its weight where that is unusual."""
    named = (each for each in supports.split(", ") if each.partition(" × ")[0] not in unseen)
    return ", ".join(named)


def stirred(moved: Mapping[str, Sequence[Sum]]) -> list[str]:
    """The keys of what moved at all."""
    return [key for key, sums in moved.items() if sums]


def address(explained: ObjectiveExplanation, ground: Ground) -> str:
    """Where what an objective stands on is explained."""
    cycle, team = explained.report.cycle, ground.team.key
    at = request.args.get("at")  # a past day leads on to that day
    return url_for(f"{ground.kind}.page", cycle=cycle, team=team, key=ground.row.key, at=at)
