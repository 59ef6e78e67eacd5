"""A team's page says what moved this week."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store import tables as t
from tests.web.company import Company
from tests.web.test_pages import text
from tests.web.world import World


def row_of(client: FlaskClient, key: str) -> str:
    page = client.get("/2026-Q4/platform").text
    start = page.index(f'data-n="kr-{key}"')
    end = page.find("row-kr", start)
    return text(page[start : end if end > 0 else None])


def test_work_finished_this_week_is_told_beside_its_key_result(filled: World) -> None:
    filled.clock.turn(days=30)
    client = filled.client("member")
    assert "This week" not in row_of(client, "KR-1")
    with filled.runtime.store.write() as session:
        link = session.scalars(select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")).one()
        Company(session, filled.clock()).finish(link, "PLAT-45")
    assert "This week: 1 item done; work +1.7 points" in row_of(client, "KR-1")
    assert "This week" not in row_of(client, "KR-2")


def test_the_first_look_at_a_link_is_no_movement(filled: World) -> None:
    with filled.runtime.store.write() as session:
        for row in session.scalars(select(t.Contribution)):
            row.recorded_at = filled.clock() - timedelta(days=1)
    assert "This week" not in row_of(filled.client("member"), "KR-1")
