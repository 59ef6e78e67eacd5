"""What moved a reading: versions in the order recorded, each with its Δ."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.ledger import Version, changed, effective, movements
from connector.okr import LinkRule, Measure
from tests.connector.items import START, counted, done, dropped, item

PART = {each.name for each in fields(Version)}


def version(part, cause="tracker", day=0, item_id=1):
    moment = START + timedelta(days=day)
    known = {name: getattr(part, name) for name in PART & set(type(part).__dataclass_fields__)}
    times = {"valid_from": moment, "recorded_at": moment}
    return Version(**{**known, "item_id": item_id, "cause": cause, **times})


def history(rule, *steps, cause="tracker"):
    """The versions of one item as it goes through these looks, a day apart."""
    return [
        version(counted(rule, step)[0], "linked" if day == 0 else cause, day)
        for day, step in enumerate(steps)
    ]


def kinds(rule, *steps, cause="tracker"):
    return [each.kind for each in movements(rule.measure, history(rule, *steps, cause=cause))]


@pytest.mark.parametrize(
    ("rule", "steps", "expected"),
    [
        (LinkRule(), [item(), done()], ["scope_added", "finished"]),
        (LinkRule(), [done(), item()], ["scope_added", "reopened"]),
        (LinkRule(), [item(), dropped()], ["scope_added", "dropped"]),
        (LinkRule(), [item(), dropped(), item()], ["scope_added", "dropped", "scope_added"]),
        (LinkRule(dropped="as_done"), [done(), dropped()], ["scope_added", "dropped"]),
        (LinkRule(types=("Story",)), [item(), item(type="Bug")], ["scope_added", "scope_removed"]),
        (LinkRule(statuses={}), [item(), item(category="doing")], ["scope_added", "advanced"]),
        (LinkRule(measure=Measure(of="points")), [item(points=1.0), item(points=2.0)],
         ["scope_added", "resized"]),
        (LinkRule(), [dropped(), dropped(status="Closed")], []),
        (LinkRule(), [item(), item(status="Selected")], ["scope_added"]),
    ],
)  # fmt: skip
def test_every_change_has_its_kind(rule, steps, expected):
    assert kinds(rule, *steps) == expected


@pytest.mark.parametrize("over", ["open", "done"])
def test_work_that_ends_or_begins_anew_says_so_in_a_number_of_open_or_done_items(over):
    rule = LinkRule(measure=Measure(aggregate="count", over=over))
    assert kinds(rule, item(), done())[-1] == "finished"
    assert kinds(rule, done(), item())[-1] == "reopened"


def test_another_rule_is_named_as_the_reason():
    steps = history(LinkRule(), item(), cause="linked")
    after = version(counted(LinkRule(types=("Bug",)), item())[0], "rule", 1)
    assert [each.kind for each in movements(Measure(), [*steps, after])] == [
        "scope_added", "rule_changed",
    ]  # fmt: skip


def test_scope_that_grows_costs_progress_and_is_told_as_scope():
    rule = LinkRule()
    looks = [done(f"A-{n}") for n in range(3)] + [item(f"A-{n}") for n in range(3, 11)]
    versions = [
        version(part, day=1 if part.item_id == 11 else 0, item_id=part.item_id)
        for part in counted(rule, *looks)
    ]
    *_, last = movements(rule.measure, versions)
    assert last.kind == "scope_added"
    assert last.delta == pytest.approx(3 / 11 - 3 / 10)


def test_movements_come_in_the_order_recorded_then_effective_then_by_key():
    rule = LinkRule()
    late = version(counted(rule, done("A-3"))[0], day=0, item_id=3)
    early = version(counted(rule, done("A-2"))[0], day=-5, item_id=2)
    twin = version(counted(rule, done("A-1"))[0], day=0, item_id=1)
    found = movements(rule.measure, [late, early, twin])
    assert [each.key for each in found] == ["A-2", "A-1", "A-3"]
    recorded = replace(early, recorded_at=START + timedelta(days=9))
    assert [each.key for each in movements(rule.measure, [late, recorded, twin])][-1] == "A-2"


def test_a_leftover_of_rounding_is_not_a_reading():
    rule = LinkRule(measure=Measure(of="points"))
    nothing = version(counted(rule, item("A-1", points=0.0))[0], item_id=1)
    sized = [
        version(counted(rule, done(f"A-{n}", points=p))[0], day=n, item_id=n)
        for n, p in ((2, 0.1), (3, 0.2), (4, 0.3))
    ]
    gone = [version(counted(rule, dropped(f"A-{n}"))[0], day=10 + n, item_id=n) for n in (3, 2, 4)]
    found = movements(rule.measure, [nothing, *sized, *gone])
    assert sum(each.delta for each in found) == pytest.approx(0, abs=1e-9)
    assert found[-1].delta == pytest.approx(-1)


def test_only_what_says_something_new_is_a_change():
    part = counted(LinkRule(), item())[0]
    assert changed(None, part)
    assert not changed(version(part), part)
    assert changed(version(part), counted(LinkRule(), item(status="Selected"))[0])
    assert changed(version(part), counted(LinkRule(), item("OTHER-1"))[0])


def test_a_change_holds_since_the_trackers_own_time_but_never_in_the_future():
    now = datetime(2026, 11, 1, tzinfo=UTC)
    open_part, done_part = counted(LinkRule(), item(), done())
    assert effective(None, done_part, "linked", now) == done_part.state_at
    assert effective(None, done_part, "tracker", now) == done_part.changed_at, "it came by a move"
    gone = replace(version(open_part), in_scope=False, included=False)
    assert effective(gone, done_part, "tracker", now) == done_part.changed_at
    assert effective(version(open_part), done_part, "tracker", now) == done_part.state_at
    renamed = counted(LinkRule(), item(status="Selected"))[0]
    assert effective(version(open_part), renamed, "tracker", now) == renamed.changed_at
    assert effective(version(open_part), done_part, "tracker", START) == START
    assert effective(version(open_part), open_part, "rule", now) == now


def test_what_did_not_change_itself_is_moved_when_we_learn_it():
    (part,) = counted(LinkRule(), item())
    before = version(part, day=5)
    now = START + timedelta(days=9)
    moved = replace(part, total=7.0, changed_at=START)
    assert effective(before, moved, "tracker", now) == now
    edited = replace(moved, changed_at=START + timedelta(days=8))
    assert effective(before, edited, "tracker", now) == START + timedelta(days=8)
