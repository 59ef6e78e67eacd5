"""Teams on their pages: order, people, retiring; leads look after their own."""

import re

import pytest

from sync import planning
from tests.web.planned import Planner, notices
from tests.web.world import World

PLAN = """\
worklift: 1
cycles: [{key: 2026-Q4, start: 2026-10-01, end: 2026-12-31}]
teams:
  - {key: acme, name: Acme, kind: company}
  - {key: product, name: Product, kind: department, parent: acme, lead: head}
  - {key: platform, name: Platform, parent: product}
  - {key: mobile, name: Mobile, parent: product}
  - {key: sales, name: Sales, parent: acme}
people:
  - {key: head, name: Product head, role: lead, email: lead}
  - {key: dev, name: Engineer, teams: [platform]}
objectives:
  - {key: O-1, cycle: 2026-Q4, team: platform, title: Payments never wait, owner: dev}
"""


@pytest.fixture
def planned(world: World) -> World:
    text = PLAN.replace("email: lead", "email: lead@example.com")
    planning.apply(world.runtime, text, name="plan.yaml", author="plan")
    return world


@pytest.fixture
def admin(planned: World) -> Planner:
    return Planner(planned, planned.client("admin"))


@pytest.fixture
def lead(admin: Planner) -> Planner:
    """Signs in as the product head."""
    client = admin.world.client("lead")
    user = re.findall(r'href="/plan/users/(\d+)">lead<', admin.get("/plan/people"))[0]
    admin.saved(f"/plan/users/{user}", person="head")
    assert client.get("/plan").status_code == 200
    return Planner(admin.world, client)


def order(planner: Planner) -> list[str]:
    return re.findall(r'id="team-([\w-]+)"', planner.get("/plan"))


def test_teams_move_among_their_siblings(admin: Planner) -> None:
    assert order(admin) == ["acme", "product", "platform", "mobile", "sales"]
    admin.do("/plan/teams/mobile/move", to="up")
    admin.do("/plan/teams/sales/move", to="up")
    assert order(admin) == ["acme", "sales", "product", "mobile", "platform"]


def test_people_are_taken_in_and_out(admin: Planner) -> None:
    page = admin.do("/plan/teams/mobile/people", person="dev", do="join")
    assert notices(page) == ["Engineer is in it now."]
    page = admin.do("/plan/teams/platform/people", person="dev", do="leave")
    assert "Nobody is in it yet." in page
    assert admin.client.post("/plan/teams/mobile/people", data={"person": "x"}).status_code == 404


def test_what_a_team_still_has_keeps_it(admin: Planner) -> None:
    page = admin.do("/plan/teams/platform/retire")
    (said,) = notices(page)
    assert said.startswith("It still has the objectives O-1 (2026-Q4); cancel them first")
    (said,) = notices(admin.do("/plan/teams/product/retire"))
    assert said.startswith("Platform, mobile stand below it")


def test_a_team_is_retired_and_brought_back(admin: Planner) -> None:
    page = admin.do("/plan/teams/mobile/retire")
    assert notices(page) == ["Mobile is retired. It can be brought back."]
    assert "mobile" not in order(admin)
    assert "1 retired team" in admin.get("/plan")
    assert "mobile" not in admin.form("/plan/teams/new")["parent"]
    admin.do("/plan/teams/mobile/restore")
    assert "mobile" in order(admin)


def test_leads_change_their_own_teams_and_those_below(lead: Planner) -> None:
    lead.saved("/plan/teams/platform", name="Plattform")
    lead.saved("/plan/teams/new", name="Search", parent="platform")
    page = lead.get("/plan")
    assert 'aria-label="Move Mobile up"' in page
    assert 'aria-label="Move Sales up"' not in page
    lead.do("/plan/teams/mobile/move", to="up")
    page = lead.get("/plan/teams/sales")
    assert "leads neither Sales nor a team above it" in page
    assert "<dd>Sales</dd>" in page
    for path in ("", "/move", "/people", "/retire", "/restore"):
        assert lead.client.post(f"/plan/teams/sales{path}").status_code == 403, path


def test_leads_put_teams_nowhere_but_below_their_own(lead: Planner) -> None:
    assert lead.wrong("/plan/teams/new", name="X", parent="sales") == [
        "Stands below: Choose a team that you lead, or one below it."
    ]
    # What a new form says of how it was made counts for nothing.
    lead.save("/plan/teams/new", name="X", key="x", parent="platform", was='{"parent":"platform"}')
    assert 'value="platform" selected' in lead.get("/plan/teams/x")
    assert lead.wrong("/plan/teams/platform", parent="") == [
        "Stands below: Only an admin puts a team where you lead nothing."
    ]


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_others_look_and_are_offered_nothing(planned: World, role: str) -> None:
    client = planned.client(role)
    page = client.get("/plan").text
    assert "Payments" not in page
    assert "/plan/teams/platform" in page
    assert "/move" not in page
    assert "Add an objective" not in page
    assert client.get("/plan/teams/platform").status_code == 200
    for path in ("/plan/teams/new", "/plan/cycles/new", "/plan/file", "/plan/scoring"):
        assert client.get(path).status_code == 403, path
