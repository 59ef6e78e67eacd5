"""Everything that moved a key result, in the order it was recorded, with the Δ it made.

The Δ are of progress as it was shown: those recorded in any period sum to its change.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from connector import scoring
from connector.ledger.exact import ExactSum
from connector.ledger.happenings import (
    Confirmed,
    Contributed,
    Happening,
    Linked,
    Overridden,
    Read,
    Supported,
    Unlinked,
    Valued,
    Worded,
    in_order,
)
from connector.ledger.movements import NATURES as _NATURES
from connector.ledger.movements import REBUILT, Nature, Version, kind_of
from connector.ledger.tally import Tally
from connector.ledger.value import Number, computed, is_pooled, number
from connector.okr import KeyResult, LinkRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One happening that changed what was shown.

    ``at`` is when it took effect, ``recorded_at`` when it was learnt; ``subject`` is an item's key,
    a scope or "". ``delta`` is of progress; ``value`` is what was shown after it; ``link_id`` says
    through which link an item came to count.
    """

    at: datetime
    recorded_at: datetime
    kind: str
    subject: str = ""
    author: str = ""
    note: str = ""
    delta: float = 0.0
    value: float | None = None
    link_id: int | None = None

    @property
    def nature(self) -> Nature:
        """Whether work, scope, a rule or a person made it."""
        return _NATURES[self.kind]


def story(happenings: Iterable[Happening]) -> list[Change]:
    """What moved a key result, oldest first; happenings may come in any order."""
    teller = Teller()
    shown = (each for each in happenings if not _is_rebuilt(each))
    found = (teller.tell(each) for each in sorted(shown, key=in_order))
    return [change for change in found if change is not None]


def _is_rebuilt(each: Happening) -> bool:
    """Whether it only tells how the past would have read: it never moved what was shown."""
    return isinstance(each, Contributed) and each.version.cause in REBUILT


@dataclass(slots=True)
class _Pool:
    """Σ over the items of several links, each once: the first link that includes it wins."""

    done: ExactSum = field(default_factory=ExactSum)
    total: ExactSum = field(default_factory=ExactSum)

    def swap(self, before: Version | None, after: Version | None) -> None:
        for version, sign in ((before, -1), (after, 1)):
            if version is not None:
                self.done.add(sign * version.done)
                self.total.add(sign * version.total)


@dataclass(slots=True)
class Teller:
    """The key result as it stands while its story is told."""

    key_result: KeyResult | None = None
    rules: dict[int, LinkRule] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=dict)
    held: dict[int, dict[int, Version]] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    positions: dict[int, int] = field(default_factory=dict)
    pool: _Pool = field(default_factory=_Pool)
    typed: float | None = None
    supported: float | None = None
    override: float | None = None
    confirmed: bool = False
    shown: float = 0.0

    def tell(self, happening: Happening) -> Change | None:
        """The change a happening made, or None where nothing shown moved and no person spoke."""
        kind, subject, author, note = self.take(happening)
        after = self.number()
        was, self.shown = self.shown, after.progress or 0.0
        delta = self.shown - was
        if delta == 0 and kind in {"", "target_changed", "rule_changed"}:
            return None
        # What was unknown is known from now on; what supports it moves as its own work does.
        kind = kind or ("advanced" if isinstance(happening, Supported) else "scope_added")
        at = happening.version.valid_from if isinstance(happening, Contributed) else happening.at
        return Change(
            at=at,
            recorded_at=happening.at,
            kind=kind,
            subject=subject,
            author=author,
            note=note,
            delta=delta,
            value=after.value,
            link_id=happening.link_id if isinstance(happening, Contributed) else None,
        )

    def take(self, happening: Happening) -> tuple[str, str, str, str]:
        """Let it happen; returns (kind, subject, author, note)."""
        match happening:
            case Contributed(version=version):
                why = "" if version.in_scope else version.reason
                return self._contributed(happening), version.key, "", why
            case Worded(_, definition):
                is_new, self.key_result = self.key_result is None, definition
                return "" if is_new else "target_changed", "", "", ""
            case Linked():
                return self._linked(happening), "", "", ""
            case Unlinked(_, link_id, scope, author):
                self._unlinked(link_id)
                return "scope_removed", scope, author, ""
            case Valued(_, value, author, pushed):
                self.typed = value
                return "value_pushed" if pushed else "value_typed", "", author, ""
            case Overridden(_, value, author, reason):
                self.override = value
                return "override_ended" if value is None else "override_set", "", author, reason
            case Confirmed(_, author):
                self.confirmed = author is not None
                return "value_typed", "", author or "", "outcome confirmed" if author else ""
            case Read(_, link_id):
                self.read.add(link_id)
            case Supported(_, value):
                self.supported = value
        return "", "", "", ""

    def _linked(self, linked: Linked) -> str:
        link_id, before = linked.link_id, list(self.rules)
        self.rules[link_id], self.positions[link_id] = linked.rule, linked.position
        (self.waiting.add if linked.waiting else self.waiting.discard)(link_id)
        held = self.held.setdefault(link_id, {})
        self.tallies[link_id] = tally = Tally(linked.rule.measure)
        for version in held.values():
            tally.swap(None, version)
        order = sorted(self.rules, key=self.positions.__getitem__)
        self.rules = {each: self.rules[each] for each in order}
        self._fill_pool()
        return "rule_changed" if link_id in before else ""

    def _unlinked(self, link_id: int) -> None:
        for kept in (self.held, self.rules, self.tallies):
            kept.pop(link_id, None)
        self._fill_pool()

    def _fill_pool(self) -> None:
        """Other links count, or in another order: whose an item is may be another for all."""
        self.pool = _Pool()
        for item_id in set().union(*self.held.values()):
            self.pool.swap(None, self._winner(item_id))

    def _contributed(self, happening: Contributed) -> str:
        version, link_id = happening.version, happening.link_id
        if link_id not in self.rules:
            return ""
        held, tally = self.held[link_id], self.tallies[link_id]
        previous, before = held.get(version.item_id), self._winner(version.item_id)
        was_known = tally.value is not None
        held[version.item_id] = version
        tally.swap(previous, version)
        if was_known == (tally.value is not None):
            self.pool.swap(before, self._winner(version.item_id))
        else:
            self._fill_pool()
        return kind_of(previous, version)

    def _winner(self, item_id: int) -> Version | None:
        """The contribution that counts for an item where links are pooled: of known ones."""
        known = (
            each
            for each in self.rules
            if self.tallies[each].value is not None and each not in self.waiting
        )
        held = (self.held[link_id].get(item_id) for link_id in known)
        return next((each for each in held if each is not None and each.included), None)

    @property
    def amounts(self) -> tuple[float, float] | None:
        """(Σ done, Σ total) of the work counted, each item once; None unless it is a share."""
        rules = list(self.rules.values())
        if self.key_result is None or not rules or not rules[0].measure.is_share:
            return None
        if len(rules) > 1 and not is_pooled(self.key_result, rules):
            return None
        return self.pool.done.value(), self.pool.total.value()

    def number(self) -> Number:
        """The key result's numbers now."""
        if self.key_result is None:
            return Number()
        found, partial = (self._given(), False) if not self.rules else self._computed()
        return number(
            self.key_result,
            found,
            partial=partial,
            override=self.override,
            linked=bool(self.rules),
            confirmed=self.confirmed,
        )

    def _given(self) -> float | None:
        supports = self.key_result is not None and self.key_result.progress_from == "supports"
        return self.supported if supports else self.typed

    def _computed(self) -> tuple[float | None, bool]:
        kr, rules = self.key_result, list(self.rules.values())
        if kr is None or len({rule.measure.is_share for rule in rules}) > 1:
            return None, False  # between two wordings of one file: shares and numbers do not mix
        readings = [self._reading(link_id) for link_id in self.rules]
        if not is_pooled(kr, rules):
            return computed(kr, rules, readings)
        whole = scoring.share(self.pool.done.value(), self.pool.total.value())
        weighed = [
            (rule.weight, each or scoring.Reading(None, None, None))
            for rule, each in zip(rules, readings, strict=True)
        ]
        return scoring.combine(kr, weighed, share=True, pooled=whole)

    def _reading(self, link_id: int) -> scoring.Reading | None:
        tally = self.tallies[link_id]
        if link_id in self.waiting or (not self.held[link_id] and link_id not in self.read):
            return None
        if self.rules[link_id].measure.is_share:
            return scoring.share(tally.done, tally.total)
        return scoring.number(tally.value)
