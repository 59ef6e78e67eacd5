"""What the database counts of a cycle's work is what going through it item by item comes to."""

from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from connector.coverage import NEWEST
from connector.settings import Settings
from connector.store import Store
from sync.reports import untied
from sync.reports.coverage import coverage
from sync.reports.covered import Covered, covered
from sync.runtime import Trackers
from tests.sync import mirrored
from tests.sync.mirrored import Seen

ITEMS, EXAMPLES = 70, 7


@pytest.fixture
def laid(store: Store) -> Store:
    with store.write() as session:
        mirrored.lay_plan(session)
    return store


def reports(session: Session) -> tuple[Covered, list[tuple[str, ...]], list[Seen]]:
    """What the database counts, the newest keys of each place, and all the work by itself."""
    trackers, given = dict(Trackers()), Settings(home=Path("/"), database_url="sqlite://")
    asked = {"now": mirrored.NOW, "settings": given, "trackers": trackers}
    whole = covered(session, mirrored.CYCLE, **asked)
    newest = [each.newest for each in coverage(session, mirrored.CYCLE, **asked).places]
    return whole, newest, mirrored.reckoned(session, trackers)


def newest_first(found: list[Seen]) -> list[str]:
    newest = sorted(found, key=lambda each: (each.created_at, int(each.key[2:])), reverse=True)
    return [each.key for each in newest]


@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_the_database_counts_what_each_item_by_itself_comes_to(laid: Store, seed: int) -> None:
    with laid.write() as session:
        mirrored.lay_work(session, seed, ITEMS)
        whole, newest, work = reports(session)
        total = Counter((each.connection, each.place) for each in work)
        loose = defaultdict(list)
        for each in work:
            if each.linked is None:
                loose[each.connection, each.place].append(each)
        places = whole.report.places
        assert {(each.connection, each.place): each.total for each in places} == total
        assert [each.untied for each in places] == [
            len(loose[each.connection, each.place]) for each in places
        ]
        assert [each.untied for each in places] == sorted(each.untied for each in places)[::-1]
        keys = [newest_first(loose[each.connection, each.place]) for each in places]
        assert newest == [tuple(each[:NEWEST]) for each in keys]
        assert list(paged(session, whole)) == [key for each in keys for key in each]
        told = mirrored.by_week(work, [each.until for each in whole.weeks])
        assert [(each.total, each.tied) for each in whole.weeks] == told


def paged(session: Session, whole: Covered) -> list[str]:
    """The keys of all items that serve nothing, turned page by page."""
    these = untied.untied(session, whole, [at for at, _ in whole.places], "")
    shown = [untied.page(session, these, first, 7) for first in range(0, these.total, 7)]
    assert all(len(each) == 7 for each in islice(shown, len(shown) - 1))
    assert untied.page(session, these, these.total, 7) == []
    keys = [each.key for page in shown for each in page]
    assert [each.key for each in untied.every(session, these)] == keys
    return keys


def test_words_and_places_narrow_what_is_paged(laid: Store) -> None:
    with laid.write() as session:
        mirrored.lay_work(session, 1, ITEMS)
        whole, _, work = reports(session)
        loose = [each for each in work if each.linked is None]
        (place, report) = whole.places[0]
        these = untied.untied(session, whole, [place], "WORK 100%")
        found = {each.key for each in untied.page(session, these, 0, ITEMS)}
        mine = [
            each
            for each in loose
            if (each.connection, each.place) == (report.connection, report.place)
        ]
        assert found == {each.key for each in mine if int(each.key[2:]) % 7 == 0}
        assert these.total == len(found) > 0
