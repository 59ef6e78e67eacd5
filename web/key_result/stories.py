"""Movements as people tell them: what moved the number, newest first, and this week's sum."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from connector.report import ContributionReport, LinkExplanation, LinkReport, MovementReport

WEEK = timedelta(days=7)
WORK = frozenset({"finished", "reopened", "advanced"})
LEFT = frozenset({"scope_removed", "dropped"})


@dataclass(frozen=True, slots=True)
class Move:
    """A movement and the link whose reading it moved."""

    movement: MovementReport
    link: LinkReport


@dataclass(frozen=True, slots=True)
class Beginning:
    """When a link was first read, and how many items it found then."""

    link: LinkReport
    at: datetime
    items: int


@dataclass(frozen=True, slots=True)
class Week:
    """A link's last seven days: change by work done and by scope, in the reading's own size."""

    link: LinkReport
    work: float
    scope: float
    finished: int
    added: int
    left: int


def moves(links: Sequence[LinkExplanation]) -> list[Move]:
    """What moved any of the links since it was first read, newest first."""
    together = [Move(each, link.link) for link in links for each in _later(link)]
    return sorted(together, key=lambda move: move.movement.at, reverse=True)


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


def week(links: Sequence[LinkExplanation], now: datetime) -> list[Week]:
    """What happened in the seven days before ``now`` to each link that moved at all."""
    found = [_week(each, now - WEEK) for each in links]
    return [
        each
        for each in found
        if each.finished or each.added or each.left or each.work or each.scope
    ]


def _week(explained: LinkExplanation, since: datetime) -> Week:
    recent = [each for each in _later(explained) if each.recorded_at >= since]
    return Week(
        link=explained.link,
        work=fsum(each.delta or 0.0 for each in recent if each.kind in WORK),
        scope=fsum(each.delta or 0.0 for each in recent if each.kind not in WORK),
        finished=sum(each.kind == "finished" for each in recent),
        added=sum(each.kind == "scope_added" for each in recent),
        left=sum(each.kind in LEFT for each in recent),
    )
