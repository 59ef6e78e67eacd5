"""What a plan file says of notes: kinds, each once and in their order; nothing by default."""

from collections.abc import Callable

import pytest

from connector.plans import Changes, Stored

Apply = Callable[..., tuple[Changes, Stored]]
Refusals = Callable[..., list[str]]

PLAN = """
    worklift: 1
    cycles: [{key: now, start: 2026-10-01, end: 2026-12-31}]
    teams: [{key: acme, name: Acme, kind: company}]
    objectives:
      - key: O-1
        cycle: now
        team: acme
        title: Payments never wait
        key_results:
          - {key: KR-1, title: Queue, target: 100, links: [{scope: "jira:epic:PLAT-1"REST}]}
"""


def plan(rest: str) -> str:
    return PLAN.replace("REST", rest)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("", ()),
        (", write_back: []", ()),
        (", write_back: [comment, epic, comment]", ("epic", "comment")),
        (", write_back: [property, issues]", ("issues", "property")),
    ],
)
def test_kinds_are_kept_in_their_order(apply: Apply, given: str, asked: tuple[str, ...]) -> None:
    _, stored = apply(plan(given))
    (link,) = stored.records["key_result", "now", "KR-1"]["links"]
    assert link.write_back == asked
    assert apply(plan(given), stored)[0].changes == ()


def test_asking_for_another_kind_is_a_change_of_the_links(apply: Apply) -> None:
    _, stored = apply(plan(", write_back: [epic]"))
    (change,) = apply(plan(", write_back: [comment]"), stored)[0].changes
    assert change.changed == {"links"}
    (change,) = apply(plan(""), stored)[0].changes
    assert change.changed == {"links"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[epics]", "'epics' is not possible; choose epic, issues, milestone, comment, comments"),
        ("[true]", "'true' is not possible"),
        ("epic", "list"),
        ("[[epic]]", "one of epic, issues"),
    ],
)
def test_other_words_are_refused_on_their_line(refusals: Refusals, given: str, said: str) -> None:
    (problem,) = refusals(plan(f", write_back: {given}"))
    assert said in problem
    assert ":11:" in problem


def test_the_same_scope_by_the_same_rule_stays_one_link(refusals: Refusals) -> None:
    twice = ', write_back: [epic]}, {scope: "jira:epic:PLAT-1"'
    assert "linked twice" in refusals(plan(twice))[0]
