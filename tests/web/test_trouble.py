"""A connection in trouble is said once, and every number still says as of when it is."""

from datetime import timedelta
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from connector.store import tables as t
from tests.web.company import Company
from tests.web.test_pages import text
from tests.web.world import World

REFUSED = "Jira refused the token (HTTP 401); make a new one and connect again."
SLOW = "GitHub did not answer in time."


@pytest.fixture
def troubled(filled: World) -> World:
    """Jira's token is refused and one repository fails; the last looks are young enough."""
    with filled.runtime.store.write() as session:
        jira = session.scalars(select(t.Connection).where(t.Connection.name == "jira")).one()
        jira.broken_at, jira.error = filled.clock(), REFUSED
        for source in session.scalars(select(t.Source)):
            if source.connection_id == jira.id:
                source.error, source.failing_since = REFUSED, filled.clock()
            elif source.key == "acme/api":
                source.error, source.failing_since = SLOW, filled.clock()
    return filled


def attention(world: World) -> str:
    page = world.client("lead").get("/2026-Q4").text
    return page[page.index("<aside") : page.index("</aside>")]


def test_the_company_page_says_a_trouble_once_with_the_way_to_it(troubled: World) -> None:
    shown = attention(troubled)
    assert text(shown).count("Jira refused the token") == 1
    assert "Nothing new from jira since 09:59" in text(shown)
    assert "Nothing new from acme/api (code) since 09:59" in text(shown)
    assert shown.index("/connections#connection-jira") < shown.index("/2026-Q4/")


def test_rows_whose_number_is_current_keep_their_health_word(troubled: World) -> None:
    shown = text(attention(troubled))
    assert "Failed payments Acme · nobody owns it Off track: 0.3 %, at most 0.1 %." in shown
    assert "Unknown: no word from jira:version:PAY/2.4" in shown


def test_a_healthy_company_has_no_trouble(filled: World) -> None:
    with filled.runtime.store.write() as session:
        for connection in session.scalars(select(t.Connection)):
            connection.error = connection.broken_at = None
        for source in session.scalars(select(t.Source)):
            source.error = source.failing_since = None
    assert "Nothing new" not in text(attention(filled))


def test_a_team_page_says_what_is_in_its_way_and_only_that(troubled: World) -> None:
    client = troubled.client("member")
    platform = text(client.get("/2026-Q4/platform").text)
    assert platform.count("Jira refused the token") == 1
    assert "acme/api (code)" in platform
    search = text(client.get("/2026-Q4/data-platform").text)
    assert "refused the token" not in search


def test_a_key_result_says_as_of_when_and_leads_to_the_cause(troubled: World) -> None:
    page = troubled.client("member").get("/2026-Q4/mobile/KR-6").text
    assert "as of 09:59" in text(page)
    assert text(page).count("Jira refused the token") == 1
    assert 'href="/connections">See the connections' in page


def test_the_connections_page_does_not_repeat_a_sentence(troubled: World) -> None:
    page = text(troubled.client("admin").get("/connections").text)
    assert page.count("Jira refused the token") == 1
    assert "Failing since 10:00" in page
    assert ".," not in page


def test_a_pause_is_neither_up_to_date_nor_an_error(filled: World) -> None:
    with filled.runtime.store.write() as session:
        source = session.scalars(select(t.Source).where(t.Source.key == "acme/api")).one()
        source.not_before = filled.clock() + timedelta(minutes=10)
    page = text(filled.client("viewer").get("/connections").text)
    assert "github asked Worklift to wait until 10:10" in page
    assert "paused until 10:10 waiting for github" in page


def test_a_connection_without_links_says_what_comes_next(world: World) -> None:
    with world.runtime.store.write() as session:
        Company(session, world.clock()).connection("new", "jira", "https://new.example.com")
    page = text(world.client("admin").get("/connections").text)
    assert "No key result uses it yet" in page
    first = text(world.client("viewer").get("/").text)
    assert "Connected: new" in first
    assert "key: 2026-Q4, start: 2026-10-01, end: 2026-12-31" in first


def statements(client: FlaskClient, path: str) -> int:
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return sum(not each.startswith("BEGIN") for each in seen)


@pytest.mark.parametrize("path", ["/2026-Q4", "/2026-Q4/platform"])
def test_pages_take_as_many_statements_for_many_teams_as_for_few(filled: World, path: str) -> None:
    client = filled.client("viewer")
    before = statements(client, path)
    with filled.runtime.store.write() as session:
        add_teams(Company(session, filled.clock(), ids=count(10_000)), 30)
    assert statements(client, path) == before <= 20


def add_teams(c: Company, many: int) -> None:
    """Teams with a linked key result each, and three more in the team that is looked at."""
    cycle = c.session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q4")).one()
    source = c.session.scalars(select(t.Source).where(t.Source.key == "acme/api")).one()
    c.teams["platform"] = c.session.scalars(select(t.Team).where(t.Team.key == "platform")).one()
    for number in range(many):
        key = "platform" if number < 3 else c.team(f"more-{number}", "More", "team", "platform").key
        objective = c.objective(cycle, key, f"O-1{number:02}", "More")
        row = c.key_result(objective, f"KR-1{number:02}", "More")
        link = c.link(row, source, f"github:label:acme/api/l{number}")
        c.work(link, source, f"acme/api#9{number:02}", "dt")


def test_a_connection_of_which_a_source_fails_names_it_and_keeps_the_others(filled: World) -> None:
    with filled.runtime.store.write() as session:
        for connection in session.scalars(select(t.Connection)):
            connection.error = connection.broken_at = None
        for source in session.scalars(select(t.Source)):
            source.error = source.failing_since = None
        code = session.scalars(select(t.Connection).where(t.Connection.name == "code")).one()
        session.add(
            t.Source(
                connection_id=code.id,
                key="acme/lost",
                need={"scopes": [["repo", "acme/lost"]]},
                error="GitHub does not show the issues of acme/lost",
                error_kind="gone",
                failing_since=filled.clock() - timedelta(minutes=3),
            )
        )
    client = filled.client("admin")
    for path in ("/connections", "/connections/code"):
        page = text(client.get(path).text)
        assert "sources cannot be read; the others are fresh." in page
        assert "acme/lost since 09:57" in page
        assert page.count("GitHub does not show the issues of acme/lost") == 1
        assert "Last complete look of the others" in page
        assert "keeps trying" not in page
