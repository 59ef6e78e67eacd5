"""Writers of SQLite take turns: early ones come first, and none waits for ever."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import text

from connector.store import open_store, unit
from connector.store.turns import Turns
from tests.servers import PATIENCE, wait_for


def taken(turns: Turns, kinds: str) -> str:
    """The order in which these had their turns, that all waited for one: o(rdinary), e(arly)."""
    order: list[str] = []
    waiting: list[threading.Thread] = []

    def take(turn: Callable[[], AbstractContextManager[None]], name: str) -> None:
        with turn():
            order.append(name)

    with turns:
        for count, kind in enumerate(kinds, 1):
            turn = turns.early if kind == "e" else lambda: turns
            waiting.append(threading.Thread(target=take, args=(turn, f"{kind}{count}")))
            waiting[-1].start()
            wait_for(lambda: len(turns._waiting) + len(turns._early) == count, "it to wait")  # noqa: B023
    for each in waiting:
        each.join(PATIENCE)
    return " ".join(order)


@pytest.mark.parametrize(
    ("kinds", "order"),
    [
        ("ooo", "o1 o2 o3"),
        ("ooe", "e3 o1 o2"),
        ("ooeee", "e3 o1 e4 o2 e5"),
        ("eeo", "e1 o3 e2"),
        ("eee", "e1 e2 e3"),
    ],
)
def test_early_turns_come_first_and_one_of_the_others_after_each(kinds: str, order: str) -> None:
    turns = Turns()
    assert taken(turns, kinds) == order
    assert taken(turns, "oe") == "e2 o1"  # nobody holds it any more


def test_an_early_turn_that_fails_is_given_back_and_may_be_taken_within() -> None:
    turns = Turns()
    with pytest.raises(LookupError), turns, turns.early(), turns.early():
        raise LookupError
    assert taken(turns, "o") == "o1"


def test_a_connection_that_rested_is_asked_before_it_is_used(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "RESTED", 0.0)
    store, other = open_store(postgresql_url), open_store(postgresql_url)
    with store.read() as one, store.read() as two:
        for session in (one, two):
            session.execute(text("SELECT 1"))
    with other.write() as session:
        session.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip
    for _ in range(2):
        with store.read() as one, store.read() as two:
            assert one.scalar(text("SELECT 1")) == two.scalar(text("SELECT 1")) == 1
    store.close()
    other.close()
