"""A sweep tells exactly what is there; what is read by id tells what became of it."""

from datetime import UTC, datetime

import pytest

from connector.work import Ref
from integrations.tracker import Listed, Look, Page


def swept(session, driver, cursor=None):
    """The external ids a sweep tells, the items it read, and its look."""
    *parts, look = session.read(driver.source, driver.need(), cursor, sweep=True)
    assert isinstance(look, Look)
    told, items = set(), {}
    for part in parts:
        assert isinstance(part, Page | Listed)
        if isinstance(part, Listed):
            told |= part.external_ids
        else:
            assert not part.unreadable
            told |= {item.external_id for item in part.items}
            items |= {item.key: item for item in part.items}
    return told, items, look


@pytest.fixture
def known(session, driver):
    """Every item by its key, and the cursor after them."""
    _, items, look = swept(session, driver)
    assert len(items) == 43
    return items, look.cursor


def test_a_first_sweep_reads_and_tells_everything(driver, session):
    told, items, look = swept(session, driver)
    assert look.complete
    assert told == {item.external_id for item in items.values()}
    assert len(told) == 43


def test_a_later_sweep_tells_what_is_there_and_nothing_else(driver, session, known):
    items, cursor = known
    gone, kept = sorted(items)[4], sorted(items)[5]
    driver.delete(gone)
    new = driver.add("Fresh")
    driver.close(kept, datetime.now(UTC))
    told, read, look = swept(session, driver, cursor)
    assert look.complete
    assert told == {item.external_id for item in items.values()} - {items[gone].external_id} | {
        read[new].external_id
    }
    assert read[kept].category == "done"


def test_after_a_sweep_reading_goes_on_from_its_cursor(driver, session, known):
    items, cursor = known
    _, _, look = swept(session, driver, cursor)
    key = sorted(items)[5]
    driver.close(key, datetime.now(UTC))
    *pages, later = session.read(driver.source, driver.need(), look.cursor)
    read = {item.key: item for page in pages for item in page.items}
    assert read[key].category == "done"
    assert not later.complete


def test_without_a_sweep_nothing_is_only_listed(driver, session, known):
    _, cursor = known
    parts = list(session.read(driver.source, driver.need(), cursor))
    assert not any(isinstance(part, Listed) for part in parts)
    assert not parts[-1].complete


def test_a_sweep_of_many_items_leaves_none_out(driver, session):
    for number in range(260):
        driver.add(f"More {number}")
    told, _, look = swept(session, driver)
    again, _, later = swept(session, driver, look.cursor)
    assert len(told) == 303
    assert later.complete != later.whole
    assert again == told or (later.whole and again <= told)


def test_a_deleted_item_is_missing_and_not_only_hidden(driver, session, known):
    items, _ = known
    gone = sorted(items)[4]
    driver.delete(gone)
    ref = Ref(items[gone].external_id, gone)
    fetched = session.fetch(driver.source, [ref])
    assert fetched.missing == (ref,)
    assert fetched.hidden == frozenset()
    assert all(fetched.why.values())


@pytest.mark.needs("hiding")
def test_a_hidden_item_is_missing_and_never_told_to_be_gone(driver, session, known):
    items, cursor = known
    key = sorted(items)[4]
    driver.hide(key)
    told, _, _ = swept(session, driver, cursor)
    assert items[key].external_id not in told
    ref = Ref(items[key].external_id, key)
    fetched = session.fetch(driver.source, [ref])
    assert fetched.items == ()
    assert fetched.missing == (ref,)
    assert fetched.hidden <= {ref}
    assert all(fetched.why.values())


@pytest.mark.needs("moving")
def test_a_moved_item_is_the_same_item_under_another_key(driver, session, known):
    items, cursor = known
    old = sorted(items)[4]
    new = driver.move(old)
    for ref in (Ref(items[old].external_id, old), Ref(None, old), Ref(None, new)):
        (item,) = session.fetch(driver.source, [ref]).items
        assert item.key == new != old
        assert item.external_id == items[old].external_id
        assert item.place != items[old].place
    told, _, _ = swept(session, driver, cursor)
    assert items[old].external_id not in told
