"""A scope that is gone: each page says so and leads to where it is mended."""

import pytest
from sqlalchemy import select

from connector.store import tables as t
from sync import doctor
from tests.web.test_pages import text
from tests.web.world import World

GONE = "Version 2.4 of PAY was deleted"
EDITOR = '/2026-Q4/{team}/{key}/links"'


@pytest.fixture
def astray(filled: World) -> tuple[World, str, str]:
    """A link whose version was deleted; its key result's team and key."""
    with filled.runtime.store.write() as session:
        for each in session.scalars(select(t.Connection)):
            each.error = each.broken_at = None
        link = session.scalars(select(t.Link).where(t.Link.scope == "jira:version:PAY/2.4")).one()
        link.broken = GONE
        key, team = session.execute(
            select(t.KeyResult.key, t.Team.key)
            .join(t.Objective, t.Objective.id == t.KeyResult.objective_id)
            .join(t.Team, t.Team.id == t.Objective.team_id)
            .where(t.KeyResult.id == link.key_result_id)
        ).one()
    return filled, team, key


@pytest.mark.parametrize("role", ["admin", "viewer"])
def test_the_pages_lead_to_where_it_is_mended(astray: tuple[World, str, str], role: str) -> None:
    world, team, key = astray
    client, mends = world.client(role), role == "admin"
    editor = EDITOR.format(team=team, key=key)
    for path in ("/connections", "/2026-Q4", f"/2026-Q4/{team}/{key}"):
        page = client.get(path).text
        page = page[page.index("<main") :]
        assert GONE in text(page), path
        assert (editor in page) == mends, path
    head = client.get(f"/2026-Q4/{team}/{key}").text
    reason = head[head.index('class="reason"') :].partition("</p>")[0]
    assert (editor in reason) == mends


def test_a_scope_that_can_be_read_is_not_told(filled: World) -> None:
    client = filled.client("lead")
    for path in ("/connections", "/2026-Q4"):
        assert "cannot be read" not in text(client.get(path).text)


def test_the_check_of_the_installation_names_the_ways(astray: tuple[World, str, str]) -> None:
    world, _, key = astray
    (found,) = [each for each in doctor.examine(world.runtime) if each.name == "links"]
    assert f"{key} jira:version:PAY/2.4: {GONE}" in found.message
    for way in ("Edit links", "worklift unlink", "worklift link"):
        assert way in found.fix
