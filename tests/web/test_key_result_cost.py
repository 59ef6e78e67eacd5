"""What the page of a key result asks the database: little, and no more for many links or teams."""

from itertools import count

import pytest
from sqlalchemy import select

from connector.store import tables as t
from tests.web.company import Company
from tests.web.test_trouble import statements
from tests.web.world import World

PAGE = "/2026-Q4/platform/KR-1"
MOST = 20
"""After a commit, when the whole cycle is read anew, with an item set aside."""


def link_more(world: World, many: int) -> None:
    """More links of the key result with an item each, and some that ended."""
    with world.runtime.store.write() as session:
        c = Company(session, world.clock(), ids=count(10_000))
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-1")).one()
        source = session.scalars(select(t.Source).where(t.Source.key == "acme/api")).one()
        for number in range(many):
            link = c.link(row, source, f"github:milestone:acme/api/m{number}")
            c.item(link, source, f"acme/api#m{number}", "done")
            c.read(link)
            link.ended_at = world.clock() if number % 3 == 0 else None


def put_below(world: World, many: int) -> None:
    """Put teams between the company and the key result's own."""
    with world.runtime.store.write() as session:
        c = Company(session, world.clock(), ids=count(20_000))
        c.teams = {each.key: each for each in session.scalars(select(t.Team))}
        above = "acme"
        for number in range(many):
            c.team(f"between-{number}", f"Between {number}", "department", above)
            above = f"between-{number}"
        session.flush()
        row = session.scalars(select(t.Team).where(t.Team.key == "platform")).one()
        row.parent_id = session.scalars(select(t.Team.id).where(t.Team.key == above)).one()


@pytest.mark.parametrize(("role", "most"), [("viewer", MOST), ("admin", MOST), ("lead", MOST + 4)])
def test_many_links_and_teams_above_cost_no_more_statements(
    filled: World, role: str, most: int
) -> None:
    client = filled.client(role)
    few = statements(client, PAGE)
    link_more(filled, 9)
    put_below(filled, 3)
    assert statements(client, PAGE) == few <= most


def test_where_nothing_is_new_only_what_is_its_own_is_read(filled: World) -> None:
    client = filled.client("viewer")
    statements(client, PAGE)
    assert statements(client, PAGE) <= MOST - 8
