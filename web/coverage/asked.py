"""Of the work that serves no key result, what an address asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from connector.coverage import PlaceReport
from sync.reports import untied
from sync.reports.covered import Covered
from sync.reports.untied import Untied, UntiedItem
from web import access
from web.paging import Paged, paged_by


@dataclass(frozen=True, slots=True)
class Asked:
    """One place's, one connection's, or all; and words of the key or title."""

    connection: str
    place: str
    words: str

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for a part only."""
        return bool(self.connection or self.place or self.words)

    def holds(self, each: PlaceReport) -> bool:
        """Whether a place lies in what is asked for."""
        here = not self.place or each.place == self.place
        return here and (not self.connection or each.connection == self.connection)


@dataclass(frozen=True, slots=True)
class Share:
    """All places of a connection together."""

    tracker: str
    connection: str
    untied: int
    total: int

    @property
    def share(self) -> float:
        """The share that serves a key result."""
        return (self.total - self.untied) / self.total


def asked() -> Asked:
    """From the address."""
    names = ("connection", "place", "q")
    return Asked(*(request.args.get(each, "").strip()[:300] for each in names))


def found(session: Session, covered: Covered, asked: Asked) -> Untied:
    """The items asked for that whoever is signed in may see."""
    sight = access.objects.sight()
    here = [(at, each) for at, each in covered.places if asked.holds(each)]
    seen = [at for at, each in here if sight.sees_named(each.connection)]
    return untied.untied(session, covered, seen, asked.words)


def listed(session: Session, items: Untied) -> Paged[UntiedItem]:
    """The page of them that the address asks for."""
    return paged_by(
        lambda first, size: untied.page(session, items, first, size), items.total, "items"
    )


def by_connection(places: Sequence[PlaceReport]) -> list[Share]:
    """The places of each connection together, the one with the most untied work first."""
    sums: dict[tuple[str, str], list[int]] = {}
    for each in places:
        both = sums.setdefault((each.tracker, each.connection), [0, 0])
        both[0] += each.untied
        both[1] += each.total
    found = [Share(*where, *both) for where, both in sums.items()]
    return sorted(found, key=lambda each: (-each.untied, each.connection))
