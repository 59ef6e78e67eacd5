"""Movements as people tell them: what moved the number, newest first, and this week's sum."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from connector.explained import ContributionReport, LinkExplanation, MovementReport
from connector.report import LinkReport
from web.charts import Happened

WEEK = timedelta(days=7)
LEFT = frozenset({"scope_removed", "dropped"})


@dataclass(frozen=True, slots=True)
class Move:
    """A movement and the link whose reading it moved."""

    movement: MovementReport
    link: LinkReport


SHOWN = 15
"""Movements on one page of their list."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When a link was first read, and how many items it found then."""

    link: LinkReport
    at: datetime
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What movements of a link add up to, in the reading's own size.

    ``work``, ``scope`` and ``rules`` are Δ of the reading, ``amount`` is what the scope itself
    grew by. ``rebuilt``: some of it is told from the tracker's own history.
    """

    link: LinkReport
    work: float
    scope: float
    rules: float
    amount: float
    finished: int
    added: int
    left: int
    reopened: int = 0
    rebuilt: bool = False

    @property
    def is_still(self) -> bool:
        """Whether nothing moved at all."""
        counted = self.finished or self.reopened or self.added or self.left
        return not (counted or self.work or self.scope or self.rules)


def moves(links: Sequence[LinkExplanation]) -> list[Move]:
    """What work and scope moved in any of the links since it was first read, newest first."""
    together = [Move(each, link.link) for link in links for each in _later(link)]
    return _newest_first(each for each in together if each.movement.nature in {"work", "scope"})


def before(links: Sequence[LinkExplanation]) -> list[Move]:
    """What moved the links before they were read, as rebuilt, newest first."""
    return _newest_first(Move(each, link.link) for link in links for each in link.past)


def _newest_first(found: Iterable[Move]) -> list[Move]:
    return sorted(found, key=lambda move: move.movement.at, reverse=True)


def happened(found: Sequence[Move], argument: str) -> list[Happened]:
    """The same with the place each has in its list; what is new later moves no anchor."""
    return [
        Happened(
            at=each.movement.at,
            nature=each.movement.nature,
            kind=each.movement.kind,
            argument=argument,
            page=index // SHOWN + 1,
            anchor=anchor(argument, len(found) - index),
        )
        for index, each in enumerate(found)
    ]


def anchor(argument: str, number: int) -> str:
    """What a movement is found by on the page: its number, counted from the oldest."""
    return f"{argument}-{number}"


def beginnings(links: Sequence[LinkExplanation]) -> list[Beginning]:
    """Where the counting of each link began."""
    return [
        Beginning(each.link, first, sum(one.recorded_at == first for one in each.movements))
        for each in links
        if (first := _first(each)) is not None
    ]


def _first(explained: LinkExplanation) -> datetime | None:
    return min((each.recorded_at for each in explained.movements), default=None)


def _later(explained: LinkExplanation) -> list[MovementReport]:
    first = _first(explained)
    return [each for each in explained.movements if each.recorded_at != first]


def by_key(rows: Sequence[ContributionReport]) -> list[ContributionReport]:
    """What counts first, then by key as people count: PLAT-9 before PLAT-10."""
    return sorted(rows, key=lambda row: (not row.included, _counting(row.item)))


def _counting(key: str) -> list[tuple[str, int]]:
    return [(text, int(part or 0)) for text, part in re.findall(r"(\D*)(\d{0,15})", key)]


def week(links: Sequence[LinkExplanation], now: datetime) -> list[Sum]:
    """What happened in the seven days before ``now`` to each link that moved at all.

    What was seen counts when it was learnt; what is told from history, when it happened.
    """
    since = now - WEEK
    found = []
    for each in links:
        seen = [one for one in _later(each) if one.recorded_at >= since]
        told = [one for one in each.past if one.at >= since]
        found.append(_sum(each.link, [*seen, *told], rebuilt=bool(told)))
    return [each for each in found if not each.is_still]


def sums(links: Sequence[LinkExplanation], *, rebuilt: bool = False) -> list[Sum]:
    """What moved each link since it was first read, or in the past that was rebuilt."""
    found = [
        _sum(each.link, each.past if rebuilt else _later(each), rebuilt=rebuilt) for each in links
    ]
    return [each for each in found if not each.is_still]


def _sum(link: LinkReport, found: Sequence[MovementReport], *, rebuilt: bool) -> Sum:
    return Sum(
        link=link,
        work=_delta(found, "work"),
        scope=_delta(found, "scope"),
        rules=_delta(found, "rule"),
        amount=_noiseless(fsum(each.total for each in found if each.nature == "scope")),
        finished=sum(each.kind == "finished" for each in found),
        added=sum(each.kind == "scope_added" for each in found),
        left=sum(each.kind in LEFT for each in found),
        reopened=sum(each.kind == "reopened" for each in found),
        rebuilt=rebuilt,
    )


def _delta(found: Sequence[MovementReport], nature: str) -> float:
    return _noiseless(fsum(each.delta or 0.0 for each in found if each.nature == nature))


def _noiseless(amount: float) -> float:
    # What went up and down again by sums of shares leaves a rest in the last digit.
    return 0.0 if abs(amount) < 1e-9 else amount
