"""Struck at one of its places, then at another, until none is left: a scenario ends well."""

import pytest

from tests.faults.anomalies import KINDS, counted, loop, reached
from tests.faults.scenarios import SCENARIOS

EVERY = 50
"""One place of so many is struck, by each kind of blow at others.

``make faults`` strikes at all of them, which takes half an hour.
"""
pytestmark = [pytest.mark.usefixtures("calmly"), pytest.mark.timeout(600)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_well_wherever_it_is_struck(name: str, kind: str) -> None:
    first = (KINDS.index(kind) * 5 + list(SCENARIOS).index(name)) % EVERY + 1
    struck = dict(loop(name, kind, first=first, every=EVERY))
    assert not {at: wrong for at, wrong in struck.items() if wrong}


def test_no_place_vanished_unseen(server: str | None) -> None:
    """After a change that was meant: ``python -m tests.faults --reached --database both``."""
    database = "sqlite" if server is None else "postgresql"
    held, now = reached(database), counted(database, server)
    assert {name: now[name] for name in held if now[name] < held[name]} == {}
    assert held.keys() == now.keys()
