"""The past of a link, rebuilt from what trackers keep, against a life lived forwards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.ledger import (
    Course,
    Life,
    Version,
    Weigher,
    ancestry,
    left,
    moments,
    movements,
    parts,
    reading,
    rebuild,
    rebuilt,
)  # fmt: skip
from connector.ledger.parts import Candidate, differs
from connector.okr import LinkRule, Measure
from connector.work import ItemEvent
from tests.connector.items import MAPPING, START, item
from tests.connector.lives import COMPANIES, SCOPE, lives

END = START + timedelta(days=60)
TIMES = st.integers(-24, 60 * 24).map(lambda hours: START + timedelta(hours=hours, minutes=30))
RULES = st.builds(
    LinkRule,
    measure=st.sampled_from([
        Measure(), Measure(of="points"), Measure("points", "sum"), Measure("points", "avg"),
        Measure("count", "count", "open"), Measure("points", "max", "done"),
    ]),
    dropped=st.sampled_from(["exclude", "as_done", "as_open"]),
    unestimated=st.sampled_from(["exclude", "zero", "median", "default:2.5"]),
    labels=st.sampled_from([(), (), ("okr",)]),
    statuses=st.sampled_from([None, {}, {"In Review": 0.7}]),
)  # fmt: skip
WORDS = ("status", "category", "resolution", "type", "level", "tags", "labels", "numbers")


def told(rule, company, until=END):
    """The rebuilt versions of a company's lives in the milestone."""
    found = [Life(n, each.item, each.events) for n, each in enumerate(company)]
    past = rebuild(
        Weigher(rule, MAPPING, is_query=False), found,
        lambda item, _at: SCOPE in item.tags, until=until,
    )  # fmt: skip
    return [versioned(each.part, each.at, until, "history") for each in past]


def versioned(part, at, recorded, cause):
    names = Version.__dataclass_fields__.keys() & type(part).__dataclass_fields__.keys()
    known = {name: getattr(part, name) for name in names}
    return Version(**known, cause=cause, valid_from=at, recorded_at=recorded)


def as_lived(rule, company, moment):
    """The parts as they stood, computed from the life itself."""
    there = [(n, each.at(moment)) for n, each in enumerate(company)]
    inside = [Candidate(n, each) for n, each in there if each is not None and SCOPE in each.tags]
    return parts(rule, inside, MAPPING, is_query=False)


@given(lives())
def test_undoing_what_a_tracker_keeps_gives_every_moment_of_a_life(life):
    found = moments(life.item, life.events)
    assert [each.at for each in found] == [at for at, _ in life.through]
    for moment, (_, lived) in zip(found, life.through, strict=True):
        for word in WORDS:
            assert getattr(moment.item, word) == getattr(lived, word) or (
                word == "labels" and set(moment.item.labels) == set(lived.labels)
            )


@settings(max_examples=150)
@given(RULES, COMPANIES, TIMES)
def test_a_rebuilt_reading_is_what_it_would_have_been(rule, company, moment):
    held = Course(told(rule, company)).at(moment)
    inside = sorted((each for each in held if each.in_scope), key=lambda each: each.item_id)
    lived = as_lived(rule, company, moment)
    assert [each.item_id for each in inside] == [each.item_id for each in lived]
    assert not any(differs(one, other) for one, other in zip(inside, lived, strict=True))
    assert reading(rule.measure, held) == reading(rule.measure, lived)


@given(RULES, COMPANIES)
def test_the_movements_of_a_rebuilt_past_lead_to_its_end(rule, company):
    versions = told(rule, company)
    end = reading(rule.measure, as_lived(rule, company, END)).value or 0.0
    assert abs(sum(each.delta for each in rebuilt(rule.measure, versions)) - end) < 1e-9
    assert movements(rule.measure, versions) == []  # it was never shown


@pytest.mark.parametrize("early", [timedelta(), timedelta(days=1)])
def test_what_happened_as_an_item_was_created_is_its_beginning(early):
    event = ItemEvent(
        external_id="1", at=START - early, before={"status": "Odd"}, after={"status": "To Do"}
    )
    (only,) = moments(item(), [event])
    assert only.at == START
    assert only.item.status == "To Do"


def test_what_lies_below_a_parent_follows_the_parent_when_it_moves():
    root = item("P-1", external_id="1", level=2)
    epic = item("P-2", external_id="2", level=1, parent_id="1", parent_key="P-1")
    story = item("P-3", external_id="3", parent_id="2", parent_key="P-2")
    moved = START + timedelta(days=5)
    came = ItemEvent(
        external_id="2", at=moved, before={"parent_id": None, "parent_key": None},
        after={"parent_id": "1", "parent_key": "P-1"},
    )  # fmt: skip
    lives = [Life(1, root, ()), Life(2, epic, (came,)), Life(3, story, ())]
    parents = ancestry(lives)
    past = rebuild(
        Weigher(LinkRule(depth=2), MAPPING, is_query=False), lives, parents.below({"P-1"}, 2),
        until=END, revisited=parents.changes,
    )  # fmt: skip
    assert [(each.at, each.part.key) for each in past] == [(moved, "P-2"), (moved, "P-3")]
    assert [each.part.included for each in past] == [False, True]
    assert not parents.below({"P-1"}, 1)(story, END)
    assert not parents.below({"P-3"}, 5)(story, END)


def test_an_item_that_is_gone_stops_contributing_then():
    gone = START + timedelta(days=3)
    life = Life(1, item(tags=frozenset({SCOPE})), (), gone)
    past = rebuild(
        Weigher(LinkRule(), MAPPING, is_query=False), [life],
        lambda item, _at: SCOPE in item.tags, until=END,
    )  # fmt: skip
    assert [(each.at, each.part.in_scope) for each in past] == [(START, True), (gone, False)]


def test_late_news_holds_from_its_own_time_on_in_a_course_but_is_shown_from_when_it_came():
    rule = LinkRule()
    (open_part,) = parts(rule, [Candidate(1, item())], MAPPING, is_query=False)
    (done_part,) = parts(
        rule, [Candidate(1, item(status="Done", category="done"))], MAPPING, is_query=False
    )
    first = versioned(open_part, START, START, "linked")
    late = versioned(done_part, START + timedelta(days=2), START + timedelta(days=9), "tracker")
    course = Course([late, first])
    assert [v.done for v in course.at(START + timedelta(days=1))] == [0.0]
    assert [v.done for v in course.at(START + timedelta(days=3))] == [1.0]
    assert course.at(START - timedelta(seconds=1)) == []
    (_, finished) = movements(rule.measure, [late, first])
    assert (finished.kind, finished.at, finished.recorded_at, finished.delta) == (
        "finished", late.valid_from, late.recorded_at, 1.0,
    )  # fmt: skip


def test_the_newest_rebuilding_holds_where_it_reaches_and_the_older_one_before():
    rule = LinkRule()
    (part,) = parts(rule, [Candidate(1, item())], MAPPING, is_query=False)
    day = timedelta(days=1)
    old = versioned(replace(part, total=1.0), START, START + 10 * day, "history")
    shown = versioned(replace(part, total=2.0), START, START + 10 * day, "linked")
    anew = versioned(replace(part, total=3.0), START + 4 * day, START + 20 * day, "reapplied")
    later = versioned(replace(part, total=4.0), START + 15 * day, START + 15 * day, "tracker")
    course = Course([shown, anew, later, old])
    totals = [course.at(START + n * day)[0].total for n in (1, 5, 12, 16, 21)]
    assert totals == [1.0, 3.0, 3.0, 3.0, 4.0]
    assert course.rebuilt_until == START + 20 * day
    assert [each[2].total for each in course.changes()] == [1.0, 3.0, 4.0]


def test_an_item_that_left_says_so_in_the_course():
    rule = LinkRule()
    (part,) = parts(rule, [Candidate(1, item())], MAPPING, is_query=False)
    gone = START + timedelta(days=2)
    versions = [
        versioned(part, START, START, "linked"),
        versioned(left(part, "deleted", gone), gone, gone, "tracker"),
    ]
    (held,) = Course(versions).at(gone)
    assert (held.in_scope, held.reason) == (False, "deleted")
