"""Movements as people tell them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connector.explained import ChangeReport, ContributionReport, LinkExplanation, MovementReport
from connector.ledger import NATURES
from connector.report import LinkReport
from tests.web.world import START
from web.key_result import said, stories

LINK = LinkReport(
    id=1,
    scope="jira:epic:PLAT-42",
    tracker="jira",
    title="",
    url="",
    measure={"share": "count"},
    weight=1.0,
    done=1.0,
    total=4.0,
    reading=0.25,
    coverage=1.0,
    items=4,
    excluded=0,
    as_of=START,
    error=None,
    stale=False,
)
AMOUNTS = {"scope_added": 1.0, "scope_removed": -1.0, "dropped": -1.0}
FIRST = START - timedelta(days=30)


def movement(kind: str, days_ago: float, delta: float | None) -> MovementReport:
    at = START - timedelta(days=days_ago)
    nature, total = NATURES.get(kind, "work"), AMOUNTS.get(kind, 0.0)
    return MovementReport(
        at=at,
        recorded_at=at,
        kind=kind,
        item="PLAT-1",
        delta=delta,
        nature=nature,
        total=total,
    )


def explained(*movements: MovementReport) -> LinkExplanation:
    return LinkExplanation(link=LINK, contributions=(), movements=movements)


def contribution(key: str, included: bool = True) -> ContributionReport:  # noqa: FBT001, FBT002
    since: datetime = START
    return ContributionReport(
        item=key,
        title="",
        url="",
        status="Done",
        state="done",
        done=1.0,
        total=1.0,
        included=included,
        reason="",
        since=since,
    )


def test_the_first_look_is_a_beginning_and_not_a_movement() -> None:
    link = explained(
        movement("finished", 2, 0.25), movement("scope_added", 30, None), movement("x", 30, 0.0)
    )
    assert [each.movement.kind for each in stories.moves([link])] == ["finished"]
    (beginning,) = stories.beginnings([link])
    assert (beginning.at, beginning.items) == (FIRST, 2)
    assert stories.beginnings([explained()]) == []


def test_a_week_tells_work_from_scope() -> None:
    link = explained(
        movement("finished", 1, 0.25),
        movement("reopened", 2, -0.125),
        movement("scope_added", 3, -0.0625),
        movement("finished", 8, 0.5),
        movement("scope_added", 30, None),
    )
    (week,) = stories.week([link], START)
    assert week.work == pytest.approx(0.125)
    assert week.scope == pytest.approx(-0.0625)
    assert (week.finished, week.reopened, week.added, week.amount) == (1, 1, 1, 1.0)
    assert not week.rebuilt


def test_a_link_that_stood_still_is_not_told() -> None:
    assert stories.week([explained(movement("scope_added", 1, 1.0))], START) == []


def test_items_are_ordered_as_people_count() -> None:
    rows = [contribution(key) for key in ("PLAT-10", "PLAT-9", "APP-11", "acme/api#2", "PLAT-1")]
    rows.append(contribution("APP-1", included=False))
    ordered = [row.item for row in stories.by_key(rows)]
    assert ordered == ["APP-11", "PLAT-1", "PLAT-9", "PLAT-10", "acme/api#2", "APP-1"]


def test_what_left_or_was_dropped_is_counted() -> None:
    link = explained(
        movement("scope_removed", 1, 0.1),
        movement("dropped", 2, 0.1),
        movement("scope_added", 30, None),
    )
    (week,) = stories.week([link], START)
    assert (week.left, week.finished, week.added) == (2, 0, 0)


def test_what_a_rule_moved_is_neither_work_nor_scope() -> None:
    link = explained(
        movement("finished", 1, 0.25),
        movement("rule_changed", 2, -0.5),
        movement("scope_added", 30, None),
    )
    (since,) = stories.sums([link])
    assert (since.work, since.scope, since.rules) == (0.25, 0.0, -0.5)
    assert [each.movement.kind for each in stories.moves([link])] == ["finished"]


def test_a_week_takes_in_what_history_tells_of_it_and_says_so() -> None:
    past = (movement("finished", 3, 0.5), movement("scope_added", 20, -0.1))
    link = replace(explained(movement("scope_added", 2, None)), past=past)
    (week,) = stories.week([link], START)
    assert (week.work, week.scope, week.finished, week.rebuilt) == (0.5, 0.0, 1, True)
    assert [each.movement.kind for each in stories.before([link])] == ["finished", "scope_added"]
    (before,) = stories.sums([link], rebuilt=True)
    assert (before.amount, before.scope) == (1.0, -0.1)


def test_what_went_up_and_down_again_is_nothing() -> None:
    link = explained(
        movement("finished", 1, 0.1 + 0.2),
        movement("reopened", 1, -0.3),
        movement("scope_added", 30, None),
    )
    (since,) = stories.sums([link])
    assert since.work == 0.0


def change(kind: str, nature: str, *, subject: str = "", delta: float = 0.0) -> ChangeReport:
    return ChangeReport(
        at=START,
        recorded_at=START,
        kind=kind,
        nature=nature,
        subject=subject,
        author="Platform lead",
        note="",
        delta=delta,
        value=0.5,
    )


def test_people_and_rules_are_told_apart_from_work() -> None:
    found = said.said(
        [
            change("override_set", "person", delta=0.1),
            change("rule_changed", "rule", subject="PLAT-1", delta=-0.1),
            change("rule_changed", "rule", subject="PLAT-2", delta=-0.2),
            change("finished", "work", subject="PLAT-1", delta=0.3),
            change("scope_removed", "scope", subject="PLAT-3"),
            change("scope_removed", "scope", subject="jira:epic:PLAT-42"),
        ]
    )
    assert [each.kind for each in found] == ["override_set", "rule_changed", "link_ended"]
    assert (found[1].items, found[1].delta) == (2, pytest.approx(-0.3))
    assert (found[2].items, found[2].scope) == (0, "jira:epic:PLAT-42")
