"""From readings to the numbers of a key result. Rules: docs/scoring.md, sections 3 and 4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connector import scoring
from connector.ledger.readings import Counted, pooled
from connector.okr import KeyResult, LinkRule

UNKNOWN = scoring.Reading(None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A key result's numbers: ``value`` is what is shown, ``computed`` what it is without an
    override. ``capped``: the guard holds its progress back. None is unknown."""

    value: float | None = None
    computed: float | None = None
    progress: float | None = None
    score: float | None = None
    partial: bool = False
    capped: bool = False


def is_pooled(kr: KeyResult, rules: Sequence[LinkRule]) -> bool:
    """Whether the value is made of all items of several links, each once."""
    return len(rules) > 1 and rules[0].measure.is_share and kr.combine != "weighted"


def computed(
    kr: KeyResult,
    rules: Sequence[LinkRule],
    readings: Sequence[scoring.Reading | None],
    members: Iterable[Iterable[Counted]] = (),
) -> tuple[float | None, bool]:
    """(value, partial) that links bring; ``members`` are the contributions of each pooled link."""
    weighed = [(rule.weight, each or UNKNOWN) for rule, each in zip(rules, readings, strict=True)]
    several = is_pooled(kr, rules)
    known = [
        mine
        for (_, reading), mine in zip(weighed, members, strict=False)
        if reading.value is not None
    ]
    return scoring.combine(
        kr,
        weighed,
        share=rules[0].measure.is_share,
        pooled=scoring.share(*pooled(known)) if several else None,
    )


def number(
    kr: KeyResult,
    found: float | None,
    *,
    partial: bool = False,
    override: float | None = None,
    linked: bool = False,
    confirmed: bool = False,
) -> Number:
    """The numbers of a key result from its computed or typed value, a person's word over it."""
    value = found if override is None else override
    plain = scoring.progress(kr, value)
    progress, capped = scoring.guarded(
        plain, guard=kr.guard, confirmed=confirmed, linked=linked and override is None
    )
    return Number(
        value=value,
        computed=found,
        progress=progress,
        score=scoring.score(progress),
        partial=partial and override is None,
        capped=capped,
    )
