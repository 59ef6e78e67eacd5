"""Whatever happens, in whatever order: nothing is lost, doubled or made up."""

import pytest

from tests.faults.meetings import meetings
from tests.faults.runs import schedules

pytestmark = [pytest.mark.usefixtures("calmly"), pytest.mark.timeout(600)]

WORLDS = {"sqlite": 130, "postgresql": 20}
MEETINGS = {"sqlite": 50, "postgresql": 10}
"""Worlds, each with three to five schedules, or as many meetings."""
AT_ONCE = 10
"""So many seeds are one test: short enough to be spread, long enough to share what they begin
with. ``python -m tests.faults --seed N --schedules 1`` (or ``--meetings 1``) plays one again."""


def _portions(numbers: dict[str, int]) -> list[tuple[str, int]]:
    return [(name, first) for name, many in numbers.items() for first in range(0, many, AT_ONCE)]


@pytest.fixture
def server(request: pytest.FixtureRequest, database: str) -> str | None:
    return request.getfixturevalue("postgresql") if database == "postgresql" else None


@pytest.mark.parametrize(("database", "first"), _portions(WORLDS))
def test_after_any_schedule_all_is_as_it_should_be(
    server: str | None, database: str, first: int
) -> None:
    found = {seed: wrong for seed in range(first, first + AT_ONCE)
             if (wrong := schedules(seed, server)[0])}  # fmt: skip
    assert not found


@pytest.mark.parametrize(("database", "first"), _portions(MEETINGS))
def test_who_meets_on_one_source_does_no_harm(
    server: str | None, database: str, first: int
) -> None:
    found = {seed: wrong for seed in range(first, first + AT_ONCE)
             if (wrong := meetings(seed, server)[0])}  # fmt: skip
    assert not found


def test_a_seed_tells_all_that_happens() -> None:
    one, other = (schedules(7)[1] for _ in range(2))
    assert one.told == other.told
    assert one.stage.wire.calls == other.stage.wire.calls
    assert meetings(7)[1].trace == meetings(7)[1].trace
