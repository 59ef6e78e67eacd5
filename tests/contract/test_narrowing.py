"""Scopes that ask what items show: who lies in them follows what is shown, back through time."""

from datetime import UTC, datetime

import pytest

from connector.selecting import lying_in
from integrations import catalogue
from integrations.tracker import Look, Need, Page

pytestmark = pytest.mark.needs("narrowing")


class Reader:
    """Reads a narrowed scope on and on, as a mirror does."""

    def __init__(self, driver, session) -> None:
        self.kind = catalogue.get(driver.key).spec.kind(driver.narrowed[0])
        self.session, self.value = session, driver.narrowed[1]
        self.items: dict = {}
        self.cursor: str | None = None

    def inside(self, *, narrow: bool = False) -> set[str]:
        """The keys of what lies in the scope, by what has been read so far."""
        scopes = frozenset({(self.kind.kind, self.value)})
        need = Need(scopes=scopes, narrow=narrow)
        *parts, look = self.session.read(self.kind.source(self.value), need, self.cursor)
        assert isinstance(look, Look)
        assert look.broken == {}
        pages = [part for part in parts if isinstance(part, Page)]
        self.items |= {item.external_id: item for page in pages for item in page.items}
        self.cursor = look.cursor
        found = lying_in(self.kind.select(self.value), self.items.values(), depth=1,
                         matches=look.matches, day=datetime.now(UTC).date())  # fmt: skip
        return {item.key for item in found}


def test_items_come_into_a_narrowed_scope_and_leave_it(driver, session):
    first, second = driver.add("First"), driver.add("Second")
    driver.want(first, wanted=True)
    driver.want(second, wanted=False)
    reader = Reader(driver, session)
    assert reader.inside() == {first}
    driver.want(second, wanted=True)
    assert reader.inside() == {first, second}
    driver.want(first, wanted=False)
    assert reader.inside() == {second}
    assert reader.inside() == {second}


def test_a_glance_sees_the_same(driver, session):
    first = driver.add("First")
    driver.want(first, wanted=True)
    assert Reader(driver, session).inside(narrow=True) == {first}
