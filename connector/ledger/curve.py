"""A key result's work through time, by effective time: for charts and forecasts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.ledger.course import Course
from connector.ledger.happenings import Contributed, Happening, Linked, Worded, in_order
from connector.ledger.story import Teller
from connector.okr import KeyResult, LinkRule


@dataclass(frozen=True, slots=True)
class Point:
    """Where the work stood; ``done`` and ``total`` are None unless it is a (pooled) share.

    ``value`` and ``progress`` are computed from links, and from what people said where that is
    given; None while unknown.
    """

    at: datetime
    done: float | None
    total: float | None
    value: float | None
    progress: float | None


def curve(
    kr: KeyResult,
    links: Mapping[int, tuple[LinkRule, Course]],
    times: Iterable[datetime],
    said: Iterable[Happening] = (),
) -> list[Point]:
    """Where a key result stood at these times, by its wording and rules of now.

    ``said`` is what people said of it: values and overrides, which are left out otherwise.
    """
    teller = Teller()
    waiting = _happenings(kr, links, list(said))
    place = 0
    found = []
    for at in sorted(times):
        while place < len(waiting) and waiting[place].at <= at:
            teller.take(waiting[place])
            place += 1
        found.append(_point(teller, at))
    return found


def _happenings(
    kr: KeyResult,
    links: Mapping[int, tuple[LinkRule, Course]],
    said: Sequence[Happening],
) -> Sequence[Happening]:
    began = [course.since for _, course in links.values() if course.since is not None]
    began += [each.at for each in said]
    if not began:
        return []
    start = min(began)
    found: list[Happening] = [Worded(start, kr), *said]
    for position, (link_id, (rule, course)) in enumerate(links.items()):
        found.append(Linked(start, link_id, rule, position))
        found += [Contributed(at, link_id, version) for at, _, version in course.changes()]
    return sorted(found, key=in_order)


def _point(teller: Teller, at: datetime) -> Point:
    number, amounts = teller.number(), teller.amounts
    done, total = amounts if amounts is not None else (None, None)
    return Point(at, done, total, number.value, number.progress)
