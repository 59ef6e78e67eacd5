"""docs/scoring.md says nothing that the program does not do: its examples are executed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.ledger import NATURES
from connector.okr import KeyResult
from connector.scoring import grade, passes, progress, score
from integrations.github.spec import SPEC as GITHUB
from integrations.jira.spec import SPEC as JIRA
from tests.connector import examples

TEXT = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
FENCES = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(info, text) for info, text in FENCES.findall(TEXT)]
TABLES = re.compile(r"<!-- example: (\w+) -->\n\n((?:\|[^\n]*\n)+)")
ROWS = {
    name: [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    for name, table in TABLES.findall(TEXT)
}
GOLDEN = re.compile(
    r"(?:(?P<start>\S+) → (?P<target>\S+)|at (?P<limit>least|most) (?P<at>\S+)"
    r"|between (?P<low>\S+) and (?P<high>\S+)) @ (?P<value>\S+?)"
    r"(?P<lower>, lower is better)?(?: \([a-z ]+\))?"
)


@pytest.mark.parametrize(("info", "text"), BLOCKS)
def test_every_block_is_an_example_and_true(info: str, text: str) -> None:
    language, _, kind = info.partition(" example: ")
    assert language == "yaml"
    said = examples.run(kind, yaml.safe_load(text))
    assert said
    for written, computed in said:
        same = written == computed if _is_exact(written) else computed == pytest.approx(written)
        assert same, f"the document says {written}, the program {computed}"


def test_every_kind_of_example_is_given_and_none_is_missed() -> None:
    assert {info.partition(" example: ")[2] for info, _ in BLOCKS} == set(examples.RUNNERS)
    assert TEXT.count("```") == 2 * len(BLOCKS)
    assert TEXT.count("<!--") == len(ROWS)
    assert set(ROWS) == {"golden", "grades"}


@pytest.mark.parametrize("row", ROWS["golden"], ids=lambda row: row[0])
def test_golden_table(row: list[str]) -> None:
    case, p, shown = row
    found = GOLDEN.fullmatch(case)
    assert found, f"{case} is not of the form start → target @ value"
    computed = progress(_golden(found), _number(found["value"]))
    if p.endswith("…"):
        assert computed is not None
        assert str(computed).startswith(p.removesuffix("…"))
    else:
        assert computed == _number(p)
    points = score(computed)
    assert shown == ("unknown" if points is None else f"{points:.2f}")


@pytest.mark.parametrize("row", ROWS["grades"], ids=lambda row: row[0])
def test_grades(row: list[str]) -> None:
    points = _number(row[0])
    said = {None: "unknown", True: "passed", False: "not passed"}
    committed, aspirational = passes(points, "committed"), passes(points, "aspirational")
    assert row[1:] == [grade(points), said[committed], said[aspirational]]


def test_the_golden_table_is_complete() -> None:
    assert len(ROWS["golden"]) == 16
    assert len(ROWS["grades"]) == 8


def test_all_that_is_dropped_by_default_is_named() -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith("| dropped |")).casefold()
    for name in JIRA.dropped | (GITHUB.dropped - {"unmerged"}):
        assert name in line
    assert "closed without merge" in line


def test_every_kind_of_movement_is_named_and_no_other() -> None:
    table = TEXT.partition("| kind | tells of |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) == set(NATURES)


def _is_exact(written: Any) -> bool:
    return isinstance(written, bool | str | list) or written is None


def _golden(found: re.Match[str]) -> KeyResult:
    kr = {"key": "KR-1", "title": "Any"}
    if found["limit"]:
        return KeyResult(kind=f"at_{found['limit']}", target=_number(found["at"]), **kr)
    if found["low"]:
        limits = (float(found["low"]), float(found["high"]))
        return KeyResult(kind="between", limits=limits, **kr)
    start, target = float(found["start"]), float(found["target"])
    kind = "reach" if start == target else "increase" if target > start else "decrease"
    lower = bool(found["lower"])
    return KeyResult(kind=kind, start=start, target=target, lower_is_better=lower, **kr)


def _number(text: str) -> float | None:
    return None if text == "unknown" else float(text.replace("−", "-"))
