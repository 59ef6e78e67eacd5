"""Numbers older than the freshness limit are unknown wherever they show; open pages learn it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from connector.store.tables import KeyResult, Link, Source
from sync import reports
from tests.web.world import World
from web import control


class Told:
    """A console that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def out(self, text: str) -> None:
        self.lines.append(text)

    err = progress = out


@pytest.fixture
def aged(filled: World) -> World:
    """A company of which nothing was looked at for longer than the limit."""
    old = filled.clock() - filled.runtime.settings.freshness - timedelta(minutes=1)
    with filled.runtime.store.write() as session:
        session.execute(update(Source).values(looked_at=old))
        session.execute(update(Link).where(Link.looked_at.is_not(None)).values(looked_at=old))
    return filled


def fed(world: World) -> set[str]:
    """The key results that are fed by links only."""
    with world.runtime.store.read() as session:
        query = select(KeyResult.key).join(Link).where(Link.looked_at.is_not(None))
        return set(session.scalars(query))


def told(world: World, command: str, **given: object) -> dict:
    console = Told()
    base = {"cycle": "2026-Q4", "at": None, "as_json": True}
    control.carry_out(world.runtime, command, {**base, **given}, console)
    found: dict = json.loads("".join(console.lines))
    return found


def healths(world: World) -> dict[str, str]:
    with world.runtime.store.read() as session:
        found = reports.cycle_report(
            session, "2026-Q4", world.clock(), world.runtime.settings
        ).as_json()
    return {
        each["key"]: each["health"]
        for team in found["teams"]
        for objective in team["objectives"]
        for each in objective["key_results"]
    }


def test_some_are_known_while_all_is_fresh(filled: World) -> None:
    known = [key for key, health in healths(filled).items() if health != "unknown"]
    assert fed(filled) & set(known)


def test_scores_and_explanations_call_them_unknown(aged: World) -> None:
    found = healths(aged)
    mine = fed(aged) & found.keys()
    assert mine
    for key in mine:
        assert found[key] in {"unknown", "not_started"}, key
        assert told(aged, "explain", key=key)["health"] == found[key]
    shown = told(aged, "score")
    assert {
        each["key"]: each["health"]
        for team in shown["teams"]
        for objective in team["objectives"]
        for each in objective["key_results"]
    } == found


def test_an_open_page_learns_it_without_anything_happening(filled: World) -> None:
    client = filled.client("admin")
    paths = ("/2026-Q4", "/2026-Q4/platform", "/2026-Q4/platform/KR-1")
    held = {path: client.get(path).headers["ETag"] for path in paths}
    filled.clock.turn(days=2)
    client = filled.client("lead")  # the first has been signed out meanwhile
    for path, tag in held.items():
        after = client.get(path, headers={"If-None-Match": tag})
        assert after.status_code == 200
        assert "unknown" in after.text


def test_the_company_says_that_scores_keep_what_is_not_fresh(filled: World) -> None:
    client, said = filled.client("viewer"), "Scores keep the last number of what is not fresh"
    fresh = {"looked_at": filled.clock()}
    with filled.runtime.store.write() as session:
        for table in (Source, Link):
            session.execute(update(table).where(table.looked_at.is_not(None)).values(**fresh))
    assert said not in client.get("/2026-Q4").text
    filled.clock.turn(days=2)
    aged = filled.client("lead").get("/2026-Q4").text
    assert said in aged
    assert "from all objectives" in aged


def test_the_status_command_says_that_somebody_is_needed(aged: World) -> None:
    assert told(aged, "status")["good"] is False
