"""Who looks again is answered at once while nothing was committed, and by what is so afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connector.store import tables as t
from tests.web.company import Company
from tests.web.staff import counted
from tests.web.world import World
from web import live

URL = "/2026-Q4/platform/KR-1"
FEW = 3
"""Statements of a look that finds nothing new: who asks, and what was committed."""


def asked(client: Any, answer: Any = None, url: str = URL) -> Any:
    """Ask for news as an open page does, holding what it was answered before."""
    held = answer.headers if answer is not None else {}
    headers = {live.HEADER: held.get(live.HEADER, "1")}
    if "ETag" in held:
        headers["If-None-Match"] = held["ETag"]
    return client.get(url, headers=headers)


def finish(world: World, key: str) -> None:
    """Have an item end."""
    with world.runtime.store.write() as session:
        link = session.scalars(select(t.Link).order_by(t.Link.id)).first()
        assert link is not None
        Company(session, world.clock()).finish(link, key)


def test_a_look_with_nothing_new_asks_next_to_nothing(filled: World) -> None:
    client = filled.client("member")
    first = asked(client)
    assert first.status_code == 200
    with counted(filled) as statements:
        again = asked(client, first)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(statements) <= FEW


def test_what_was_committed_since_is_shown(filled: World) -> None:
    client = filled.client("member")
    first = asked(client)
    finish(filled, "PLAT-50")
    changed = asked(client, first)
    assert changed.status_code == 200
    assert "35 of 60" in changed.text
    assert asked(client, changed).status_code == 304


def test_what_time_alone_changes_is_looked_at_again(filled: World) -> None:
    client = filled.client("member")
    first = asked(client)
    filled.clock.turn(seconds=live.SECONDS)
    with counted(filled) as statements:
        later = asked(client, first)
    assert len(statements) > FEW
    assert later.headers[live.HEADER] != first.headers[live.HEADER]
    filled.clock.now += timedelta(hours=9)
    assert asked(client, later).status_code == 200


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_what_one_was_told_says_nothing_to_another(filled: World, role: str) -> None:
    first = asked(filled.client("member"))
    with counted(filled) as statements:
        asked(filled.client(role), first)
    assert len(statements) > FEW


def test_one_page_says_nothing_of_another(filled: World) -> None:
    client = filled.client("member")
    first = asked(client)
    assert asked(client, first, url="/2026-Q4").status_code == 200


def test_who_was_signed_out_is_told_nothing(filled: World) -> None:
    client = filled.client("member")
    first = asked(client)
    with filled.runtime.store.write() as session:
        for row in session.scalars(select(t.SignIn)):
            session.delete(row)
    assert asked(client, first).status_code in (302, 303)
