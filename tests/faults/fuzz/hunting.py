"""Throws many spoilt inputs at one parser; each has a seed of its own, which repeats it."""

import random
from dataclasses import dataclass

from tests.faults.fuzz.parsers import Parser


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that ended in a fault of ours."""

    seed: str
    error: BaseException

    def __str__(self) -> str:
        return f"seed {self.seed}: {type(self.error).__name__}: {self.error}"


def hunt(name: str, parser: Parser, number: int, *, seed: int = 0, most: int = 5) -> list[Finding]:
    """What so many inputs found, at most ``most``."""
    found: list[Finding] = []
    for turn in range(number):
        mine = f"{name}/{seed}/{turn}"
        try:
            parser(random.Random(mine))
        except Exception as error:  # noqa: BLE001 - every fault is what is hunted for
            found.append(Finding(mine, error))
            if len(found) >= most:
                break
    return found
