"""The harness sees what it is there for: each mutant of the pipeline, within few seeds."""

import pytest

from tests.faults.mutants import MUTANTS, hunted, shown

pytestmark = [pytest.mark.usefixtures("calmly"), pytest.mark.timeout(600)]


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 20


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_seen_and_nothing_without_it(name: str) -> None:
    seed = hunted(MUTANTS[name])
    assert seed is not None
    assert shown(MUTANTS[name], seed) == []
