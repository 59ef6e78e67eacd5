"""What PostgreSQL refuses or does side by side and SQLite does not."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.errors import Refused
from tests.servers import PATIENCE
from tests.world import World, key_result, link
from web.accounts import bootstrap, throttle

PASSWORD = "open the calm gate"


def at_once(number: int, act: Callable[[int], None]) -> None:
    """Run ``act`` in several threads that start together; raises what any of them raised."""
    start = threading.Barrier(number)

    def run(which: int) -> None:
        start.wait(PATIENCE)
        act(which)

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(run, range(number)))


def test_the_longest_label_of_a_tracker_is_read(pg_world: World, jira) -> None:
    jira.site.add_issue("PLAT", "Labelled", labels=["L" * 255])
    pg_world.apply(key_result("KR-1", link(f"jira:label:PLAT/{'L' * 255}")))
    pg_world.sync()
    assert (pg_world.link()["error"], pg_world.link()["items"]) == (None, 1)


def test_of_many_who_redeem_one_token_at_once_one_becomes_admin(pg_world: World) -> None:
    token = bootstrap.ensure(pg_world.runtime)
    assert token is not None
    refused: list[int] = []

    def redeem(which: int) -> None:
        with pg_world.runtime.store.write() as session:
            try:
                bootstrap.redeem(
                    session, token, name=f"n{which}", password=PASSWORD, now=pg_world.clock()
                )
            except Refused:
                refused.append(which)
                session.rollback()

    at_once(4, redeem)
    assert len(pg_world.rows("user")) == 1
    assert len(refused) == 3


@pytest.mark.parametrize("rounds", [3])
def test_failures_at_once_are_all_counted(pg_world: World, rounds: int) -> None:
    def fail(_: int) -> None:
        with pg_world.runtime.store.write() as session:
            throttle.failed(session, pg_world.clock(), name="boss", address="10.0.0.7")

    for _ in range(rounds):
        at_once(8, fail)
    assert [row.value for row in pg_world.rows("keep")] == [str(8 * rounds)] * 2
