"""All mutants, and the hunt for one: seeds are tried until the harness sees it."""

from itertools import chain

from tests.faults import (
    mutants_boards,
    mutants_drain,
    mutants_grants,
    mutants_inbox,
    mutants_notes,
)
from tests.faults.anomalies import struck
from tests.faults.meetings import meetings
from tests.faults.mutant import Mutant
from tests.faults.runs import schedules

MUTANTS: dict[str, Mutant] = {
    each.name: each
    for each in chain(
        mutants_inbox.MUTANTS,
        mutants_drain.MUTANTS,
        mutants_notes.MUTANTS,
        mutants_grants.MUTANTS,
        mutants_boards.MUTANTS,
    )
}
BOUND = 60
"""So many seeds a mutant may take at most."""


def hunted(mutant: Mutant, *, first: int | None = None, most: int = BOUND) -> int | None:
    """The first seed in which the mutant is seen, None when it stays hidden."""
    begin = mutant.first if first is None else first
    for seed in range(begin, begin + most):
        with mutant.wrong():
            if _seen(mutant, seed):
                return seed
    return None


def _seen(mutant: Mutant, seed: int) -> bool:
    try:
        wrong = shown(mutant, seed)
    except Exception:  # noqa: BLE001 - a pipeline that breaks down is seen, too
        return True
    return bool(wrong)


def shown(mutant: Mutant, seed: int) -> list[str]:
    """What is wrong where this mutant is looked for."""
    if mutant.struck is not None:
        return struck(*mutant.struck, seed + 1)[1]
    if mutant.meets:
        return meetings(seed, kinds=mutant.meets, names=mutant.names)[0]
    return schedules(seed, names=mutant.names)[0]
