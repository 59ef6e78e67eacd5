"""The history of an item, undone newest first from what it is now, shows it as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.work import ItemEvent, Ref, WorkItem
from integrations.tracker import History

Step = Callable[[Any], object]
"""One change of a site's one item, made at the site's own time."""

SHOWN = (
    "external_id", "key", "place", "status", "category", "resolution", "type", "level",
    "parent_id", "parent_key", "numbers", "tags",
)  # fmt: skip


def jira_steps(site: Any) -> list[Step]:
    site.add_project("PAY", "Payments")
    site.add_component("PAY", "Payments")
    other = site.add_issue("PAY", "Another epic", "Epic").key
    changes: list[dict[str, Any]] = [
        {"points": 5.0, "labels": ["okr", "next"]},
        {"parent": None},
        {"type": "Task", "fix_versions": []},
        {"components": [], "labels": []},
        {"parent": other, "labels": ["okr", "last"], "points": None},
        {"components": ["Payments"], "points": 0},
    ]
    edits: list[Step] = [lambda site, more=more: site.edit("PLAT-43", **more) for more in changes]
    return [
        lambda site: site.transition("PLAT-43", "In Progress"),
        edits[0],
        lambda site: site.transition("PLAT-43", "Done"),
        edits[1],
        lambda site: site.transition("PLAT-43", "To Do"),
        edits[2],
        lambda site: site.move("PLAT-43", "PAY"),
        edits[3],
        lambda site: site.transition("PLAT-43", "Done", "Won't Do"),
        edits[4],
        lambda site: site.move("PLAT-43", "PLAT"),
        edits[5],
    ]


def github_steps(site: Any) -> list[Step]:
    site.add_repo("acme/web")
    site.add_issue("acme/web", "Another parent")
    item = ("acme/api", 43)
    return [
        lambda site: site.edit(*item, labels=["okr", "In progress"]),
        lambda site: site.close(*item),
        lambda site: site.edit(*item, milestone=2),
        lambda site: site.reopen(*item),
        lambda site: site.set_parent(*item, ("acme/web", 1)),
        lambda site: site.edit(*item, type="Bug", labels=["next"]),
        lambda site: site.edit(*item, milestone=None, labels=[]),
        lambda site: site.close(*item, "not_planned"),
        lambda site: site.edit(*item, type="Feature"),
        lambda site: site.set_parent(*item, None),
        lambda site: site.close(*item, "duplicate"),
        lambda site: site.edit(*item, milestone=7, labels=["OKR", "next"]),
        lambda site: site.edit(*item, numbers={"Estimate": 3}),
        lambda site: site.edit(*item, type=None),
        lambda site: site.edit(*item, numbers={"Estimate": 0.5}, labels=["next"]),
        lambda site: site.edit(*item, numbers={"Estimate": None}, milestone=None),
        lambda site: site.set_parent(*item, ("acme/api", 8)),
    ]


STEPS: dict[str, tuple[str, Callable[[Any], list[Step]]]] = {
    "github": ("acme/api#43", github_steps),
    "jira": ("PLAT-43", jira_steps),
}
"""Per tracker the item of its driver that changes, and how."""


@pytest.fixture
def changing(driver) -> tuple[str, list[Step]]:
    key, steps = STEPS[driver.key]
    return key, steps(driver.site)


def read(session, driver, refs) -> History:
    portions = list(session.history(driver.source, refs))
    told = [ident for portion in portions for ident in portion.told]
    assert len(told) == len(set(told))
    return History(
        tuple(event for portion in portions for event in portion.events),
        frozenset(told),
        {name: why for portion in portions for name, why in portion.untold.items()},
    )


def undone(item: WorkItem, event: ItemEvent) -> WorkItem:
    """The item without the event, by the words of ``ItemEvent``; what it took must be there."""
    before, after = dict(event.before), dict(event.after)
    numbers = {**item.numbers, **before.pop("numbers", {})}
    for name, value in after.pop("numbers", {}).items():
        assert item.numbers.get(name) == value
    sets = {}
    for name in ("tags", "labels"):
        lost, won = set(before.pop(name, ())), set(after.pop(name, ()))
        held = set(getattr(item, name))
        assert won <= held
        assert not lost & held
        sets[name] = (held - won) | lost
    assert {name: getattr(item, name) for name in after} == after
    return replace(
        item, tags=frozenset(sets["tags"]), labels=tuple(sorted(sets["labels"])),
        numbers={name: value for name, value in numbers.items() if value is not None}, **before,
    )  # fmt: skip


def shown(item: WorkItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in SHOWN} | {"labels": set(item.labels)}


def test_undoing_the_events_shows_the_item_as_it_was(driver, session, changing):
    key, steps = changing
    moment = driver.moment.replace(microsecond=0)

    def now() -> WorkItem:
        return session.fetch(driver.source, [Ref(None, key)]).items[0]

    was = []
    for step in steps:
        was.append((moment, now()))
        moment += timedelta(days=2, hours=1)
        driver.site.now = moment
        step(driver.site)
    item = now()
    ref = Ref(item.external_id, key)
    history = read(session, driver, [ref])
    assert history.told == {item.external_id}
    assert history.untold == {}
    moments = [event.at for event in history.events]
    assert moments == sorted(moments)
    assert len({at for at in moments if at > was[0][0]}) == len(steps)
    left = list(history.events)
    for at, then in reversed(was):
        while left and left[-1].at > at:
            item = undone(item, left.pop())
        assert shown(item) == shown(then)


@pytest.mark.needs("history")
def test_every_item_is_told_once_and_what_is_not_there_is_untold(driver, session):
    keys = [driver.add(f"More {number}") for number in range(120)]
    refs = [Ref(item.external_id, item.key) for start in (0, 60)
            for item in session.fetch(driver.source, [Ref(None, key) for key in
                                                      keys[start : start + 60]]).items]  # fmt: skip
    for key in keys[:30]:
        driver.close(key, driver.moment + timedelta(hours=1))
    driver.delete(keys[3])
    driver.delete(keys[100])
    history = read(session, driver, refs)
    gone = {ref.external_id for ref in refs if ref.key in (keys[3], keys[100])}
    assert history.untold.keys() == gone
    assert all(why.endswith(".") for why in history.untold.values())
    assert history.told == {ref.external_id for ref in refs} - gone
    closed = {event.external_id for event in history.events if "status" in event.after}
    assert len(closed) == 29
    assert closed <= history.told


def test_no_items_ask_for_nothing(driver, session):
    assert read(session, driver, []) == History((), frozenset(), {})
    assert session.calls == 0
