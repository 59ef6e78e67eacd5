"""An item that makes our own reader fail is set aside by name; the others are read."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib import import_module

import pytest
from structlog.testing import capture_logs

from connector.work import Ref
from integrations import catalogue
from integrations.tracker import BROKE, ENDED, Look

READERS = {
    "jira": {
        "quick": lambda issue: issue.fields.summary,
        "careful": lambda issue: issue["fields"]["summary"],
    },
    "github": {"quick": lambda issue: issue.title, "careful": lambda issue: issue["title"]},
}
"""By tracker the functions that read one item, and where what each is given has its title."""


class Notebook:
    """A witness that remembers, and spares what it is told to."""

    def __init__(self, spared=frozenset()):
        self.told, self.spared, self.open = [], spared, 0

    @contextmanager
    def portion(self):
        self.open += 1
        yield self.before
        self.open -= 1

    def before(self, item):
        assert self.open
        self.told.append(item)
        return "it ended the process" if item.key in self.spared else None


def failing(read, title, error):
    """A reader that fails on one item only."""

    def poisonable(issue, *more):
        if title(issue) == "poison":
            raise error
        return read(issue, *more)

    return poisonable


@pytest.fixture
def poisoned(driver, monkeypatch):
    """The key of an item whose payload the reader fails on, with a function to choose how."""
    key = driver.add("poison")
    reader = import_module(f"integrations.{driver.key}.reading")
    readers = {name: getattr(reader, name) for name in READERS[driver.key]}

    def fail(error):
        for name, read in readers.items():
            title = READERS[driver.key][name]
            monkeypatch.setattr(reader, name, failing(read, title, error))

    fail(RecursionError("deep"))
    return key, fail


@pytest.fixture
def open_with(account, driver):
    """Opens sessions whose reads are witnessed."""
    made = []

    def opened(witness):
        made.append(catalogue.get(driver.key).open(replace(account, witness=witness)))
        return made[-1]

    yield opened
    for each in made:
        each.close()


def read(session, driver):
    *pages, look = list(session.read(driver.source, driver.need(), None))
    assert isinstance(look, Look)
    aside = [each for page in pages for each in page.unreadable]
    return {item.key: item for page in pages for item in page.items}, aside


@pytest.mark.parametrize(
    "error",
    [
        RecursionError("deep"),
        OverflowError("big"),
        KeyError("none"),
        AssertionError(),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_fault_of_the_reader_sets_only_its_item_aside(driver, session, poisoned, error):
    key, fail = poisoned
    fail(error)
    with capture_logs() as lines:
        items, (aside,) = read(session, driver)
    assert len(items) == 43
    assert (aside.key, aside.field) == (key, BROKE)
    assert type(error).__name__ in aside.message
    assert aside.external_id.isdigit()
    crashes = [each for each in lines if each["event"] == "item.crashed"]
    assert [(each["item"], each["exc_info"]) for each in crashes] == [(key, True)]


def test_a_fault_does_not_stop_a_read_by_id(driver, session, poisoned):
    key, _ = poisoned
    items, (aside,) = read(session, driver)
    other = min(items.values(), key=lambda item: item.key)
    refs = [Ref(aside.external_id, key), Ref(other.external_id, other.key)]
    found = session.fetch(driver.source, refs)
    assert [item.key for item in found.items] == [other.key]
    assert [each.key for each in found.unreadable] == [key]
    assert not found.missing


def test_a_witness_is_told_of_every_item_before_it_is_read(driver, open_with):
    notebook = Notebook()
    items, aside = read(open_with(notebook), driver)
    assert not aside
    told = {each.key: each for each in notebook.told}
    assert told.keys() == items.keys()
    assert not notebook.open
    for key, item in items.items():
        assert told[key].external_id == item.external_id
        stamp = datetime.fromisoformat(told[key].stamp)
        assert stamp.replace(microsecond=0) == item.updated_at.replace(microsecond=0)


def test_what_a_witness_spares_is_not_read(driver, open_with, poisoned):
    key, fail = poisoned
    fail(BaseException("the process would end here"))
    items, (aside,) = read(open_with(Notebook({key})), driver)
    assert len(items) == 43
    assert (aside.key, aside.field, aside.message) == (key, ENDED, "it ended the process")
