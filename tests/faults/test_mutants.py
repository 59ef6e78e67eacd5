"""The harness sees what it is there for: each mutant of the pipeline, within few seeds."""

import pytest

from tests.faults.mutants import MUTANTS, hunted, shown

pytestmark = [pytest.mark.usefixtures("calmly"), pytest.mark.timeout(600)]


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 20
    assert len(QUICK) >= 8


# Those that take some seconds each; ``make faults`` hunts all of them.
QUICK = [name for name, mutant in MUTANTS.items() if mutant.struck is not None]


@pytest.mark.parametrize("name", QUICK)
def test_a_mutant_is_seen_and_nothing_without_it(name: str) -> None:
    seed = hunted(MUTANTS[name])
    assert seed is not None
    assert shown(MUTANTS[name], seed) == []
