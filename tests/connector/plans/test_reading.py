"""Reading a plan file: what each field becomes, and on which line it stands."""

from datetime import date
from typing import Any

import pytest

from connector import scopes
from connector.errors import Refused
from connector.okr import LinkRule, Measure
from connector.plans import Entry, PlanLink, parse, read_plan


def read(text: str) -> dict[str, Entry]:
    return {entry.key: entry for entry in parse(f"worklift: 1\n{text}").entries}


def link(rule: str) -> LinkRule:
    links = f"[{{scope: 'jira:epic:P-1', {rule}}}]"
    text = f"objectives: [{{key: O, cycle: c, key_results: [{{key: K, links: {links}}}]}}]"
    found: LinkRule = read(text)["K"].fields["links"][0].rule
    return found


def test_the_example_reads_as_written(example: str) -> None:
    entries = {entry.key: entry for entry in parse(example).entries}
    assert list(entries) == [
        *("2026-Q4", "acme", "platform", "platform-lead"),
        *("O-0", "KR-0", "O-1", "KR-1", "KR-2", "KR-3"),
    ]
    assert entries["2026-Q4"].fields == {"start": date(2026, 10, 1), "end": date(2026, 12, 31)}
    assert entries["platform-lead"].fields == {
        "name": "Platform lead",
        "teams": ("platform",),
        "role": "lead",
        "accounts": {"jira": "ACCOUNT-ID", "github": "LOGIN"},
    }
    assert entries["O-1"].fields["supports"] == (("O-0", 1.0),)
    assert entries["KR-2"].fields == {
        "objective": "O-1",
        "title": "Open bugs from 120 to 40",
        "kind": "decrease",
        "start": 120.0,
        "target": 40.0,
        "links": (
            PlanLink(
                scopes.parse("jira:jql:project = PLAT AND type = Bug"),
                LinkRule(measure=Measure(of="count", aggregate="count", over="open")),
            ),
        ),
    }
    assert [each.rule for each in entries["KR-1"].fields["links"]] == [
        LinkRule(),
        LinkRule(measure=Measure(of="points"), unestimated="zero", weight=2.0),
    ]


def test_lines_are_those_of_the_file(example: str) -> None:
    entries = {entry.key: entry for entry in parse(example).entries}
    lines = example.splitlines()
    for key in ("O-1", "KR-1", "KR-2", "KR-3", "platform", "2026-Q4"):
        assert f"key: {key}" in lines[entries[key].line - 1]
    one = entries["KR-1"]
    for name in ("title", "target", "combine", "links"):
        assert lines[one.at(name) - 1].strip().startswith(f"{name}:")
    for each in one.fields["links"]:
        assert each.scope.text in lines[each.line - 1]
    assert one.at("start_date") == one.line


def test_lines_compare_equal_wherever_the_link_stands() -> None:
    scope = scopes.parse("jira:epic:P-1")
    assert PlanLink(scope, LinkRule(), 3) == PlanLink(scope, LinkRule(), 30)


@pytest.mark.parametrize("key", ["2026", "no", "1e3", "null", "0x10", "2026-10-01", "1.0", "true"])
def test_keys_stay_the_text_they_are(key: str) -> None:
    entries = read(
        f"teams: [{{key: {key}, name: {key}}}]\n"
        f"objectives: [{{key: o, cycle: {key}, title: {key}, team: {key}}}]"
    )
    assert entries[key].fields["name"] == key
    assert entries["o"].cycle == key
    assert entries["o"].fields == {"title": key, "team": key}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", 100.0),
        ("-0.5", -0.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("'7'", 7.0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_values_are_numbers_truths_or_nothing(text: str, value: object) -> None:
    fields = read(f"objectives: [{{key: o, cycle: c, key_results: [{{key: k, value: {text}}}]}}]")
    assert fields["k"].fields["value"] == value
    assert type(fields["k"].fields["value"]) is type(value)


def test_nothing_written_clears_what_can_be_cleared() -> None:
    text = """
objectives:
  - key: O
    cycle: c
    supports: null
    owner:
    key_results:
      - {key: K, target: ~, unit: "", limits: null, combine: null, end_date: null}
people: [{key: p, jira: null}]
"""
    entries = read(text)
    assert entries["O"].fields == {"supports": (), "owner": None}
    assert entries["K"].fields == {
        "objective": "O",
        "target": None,
        "unit": "",
        "limits": None,
        "combine": None,
        "end_date": None,
    }
    assert entries["p"].fields == {"accounts": {"jira": None}}


@pytest.mark.parametrize(
    ("rule", "measure"),
    [
        ("measure: {share: points}", Measure(of="points")),
        ("measure: {share: 'field:customfield_1'}", Measure(of="field:customfield_1")),
        ("measure: {number: count}", Measure(of="count", aggregate="count", over="all")),
        ("measure: {number: sum}", Measure(of="points", aggregate="sum", over="all")),
        (
            "measure: {number: max, of: 'field:x', over: done}",
            Measure(of="field:x", aggregate="max", over="done"),
        ),
        ("weight: 1", Measure(of="count")),
    ],
)
def test_measures(rule: str, measure: Measure) -> None:
    assert link(rule).measure == measure


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("weight: 0", {"weight": 0.0}),
        ("dropped: as_done", {"dropped": "as_done"}),
        ("unestimated: median", {"unestimated": "median"}),
        ("unestimated: 'default:2.5'", {"unestimated": "default:2.5"}),
        ("types: [Bug, Story, Bug]", {"types": ("Bug", "Story")}),
        ("labels: [okr, Q4]", {"labels": ("okr", "Q4")}),
        ("measure: {share: 'field: x '}", {"measure": Measure(of="field:x")}),
        ("subtasks: true, pull_requests: false", {"subtasks": True}),
        ("pull_requests: only", {"pull_requests": "only"}),
        ("pull_requests: true", {"pull_requests": True}),
        ("depth: 3", {"depth": 3}),
        ("statuses: {doing: 0.5, In Review: 0.8}", {"statuses": {"doing": 0.5, "In Review": 0.8}}),
        ("statuses: {}", {"statuses": {}}),
    ],
)
def test_policies_of_a_link(rule: str, expected: dict[str, Any]) -> None:
    assert link(rule) == LinkRule(**expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O-1", (("O-1", 1.0),)),
        ("{key: O-1, weight: 2}", (("O-1", 2.0),)),
        ("[O-1]", (("O-1", 1.0),)),
        ("[{key: O-2, weight: 0}, KR-1, {key: O-1}]", (("O-2", 0.0), ("KR-1", 1.0), ("O-1", 1.0))),
        ("[]", ()),
        ("null", ()),
    ],
)
def test_an_objective_supports_one_or_several(text: str, expected: object) -> None:
    found = read(f"objectives: [{{key: O, cycle: c, supports: {text}}}]")
    assert found["O"].fields == {"supports": expected}


def test_each_support_has_its_line() -> None:
    text = "objectives:\n- key: O\n  cycle: c\n  supports:\n  - A\n  - {key: B}\n"
    entry = read(text)["O"]
    assert [entry.at(name) for name in ("supports", "supports A", "supports B")] == [5, 6, 7]
    assert entry.at("supports C") == entry.line


def test_new_fields_are_read_as_what_they_are() -> None:
    text = """
cycles: [{key: c, state: closed}]
teams: [{key: t, lead: p}]
people: [{key: p, email: Platform.Lead@Example.COM}, {key: q, email: null}]
objectives:
  - key: O
    cycle: c
    state: candidate
    takes: both
    key_results:
      - {key: K, curve: steps, steps: {2026-11-01: 30, 2026-12-01: -7.5}, needs_confirmation: true}
      - {key: L, progress_from: supports, steps: null}
"""
    entries = read(text)
    assert entries["c"].fields == {"state": "closed"}
    assert entries["t"].fields == {"lead": "p"}
    assert entries["p"].fields == {"email": "platform.lead@example.com"}
    assert entries["q"].fields == {"email": None}
    assert entries["O"].fields == {"state": "candidate", "takes": "both"}
    assert entries["K"].fields == {
        "objective": "O",
        "curve": "steps",
        "steps": ((date(2026, 11, 1), 30.0), (date(2026, 12, 1), -7.5)),
        "needs_confirmation": True,
    }
    assert entries["L"].fields == {"objective": "O", "progress_from": "supports", "steps": ()}


def test_scoring_is_read_as_what_it_is() -> None:
    text = """
scoring:
  health: {by: ratio, on_track: 0.8}
  pass: {aspirational: 0.6}
  working_days: [tue, mon, tue]
  holidays: [2026-12-25, 2026-12-25]
"""
    entry = read(text)["scoring"]
    assert entry.identity == ("scoring", None, "scoring")
    assert entry.fields == {
        "health": {"by": "ratio", "on_track": 0.8},
        "pass": {"aspirational": 0.6},
        "working_days": frozenset({0, 1}),
        "holidays": frozenset({date(2026, 12, 25)}),
    }
    assert (entry.line, entry.at("pass")) == (4, 5)
    assert read("scoring:") == {}


def test_other_trackers_bring_other_accounts() -> None:
    text = "worklift: 1\npeople: [{key: p, gitlab: someone}]"
    plan = parse(text, trackers=("gitlab",))
    assert plan.entries[0].fields["accounts"] == {"gitlab": "someone"}
    with pytest.raises(Refused, match="'gitlab' is not known in a person"):
        parse(text)


def test_bytes_are_read_with_or_without_a_byte_order_mark(example: str) -> None:
    assert read_plan(example.encode()) == parse(example)
    assert read_plan(b"\xef\xbb\xbf" + example.encode()) == parse(example)


def test_an_empty_plan_is_a_plan() -> None:
    assert parse("worklift: 1\nteams:\nobjectives: []\n").entries == ()


def test_a_plan_in_json_reads_too() -> None:
    text = '{"worklift": 1, "teams": [{"key": "a", "name": "A", "parent": null}]}'
    assert parse(text).entries[0].fields == {"name": "A", "parent": None}
