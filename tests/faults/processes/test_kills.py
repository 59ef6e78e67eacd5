"""Web and worker processes killed by SIGKILL, at random places and at every one."""

from collections.abc import Iterator

import pytest

from tests.faults.calm import calm
from tests.faults.fate import Fate, Killed
from tests.faults.processes.places import ACTS, each_place
from tests.faults.processes.schedules import Processes, schedule_of
from tests.faults.stage import played

SHARES = 8
SCHEDULES = {"sqlite": 24, "postgresql": 8}
"""How many are played on each database; ``python -m tests.faults.processes`` plays thousands."""


@pytest.fixture(autouse=True, scope="module")
def _calm() -> Iterator[None]:
    with calm():
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite, else the folder of a PostgreSQL's socket."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_is_killed_nothing_is_lost_doubled_or_wrong(
    share: int, server: str | None
) -> None:
    count = SCHEDULES["postgresql" if server else "sqlite"] // SHARES
    for seed in range(share * count, (share + 1) * count):
        wrong, play = schedule_of(seed, server)
        assert wrong == [], f"seed {seed}: {play.told}"


CASES = [
    ("accept", "jira", "sqlite", 2), ("accept", "jira", "postgresql", 1),
    ("drain", "jira", "sqlite", 3),
    ("sweep", "jira", "sqlite", 2), ("send", "jira", "sqlite", 5),
]  # fmt: skip
"""(what is killed, at which tracker, on which database, every how many places)."""


@pytest.mark.parametrize(("which", "tracker", "database", "stride"), CASES)
def test_killed_at_each_place_in_turn_it_is_finished_by_the_next(
    which: str, tracker: str, database: str, stride: int, request: pytest.FixtureRequest
) -> None:
    server = None if database == "sqlite" else request.getfixturevalue("postgresql")
    seen, wrong = each_place(which, tracker, server, stride=stride)
    assert wrong == []
    assert ACTS[which][1] <= seen or (stride > 1 and ACTS[which][1] & seen)


def test_a_process_that_is_not_killed_tells_what_it_did() -> None:
    with played(("jira",)) as stage:
        processes = Processes(stage, Fate())
        processes.sweep()
        assert processes.fate.names[-1].startswith(("store.", "clock."))
        processes.fate.arm("kill", 1)
        with pytest.raises(Killed):
            processes.sweep()
