"""Plans that do not make sense, alone or with what is stored; nothing of them is applied."""

from collections.abc import Callable
from datetime import date

import pytest

from connector.plans import Changes, Stored

Apply = Callable[..., tuple[Changes, Stored]]
Refusals = Callable[..., list[str]]

HEAD = """worklift: 1
cycles: [{key: Q4, start: 2026-10-01, end: 2026-12-31}]
teams: [{key: acme, name: Acme, kind: company}]
"""
SHARE, POINTS = "{scope: 'a:b:c'}", "{scope: 'a:b:d', measure: {share: points}}"
HEAVY = "{scope: 'a:b:e', weight: 2}"
NUMBER = "{scope: 'a:b:f', measure: {number: count}}"
HEAVY_NUMBER = "{scope: 'a:b:g', measure: {number: count}, weight: 2}"


def work(key_result: str) -> str:
    return f"""{HEAD}objectives:
  - key: O-1
    cycle: Q4
    title: Aim
    team: acme
    key_results:
      - key: KR-1
        title: Ship
        {key_result}
"""


def lines(*fields: str) -> str:
    return "\n        ".join(fields)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (["kind: increase"], "10: KR-1: kind increase needs a target; add one"),
        (
            ["target: 0"],
            (
                "12: KR-1: the target 0 is also the start, so there is no way to go; change one of "
                "them, or use kind reach"
            ),
        ),
        (["start: 5", "target: 5"], "13: KR-1: the target 5 is also the start, so there is no"),
        (["target: -1"], "12: KR-1: the target -1 is not above the start 0; raise it, lower the"),
        (["start: 9", "target: 5"], "13: KR-1: the target 5 is not above the start 9; raise it"),
        (["kind: decrease", "target: 5"], "10: KR-1: kind decrease needs a start; add one above"),
        (
            ["kind: decrease", "start: 5", "target: 5"],
            "14: KR-1: the target 5 is also the start, so there is no way to go; change one of",
        ),
        (
            ["kind: decrease", "start: 4", "target: 5"],
            "14: KR-1: the target 5 is not below the start 4; lower it, raise the start",
        ),
        (["kind: decrease", "start: 5"], "10: KR-1: kind decrease needs a target; add one"),
        (["kind: reach"], "10: KR-1: kind reach needs a target; add one"),
        (["kind: at_least"], "10: KR-1: kind at_least needs a target; add one"),
        (["kind: at_most"], "10: KR-1: kind at_most needs a target; add one"),
        (["kind: between"], "10: KR-1: kind between needs limits; add limits: [lowest, highest]"),
        (
            ["kind: between", "limits: [2, 2]"],
            "13: KR-1: the lower limit 2 is not below the upper 2; correct them",
        ),
        (
            ["kind: between", "limits: [1, 2]", "target: 3"],
            "14: KR-1: kind between takes no target; remove it (target: null)",
        ),
        (["target: 3", "limits: [1, 2]"], "13: KR-1: limits are for kind between, not increase"),
        (["target: 3", "lower_is_better: true"], "13: KR-1: lower_is_better is for kind reach"),
        (["kind: done", "start: 1"], "13: KR-1: kind done takes no start; remove it"),
        (["kind: done", "target: 1"], "13: KR-1: kind done takes no target; remove it"),
        (["kind: done", "unit: x"], "13: KR-1: kind done takes no unit; remove it"),
        (["kind: done", "value: 1"], "13: KR-1: kind done takes value true or false, not 1"),
        (["target: 3", "value: true"], "13: KR-1: true and false are for kind done; give a number"),
        (["target: 3", "value: 1", f"links: [{SHARE}]"], "13: KR-1: value and links are both"),
        (
            ["target: 3", f"links: [{SHARE}, {NUMBER}]"],
            "13: KR-1: share and number links do not mix in one key result; make it two",
        ),
        (
            ["target: 3", "combine: sum", f"links: [{SHARE}]"],
            "13: KR-1: sum is for numbers; choose pooled or weighted for shares",
        ),
        (
            ["target: 3", "combine: weighted", f"links: [{NUMBER}]"],
            "13: KR-1: weighted is for shares; choose sum, avg, min or max for numbers",
        ),
        (
            ["target: 3", f"links: [{SHARE}, {POINTS}]"],
            "13: KR-1: pooled links must share one size, not count and points; or have each",
        ),
        (
            ["target: 3", "combine: pooled", f"links: [{SHARE}, {HEAVY}]"],
            "14: KR-1: weights of links only count with combine: weighted; add it, or remove",
        ),
        (
            ["target: 3", f"links: [{NUMBER}, {HEAVY_NUMBER}]"],
            "13: KR-1: weights of links only count with combine: weighted; numbers have none",
        ),
        (
            ["target: 3", "start_date: 2026-09-30"],
            "13: KR-1: start_date 2026-09-30 is outside the cycle Q4 (2026-10-01 to 2026-12-31)",
        ),
        (["target: 3", "end_date: 2027-01-01"], "13: KR-1: end_date 2027-01-01 is outside"),
        (
            ["target: 3", "start_date: 2026-11-02", "end_date: 2026-11-01"],
            "14: KR-1: it ends on 2026-11-01, before it starts on 2026-11-02; correct one of them",
        ),
        (
            ["kind: at_most", "target: 3", "curve: late"],
            "14: KR-1: kind at_most does not wait for time and takes no curve; remove it",
        ),
        (["kind: at_least", "target: 3", "curve: early"], "14: KR-1: kind at_least does not wait"),
        (["kind: between", "limits: [1, 2]", "curve: late"], "14: KR-1: kind between does not"),
        (
            ["kind: reach", "target: 3", "curve: steps", "steps: {2026-11-01: 2}"],
            "14: KR-1: curve steps is for kinds increase and decrease, not reach; use another",
        ),
        (
            ["target: 3", "curve: steps"],
            "13: KR-1: curve steps needs steps; add some, as in steps: {2026-11-01: 30}",
        ),
        (
            ["target: 3", "steps: {2026-11-01: 2}"],
            "13: KR-1: steps are for curve steps, not linear; add curve: steps, or remove them",
        ),
        (
            ["target: 3", "curve: steps", "steps: {2026-09-30: 2}"],
            (
                "14: KR-1: the step of 2026-09-30 is outside the key result's dates (2026-10-01 to "
                "2026-12-31); choose a day within them"
            ),
        ),
        (
            ["target: 3", "end_date: 2026-11-30", "curve: steps", "steps: {2026-12-01: 2}"],
            (
                "15: KR-1: the step of 2026-12-01 is outside the key result's dates (2026-10-01 to "
                "2026-11-30)"
            ),
        ),
        (
            ["target: 3", "progress_from: supports", f"links: [{SHARE}]"],
            (
                "14: KR-1: its progress is taken from what supports it (progress_from: supports), "
                "not from links; remove one of them (links: [])"
            ),
        ),
        (
            ["target: 3", "progress_from: supports", "value: 2"],
            (
                "14: KR-1: its progress is taken from what supports it (progress_from: supports), "
                "not from a value (2); remove one of them (value: null)"
            ),
        ),
        (
            ["target: 3", "progress_from: supports", "needs_confirmation: true"],
            "14: KR-1: needs_confirmation holds back what links bring, but its progress is taken",
        ),
        (["target: 3", "owner: nobody"], "13: KR-1: owner 'nobody' is not a person of the file"),
    ],
)
def test_key_results(refusals: Refusals, fields: list[str], problem: str) -> None:
    (found,) = refusals(work(lines(*fields)))
    assert found.startswith(f"plan:{problem}")


@pytest.mark.parametrize(
    "fields",
    [
        ["target: 0.1"],
        ["start: -5", "target: -1"],
        ["kind: decrease", "start: 0", "target: -1"],
        ["kind: reach", "target: 0", "lower_is_better: true"],
        ["kind: between", "limits: [-1, 1]", "value: 0"],
        ["kind: done", "value: true"],
        ["kind: done", f"links: [{SHARE}]"],
        ["target: 3", f"links: [{SHARE}, {{scope: 'a:b:x'}}]"],
        ["target: 3", "combine: weighted", f"links: [{SHARE}, {POINTS}, {HEAVY}]"],
        ["target: 3", "combine: max", f"links: [{NUMBER}]"],
        ["target: 3", f"links: [{HEAVY}]"],
        ["target: 3", "start_date: 2026-10-01", "end_date: 2026-12-31"],
        ["target: 3", "start_date: 2026-10-01", "end_date: 2026-10-01"],
        ["target: 3", "curve: steps", "steps: {2026-10-01: 1, 2026-12-31: 3}"],
        ["kind: decrease", "start: 9", "target: 3", "curve: steps", "steps: {2026-11-01: 5}"],
        ["kind: done", "curve: late"],
        ["kind: reach", "target: 3", "curve: early"],
        ["target: 3", "progress_from: supports", "links: []", "value: null"],
        ["target: 3", "needs_confirmation: true", f"links: [{SHARE}]"],
    ],
)
def test_key_results_that_make_sense(apply: Apply, fields: list[str]) -> None:
    changes, _ = apply(work(lines(*fields)))
    assert changes.changes[-1].key == "KR-1"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "cycles: [{key: Q, start: 2026-10-02, end: 2026-10-01}]",
            "2: Q: the cycle ends on 2026-10-01, before it starts on 2026-10-02; correct one",
        ),
        ("cycles: [{key: Q, start: 2026-10-02}]", "2: Q: 'end' is missing and not stored yet"),
        ("teams: [{key: a}]", "2: a: 'name' is missing and not stored yet; add it"),
        ("people: [{key: a}]", "2: a: 'name' is missing and not stored yet; add it"),
        ("teams: [{key: a, name: A, parent: b}]", "2: a: parent 'b' is not a team of the file or"),
        (
            "teams: [{key: platform, name: A}, {key: b, name: B, parent: platfrom}]",
            "2: b: parent 'platfrom' is not a team of the file or the store; did you mean 'platf",
        ),
        ("people: [{key: a, name: A, teams: [b]}]", "2: a: teams 'b' is not a team of the file"),
        (
            "teams: [{key: a, name: A, kind: company},\n  {key: b, name: B, kind: company}]",
            "3: b: 'a' is the company already, and there is only one; use kind department or team",
        ),
        (
            "teams: [{key: a, name: A}, {key: b, name: B, kind: company, parent: a}]",
            "2: b: a company has no parent; remove it (parent: null), or use another kind",
        ),
        (
            "teams: [{key: a, name: A, parent: c}, {key: b, name: B, parent: a},\n {key: c, name: C, parent: b}]",  # noqa: E501
            "3: c: parent leads back to itself: c → b → a → c; cut it",
        ),
        ("teams: [{key: a, name: A, parent: a}]", "2: a: parent leads back to itself: a → a"),
        ("teams: [{key: a, name: A, lead: b}]", "2: a: lead 'b' is not a person of the file or"),
        (
            "people: [{key: a, name: A, email: x@y.z},\n {key: b, name: B, email: X@Y.Z}]",
            "3: b: x@y.z is that of 'a' already; give each its own",
        ),
        (
            "people: [{key: a, name: A, jira: ada},\n {key: b, name: B, jira: ada}]",
            "3: b: the jira account ada is that of 'a' already; take it away there first",
        ),
        (
            "scoring: {pass: {committed: 0.9},\n health: {on_track: 0.25}}",
            "3: scoring: on_track 0.25 is not below at_risk 0.25, but with by: gap a wider gap is",
        ),
        (
            "scoring: {health: {by: ratio, on_track: 0.4}}",
            "2: scoring: at_risk 0.4 is not below on_track 0.4, but with by: ratio a smaller ratio",
        ),
    ],
)
def test_cycles_teams_and_people(refusals: Refusals, text: str, problem: str) -> None:
    (found,) = refusals(f"worklift: 1\n{text}")
    assert found.startswith(f"plan:{problem}")


def objective(key: str, more: str = "", cycle: str = "Q4") -> str:
    return f"  - {{key: {key}, cycle: {cycle}, title: Aim, team: acme, {more}}}\n"


def with_key_result(key: str) -> str:
    return f"key_results: [{{key: {key}, title: Ship, target: 1}}]"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (objective("A", cycle="Q9"), "5: A: cycle 'Q9' is not a cycle of the file or the store"),
        (objective("A", "owner: x"), "5: A: owner 'x' is not a person of the file or the store"),
        (
            objective("A", "supports: B"),
            "5: A: supports 'B' is neither an objective nor a key result of Q4; add it",
        ),
        ("  - {key: A, cycle: Q4, team: acme}", "5: A: 'title' is missing and not stored yet"),
        ("  - {key: A, cycle: Q4, title: Aim}", "5: A: 'team' is missing and not stored yet"),
        (
            "  - {key: A, cycle: Q4, title: Aim, team: acne}",
            "5: A: team 'acne' is not a team of the file or the store; did you mean 'acme'?",
        ),
        (objective("A", "supports: A"), "5: A: supports leads back to itself: A → A; cut it"),
        (
            objective("A", f"supports: KR, {with_key_result('KR')}"),
            "5: A: supports leads back to itself: A → KR → A; cut it",
        ),
        (
            objective("A", f"supports: B, {with_key_result('KR')}")
            + objective("B", "supports: KR"),
            "6: B: supports leads back to itself: B → KR → A → B; cut it",
        ),
        (
            objective("A", "supports: [B, Z]"),
            "5: A: supports 'B' is neither an objective nor a key result of Q4; add it",
        ),
    ],
)
def test_objectives(refusals: Refusals, text: str, problem: str) -> None:
    found = refusals(f"{HEAD}objectives:\n{text}")
    assert found[0].startswith(f"plan:{problem}")
    assert len(found) == (2 if "Z" in text else 1)


def test_supports_stay_within_a_cycle(apply: Apply, refusals: Refusals) -> None:
    head = HEAD.replace("cycles: [", "cycles: [{key: Q3, start: 2026-07-01, end: 2026-09-30}, ")
    _, stored = apply(f"{head}objectives:\n{objective('A', cycle='Q3')}")
    (found,) = refusals(f"{head}objectives:\n{objective('B', 'supports: A')}", stored)
    assert found == (
        "plan:5: B: supports 'A' is in cycle Q3, not Q4; name an objective or key result of the "
        "same cycle"
    )


def test_what_is_stored_counts_as_there(apply: Apply) -> None:
    _, stored = apply(f"{HEAD}people: [{{key: lead, name: Lead}}]\nobjectives:\n{objective('A')}")
    more = "worklift: 1\nobjectives:\n" + objective("B", "supports: A, owner: lead")
    assert [each.key for each in apply(more, stored)[0].changes] == ["B"]


def test_one_key_names_one_thing_of_a_cycle(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(f"{HEAD}objectives:\n{objective('A', with_key_result('KR'))}")
    (found,) = refusals(f"worklift: 1\nobjectives:\n{objective('KR')}", stored)
    assert found == "plan:3: KR: 'KR' is stored as a key result of Q4 already; choose another key"
    (found,) = refusals(f"{HEAD}objectives:\n{objective('B', with_key_result('A'))}", stored)
    assert found == "plan:5: A: 'A' is stored as an objective of Q4 already; choose another key"


def test_a_second_company_beside_a_stored_one(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(HEAD)
    (found,) = refusals("worklift: 1\nteams: [{key: b, name: B, kind: company}]", stored)
    assert found.startswith("plan:2: b: 'acme' is the company already")
    _, after = apply(
        "worklift: 1\nteams: [{key: acme, kind: department, parent: b},"
        " {key: b, name: B, kind: company}]",
        stored,
    )
    assert after.records["team", None, "acme"]["parent"] == "b"


def test_checks_see_the_merged_record(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(work(lines("start: 5", "target: 10")))
    text = "worklift: 1\nobjectives: [{key: O-1, cycle: Q4, key_results: [{key: KR-1, %s}]}]"
    (found,) = refusals(text % "target: 4", stored)
    assert found == (
        "plan:2: KR-1: the target 4 is not above the start 5; raise it, lower the start, or use "
        "another kind"
    )
    assert len(refusals(text % "kind: done", stored)) == 2
    changes, _ = apply(text % "kind: done, start: null, target: null", stored)
    assert changes.changes[0].changed == {"kind", "start", "target"}


def test_a_number_typed_before_does_not_fit_done(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(work(lines("target: 10", "value: 4")))
    text = "worklift: 1\nobjectives: [{key: O-1, cycle: Q4, key_results: [{key: KR-1, %s}]}]"
    (found,) = refusals(text % "kind: done, target: null", stored)
    assert "its value is 4, but kind done takes true or false; also give the value" in found
    changes, _ = apply(text % "kind: done, target: null, value: true", stored)
    assert changes.changes[0].fields["value"] == 1.0


def test_a_cycle_does_not_leave_stored_dates_outside(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(work(lines("target: 10", "end_date: 2026-12-31")))
    shorter = "worklift: 1\ncycles: [{key: Q4, end: 2026-12-30}]"
    (found,) = refusals(shorter, stored)
    assert found == (
        "plan:2: Q4: KR-1 has dates outside 2026-10-01 to 2026-12-30; change them in the same file"
    )
    both = f"{shorter}\nobjectives: [{{key: O-1, cycle: Q4, key_results: [{{key: KR-1, %s}}]}}]"
    _, after = apply(both % "end_date: 2026-12-30", stored)
    assert after.records["cycle", None, "Q4"]["end"] == date(2026, 12, 30)


def test_a_cycle_does_not_leave_stored_steps_outside(apply: Apply, refusals: Refusals) -> None:
    fields = ("target: 10", "curve: steps", "steps: {2026-12-31: 9}")
    _, stored = apply(work(lines(*fields)))
    (found,) = refusals("worklift: 1\ncycles: [{key: Q4, end: 2026-12-30}]", stored)
    assert found.startswith("plan:2: Q4: KR-1 has dates outside 2026-10-01 to 2026-12-30; change")


def test_all_problems_come_at_once(refusals: Refusals) -> None:
    text = f"""{HEAD}objectives:
{objective("A", "owner: x, supports: Z")}
{objective("B", "key_results: [{key: KR, title: T, links: [{scope: 'a:b:c'}]}]")}"""

    def check(scope: object) -> str:
        return "no tracker is called 'a'; use jira or github"

    found = refusals(text, Stored(), check)
    assert [problem.split(": ")[1] for problem in found] == ["A", "A", "KR", "KR"]
    assert found[-1] == "plan:7: KR: no tracker is called 'a'; use jira or github"
