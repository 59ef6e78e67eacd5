"""What pages say while the queue or the database is not what it should be."""

import psycopg
import pytest
from sqlalchemy.exc import InternalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync import redis_check
from sync.redis_check import QueueState
from tests.web.world import World

SAID = QueueState("The queue is degraded: Redis is full.", "start Redis, or give it memory")


class _Seen:
    def __init__(self, state: QueueState) -> None:
        self.found = state

    def state(self, _runtime: object) -> QueueState:
        return self.found


def test_a_degraded_queue_is_said_to_all_and_its_fix_to_admins(filled: World, monkeypatch) -> None:
    member, admin = filled.client("member"), filled.client("admin")
    assert 'id="queue"' not in member.get("/connections").text
    monkeypatch.setattr(redis_check, "watch", _Seen(SAID))
    for client, mends in ((member, False), (admin, True)):
        page = client.get("/connections").text
        assert "The queue is degraded: Redis is full." in page
        assert ("give it memory" in page) == mends


@pytest.mark.parametrize(
    "error",
    [
        InternalError("UPDATE", None, psycopg.errors.ReadOnlySqlTransaction("read-only")),
        PoolTimeout("QueuePool limit of size 10 overflow 20 reached"),
    ],
)
def test_a_database_that_cannot_serve_now_is_one_that_is_away(
    filled: World, monkeypatch, error: Exception
) -> None:
    client = filled.client("member")

    def fail() -> None:
        raise error

    monkeypatch.setattr("web.connections.views.runtime", fail)
    told = client.get("/connections")
    assert (told.status_code, told.headers["Retry-After"]) == (503, "60")
    assert "try again in a minute" in told.text
