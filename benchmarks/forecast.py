"""How good the forecasts are: asked within histories whose end is known.

Usage: python benchmarks/forecast.py [--count N] [--seed S] [FOLDER ...]

Made-up histories of several kinds, N of each, and those rebuilt from the recorded issue lists in
the folders: every ``issues*.json`` there, with issues as Jira or GitHub answered.
"""

import argparse
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from benchmarks.backtest import judge, numbers, recorded, shares
from benchmarks.backtest.judge import Summary, Verdict

HEAD = """
| history | asked | 80 % range held | below | above | finishing date held \
| target: forecast | line | base rate | pass mark: forecast | line | base rate |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="histories of each kind")
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    print("Shares of work, made up. Brier scores: 0 is perfect, 0.25 is a coin.")
    table(
        (kind, judge.shares(shares.histories(kind, count=given.count, seed=given.seed)))
        for kind in shares.KINDS
    )
    print("\nNumbers, made up.")
    table(
        (kind, judge.numbers(numbers.numbers(kind, count=given.count, seed=given.seed)))
        for kind in numbers.KINDS
    )
    for folder in given.folders:
        print(f"\nRecorded issues in {folder}.")
        told(folder)


def told(folder: Path) -> None:
    """The table of one folder, or a sentence why there is none."""
    if not folder.is_dir():
        print("Skipped: there is no such folder.")
        return
    quarters = recorded.recorded(folder)
    for scope in [scope for scope, each in quarters.items() if not each]:
        print(f"{scope}: skipped, it did not live through a quarter with enough work in it.")
    table((scope, judge.shares(each)) for scope, each in quarters.items() if each)


def table(rows: Iterable[tuple[str, list[Verdict]]]) -> None:
    """One row per kind as it is known, and one of all."""
    print(HEAD)
    every = []
    for name, verdicts in rows:
        if verdicts:
            every.append(verdicts)
            print(row(name, judge.summary(verdicts)), flush=True)
    if len(every) > 1:
        print(row("all", judge.summary(list(chain(*every)))))


def row(name: str, found: Summary) -> str:
    return f"| {name} | " + " | ".join(cells(found)) + " |"


def cells(found: Summary) -> Iterator[str]:
    yield str(found.asked)
    for share in (found.held, found.below, found.above, found.dates_held):
        yield "–" if share is None else f"{share:.0%}".replace("%", " %")
    for brier in (*found.target, *found.passed):
        yield f"{brier:.3f}"


if __name__ == "__main__":
    main()
