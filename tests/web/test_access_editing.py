"""Who may edit which object: admins all, leads their own, members check in on what they own."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import g
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from connector.store import tables as t
from tests.web import secret
from tests.web.world import PASSWORD, World
from web import access
from web.principal import Principal

CYCLE = "2026-Q4"
OWN: tuple[Callable[[], bool], ...] = (
    lambda: access.may_edit_team("platform"),
    lambda: access.may_edit_objective(CYCLE, "O-1"),
    lambda: access.may_edit_key_result(CYCLE, "KR-1"),
    lambda: access.may_check_in(CYCLE, "KR-1"),
)
FOREIGN: tuple[Callable[[], bool], ...] = (
    lambda: access.may_edit_team("payments"),
    lambda: access.may_edit_objective(CYCLE, "O-3"),
    lambda: access.may_edit_key_result(CYCLE, "KR-5"),
    lambda: access.may_check_in(CYCLE, "KR-5"),
)


def may(world: World, asked: tuple[Callable[[], bool], ...], role: str, name: str = "one") -> Any:
    """What somebody may, each asked within a request of theirs."""
    with world.runtime.store.read() as session:
        user = session.scalars(select(t.User.id).where(t.User.name == name)).one()
    with world.app().test_request_context("/"):
        g.principal = Principal(user, name, role)
        return [each() for each in asked]


@pytest.mark.parametrize("team", ["platform", "infra", "acme"])
def test_a_lead_edits_the_teams_they_lead_and_all_below(filled: World, team: str) -> None:
    secret.add(filled, "one", "lead", team=team, lead=True)
    assert may(filled, OWN, "lead") == [True] * 4
    beyond = team == "acme"
    assert may(filled, FOREIGN, "lead") == [beyond] * 4


def test_a_lead_of_the_plan_leads_the_team_they_are_in(filled: World) -> None:
    secret.add(filled, "one", "lead", team="platform")
    assert may(filled, OWN, "lead") == [False] * 4
    with filled.runtime.store.write() as session:
        session.scalars(select(t.Person)).one().role = "lead"
    assert may(filled, OWN, "lead") == [True] * 4


def test_owners_with_the_role_edit_what_they_own_and_not_its_team(filled: World) -> None:
    secret.add(filled, "one", "lead")
    _own(filled, "KR-1")
    assert may(filled, OWN, "lead") == [False, False, True, True]


def test_a_lead_who_is_nobody_of_the_plan_edits_nothing(filled: World) -> None:
    filled.add("one", "lead")
    assert may(filled, OWN, "lead") == [False] * 4


def test_admins_edit_all(filled: World) -> None:
    filled.add("one", "admin")
    assert may(filled, OWN + FOREIGN, "admin") == [True] * 8


def test_members_check_in_on_what_they_own(filled: World) -> None:
    secret.add(filled, "one", "member", team="platform", lead=True)
    assert may(filled, OWN, "member") == [False] * 4
    _own(filled, "KR-1")
    assert may(filled, OWN, "member") == [False, False, False, True]
    assert may(filled, FOREIGN, "member") == [False] * 4


def test_viewers_change_nothing_even_of_their_own(filled: World) -> None:
    secret.add(filled, "one", "viewer", team="platform", lead=True)
    _own(filled, "KR-1")
    assert may(filled, OWN, "viewer") == [False] * 4


@pytest.mark.parametrize("role", ["lead", "member"])
def test_what_is_not_there_is_not_found(filled: World, role: str) -> None:
    filled.add("one", role)
    with pytest.raises(NotFound):
        may(filled, (lambda: access.may_check_in(CYCLE, "KR-404"),), role)


@pytest.mark.parametrize(
    ("role", "place", "found"),
    [
        ("admin", {}, (200, 200, 200)),
        ("lead", {}, (200, 200, 200)),
        ("member", {"team": "platform"}, (200, 200, 404)),
        ("member", {}, (404, 404, 404)),
        ("viewer", {"team": "platform", "lead": True}, (404, 404, 404)),
    ],
)
def test_a_draft_cycle_is_seen_by_leads_and_by_the_teams_themselves(
    filled: World, role: str, place: dict[str, Any], found: tuple[int, ...]
) -> None:
    with filled.runtime.store.write() as session:
        session.scalars(select(t.Cycle).where(t.Cycle.key == CYCLE)).one().state = "draft"
    secret.add(filled, "one", role, **place)
    browser = filled.client()
    assert browser.post("/sign-in", data={"name": "one", "password": PASSWORD}).status_code == 303
    company, own, foreign = found
    for path in ("", "?at=2026-11-19"):
        assert browser.get(f"/{CYCLE}{path}").status_code == company
    for path in ("platform", "platform/KR-1", "platform?at=2026-11-19"):
        assert browser.get(f"/{CYCLE}/{path}").status_code == own, path
    for path in ("payments", "payments/KR-5", "payments?at=2026-11-19"):
        assert browser.get(f"/{CYCLE}/{path}").status_code == foreign, path
    if found == (200, 200, 404):
        page = browser.get(f"/{CYCLE}").text
        assert "Payments never wait" in page
        assert "Refunds explain themselves" not in page
        assert "Customers trust every payment" not in page


def _own(world: World, key: str) -> None:
    with world.runtime.store.write() as session:
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == key)).one()
        row.owner_id = session.scalars(select(t.Person.id)).one()
