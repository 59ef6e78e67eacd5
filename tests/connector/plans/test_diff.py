"""What applying a plan changes: merging, typed values, order, nothing the second time."""

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest

from connector.errors import Refused
from connector.plans import Changes, Identity, Stored, defaults, policy_of, record_of
from connector.policy import RATIO, Policy, Thresholds

Apply = Callable[..., tuple[Changes, Stored]]
Refusals = Callable[..., list[str]]

BASE = """
worklift: 1
cycles: [{key: Q4, start: 2026-10-01, end: 2026-12-31}]
teams: [{key: acme, name: Acme, kind: company}]
"""


def work(key_result: str, objective: str = "title: Aim, team: acme") -> str:
    return f"""{BASE}
objectives:
  - {{key: O-1, cycle: Q4, {objective}, key_results: [{{key: KR-1, {key_result}}}]}}
"""


def only(text: str) -> str:
    """The same key result alone, nothing else mentioned."""
    return (
        f"worklift: 1\nobjectives: [{{key: O-1, cycle: Q4, key_results: [{{key: KR-1, {text}}}]}}]"
    )


def with_value(stored: Stored, value: float | None) -> Stored:
    """A person types a value."""
    identity: Identity = ("key_result", "Q4", "KR-1")
    record = {**stored.records[identity], "value": value}
    return Stored({**stored.records, identity: record})


def test_the_example_creates_everything_once(apply: Apply, example: str) -> None:
    changes, stored = apply(example)
    assert [each.key for each in changes.changes] == [
        *("2026-Q4", "acme", "platform", "platform-lead"),
        *("O-0", "KR-0", "O-1", "KR-1", "KR-2", "KR-3"),
    ]
    assert {each.action for each in changes.changes} == {"created"}
    assert all(each.changed == frozenset(each.fields) for each in changes.changes)
    assert changes.unchanged == 0
    assert apply(example, stored)[0] == Changes((), 10)


def test_new_records_are_whole(apply: Apply) -> None:
    _, stored = apply(work("title: Ship, target: 10, value: 4"))
    assert stored.records["key_result", "Q4", "KR-1"] == {
        **defaults("key_result"),
        "objective": "O-1",
        "title": "Ship",
        "target": 10.0,
        "value": 4.0,
        "plan_value": 4.0,
    }
    assert stored.records["objective", "Q4", "O-1"] == {
        **defaults("objective"),
        "title": "Aim",
        "team": "acme",
    }
    assert stored.records["cycle", None, "Q4"] == {
        "start": date(2026, 10, 1),
        "end": date(2026, 12, 31),
        "state": "active",
    }


def test_what_a_file_does_not_mention_stays(apply: Apply) -> None:
    _, stored = apply(work("title: Ship, target: 10, unit: boxes, weight: 3"))
    changes, after = apply(only("target: 12"), stored)
    (change,) = changes.changes
    assert (change.action, change.key, change.changed) == (
        "updated",
        "KR-1",
        frozenset({"target"}),
    )
    assert change.fields["unit"] == "boxes"
    assert changes.unchanged == 1
    assert set(after.records) == set(stored.records)


def test_null_restores_a_default(apply: Apply) -> None:
    _, stored = apply(work("title: Ship, target: 10, unit: boxes"))
    changes, _ = apply(only('unit: ""'), stored)
    assert changes.changes[0].changed == {"unit"}
    assert changes.changes[0].fields["unit"] == ""


def test_a_links_list_given_is_the_whole_list(apply: Apply) -> None:
    one, two = "{scope: 'jira:epic:P-1'}", "{scope: 'jira:epic:P-2'}"
    _, stored = apply(work(f"title: Ship, target: 1, links: [{one}, {two}]"))
    assert apply(only("title: Ship"), stored)[0].changes == ()
    changes, _ = apply(only(f"links: [{two}]"), stored)
    assert [each.scope.text for each in changes.changes[0].fields["links"]] == ["jira:epic:P-2"]
    changes, _ = apply(only("links: []"), stored)
    assert changes.changes[0].fields["links"] == ()


def test_moving_lines_about_changes_nothing(apply: Apply) -> None:
    text = work("title: Ship, target: 1, links: [{scope: 'jira:epic:P-1'}]")
    _, stored = apply(text)
    moved = text.replace("links: [", "links: [\n\n\n      ")
    assert apply(moved, stored)[0].changes == ()


def test_accounts_merge_by_tracker(apply: Apply) -> None:
    person = BASE + "people: [{key: lead, name: Lead, teams: [acme], %s}]"
    _, stored = apply(person % "jira: A")
    _, stored = apply(person % "github: b", stored)
    identity: Identity = ("person", None, "lead")
    assert stored.records[identity]["accounts"] == {"jira": "A", "github": "b"}
    changes, stored = apply(person % "jira: null", stored)
    assert changes.changes[0].changed == {"accounts"}
    assert stored.records[identity]["accounts"] == {"github": "b"}


def test_the_order_of_a_persons_teams_is_no_change(apply: Apply) -> None:
    text = """
worklift: 1
teams: [{key: acme, name: Acme, kind: company}, {key: b, name: B, parent: acme}]
people: [{key: p, name: P, teams: [acme, b]}]
"""
    _, stored = apply(text)
    assert apply(text.replace("[acme, b]", "[b, acme]"), stored)[0].changes == ()
    assert apply(text.replace("[acme, b]", "[b]"), stored)[0].changes[0].changed == {"teams"}


def test_a_key_result_moves_to_another_objective(apply: Apply) -> None:
    two = BASE + (
        "objectives: [{key: O-1, cycle: Q4, title: Aim, team: acme, key_results: [%s]}, "
        "{key: O-2, cycle: Q4, title: Other, team: acme, key_results: [%s]}]"
    )
    _, stored = apply(two % ("{key: KR-1, title: Ship, target: 1}", ""))
    changes, _ = apply(two % ("", "{key: KR-1, title: Ship, target: 1}"), stored)
    assert [(each.key, each.changed) for each in changes.changes] == [
        ("KR-1", frozenset({"objective"}))
    ]


def test_a_typed_value_is_written_only_when_the_files_value_changed(apply: Apply) -> None:
    text = work("title: Ship, target: 10, value: 4")
    _, stored = apply(text)
    typed = with_value(stored, 7.0)
    changes, after = apply(text, typed)
    assert changes.changes == ()
    assert after.records["key_result", "Q4", "KR-1"]["value"] == 7.0
    changes, after = apply(text.replace("value: 4", "value: 5"), typed)
    assert changes.changes[0].changed == {"value", "plan_value"}
    assert after.records["key_result", "Q4", "KR-1"]["value"] == 5.0


def test_a_files_new_value_that_a_person_typed_already_is_remembered(apply: Apply) -> None:
    _, stored = apply(work("title: Ship, target: 10, value: 4"))
    changes, after = apply(only("value: 7"), with_value(stored, 7.0))
    assert changes.changes[0].changed == {"plan_value"}
    assert apply(only("value: 7"), with_value(after, 9.0))[0].changes == ()


def test_done_takes_true_and_stores_one(apply: Apply) -> None:
    _, stored = apply(work("title: Ship, kind: done, value: false"))
    changes, after = apply(only("value: true"), stored)
    assert changes.changes[0].changed == {"value", "plan_value"}
    assert after.records["key_result", "Q4", "KR-1"]["value"] == 1.0
    assert apply(only("value: true"), after)[0].changes == ()


def test_from_value_to_links_and_back(apply: Apply, refusals: Refusals) -> None:
    link = "links: [{scope: 'jira:epic:P-1'}]"
    _, stored = apply(work("title: Ship, target: 10, value: 4"))
    (problem,) = refusals(only(link), stored)
    assert problem == (
        "plan:2: KR-1: a value (4) was typed for it; add value: null to have the links compute it, "
        "or remove links"
    )
    _, linked = apply(only(f"{link}, value: null"), stored)
    assert linked.records["key_result", "Q4", "KR-1"]["value"] is None
    (problem,) = refusals(only("value: 5"), linked)
    assert problem == (
        "plan:2: KR-1: its links (jira:epic:P-1, …) compute the value; remove value, or add "
        "links: [] to type it from now on"
    )
    _, typed = apply(only("value: 5, links: []"), linked)
    assert typed.records["key_result", "Q4", "KR-1"]["value"] == 5.0
    (problem,) = refusals(only(f"value: 5, {link}"), typed)
    assert "value and links are both given" in problem


def test_parents_are_written_first_whatever_the_file_says(apply: Apply) -> None:
    text = """
worklift: 1
objectives:
  - {key: O-3, cycle: Q4, team: leaf, title: Third, supports: KR-2, key_results: [{key: KR-3, title: A, target: 1}]}
  - {key: O-2, cycle: Q4, team: leaf, title: Second, supports: O-1, key_results: [{key: KR-2, title: A, target: 1}]}
  - {key: O-1, cycle: Q4, team: root, title: First}
teams: [{key: leaf, name: Leaf, parent: branch}, {key: branch, name: Branch, parent: root}, {key: root, name: Root}]
cycles: [{key: Q4, start: 2026-10-01, end: 2026-12-31}]
"""  # noqa: E501
    changes, _ = apply(text)
    assert [each.key for each in changes.changes] == [
        *("Q4", "root", "branch", "leaf"),
        *("O-1", "O-2", "KR-2", "O-3", "KR-3"),
    ]


def test_what_the_parent_is_may_be_turned_round(apply: Apply) -> None:
    teams = "worklift: 1\nteams: [{key: a, name: A, parent: %s}, {key: b, name: B, parent: %s}]"
    _, stored = apply(teams % ("null", "a"))
    changes, _ = apply(teams % ("b", "null"), stored)
    assert [each.key for each in changes.changes] == ["b", "a"]


def test_scopes_are_checked_once_and_only_when_new(apply: Apply, refusals: Refusals) -> None:
    asked: list[str] = []

    def check(scope: object) -> str | None:
        text = scope.text  # type: ignore[attr-defined]
        asked.append(text)
        return f"scope {text!r} is unknown; name a tracker" if "gitlab" in text else None

    text = work("title: Ship, target: 9, links: [{scope: 'a:b:c'}, {scope: 'a:b:c', types: [Bug]}]")
    _, stored = apply(text, Stored(), check)
    assert asked == ["a:b:c"]
    apply(text, stored, check)
    assert asked == ["a:b:c"]
    problems = refusals(only("links: [{scope: 'a:b:c'},\n {scope: 'gitlab:b:c'}]"), stored, check)
    assert problems == ["plan:3: KR-1: scope 'gitlab:b:c' is unknown; name a tracker"]
    assert asked == ["a:b:c", "gitlab:b:c"]


def test_changes_are_values(apply: Apply) -> None:
    changes, _ = apply(BASE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        changes.unchanged = 3  # type: ignore[misc]


SCORING: Identity = ("scoring", None, "scoring")


def scoring(text: str) -> str:
    return f"worklift: 1\nscoring: {text}"


def test_scoring_starts_from_the_defaults(apply: Apply) -> None:
    changes, stored = apply(scoring("{pass: {committed: 0.9}}"))
    assert [(each.kind, each.action) for each in changes.changes] == [("scoring", "created")]
    marks = {"committed": 0.9, "aspirational": 0.7}
    assert policy_of(stored.records[SCORING]) == Policy(pass_marks=marks)
    assert record_of(policy_of(stored.records[SCORING])) == stored.records[SCORING]


def test_scoring_not_mentioned_stays(apply: Apply) -> None:
    _, stored = apply(scoring("{health: {at_risk: 0.3}, working_days: [mon, fri]}"))
    changes, after = apply(scoring("{health: {on_track: 0.1}}"), stored)
    assert changes.changes[0].changed == {"health"}
    assert policy_of(after.records[SCORING]) == Policy(
        thresholds=Thresholds("gap", 0.1, 0.3), working_days=frozenset({0, 4})
    )
    assert apply(scoring("{}"), after)[0].changes == ()
    _, cleared = apply(scoring("{health: null, pass: null, working_days: null}"), after)
    assert policy_of(cleared.records[SCORING]) == Policy()


def test_another_rule_of_health_brings_its_own_limits(apply: Apply) -> None:
    _, stored = apply(scoring("{health: {on_track: 0.1, at_risk: 0.2}}"))
    _, stored = apply(scoring("{health: {by: ratio}}"), stored)
    assert policy_of(stored.records[SCORING]).thresholds == RATIO
    _, stored = apply(scoring("{health: {by: gap, at_risk: 0.5}}"), stored)
    assert policy_of(stored.records[SCORING]).thresholds == Thresholds("gap", 0.05, 0.5)


def test_supports_given_are_all_there_are(apply: Apply) -> None:
    text = BASE + "objectives: [{key: A, cycle: Q4, title: T, team: acme}, %s]"
    lower = "{key: B, cycle: Q4, title: T, team: acme, supports: %s}"
    _, stored = apply(text % lower % "A")
    assert apply(text % lower % "[{key: A, weight: 1}]", stored)[0].changes == ()
    changes, stored = apply(text % lower % "{key: A, weight: 3}", stored)
    assert changes.changes[0].changed == {"supports"}
    for cleared in ("null", "[]"):
        _, after = apply(text % lower % cleared, stored)
        assert after.records["objective", "Q4", "B"]["supports"] == ()
    assert apply("worklift: 1\nobjectives: [{key: B, cycle: Q4}]", stored)[0].changes == ()


def test_a_lead_may_be_new_in_the_same_file(apply: Apply) -> None:
    text = """
worklift: 1
teams: [{key: acme, name: Acme, lead: lead}]
people: [{key: lead, name: Lead, teams: [acme], email: Lead@example.com}]
"""
    changes, stored = apply(text)
    assert [each.key for each in changes.changes] == ["acme", "lead"]
    assert stored.records["team", None, "acme"]["lead"] == "lead"
    assert apply(text.replace("Lead@", "lead@"), stored)[0].changes == ()
    taken = "worklift: 1\npeople: [{key: other, name: O, email: lead@example.com}]"
    with pytest.raises(Refused, match="is that of 'lead' already"):
        apply(taken, stored)
