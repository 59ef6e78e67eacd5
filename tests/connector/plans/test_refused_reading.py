"""Plan files that are not well formed: each refusal says where, what and the fix."""

import pytest

from connector.errors import Refused
from connector.plans import parse, read_plan


def problems(text: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        parse(text, "plan.yaml")
    return list(caught.value.problems)


def in_key_result(text: str) -> str:
    return f"""worklift: 1
objectives:
  - key: O-1
    cycle: Q4
    key_results:
      - key: KR-1
        {text}
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("titel: x", "7: KR-1: 'titel' is not known in a key result; did you mean 'title'?"),
        ("title: ''", "7: KR-1: an empty text is of no use here; write one"),
        ("title: [a]", "7: KR-1: a text is expected, not a list; write a single value"),
        ("title: {a: b}", "7: KR-1: a text is expected, not a mapping; write a single value"),
        (
            "kind: incraese",
            "at_most, between, done; did you mean 'increase'?",
        ),
        ("target: many", "7: KR-1: 'many' is not a finite number; write one such as 12.5"),
        ("target: .nan", "7: KR-1: '.nan' is not a finite number; write one such as 12.5"),
        ("target: nan", "7: KR-1: 'nan' is not a finite number; write one such as 12.5"),
        ("start: -inf", "7: KR-1: '-inf' is not a finite number; write one such as 12.5"),
        ("start: 1e999", "7: KR-1: '1e999' is not a finite number; write one such as 12.5"),
        ("start: 1_000", "7: KR-1: '1_000' is not a finite number; write one such as 12.5"),
        ("value: 5%", "7: KR-1: '5%' is not a finite number; write one such as 12.5"),
        ("weight: -1", "7: KR-1: the weight -1 is negative; give 0 to leave it out"),
        ("weight: inf", "7: KR-1: 'inf' is not a finite number; write one such as 12.5"),
        (
            "guardrail: yes",
            "7: KR-1: 'yes' is neither true nor false; write one of them",
        ),
        ("limits: [1]", "7: KR-1: limits are two numbers; write [lowest, highest]"),
        (
            "start_date: 01.10.2026",
            "7: KR-1: '01.10.2026' is not a date; write it as 2026-10-01",
        ),
        (
            "start_date: 2026-02-30",
            "7: KR-1: '2026-02-30' is not a date; write it as 2026-10-01",
        ),
        (
            "end_date: 20261001",
            "7: KR-1: '20261001' is not a date; write it as 2026-10-01",
        ),
        ("owner: a b", "7: KR-1: 'a b' is not a key; keys have 1 to 64 letters"),
        ("links: x", "7: KR-1: a list is expected; write [ ] around it"),
        ("links:", "7: KR-1: a list is expected; write [ ] around it"),
        (
            "title: a\n        title: b",
            "8: KR-1: 'title' is given twice, first on line 7; keep one",
        ),
        ('title: "a\\0b"', r"7: KR-1: 'a\x00b' holds a control character; remove it"),
        ("title: " + "x" * 501, "is longer than 500 characters; shorten it"),
        ("curve: steep", "7: KR-1: 'steep' is not possible; choose linear, steps, late, early"),
        ("steps: [2026-11-01]", "7: KR-1: 'name: value' pairs are expected here"),
        ("steps: {soon: 3}", "7: KR-1: 'soon' is not a date; write it as 2026-10-01"),
        ("steps: {2026-11-01: many}", "7: KR-1: 'many' is not a finite number"),
        ("steps: {2026-11-01: .nan}", "7: KR-1: '.nan' is not a finite number"),
        ("steps: {2026-11-01: 1, 2026-11-01: 2}", "7: KR-1: '2026-11-01' is given twice"),
        (
            "steps: {2026-11-02: 1, 2026-11-01: 2}",
            "7: KR-1: the step of 2026-11-01 stands after that of 2026-11-02; order them",
        ),
        ("needs_confirmation: yes", "7: KR-1: 'yes' is neither true nor false"),
        ("progress_from: children", "7: KR-1: 'children' is not possible; choose links, supports"),
    ],
)
def test_fields_of_a_key_result(text: str, sentence: str) -> None:
    (problem,) = problems(in_key_result(text))
    assert problem.startswith("plan.yaml:")
    assert sentence in problem


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("scope: PLAT-42", "scope 'PLAT-42' is not of the form tracker:kind:value"),
        ("weight: 1", "a link has no scope; add one such as scope: 'jira:epic:PLAT-42'"),
        ("scope: 'a:b:c', measure: {}", "a measure is {share: count} or {number: count}"),
        ("scope: 'a:b:c', measure: count", "a measure is {share: count} or {number: count}"),
        (
            "scope: 'a:b:c', measure: {share: size}",
            "'size' is not a size; choose count, points, field:<id>",
        ),
        ("scope: 'a:b:c', measure: {share: 'field:'}", "'field:' is not a size"),
        ("scope: 'a:b:c', measure: {share: count, over: done}", "'over' is not known in this"),
        ("scope: 'a:b:c', measure: {share: count, number: count}", "is not known in this measure"),
        ("scope: 'a:b:c', measure: {number: count, of: points}", "'of' is not known in this"),
        ("scope: 'a:b:c', measure: {number: sum, of: count}", "choose points, field:<id>"),
        ("scope: 'a:b:c', measure: {number: median}", "choose count, sum, avg, min, max"),
        ("scope: 'a:b:c', measure: {number: sum, over: some}", "choose done, open, all"),
        ("scope: 'a:b:c', weight: -2", "the weight -2 is negative"),
        ("scope: 'a:b:c', weight: nan", "'nan' is not a finite number"),
        ("scope: 'a:b:c', dropped: ignore", "choose exclude, as_done, as_open"),
        ("scope: 'a:b:c', unestimated: default", "choose exclude, zero, median or default:<n>"),
        ("scope: 'a:b:c', unestimated: 'default:-1'", "choose exclude, zero, median or default"),
        ("scope: 'a:b:c', unestimated: 'default:inf'", "choose exclude, zero, median or default"),
        ("scope: 'a:b:c', depth: 0", "write a whole number from 1 to 100"),
        ("scope: 'a:b:c', depth: 1.5", "write a whole number from 1 to 100"),
        ("scope: 'a:b:c', statuses: {doing: 2}", "'doing' weighs 2; give a number from 0 to 1"),
        ("scope: 'a:b:c', statuses: {Dropped: .5}", "what is dropped has no weight"),
        ("scope: 'a:b:c', statuses: [doing]", "'name: value' pairs are expected here"),
        ("scope: 'a:b:c', statuses: {doing: .nan}", "'.nan' is not a finite number"),
        ("scope: 'a:b:c', statuses: {doing: -.5}", "'doing' weighs -0.5; give a number from 0"),
        ("scope: 'a:b:c', statuses: {A: 0, a: 1}", "'a' and 'A' are the same; keep one"),
        ("scope: 'a:b:c', weight: .inf", "'.inf' is not a finite number"),
        ("scope: 'a:b:c', labels: okr", "a list is expected"),
        ("scope: 'a:b:c', labels: ['']", "an empty text is of no use here"),
        ("scope: 'a:b:c', types: Bug", "a list is expected"),
        ("scope: 'a:b:c', subtasks: 1", "'1' is neither true nor false"),
        ("scope: 'a:b:c', mesure: {share: count}", "did you mean 'measure'?"),
    ],
)
def test_links(link: str, sentence: str) -> None:
    (problem,) = problems(in_key_result(f"links:\n          - {{{link}}}"))
    assert problem.startswith("plan.yaml:8: KR-1: ")
    assert sentence in problem


def test_the_same_scope_by_the_same_rule_is_refused_twice() -> None:
    same = "- {scope: 'a:b:c', types: [Bug]}"
    other = "- {scope: 'a:b:c', types: [Story]}"
    text = "links:\n" + "".join(f"          {each}\n" for each in (same, other, same))
    assert problems(in_key_result(text)) == [
        "plan.yaml:10: KR-1: 'a:b:c' is linked twice by the same rule, first on line 8; keep one"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cycles: [{key: a, state: open}]", "2: a: 'open' is not possible; choose draft, active"),
        ("teams: [{key: a, lead: [b]}]", "2: a: a key is expected, not a list"),
        ("people: [{key: a, email: lead}]", "2: a: 'lead' is not an e-mail address; write one s"),
        ("people: [{key: a, email: 'a b@c.d'}]", "2: a: 'a b@c.d' is not an e-mail address"),
        ("people: [{key: a, email: a@b@c}]", "2: a: 'a@b@c' is not an e-mail address"),
        ("people: [{key: a, email: [a@b.c]}]", "2: a: an e-mail address is expected, not a list"),
        (f"people: [{{key: a, email: {'a' * 65}@b.c}}]", "…' is not an e-mail address"),
        ("scoring: []", "2: scoring: 'name: value' pairs are expected here"),
        ("scoring: {helth: {}}", "2: scoring: 'helth' is not known in the scoring; did you mean"),
        ("scoring: {health: gap}", "2: scoring: 'name: value' pairs are expected here"),
        ("scoring: {health: {by: time}}", "2: scoring: 'time' is not possible; choose gap, ratio"),
        ("scoring: {health: {at_risk: nan}}", "2: scoring: 'nan' is not a finite number"),
        ("scoring: {health: {at_risk: 25}}", "2: scoring: the limit 25 is out of place; give a"),
        ("scoring: {health: {on_track: -0.1}}", "2: scoring: the limit -0.1 is out of place"),
        ("scoring: {health: {red: 1}}", "2: scoring: 'red' is not known in health; possible are"),
        ("scoring: {pass: {committed: 0}}", "2: scoring: the pass mark 0 is out of place; give a"),
        ("scoring: {pass: {committed: 1.1}}", "2: scoring: the pass mark 1.1 is out of place"),
        ("scoring: {pass: {aspirational: inf}}", "2: scoring: 'inf' is not a finite number"),
        ("scoring: {pass: {comitted: 1}}", "2: scoring: 'comitted' is not known in pass; did you"),
        ("scoring: {working_days: []}", "2: scoring: at least one day is worked; name days such"),
        ("scoring: {working_days: [1]}", "2: scoring: '1' is not possible; choose mon, tue, wed"),
        ("scoring: {working_days: mon}", "2: scoring: a list is expected"),
        ("scoring: {holidays: [25.12.]}", "2: scoring: '25.12.' is not a date; write it as"),
        ("scoring: {holidays: 2026-12-25}", "2: scoring: a list is expected"),
    ],
)
def test_fields_of_other_objects(text: str, sentence: str) -> None:
    (problem,) = problems(f"worklift: 1\n{text}")
    assert problem.startswith("plan.yaml:2: ")
    assert sentence in problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("state: done", "'done' is not possible; choose draft, candidate, active, postponed, canc"),
        ("takes: all", "'all' is not possible; choose key_results, children, both"),
        ("supports: a b", "'a b' is not a key; keys have 1 to 64 letters"),
        ("supports: [[A]]", "a key is expected, not a list"),
        ("supports: [A, B, A]", "'A' is supported twice; keep one"),
        ("supports: [A, {key: A, weight: 2}]", "'A' is supported twice; keep one"),
        ("supports: [{weight: 2}]", "a support has no key; add one, as in {key: O-1, weight: 2}"),
        ("supports: [{key: A, wieght: 2}]", "'wieght' is not known in a support; did you mean 'w"),
        ("supports: [{key: A, weight: -1}]", "the weight -1 is negative; give 0 to leave it out"),
        ("supports: [{key: A, weight: nan}]", "'nan' is not a finite number"),
        ("supports: {key: A, weight: inf}", "'inf' is not a finite number"),
    ],
)
def test_fields_of_an_objective(text: str, sentence: str) -> None:
    (problem,) = problems(f"worklift: 1\nobjectives: [{{key: O-1, cycle: c, {text}}}]")
    assert problem.startswith("plan.yaml:2: O-1: ")
    assert sentence in problem


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1: file: is empty; a plan starts with 'worklift: 1'"),
        ("# nothing\n", "1: file: is empty; a plan starts with 'worklift: 1'"),
        ("just words", "1: plan: is not a plan; a plan starts with 'worklift: 1'"),
        ("teams: []", "1: worklift: is missing; start the file with 'worklift: 1'"),
        ("\nworklift: 2\nx: 1", "2: worklift: '2' is not a known version; this program reads"),
        ("worklift: [1]", "1: worklift: this is not a known version"),
        ("worklift: 1\nteam: []", "2: plan: 'team' is not known in a plan; did you mean 'teams'?"),
        ("worklift: 1\nzzz: []", "possible are worklift, cycles, teams, people, objectives"),
        ("worklift: 1\nworklift: 1", "2: plan: 'worklift' is given twice, first on line 1"),
        ("worklift: 1\nteams: {a: b}", "2: teams: a list is expected"),
        ("worklift: 1\nteams: [a]", "2: teams[1]: 'name: value' pairs are expected here"),
        ("worklift: 1\nteams: [{name: A}]", "2: teams[1]: 'key' is missing; add it"),
        ("worklift: 1\nteams: [{key: -a}]", "2: teams[1]: '-a' is not a key"),
        ("worklift: 1\nobjectives: [{key: O}]", "2: O: 'cycle' is missing; add it"),
        (
            "worklift: 1\nobjectives: [{key: O, cycle: c, key_results: [{title: x}]}]",
            "2: O.key_results[1]: 'key' is missing; add it",
        ),
        (
            "worklift: 1\nteams: [{key: a}, {key: a}]",
            "2: a: is already the key of a team on line 2",
        ),
        (
            "worklift: 1\nobjectives: [{key: O, cycle: c, key_results: [{key: O}]}]",
            "2: O: is already the key of an objective on line 2; give each its own",
        ),
        ("worklift: 1\nteams: [\n", "file: is not valid YAML"),
        ("worklift: 1\n\tteams: []", "2: file: is not valid YAML"),
        ("worklift: 1\nteams: &t []\n", "2: file: uses the anchor or alias 't'; write the value"),
        ("worklift: 1\nteams: *t\n", "2: file: uses the anchor or alias 't'; write the value out"),
        ("worklift: !!int 1", "1: file: uses the tag 'tag:yaml.org,2002:int'; remove it"),
        ("worklift: !!python/object:os.system {}", "1: file: uses the tag"),
        ("worklift: 1\n---\nworklift: 1", "3: file: has several documents; keep one (no '---')"),
        ("worklift: 1\n? [a]\n: b", "2: file: has a list or mapping as a key"),
        ("worklift: 1\nteams: \x07", "2: file: holds a character YAML does not allow"),
        ("worklift: 1\nteams: \ud800", "2: file: is not UTF-8; save it as UTF-8"),
        ("worklift: 1\nteams: " + "[" * 40, "2: file: is nested deeper than 20 levels"),
    ],
)
def test_files(text: str, sentence: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith("plan.yaml:")
    assert sentence in problem


def test_the_same_key_in_two_cycles_is_fine() -> None:
    plan = parse("worklift: 1\nobjectives: [{key: O, cycle: a}, {key: O, cycle: b}]")
    assert len(plan.entries) == 2


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = """worklift: 1
objectives:
  - key: O-1
    cycle: Q4
    kind: comitted
    key_results: [{key: KR-1, weight: -1}]
teams:
  - {key: a, parnt: b}
  - {name: B}
"""
    places = [problem.split(": ")[:2] for problem in problems(text)]
    assert places == [
        ["plan.yaml:5", "O-1"],
        ["plan.yaml:6", "KR-1"],
        ["plan.yaml:8", "a"],
        ["plan.yaml:9", "teams[2]"],
    ]


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    with pytest.raises(Refused, match=r"^plan:2: file: is not UTF-8"):
        read_plan(b"worklift: 1\nteams: \xff")


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    huge = "worklift: 1\n#" + "x" * 5_000_000
    with pytest.raises(Refused, match="larger than 5 MB"):
        parse(huge)
    with pytest.raises(Refused, match="larger than 5 MB"):
        read_plan(huge.encode())
    wide = "worklift: 1\n#" + "é" * 2_600_000
    with pytest.raises(Refused, match="larger than 5 MB"):
        parse(wide)


@pytest.mark.parametrize(
    "text",
    [
        "worklift: 1\nteams: " + "[" * 2_000_000,
        "worklift: 1\nteams: " + "{a: " * 1_000_000,
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "worklift: 1\nteams:\n" + "  - {key: a, nme: b}\n" * 100_000,
        "worklift: 1\n" + "".join(f"key{n}: 1\n" for n in range(200_000)),
        "worklift: 1\nteams: [{key: " + "k" * 4_000_000 + "}]",
        "worklift: 1\nteams: [{key: a, name: " + "9" * 4_000_000 + "}]",
    ],
    ids=["lists", "mappings", "aliases", "doubles", "keys", "key", "name"],
)
def test_hostile_files_are_refused_soon_and_in_few_words(text: str) -> None:
    found = problems(text)
    assert len(found) <= 501
    assert max(map(len, found)) < 400


def test_more_problems_than_anyone_reads_are_counted() -> None:
    found = problems("worklift: 1\n" + "".join(f"key{n}: 1\n" for n in range(700)))
    assert len(found) == 501
    assert found[-1] == "plan.yaml: and 200 more problems; fix these first"
