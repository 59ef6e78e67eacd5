"""Parents of parents: read to any depth, through moves, and back through time."""

from datetime import UTC, datetime, timedelta

import pytest

from connector.scopes import Below
from connector.selecting import lying_in
from connector.work import Ref
from integrations.tracker import Look, Need, Page, Session
from tests.contract.test_history import read, shown, undone

pytestmark = pytest.mark.needs("levels")


def looked(session: Session, driver, need: Need, cursor=None, *, sweep=False):
    """All items by key, and the look that ends the read."""
    parts = list(session.read(driver.source, need, cursor, sweep=sweep))
    assert isinstance(parts[-1], Look)
    pages = [part for part in parts if isinstance(part, Page)]
    assert not any(page.unreadable for page in pages)
    return {item.key: item for page in pages for item in page.items}, parts[-1]


def below(top: str, *parents: str, narrow: bool = False) -> Need:
    return Need(scopes=frozenset({("epic", top)}), parents=frozenset(parents), narrow=narrow)


def keys(items, top: str, depth: int) -> set[str]:
    day = datetime.now(UTC).date()
    found = lying_in(Below(top), items.values(), depth=depth, matches={}, day=day)
    return {item.key for item in found}


@pytest.fixture
def levels(driver) -> dict[str, str]:
    """An initiative above an epic above a story above a part, and another initiative; each in a
    project of its own where it can be."""
    return driver.levels()


@pytest.mark.parametrize("narrow", [False, True])
def test_what_lies_below_is_read_level_by_level(driver, session, levels, narrow):
    top, epic, story, part = (levels[each] for each in ("top", "epic", "story", "part"))
    items, look = looked(session, driver, below(top, epic, story, narrow=narrow))
    assert look.broken == {}
    assert keys(items, top, 1) == {epic}
    assert keys(items, top, 2) == {epic, story}
    assert keys(items, top, 3) == {epic, story, part}
    assert [items[each].level for each in (top, epic, story, part)] == [2, 1, 0, -1]


def test_single_items_are_read_as_all_of_them_are(driver, session, levels):
    items, _ = looked(session, driver, below(levels["top"], *levels.values()))
    refs = [Ref(items[each].external_id, each) for each in levels.values() if each in items]
    fetched = session.fetch(driver.source, refs).items
    assert {item.key: item for item in fetched} == {each.key: items[each.key] for each in fetched}
    assert {levels["top"], levels["epic"]} <= {item.key for item in fetched}


def test_a_parent_that_is_new_to_the_need_is_read_without_reading_all(driver, session, levels):
    top, epic = levels["top"], levels["epic"]
    _, look = looked(session, driver, below(top))
    fresh = Need(
        scopes=frozenset({("epic", top)}), parents=frozenset({epic}), fresh=frozenset({epic})
    )
    items, later = looked(session, driver, fresh, look.cursor)
    assert levels["story"] in items
    assert not later.complete


def test_an_epic_that_goes_to_another_initiative_is_seen_to_leave(driver, session, levels):
    top, other, epic = levels["top"], levels["other"], levels["epic"]
    need = Need(scopes=frozenset({("epic", top), ("epic", other)}), parents=frozenset({epic}))
    items, look = looked(session, driver, need)
    assert keys(items, other, 2) == set()
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    driver.adopt(epic, other, at)
    changed, look = looked(session, driver, need, look.cursor)
    after = items | changed
    assert keys(after, top, 2) == set()
    assert keys(after, other, 2) == {epic, levels["story"]}
    swept, _ = looked(session, driver, need, look.cursor, sweep=True)
    assert swept.keys() <= after.keys()
    assert all(after[key] == item for key, item in swept.items())


def test_the_past_of_an_epic_tells_what_it_lay_below(driver, session, levels):
    epic = levels["epic"]
    moment = driver.moment.replace(microsecond=0)

    def now():
        return session.fetch(driver.source, [Ref(None, epic)]).items[0]

    was = []
    for parent in (levels["other"], None, levels["top"]):
        was.append((moment, now()))
        moment += timedelta(days=2)
        driver.adopt(epic, parent, moment)
    item = now()
    history = read(session, driver, [Ref(item.external_id, epic)])
    assert history.untold == {}
    left = list(history.events)
    for at, then in reversed(was):
        while left and left[-1].at > at:
            item = undone(item, left.pop())
        assert shown(item) == shown(then)
    assert {item.parent_key for _, item in was} == {levels["top"], levels["other"], None}
