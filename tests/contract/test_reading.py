"""Every tracker reads fully, then what changed, then nothing; and single items by id."""

from datetime import UTC, datetime, timedelta

import pytest

from connector.scopes import Below, Matching, Selector, Tagged
from connector.work import Ref, WorkItem
from integrations import catalogue
from integrations.tracker import Account, Look, Need, Page


def everything(session, source, need, cursor=None):
    """All items by key, and the look that ends the read."""
    *pages, look = list(session.read(source, need, cursor))
    assert isinstance(look, Look)
    assert all(isinstance(page, Page) for page in pages)
    assert not any(page.unreadable for page in pages)
    return {item.key: item for page in pages for item in page.items}, look


def selects(selector: Selector, item: WorkItem, look: Look) -> bool:
    match selector:
        case Tagged(tag):
            return tag in item.tags
        case Below(key=key):
            return item.parent_key == key
        case Matching(query):
            return item.external_id in look.matches[query]


def test_every_tracker_of_the_catalogue_is_driven_here(driven):
    assert driven == set(catalogue.names())


def test_a_full_read_lists_every_item_once_it_is_complete(driver, session):
    items, look = everything(session, driver.source, driver.need())
    assert look.complete
    assert len(items) == 43
    assert not look.broken
    for item in items.values():
        assert item.created_at <= item.state_at <= item.updated_at
        assert item.updated_at.tzinfo is UTC
        assert item.url.startswith(driver.running.url)


def test_a_long_read_comes_in_pages_without_a_gap(driver, session):
    keys = {driver.add(f"More {number}") for number in range(260)}
    *pages, _ = list(session.read(driver.source, driver.need(), None))
    found = {item.key for page in pages for item in page.items}
    assert keys <= found
    assert len(pages) >= 3


def test_an_incremental_read_brings_what_changed_and_little_else(driver, session):
    items, look = everything(session, driver.source, driver.need())
    key = sorted(items)[5]
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    driver.close(key, moment)
    changed, later = everything(session, driver.source, driver.need(), look.cursor)
    assert changed[key].category == "done"
    assert changed[key].state_at == moment == changed[key].updated_at
    assert not later.complete
    again, _ = everything(session, driver.source, driver.need(), later.cursor)
    assert set(again) <= {key}


def test_reading_on_reaches_a_state_where_one_call_says_nothing_changed(driver, session):
    items, look = everything(session, driver.source, driver.need())
    driver.close(sorted(items)[5], datetime.now(UTC) - timedelta(minutes=5))
    for _ in range(3):
        before = session.calls
        _, look = everything(session, driver.source, driver.need(), look.cursor)
    _, last = everything(session, driver.source, driver.need(), look.cursor)
    assert session.calls - before == 2
    assert last.cursor == look.cursor or driver.key == "jira"


def test_a_change_while_reading_is_not_lost_to_the_cursor(driver, session):
    for number in range(150):
        driver.add(f"More {number}")
    reading = session.read(driver.source, driver.need(), None)
    first = next(reading)
    early = first.items[0].key
    driver.close(early, datetime.now(UTC))
    *_, look = list(reading)
    changed, _ = everything(session, driver.source, driver.need(), look.cursor)
    assert changed[early].category == "done"


def test_items_that_change_or_vanish_between_pages_hide_no_other(driver, session):
    keys = [driver.add(f"More {number}") for number in range(260)]
    reading = session.read(driver.source, driver.need(), None)
    found = set()
    for number, step in enumerate(reading):
        found |= {item.key for item in step.items} if isinstance(step, Page) else set()
        if number < 3:
            if driver.vanishing:
                driver.delete(keys[number * 2])
            driver.close(keys[number * 2 + 1], datetime.now(UTC))
    assert set(keys) - found == set()


def test_single_items_are_read_directly_and_the_rest_is_missing(driver, session):
    items, _ = everything(session, driver.source, driver.need())
    kept, gone = sorted(items)[3], sorted(items)[4]
    driver.delete(gone)
    refs = [Ref(items[key].external_id, key) for key in (kept, gone)]
    fetched = session.fetch(driver.source, refs)
    assert [item.key for item in fetched.items] == [kept]
    assert fetched.items[0] == items[kept]
    assert fetched.missing == (refs[1],)
    assert fetched.unreadable == ()


def test_a_deleted_item_is_not_in_the_next_full_read(driver, session):
    items, _ = everything(session, driver.source, driver.need())
    gone = sorted(items)[4]
    driver.delete(gone)
    left, look = everything(session, driver.source, driver.need())
    assert look.complete
    assert set(items) - set(left) == {gone}


def test_nothing_to_fetch_makes_no_call(driver, session):
    assert session.fetch(driver.source, []).items == ()
    assert session.calls == 0


def test_one_broken_scope_is_told_and_the_others_are_read(driver, session):
    good = driver.need()
    need = Need(scopes=good.scopes | {driver.broken})
    items, look = everything(session, driver.source, need)
    assert len(items) == 43
    assert set(look.broken) == {driver.broken}
    assert look.broken[driver.broken].endswith(".")


def test_scopes_of_a_wrong_form_or_kind_are_told_as_broken_too(driver, session):
    odd = {(driver.broken[0], "?!"), ("nonsense", "x")}
    need = Need(scopes=driver.need().scopes | odd, parents=frozenset({"?!"}))
    items, look = everything(session, driver.source, need)
    assert len(items) == 43
    assert set(look.broken) == odd


@pytest.mark.parametrize("key", catalogue.names())
def test_every_scope_kind_has_an_example_and_refuses_nonsense(key):
    for kind in catalogue.get(key).spec.scope_kinds:
        assert kind.select(kind.example) == kind.select(f"{kind.example}")
        assert isinstance(kind.source(kind.example), str)
        assert kind.url("https://example.com", kind.example).startswith("https://example.com/")


def test_the_example_of_every_scope_kind_selects_something_but_not_all(driver, session):
    items, _ = everything(session, driver.source, driver.need())
    for kind in catalogue.get(driver.key).spec.scope_kinds:
        need = driver.example(kind.kind, kind.example)
        found, look = everything(session, kind.source(kind.example), need)
        assert not look.broken, kind.kind
        selected = [
            k for k, item in found.items() if selects(kind.select(kind.example), item, look)
        ]
        whole = f"{driver.key}:{kind.kind}" in ("jira:project", "github:repo")
        assert len(selected) == (len(items) if whole else 1), kind.kind


def test_opening_makes_no_call_and_calls_are_counted(driver, account):
    before = len(driver.site.calls)
    opened = catalogue.get(driver.key).open(account)
    assert opened.calls == 0
    assert len(driver.site.calls) == before
    everything(opened, driver.source, driver.need())
    assert opened.calls == len(driver.site.calls) - before > 0
    opened.close()


def test_the_account_keeps_its_token_to_itself(account: Account):
    assert account.token not in repr(account)
