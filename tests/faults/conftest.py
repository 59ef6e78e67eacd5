"""A calm process, and a database of each kind."""

from collections.abc import Iterator

import pytest

from tests.faults import calm


@pytest.fixture
def calmly() -> Iterator[None]:
    """Nothing is left to chance but what a seed says."""
    with calm.calm():
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite, else the folder of a PostgreSQL's socket."""
    if request.param == "sqlite":
        return None
    found: str = request.getfixturevalue("postgresql")
    return found
