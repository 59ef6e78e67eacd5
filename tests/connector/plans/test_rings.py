"""Supports never lead back to themselves: directly, through key results, through what is stored."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Refused
from connector.plans import Changes, Stored, diff, parse

Apply = Callable[..., tuple[Changes, Stored]]
Refusals = Callable[..., list[str]]

HEAD = """worklift: 1
cycles: [{key: Q4, start: 2026-10-01, end: 2026-12-31}]
teams: [{key: acme, name: Acme, kind: company}]
objectives:
"""


def objective(key: str, supports: str = "[]", *key_results: str) -> str:
    inner = ", ".join(f"{{key: {each}, title: Ship, target: 1}}" for each in key_results)
    shape = f"title: Aim, team: acme, supports: {supports}, key_results: [{inner}]"
    return f"  - {{key: {key}, cycle: Q4, {shape}}}\n"


def test_a_ring_of_several_supports_names_the_line_that_closes_it(refusals: Refusals) -> None:
    text = """\
  - {key: A, cycle: Q4, title: Aim, team: acme, key_results: [{key: KR, title: T, target: 1}]}
  - {key: B, cycle: Q4, title: Aim, team: acme, supports: A}
  - key: C
    cycle: Q4
    title: Aim
    team: acme
    supports:
      - A
      - {key: C, weight: 2}
      - KR
"""
    assert refusals(HEAD + text) == [
        "plan:13: C: supports leads back to itself: C → C; cut it",
    ]


def test_every_ring_is_told(refusals: Refusals) -> None:
    text = objective("A", "[B, C]") + objective("B", "A") + objective("C", "A")
    assert refusals(HEAD + text) == [
        "plan:6: B: supports leads back to itself: B → A → B; cut it",
        "plan:7: C: supports leads back to itself: C → A → C; cut it",
    ]


def test_the_shortest_way_round_is_told(refusals: Refusals) -> None:
    text = objective("D", "[C, A]") + objective("C", "B") + objective("B", "A")
    assert refusals(HEAD + text + objective("A", "D")) == [
        "plan:8: A: supports leads back to itself: A → D → A; cut it"
    ]


def test_two_ways_up_are_no_ring(apply: Apply) -> None:
    text = objective("D", "[B, C, KR]") + objective("B", "A") + objective("C", "KR")
    changes, _ = apply(HEAD + text + objective("A", "[]", "KR"))
    keys = [each.key for each in changes.changes]
    assert keys == ["Q4", "acme", "A", "B", "KR", "C", "D"]


def test_a_ring_through_what_is_stored(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(HEAD + objective("A") + objective("B", "A", "KR"))
    (found,) = refusals("worklift: 1\nobjectives: [{key: A, cycle: Q4,\n  supports: KR}]", stored)
    assert found == "plan:3: A: supports leads back to itself: A → KR → B → A; cut it"


def test_what_the_file_only_repeats_does_not_close_a_ring(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(HEAD + objective("A") + objective("B", "A"))
    (found,) = refusals(HEAD + objective("A", "[B]") + objective("B", "A"), stored)
    assert found == "plan:5: A: supports leads back to itself: A → B → A; cut it"


def test_a_key_result_that_moves_can_close_a_ring(apply: Apply, refusals: Refusals) -> None:
    _, stored = apply(HEAD + objective("A", "[]", "KR") + objective("B", "KR"))
    moved = "worklift: 1\nobjectives: [{key: B, cycle: Q4, key_results: [\n  {key: KR}]"
    (found,) = refusals(f"{moved},\n  supports: KR}}]", stored)
    assert found == "plan:3: KR: supports leads back to itself: KR → B → KR; cut it"


def test_a_support_may_be_turned_round(apply: Apply) -> None:
    _, stored = apply(HEAD + objective("A", "B") + objective("B"))
    changes, after = apply(HEAD + objective("A") + objective("B", "A"), stored)
    assert [each.key for each in changes.changes] == ["A", "B"]
    assert after.records["objective", "Q4", "B"]["supports"] == (("A", 1.0),)


def test_a_long_chain_is_no_ring_until_it_closes(refusals: Refusals, apply: Apply) -> None:
    chain = [objective(f"O-{n}", f"[K-{n + 1}, O-{n + 1}]", f"K-{n}") for n in range(2500)]
    text = HEAD + "".join(chain)
    changes, stored = apply(text + objective("O-2500", "[]", "K-2500"))
    (found,) = refusals(
        "worklift: 1\nobjectives: [{key: O-2500, cycle: Q4,\n supports: [K-0]}]", stored
    )
    assert len(changes.changes) == 2 + 2 * 2501
    assert found.startswith("plan:3: O-2500: supports leads back to itself: O-2500 → K-0 → O-0 → ")
    assert found.endswith(" → O-2500; cut it")
    assert len(found) < 400


edges = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12)


@given(edges, edges)
def test_a_plan_is_refused_for_a_ring_exactly_when_there_is_one(
    first: list[tuple[int, int]], then: list[tuple[int, int]]
) -> None:
    stored = Stored()
    for given_edges in (first, then):
        wanted = {lower: [to for at, to in given_edges if at == lower] for lower in range(7)}
        text = HEAD + "".join(objective(f"O-{at}", _listed(to)) for at, to in wanted.items())
        try:
            changes = diff(parse(text), stored, lambda _: None)
        except Refused as refused:
            told = {each.split(": ")[2] for each in refused.problems}
            assert (told, _is_acyclic(wanted)) == ({"supports leads back to itself"}, False)
            return
        assert _is_acyclic(wanted)
        written = {(each.kind, each.cycle, each.key): each.fields for each in changes.changes}
        stored = Stored({**stored.records, **written})


def _listed(above: list[int]) -> str:
    return f"[{', '.join(f'O-{each}' for each in dict.fromkeys(above))}]"


def _is_acyclic(above: dict[int, list[int]]) -> bool:
    """By taking away what supports nothing that is left, until nothing more can be."""
    left = {lower: set(to) for lower, to in above.items()}
    while free := [each for each, to in left.items() if not to]:
        left = {each: to - set(free) for each, to in left.items() if each not in free}
    return not left
