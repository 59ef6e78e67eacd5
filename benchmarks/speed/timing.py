"""Times of works done in turn, and a table of their ratios."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]

HEAD = """
| what | ms | rows, ms | ratio | target | holds | objects, ms | ratio |
|---|--:|--:|--:|--:|---|--:|--:|"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a work cost against reading its rows: as plain rows, and as objects."""

    name: str
    work: float
    rows: float
    objects: float
    target: float | None

    def line(self) -> str:
        ratio = self.work / self.rows
        target = "" if self.target is None else f"{self.target:g}"
        holds = "" if self.target is None else "yes" if ratio <= self.target else "NO"
        times = (f"{1000 * each:.1f}" for each in (self.work, self.rows, self.objects))
        work, rows, objects = times
        tail = f"{objects} | {self.work / self.objects:.2f}"
        return f"| {self.name} | {work} | {rows} | {ratio:.2f} | {target} | {holds} | {tail} |"


def medians(works: Sequence[Work], *, rounds: int, before: Work | None = None) -> list[float]:
    """Seconds of each work, done in turn: what else the machine does hits all of them alike.

    ``before`` is done, untimed, before each round; the first round warms the caches.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        if before is not None:
            before()
        for work, spent in zip(works, times, strict=True):
            begun = time.perf_counter()
            work()
            spent.append(time.perf_counter() - begun)
    return [median(spent[1:]) for spent in times]


def table(found: Iterable[Ratio]) -> None:
    print(HEAD)
    for each in found:
        print(each.line())
