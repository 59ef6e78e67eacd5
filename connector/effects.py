"""What a link would do, before it is saved: computed from items, nothing written.

``as_json`` of each is the stable shape of ``preview --json``.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from connector.ledger import Candidate, LinkReading, Part, parts, reading
from connector.mapping import FieldMapping, is_mapped
from connector.okr import LinkRule
from connector.report import Health

SHOWN = 20
"""Of long lists of items, the first so many are named."""


@dataclass(frozen=True, slots=True)
class Named:
    """Some items under one heading: how many, and the first of them."""

    what: str
    number: int
    items: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The object of one heading."""
        return {"what": self.what, "number": self.number, "items": list(self.items)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a rule makes of the items of a scope.

    ``excluded`` are by reason; ``unestimated`` count without having the size measured (or do not
    count for want of it); ``unmapped`` are by status whose meaning neither tracker nor mapping
    tells; ``missing`` by project or repository in which no item at all has the size; ``families``
    are parents counted together with items below them.
    """

    matches: int
    counted: int
    excluded: tuple[Named, ...]
    unestimated: Named
    unmapped: tuple[Named, ...]
    missing: tuple[Named, ...]
    families: Named
    reading: LinkReading

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before saving, as sentences."""
        found = []
        if not self.matches:
            found.append("no item lies in this scope")
        elif not self.counted:
            found.append("no item of this scope counts")
        if self.unestimated.number:
            share = self.reading.coverage or 0.0
            found.append(f"{self.unestimated.number} items have no estimate (coverage {share:.0%})")
        found += [f"{each.number} items are in status {each.what}, which is mapped to nothing: "
                  "they count as to do" for each in self.unmapped]  # fmt: skip
        found += [f"no item of {each.what} has the size measured" for each in self.missing]
        if self.families.number:
            found.append(
                f"{self.families.number} items are counted together with items below them: "
                "the same work counts twice"
            )
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """The effect's object."""
        return {
            "matches": self.matches,
            "counted": self.counted,
            "excluded": [each.as_json() for each in self.excluded],
            "unestimated": self.unestimated.as_json(),
            "unmapped": [each.as_json() for each in self.unmapped],
            "missing": [each.as_json() for each in self.missing],
            "families": self.families.as_json(),
            "reading": asdict(self.reading),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """A key result's numbers, before or after."""

    reading: float | None
    value: float | None
    progress: float | None
    score: float | None
    health: Health = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEffect:
    """What saving would do to one link: ``before`` is None for a new one.

    ``overlaps`` are items that other key results count too, by key result. ``problem`` says why
    nothing could be computed.
    """

    key_result: str
    scope: str
    before: Standing | None = None
    after: Standing | None = None
    effect: Effect | None = None
    overlaps: tuple[Named, ...] = ()
    problem: str | None = None
    cycle: str = ""

    def as_json(self) -> dict[str, Any]:
        """The link's object."""
        return {
            "cycle": self.cycle,
            "key_result": self.key_result,
            "scope": self.scope,
            "before": asdict(self.before) if self.before else None,
            "after": asdict(self.after) if self.after else None,
            "effect": self.effect.as_json() if self.effect else None,
            "overlaps": [each.as_json() for each in self.overlaps],
            "problem": self.problem,
        }


def effect(
    rule: LinkRule, candidates: Sequence[Candidate], mapping: FieldMapping, *, is_query: bool
) -> Effect:
    """What a rule makes of these items under a mapping."""
    found = parts(rule, candidates, mapping, is_query=is_query)
    excluded = [part for part in found if not part.included and part.sized is None]
    return Effect(
        matches=len(found),
        counted=sum(part.included for part in found),
        excluded=_grouped((part.reason, part.key) for part in excluded),
        unestimated=_named("no estimate", [part.key for part in found if part.sized is False]),
        unmapped=_grouped(
            (each.item.status, each.item.key)
            for each, part in zip(candidates, found, strict=True)
            if part.sized is not None and not is_mapped(each.item, mapping)
        ),
        missing=_missing(candidates, found),
        families=_families(candidates, found),
        reading=reading(rule.measure, found),
    )


def _missing(candidates: Sequence[Candidate], found: Sequence[Part]) -> tuple[Named, ...]:
    places: dict[str, list[Part]] = defaultdict(list)
    for each, part in zip(candidates, found, strict=True):
        if part.sized is not None:
            places[each.item.place].append(part)
    return tuple(
        _named(place, [part.key for part in mine])
        for place, mine in sorted(places.items())
        if not any(part.sized for part in mine)
    )


def _families(candidates: Sequence[Candidate], found: Sequence[Part]) -> Named:
    """Items that count although an item below them counts too."""
    counted = [each for each, part in zip(candidates, found, strict=True) if part.included]
    above = {each.item.parent_id for each in counted} | {each.item.parent_key for each in counted}
    both = [each.item.key for each in counted if {each.item.external_id, each.item.key} & above]
    return _named("counted with items below them", both)


def _grouped(pairs: Iterable[tuple[str, str]]) -> tuple[Named, ...]:
    groups: dict[str, list[str]] = defaultdict(list)
    for what, key in pairs:
        groups[what].append(key)
    ordered = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))
    return tuple(_named(what, keys) for what, keys in ordered)


def _named(what: str, keys: Sequence[str]) -> Named:
    return Named(what, len(keys), tuple(sorted(keys)[:SHOWN]))
