"""What must hold of any plan and of any text at all."""

import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import Refused
from connector.plans import Changes, Plan, Stored, diff, parse
from tests.connector.plans.strategies import plans


def understood(_: object) -> None:
    """A check that understands every scope."""


def plan_of(content: dict[str, Any]) -> Plan:
    """The plan with this content: YAML reads JSON, but for its pairs of surrogates."""
    return parse(json.dumps(content, ensure_ascii=False))


def applied(plan: Plan, stored: Stored) -> tuple[Changes, Stored]:
    changes = diff(plan, stored, understood)
    written = {(each.kind, each.cycle, each.key): each.fields for each in changes.changes}
    return changes, Stored({**stored.records, **written})


@given(plans())
def test_applying_a_plan_twice_changes_nothing(content: dict[str, Any]) -> None:
    plan = plan_of(content)
    first, stored = applied(plan, Stored())
    assert len(first.changes) == len(plan.entries)
    assert applied(plan, stored)[0] == Changes((), len(plan.entries))


@given(plans())
def test_parents_come_first(content: dict[str, Any]) -> None:
    changes, _ = applied(plan_of(content), Stored())
    written: set[str | None] = {None}
    for each in changes.changes:
        names = {"team": ("parent",), "objective": ("team", "owner")}
        needed = names.get(each.kind, ("objective",) if each.kind == "key_result" else ())
        assert {each.fields[name] for name in needed} <= written
        assert {key for key, _ in each.fields.get("supports", ())} <= written
        written.add(each.key)


@given(plans(), st.data())
def test_part_of_an_applied_plan_changes_nothing(
    content: dict[str, Any], data: st.DataObject
) -> None:
    _, stored = applied(plan_of(content), Stored())
    for section in ("teams", "people", "objectives"):
        kept = [data.draw(st.booleans()) for _ in content[section]]
        content[section] = list(itertools.compress(content[section], kept))
    for objective in content["objectives"]:
        for name in data.draw(
            st.sets(st.sampled_from(sorted(objective.keys() - {"key", "cycle"})))
        ):
            objective.pop(name, None)
    for name in data.draw(st.sets(st.sampled_from(["health", "pass", "working_days"]))):
        content["scoring"].pop(name, None)
    assert applied(plan_of(content), stored)[0].changes == ()


@given(st.text())
def test_any_text_is_a_plan_or_refused(text: str) -> None:
    for each in (text, f"worklift: 1\n{text}"):
        refused_or_read(each)


@given(plans(), st.integers(0, 2000), st.text(max_size=5))
@settings(max_examples=200)
def test_a_damaged_plan_is_a_plan_or_refused(
    content: dict[str, Any], where: int, damage: str
) -> None:
    text = json.dumps(content, ensure_ascii=False)
    refused_or_read(text[:where] + damage + text[where + len(damage) :])


def refused_or_read(text: str) -> None:
    problems: tuple[str, ...] = ("p: read",)
    try:
        diff(parse(text, "p"), Stored(), understood)
    except Refused as refused:
        problems = refused.problems
    assert problems
    for problem in problems:
        assert problem.startswith("p:")
        assert "\n" not in problem


def test_ten_thousand_key_results_are_read_and_compared_in_seconds() -> None:
    links = "links: [{scope: 'jira:epic:P-%d'}, {scope: 'jira:epic:Q-%d', types: [Bug, Story]}]"
    fields = "title: Ship number %d, kind: increase, start: 0, target: 100, unit: '%%'"
    lines = ["worklift: 1", "cycles: [{key: Q4, start: 2026-10-01, end: 2026-12-31}]"]
    lines += ["teams: [{key: acme, name: Acme}]", "objectives:"]
    for number in range(10_000):
        if number % 5 == 0:
            supports = f", supports: O-{number - 5}" if number else ""
            lines.append(
                f"- {{key: O-{number}, cycle: Q4, team: acme, title: Aim{supports}, key_results: ["
            )
        text = f"  {{key: KR-{number}, {fields % number}, {links % (number, number)}}}"
        lines.append(text + ("]}" if number % 5 == 4 else ","))
    plan = parse("\n".join(lines))
    changes, stored = applied(plan, Stored())
    again, _ = applied(plan, stored)
    assert (len(changes.changes), again.changes) == (12_002, ())
