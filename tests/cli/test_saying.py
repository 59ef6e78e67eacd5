"""What people and programs say of a key result: overrides, check-ins, values."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Typed
from tests.world import TODAY, key_result, link
from web.words import THIN


@pytest.fixture
def planned(typed: Typed) -> Typed:
    """KR-1 with a typed value; KR-2 with a link; KR-3 done or not; KR-4 waits for a person."""
    path = typed.plan(
        key_result("KR-1", value=40),
        key_result("KR-2", link("jira:project:PLAT")),
        {"key": "KR-3", "title": "The audit is passed", "kind": "done", "value": False},
        key_result("KR-4", link("jira:project:PLAT"), needs_confirmation=True),
    )
    typed("apply", path)
    return typed


def test_an_override_stands_over_the_value_until_it_is_ended(planned: Typed) -> None:
    last = str(TODAY + timedelta(days=5))
    said = ["--value", "60", "--reason", "Counted twice", "--until", last, "--author", "Lead"]
    shown = planned.json("override", "KR-1", *said)
    assert (shown["value"], shown["computed"], shown["score"]) == (60, 40, 0.6)
    made = shown["override"]
    assert (made["value"], made["until"], made["author"]) == (60, last, "Lead")
    assert made["reason"] == "Counted twice"
    text = planned("score").stdout
    assert f"set by Lead until {last}: Counted twice (computed: 40{THIN}%)" in text
    assert ", override" in text
    ended = planned("override", "KR-1", "--end", "--author", "Lead").stdout
    assert f"KR-1 Key result KR-1  40{THIN}%  0.40" in ended
    assert "no override to end" in planned.refused("override", "KR-1", "--end")
    kinds = [(each["kind"], each["author"]) for each in planned.json("explain", "KR-1")["changes"]]
    assert kinds[:2] == [("override_ended", "Lead"), ("override_set", "Lead")]


def test_a_check_in_tells_value_and_confidence_and_ends_an_override(planned: Typed) -> None:
    planned("override", "KR-1", "--value", "-5", "--reason", "Below the start")
    told = ["--value", "55", "--confidence", "7", "--note", "On the way", "--author", "Lead"]
    shown = planned.json("check-in", "KR-1", *told)
    assert (shown["value"], shown["confidence"], shown["override"]) == (55, 7, None)
    assert planned.json("push", "KR-1", "-12.5")["value"] == -12.5
    explained = planned("explain", "KR-1").stdout
    assert "confidence 7 of 10; of O-1, team platform, cycle now" in explained
    assert f"moved by people \N{MINUS SIGN}12.5{THIN}points" in explained
    assert f"→ 55{THIN}%  override ended by the check-in by Lead" in explained
    assert "KR-4" in planned("check-in", "KR-4", "--confirm").stdout
    assert "weak, off track, some unknown" in planned("score").stdout


WRONG: list[tuple[list[str], str]] = [
    (["override", "KR-1"], "say either --value N with --reason TEXT, or --end"),
    (["override", "KR-1", "--value", "5", "--end"], "say either"),
    (["override", "KR-1", "--value", "nan", "--reason", "x"], "--value: 'nan' is not a finite"),
    (["override", "KR-1", "--value=-inf", "--reason", "x"], "--value: '-inf' is not a finite"),
    (["override", "KR-1", "--value", "1e999", "--reason", "x"], "is not a finite number"),
    (["override", "KR-1", "--value", "25%", "--reason", "x"], "write one such as 12.5"),
    (["override", "KR-1", "--value", "5"], "reason: say why"),
    (["override", "KR-1", "--value", "5", "--reason", "x" * 2001], "reason: is longer than 2000"),
    (["override", "KR-1", "--value", "5", "--reason", "\udcff"], "reason: holds bytes that are"),
    (["override", "KR-3", "--value", "2", "--reason", "x"], "give 1 (done) or 0 (not done)"),
    (["override", "KR-9", "--value", "5", "--reason", "x"], "there is no key result 'KR-9'"),
    (["override", "KR-1", "--value", "5", "--reason", "x", "--until", "soon"], "is not a date"),
    (["override", "KR-1", "--value", "5", "--reason", "x", "--until", "2026-02-30"], "2026-02-30"),
    (["override", "KR-1", "--value", "5", "--reason", "x", "--until", "2001-01-01"], "is over"),
    (["override", "KR-1", "--end", "--cycle", "moon"], "there is no cycle 'moon'; there are: now"),
    (["override", "KR-1", "--value", "5", "--reason", "x", "--author", " "], "--author: ' ' is no"),
    (["check-in", "KR-1"], "a check-in says something"),
    (["check-in", "KR-1", "--confidence", "11"], "--confidence: 11 is out of place; give 1 to 10"),
    (["check-in", "KR-1", "--confidence", "high"], "write a whole number from 1 to 10"),
    (["check-in", "KR-1", "--confidence", "7", "--value", "NaN"], "--value: 'NaN'"),
    (["check-in", "KR-2", "--value", "7"], "the links of KR-2 compute it; override it instead"),
    (["check-in", "KR-1", "--confirm"], "KR-1 does not wait for a confirmation"),
    (["check-in", "KR-1", "--note", "x" * 2001], "note: is longer than 2000"),
    (["push", "KR-1", "infinity"], "VALUE: 'infinity' is not a finite number"),
    (["push", "KR-2", "5"], "the links of KR-2 compute it"),
]


def test_what_is_wrong_is_one_sentence_and_nothing_is_kept(planned: Typed) -> None:
    before = _numbers(planned)
    for command, sentence in WRONG:
        told = planned.refused(*command)
        assert sentence in told
        assert len(told.splitlines()) == 1
    assert _numbers(planned) == before


def _numbers(typed: Typed) -> Any:
    told = typed.json("explain", "KR-1")
    return {name: value for name, value in told.items() if name != "expected"}


def test_a_closed_cycle_is_told_its_verdict_and_stays_as_it_is(planned: Typed) -> None:
    planned("push", "KR-1", "100")
    planned("push", "KR-3", "1")
    start, end = str(TODAY - timedelta(days=30)), str(TODAY - timedelta(days=1))
    path = planned.home.parent / "closed.yaml"
    path.write_text(
        f"worklift: 1\ncycles: [{{key: now, start: {start}, end: {end}, state: closed}}]\n"
        "objectives: [{key: O-1, cycle: now, key_results: [{key: KR-2, weight: 0}, "
        "{key: KR-4, weight: 0}]}]\n"
    )
    planned("apply", str(path))
    told = planned.json("score")
    assert (told["state"], told["verdict"] is None) == ("closed", False)
    text = planned("score").stdout
    assert "now (closed)" in text
    assert told["verdict"] in text
    for command in (["check-in", "KR-1", "--confidence", "5"], ["push", "KR-1", "5"]):
        assert "cycle now is closed" in planned.refused(*command)


def test_a_past_score_is_told_as_it_was(planned: Typed) -> None:
    before = datetime.now(UTC).isoformat()
    planned("push", "KR-1", "90")
    told = planned.json("score", "--at", before)
    assert told["as_of"] == before.replace("+00:00", "Z")
    assert told["teams"][1]["objectives"][0]["key_results"][0]["value"] == 40
    assert "as it stood on" in planned("score", "--at", before).stdout
    long_ago = planned("score", "--cycle", "now", "--at", "2001-01-01T00:00:00Z")
    assert "nothing of cycle now was recorded yet" in long_ago.stderr
    for at, sentence in (
        ("2026-11-03T14:00:00", "has no time zone; add Z or +02:00"),
        ("yesterday", "is not a time"),
        ("2999-01-01T00:00:00Z", "lies in the future"),
        ("0001-01-01T00:00:00+14:00", "lies before 1970"),
    ):
        assert sentence in planned.refused("score", "--at", at)
