"""The company's page: where the cycle stands, what needs whom, what moved, and how it is built."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
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
from web import tree

MOST = 12


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def section(page: str, name: str) -> str:
    """What a section says."""
    start = page.index(f'id="{name}"')
    return text(page[start : page.index("</section>", start)])


def add_teams(world: World, many: int) -> None:
    """Teams below a department, each with an objective for the company and a linked key result."""
    with world.runtime.store.write() as session:
        c = Company(session, world.clock(), ids=count(10_000))
        c.teams = {each.key: each for each in session.scalars(select(t.Team))}
        cycle = session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q4")).one()
        source = session.scalars(select(t.Source).where(t.Source.key == "acme/api")).one()
        for number in range(many):
            c.team(f"more-{number}", f"Team {number}", "team", "infra")
            row = c.objective(cycle, f"more-{number}", f"O-m{number}", "More", supports="O-0")
            linked = c.key_result(row, f"KR-m{number}", "More of it")
            link = c.link(linked, source, f"github:milestone:acme/api/m{number}")
            c.item(link, source, f"acme/api#m{number}", "done")
        for link in session.scalars(select(t.Link).where(t.Link.value.like("acme/api/m%"))):
            c.read(link)


def change(world: World) -> None:
    """Commit something, so that pages read everything anew."""
    with world.runtime.store.write() as session:
        session.scalars(select(t.Team)).first()


def test_it_takes_few_statements_and_as_many_for_many_teams(filled: World) -> None:
    client = filled.client("viewer")
    with statements() as few:
        assert client.get("/2026-Q4").status_code == 200
    add_teams(filled, 12)
    with statements() as many:
        assert "O-m11" in client.get("/2026-Q4").text
    assert len(few) == len(many) <= MOST


def test_what_was_read_serves_until_something_is_committed(filled: World) -> None:
    client = filled.client("viewer")
    client.get("/2026-Q4")
    with statements() as again:
        client.get("/2026-Q4/platform")
    assert not any("FROM key_result" in each for each in again)
    with filled.runtime.store.write() as session:
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-3")).one()
        row.title = "Uptime of everything"
    assert "Uptime of everything" in client.get("/2026-Q4/platform").text


def test_a_later_moment_is_told_anew_without_any_change(filled: World) -> None:
    client = filled.client("viewer")
    assert "day 51 of 92" in text(client.get("/2026-Q4").text)
    filled.clock.turn(days=1)
    client.post("/sign-in", data={"name": "viewer", "password": "open the calm gate"})
    assert "day 52 of 92" in text(client.get("/2026-Q4").text)


def test_the_head_says_how_long_and_how_well(filled: World) -> None:
    page = text(filled.client("viewer").get("/2026-Q4").text)
    assert "41 days left" in page
    assert "own 0.62" in page


def test_what_needs_attention_says_why_and_whose_it_is(filled: World) -> None:
    with filled.runtime.store.write() as session:
        c = Company(session, filled.clock(), ids=count(9_000))
        lead = c.person("search", "Search lead")
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-7")).one()
        row.owner_id = lead.id
        for days, words in ((9, "Nobody has time."), (2, "The vendor has not answered yet.")):
            said = t.CheckIn(key_result_id=row.id, author="Search lead", blockers=words)
            said.made_at = filled.clock() - timedelta(days=days)
            session.add(said)
        still = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-91")).one()
        still.value_at = filled.clock() - timedelta(days=20)
    client = filled.client("viewer")
    told = section(client.get("/2026-Q4").text, "attention")
    assert "1 blocked" in told
    assert "Storage and search · Search lead" in told
    assert "Blocked: The vendor has not answered yet." in told
    assert "Nobody has time" not in told
    assert "Failed payments Acme · nobody owns it" in told
    assert "Off track: 0.3 %, at most 0.1 %" in told
    listed = section(client.get("/2026-Q4?needs=still").text, "listed")
    assert "Teams that use it every week" in listed
    assert "No movement since 31 Oct" in listed
    assert "Uptime" not in listed
    assert client.get("/2026-Q4?needs=luck").status_code == 404


def test_what_moved_this_week_is_told_apart_the_most_first(filled: World) -> None:
    filled.clock.turn(days=30)
    client = filled.client("viewer")
    quiet = section(client.get("/2026-Q4").text, "moved")
    assert "No work was finished" in quiet
    with filled.runtime.store.write() as session:
        c = Company(session, filled.clock(), ids=count(9_000))
        epic = session.scalars(select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")).one()
        c.finish(epic, "PLAT-45")
        app = session.scalars(select(t.Link).where(t.Link.scope == "jira:epic:APP-1")).one()
        source = session.get_one(t.Source, app.source_id)
        c.item(app, source, "APP-99", "todo")
        added = session.scalars(select(t.Contribution).where(t.Contribution.item_key == "APP-99"))
        added.one().recorded_at = filled.clock()
        c.read(app)
    page = client.get("/2026-Q4").text
    told = section(page, "moved")
    assert "Finish the queue migration Platform" in told
    assert "1 item done; work +1.7 points" in told
    assert "1 added; scope +1 item, −11.1 points" in told
    assert told.index("Finish the queue migration") < told.index("Start-up work finished")
    target = re.search(r'href="([^"]+)">Finish the queue migration', page)
    assert target
    assert client.get(target[1]).status_code == 200


def test_teams_by_objectives_names_the_weakest_and_leads_to_them(filled: World) -> None:
    client = filled.client("viewer")
    page = client.get("/2026-Q4").text
    told = section(page, "h-acme")
    assert "Infrastructure 2 teams 0.84 on track" in told
    assert "1 of 2 off track" in told
    cell = re.search(r'class="cell h-off_track" href="([^"]+)"', page)
    assert cell
    behind = text(client.get(html.unescape(cell[1])).text)
    assert "What of Infrastructure leads up to no objective of Acme" in behind
    assert "Search finds it the first time" in behind
    assert "Payments never wait" not in behind
    below = text(client.get("/2026-Q4/-/heat/infra").text)
    assert "Platform 0.84 on track" in below
    assert client.get("/2026-Q4/-/stands/infra?up_to=O-1").status_code == 404


def test_the_trend_is_drawn_from_the_scores_of_days(filled: World) -> None:
    with filled.runtime.store.write() as session:
        row = session.scalars(select(t.Objective).where(t.Objective.key == "O-9")).one()
        for days, score in ((40, 0.1), (20, 0.3)):
            at = filled.clock() - timedelta(days=days)
            session.add(t.ScoreDay(objective_id=row.id, day=at.date(), at=at, score=score))
    page = filled.client("viewer").get("/2026-Q4").text
    drawn = page[page.index('id="trend-O-9"') : page.index("</svg></a>", page.index("trend-O-9"))]
    assert "0.10 on 11 Oct, when it was first kept; 0.53 today, 0.38 expected" in text(drawn)
    line = re.search(r'class="way-line" d="M([\d.]+),[\d.]+H([\d.]+)V', drawn)
    assert line
    assert 0 < float(line[1]) < float(line[2]) < 100


def test_what_was_told_of_days_before_is_dashed_and_says_so(filled: World) -> None:
    now = filled.clock()
    with filled.runtime.store.write() as session:
        row = session.scalars(select(t.Objective).where(t.Objective.key == "O-9")).one()
        for days, score, rebuilt in ((40, 0.1, True), (20, 0.3, False)):
            kept = t.ScoreDay(objective_id=row.id, score=score, rebuilt=rebuilt)
            kept.at = now - timedelta(days=days)
            kept.day = kept.at.date()
            session.add(kept)
        session.add(t.TrendTold(objective_id=row.id, asked_at=now, told_at=now))
    page = filled.client("viewer").get("/2026-Q4").text
    drawn = page[page.index('id="trend-O-9"') : page.index("</svg></a>", page.index("trend-O-9"))]
    told = "0.10 on 11 Oct, told from the trackers’ own history until 31 Oct; 0.53 today"
    assert told in text(drawn)
    before, since = re.findall(r'class="(way-line[^"]*)" d="M([\d.]+),[\d.]+H([\d.]+)', drawn)
    assert (before[0], since[0]) == ("way-line rebuilt", "way-line")
    assert 0 < float(before[1]) < float(before[2]) == float(since[1]) < 100


def test_each_day_keeps_the_score_it_ended_with(filled: World) -> None:
    def kept() -> list[float | None]:
        with filled.runtime.store.read() as session:
            query = select(t.ScoreDay.score).join(
                t.Objective, t.Objective.id == t.ScoreDay.objective_id
            )
            return list(session.scalars(query.where(t.Objective.key == "O-1").order_by("day")))

    def finish(key: str) -> None:
        with filled.runtime.store.write() as session:
            epic = select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")
            Company(session, filled.clock()).finish(session.scalars(epic).one(), key)

    (first,) = kept()
    finish("PLAT-45")
    (second,) = kept()
    filled.clock.turn(days=1)
    finish("PLAT-46")
    assert first is not None
    assert second is not None
    assert first < second
    assert len(kept()) == 2
    assert kept()[0] == second


@pytest.fixture
def large(filled: World, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A company too large for its tree to hold everything."""
    monkeypatch.setattr(tree, "WHOLE", 5)
    return filled.client("viewer")


def test_branches_of_a_large_tree_are_pages_of_their_own(large: FlaskClient) -> None:
    page = large.get("/2026-Q4").text
    assert 'data-below="/2026-Q4/-/below/infra"' in page
    assert "KR-1 " not in text(page[page.index('class="tree') : page.index("beside-column")])
    infra = large.get("/2026-Q4/-/below/infra").text
    assert 'data-below="/2026-Q4/-/below/platform"' in infra
    platform = large.get("/2026-Q4/-/below/platform")
    told = text(platform.text)
    assert "KR-1 Finish the queue migration" in told
    assert "Queue migration 57 % 34 of 60 done" in told
    assert platform.headers["ETag"]
    own = text(large.get("/2026-Q4/-/below/acme?own=1").text)
    assert "Failed payments" in own
    assert "Infrastructure" not in own
    assert large.get("/2026-Q4/-/below/nobody").status_code == 404


def test_a_small_tree_holds_everything(filled: World) -> None:
    page = filled.client("viewer").get("/2026-Q4").text
    assert "data-below" not in page
    assert "KR-1 Finish the queue migration" in text(page)


def test_a_past_day_leads_on_to_that_day_and_says_what_is_not_known(filled: World) -> None:
    with filled.runtime.store.write() as session:
        c = Company(session, filled.clock(), ids=count(9_000))
        for kind, table in (("objective", t.Objective), ("key_result", t.KeyResult)):
            for row in session.scalars(select(table)).all():
                c.worded(kind, row, filled.clock() - timedelta(days=39))
    client = filled.client("viewer")
    answer = client.get("/2026-Q4?at=2026-11-16")
    page = text(answer.text)
    assert "This is how it stood 16 Nov, 23:59" in page
    assert "day 47 of 92" in page
    assert "only known of now" in page
    assert "What moved in the seven days before" in page
    assert "data-live" not in answer.text
    ways = re.findall(r'class="name"><a href="(/2026-Q4/platform[^"]*)"', answer.text)
    assert ways[0] == "/2026-Q4/platform?at=2026-11-16"
    assert "This is how it stood" in text(client.get(ways[0]).text)


def test_the_wall_has_no_navigation_and_looks_for_news_by_itself(filled: World) -> None:
    page = filled.client("viewer").get("/2026-Q4?wall=1").text
    assert '<nav class="side"' not in page
    assert 'class="wall"' in page
    assert 'http-equiv="refresh"' in page
    assert "Leave full screen" in text(page)
    assert "Customers trust every payment" in text(page)


def test_a_page_says_when_it_stops_being_live(filled: World) -> None:
    page = filled.client("viewer").get("/2026-Q4")
    assert 'data-lost="Not live since {time}' in page.text
    etag = html.unescape(re.findall(r'data-etag="([^"]*)"', page.text)[0])
    assert etag == page.headers["ETag"]
