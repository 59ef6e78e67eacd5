"""Everything that moved a key result: the Δ of any period sum to the change of what was shown."""

import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector import ledger
from connector.ledger import Version
from connector.ledger.happenings import (
    Confirmed,
    Contributed,
    Linked,
    Overridden,
    Unlinked,
    Valued,
    Worded,
)  # fmt: skip
from connector.ledger.story import story
from connector.okr import KeyResult, LinkRule, Measure
from tests.connector.items import START

KR = KeyResult(key="KR-1", title="", start=0, target=100, unit="%")


def at(day):
    return START + timedelta(days=day)


def version(item_id, done, total=1.0, *, day=0, included=True, state="todo", **more):
    fields = {
        "item_id": item_id, "key": f"K-{item_id}", "status": "", "state": state, "done": done,
        "total": total, "in_scope": True, "included": included, "sized": included, "reason": "",
        "cause": "tracker", "valid_from": at(day), "recorded_at": at(day),
    }  # fmt: skip
    return Version(**{**fields, **more})


def counted(link_id, each):
    return Contributed(each.recorded_at, link_id, each)


def test_work_scope_target_and_people_each_say_what_they_moved():
    told = story([
        Worded(at(0), KR),
        Linked(at(0), 7, LinkRule()),
        *(counted(7, version(n, 1.0 if n < 3 else 0.0)) for n in range(10)),
        counted(7, version(3, 1.0, day=1, state="done")),
        counted(7, version(10, 0.0, day=2)),
        Worded(at(3), KeyResult(key="KR-1", title="", start=0, target=50, unit="%")),
        Overridden(at(4), 45.0, "Platform lead", "two teams report late"),
        Overridden(at(5), None, "Platform lead"),
    ])  # fmt: skip
    last = told[-5:]
    assert [each.kind for each in last] == [
        "finished", "scope_added", "target_changed", "override_set", "override_ended",
    ]  # fmt: skip
    assert [each.nature for each in last] == ["work", "scope", "rule", "person", "person"]
    assert [round(each.delta, 4) for each in last] == [0.1, -0.0364, 0.3636, 0.1727, -0.1727]
    assert last[3].note == "two teams report late"
    assert (last[0].subject, last[0].value) == ("K-3", 40.0)
    assert math.fsum(each.delta for each in told) == pytest.approx(4 / 11 / 0.5)


def test_a_link_that_ends_takes_its_work_along():
    told = story([
        Worded(at(0), KR), Linked(at(0), 1, LinkRule()), Linked(at(0), 2, LinkRule()),
        counted(1, version(1, 1.0)), counted(2, version(2, 0.0)),
        Unlinked(at(2), 2, "jira:epic:PLAT-2"),
    ])  # fmt: skip
    assert (told[-1].kind, told[-1].subject) == ("scope_removed", "jira:epic:PLAT-2")
    assert told[-1].delta == pytest.approx(0.5)


def test_a_confirmation_lifts_the_cap_of_a_guard():
    guarded = KeyResult(key="KR-1", title="", start=0, target=100, unit="%", guard=True)
    told = story([
        Worded(at(0), guarded), Linked(at(0), 1, LinkRule()), counted(1, version(1, 1.0)),
        Confirmed(at(1), "Platform lead"),
    ])  # fmt: skip
    assert [round(each.delta, 9) for each in told] == [0.95, 0.05]
    assert told[-1].note == "outcome confirmed"


def test_typed_and_pushed_values_move_a_key_result_without_links():
    told = story([
        Worded(at(0), KR), Valued(at(1), 20.0, "Platform lead"),
        Valued(at(2), 50.0, "billing", pushed=True),
    ])  # fmt: skip
    assert [(each.kind, each.delta, each.author) for each in told] == [
        ("value_typed", 0.2, "Platform lead"), ("value_pushed", 0.3, "billing"),
    ]  # fmt: skip


SHARES = [KR, KeyResult(key="KR-1", title="", start=0, target=80, unit="%", combine="weighted")]
NUMBERS = [
    KeyResult(key="KR-1", title="", start=5, target=20),
    KeyResult(key="KR-1", title="", kind="at_most", target=9, combine="max"),
    KeyResult(key="KR-1", title="", kind="decrease", start=20, target=0, combine="avg"),
]
PARTS = st.tuples(
    st.sampled_from([1, 2]), st.integers(1, 5), st.floats(0, 1), st.sampled_from([1.0, 0.1, 3.7]),
    st.booleans(),
)  # fmt: skip


@settings(max_examples=120)
@given(st.booleans(), st.integers(0, 2), st.lists(PARTS, max_size=25), st.data())
def test_what_moved_sums_to_what_is_shown_after_any_number_of_days(is_share, pick, steps, data):
    kr = SHARES[pick % 2] if is_share else NUMBERS[pick]
    aggregates = [None] if is_share else ["sum", "avg", "max", "count"]
    measure = Measure("points", data.draw(st.sampled_from(aggregates)))
    rules = {1: LinkRule(measure=measure, weight=2.0), 2: LinkRule(measure=measure, weight=0.5)}
    happened = [Worded(at(0), kr), *(Linked(at(0), n, rule) for n, rule in rules.items())]
    held: dict[int, dict[int, Version]] = {1: {}, 2: {}}
    for day, (link_id, item_id, done, total, included) in enumerate(steps):
        amounts = (done * total, total) if included else (0.0, 0.0)
        made = version(item_id, *amounts, day=day, included=included)
        held[link_id][item_id] = made
        happened.append(counted(link_id, made))
    readings = [
        ledger.reading(rules[n].measure, held[n].values()) if held[n] else None for n in rules
    ]
    value, _ = ledger.computed(
        kr, list(rules.values()), readings, [held[n].values() for n in rules]
    )
    shown = ledger.number(kr, value, linked=True).progress or 0.0
    assert math.fsum(each.delta for each in story(happened)) == pytest.approx(shown, abs=1e-9)
