"""The forecast against histories whose end is known: a small back-test, and its command."""

import json
import runpy
import sys
from pathlib import Path

import pytest

from benchmarks.backtest import judge, numbers, recorded, shares

ROOT = Path(__file__).resolve().parents[2]
SEED = 41


@pytest.fixture(scope="module")
def of_shares() -> list[judge.Verdict]:
    return [
        verdict
        for kind in shares.KINDS
        for verdict in judge.shares(shares.histories(kind, count=12, seed=SEED), asked=(5, 9))
    ]


def test_the_ranges_of_shares_hold_about_four_times_in_five(
    of_shares: list[judge.Verdict],
) -> None:
    found = judge.summary(of_shares)
    assert 0.76 <= found.held <= 0.90
    assert found.held + found.below + found.above == pytest.approx(1)
    assert found.dates_held is not None
    assert 0.76 <= found.dates_held <= 0.90


def test_four_weeks_are_not_trusted_too_much() -> None:
    found = judge.summary(
        [
            verdict
            for kind in ("bursty", "stalled")
            for verdict in judge.shares(shares.histories(kind, count=30, seed=SEED), asked=(4,))
        ]
    )
    assert found.held >= 0.77
    assert found.dates_held is not None
    assert found.dates_held >= 0.75


def test_the_chances_beat_the_straight_line_and_the_base_rate(
    of_shares: list[judge.Verdict],
) -> None:
    found = judge.summary(of_shares)
    for forecast, line, base in (found.target, found.passed):
        assert forecast < 0.9 * line
        assert forecast < 0.9 * base


def test_the_ranges_and_chances_of_numbers_hold_too() -> None:
    found = judge.summary(
        [
            verdict
            for kind in numbers.KINDS
            for verdict in judge.numbers(numbers.numbers(kind, count=8, seed=SEED), asked=(5, 9))
        ]
    )
    assert 0.70 <= found.held <= 0.95
    assert found.target[0] < found.target[1]
    assert found.passed[0] < found.passed[1]


def issue(created: str, closed: str | None, **more: object) -> dict[str, object]:
    url = "https://api.github.com/repos/acme/api/issues/1"
    return {"url": url, "created_at": created, "closed_at": closed, **more}


def test_quarters_are_rebuilt_from_issue_lists(tmp_path: Path) -> None:
    early = [issue("2026-01-01T00:00:00Z", f"2026-01-{day:02}T00:00:00Z") for day in (9, 10, 16)]
    late = [issue("2026-01-20T00:00:00Z", "2026-04-10T00:00:00Z") for _ in range(4)]
    none = issue("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", state_reason="not_planned")
    pull = issue("2026-01-01T00:00:00Z", None, pull_request={"url": "x"})
    (tmp_path / "issues-1.json").write_text(json.dumps([*early, *late, none, pull]))
    found = recorded.recorded(tmp_path)
    (quarter,) = found["GitHub acme/api"]
    assert [(week.done, week.total) for week in quarter[:4]] == [(0, 3), (0, 3), (2, 3), (3, 7)]
    assert (quarter[13].done, quarter[13].total) == (3, 7)


def test_jira_projects_are_rebuilt_without_what_was_dropped(tmp_path: Path) -> None:
    def jira(done: str | None, resolution: str | None, *, subtask: bool = False) -> object:
        fields = {
            "project": {"key": "PLAT"},
            "issuetype": {"subtask": subtask},
            "created": "2026-01-01T00:00:00.000+0000",
            "resolution": resolution and {"name": resolution},
            "resolutiondate": done,
        }
        return {"fields": fields}

    listed = [jira("2026-05-01T00:00:00.000+0000", "Done") for _ in range(5)]
    listed += [jira("2026-01-05T00:00:00.000+0000", "Won't Do"), jira(None, None, subtask=True)]
    (tmp_path / "issues.json").write_text(json.dumps({"issues": listed}))
    quarters = recorded.recorded(tmp_path)["Jira project PLAT"]
    assert {week.total for quarter in quarters for week in quarter} == {5}


def test_the_command_prints_its_tables_and_says_what_it_skips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "issues.json").write_text(json.dumps([issue("2026-01-01T00:00:00Z", None)]))
    folders = [str(tmp_path), str(tmp_path / "absent")]
    monkeypatch.setattr(sys, "argv", ["forecast.py", "--count", "1", *folders])
    runpy.run_path(str(ROOT / "benchmarks/forecast.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert all(f"| {kind} |" in printed for kind in (*shares.KINDS, *numbers.KINDS, "all"))
    assert "GitHub acme/api: skipped" in printed
    assert "Skipped: there is no such folder." in printed
