"""Pages answer their one question, with every number leading to its explanation."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from connector.errors import Refused
from connector.store import tables as t
from tests.web.company import Company
from tests.web.world import World
from web.moments import moment

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}</main><main>",
    "</title><svg/onload=alert(1)>",
)


def text(page: str) -> str:
    """What a person reads, spaces evened out."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\N{NARROW NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", plain)


def test_the_first_page_leads_to_the_current_cycle(filled: World) -> None:
    assert filled.client("viewer").get("/").headers["Location"] == "/2026-Q4"


def test_without_a_plan_the_first_page_says_what_comes_first(world: World) -> None:
    page = text(world.client("admin").get("/").text)
    assert "Connect a tracker" in page
    assert "worklift apply plan.yaml" in page


def test_the_company_page_says_where_the_cycle_stands(filled: World) -> None:
    page = text(filled.client("viewer").get("/2026-Q4").text)
    assert "day 51 of 92" in page
    assert "9 of 11 key results have a fresh number" in page
    assert "2 off track" in page
    assert "off track because of Failed payments" in page


def test_every_number_of_the_company_page_leads_somewhere(filled: World) -> None:
    client = filled.client("viewer")
    page = client.get("/2026-Q4").text
    chips = re.findall(r'class="chip[^"]*" href="([^"#]+)', page)
    assert len(chips) == page.count('class="chip ')
    for target in {*chips, *re.findall(r'class="count [^"]*" href="([^"]+)"', page)}:
        assert client.get(html.unescape(target)).status_code == 200


def test_a_department_without_objectives_stands_for_its_teams(filled: World) -> None:
    page = filled.client("viewer").get("/2026-Q4/infra").text
    head = page[page.index("<h1>") : page.index('id="below"')]
    assert "off track" in head
    assert 'class="chip h-off_track' in page


def test_key_results_can_be_listed_by_health(filled: World) -> None:
    client = filled.client("viewer")
    page = text(client.get("/2026-Q4?health=at_risk").text)
    assert "Pages at night" in page
    assert "Uptime" not in page
    assert client.get("/2026-Q4?health=lovely").status_code == 404


def test_a_team_page_shows_promises_and_whom_they_serve(filled: World) -> None:
    page = text(filled.client("member").get("/2026-Q4/platform").text)
    assert "serves O-0 Customers trust every payment" in page
    assert "KR-1 Finish the queue migration" in page
    company = text(filled.client("lead").get("/2026-Q4/acme").text)
    assert "Stands on 2 objectives below" in company


def test_a_key_result_page_explains_its_number(filled: World) -> None:
    page = text(filled.client("member").get("/2026-Q4/platform/KR-1").text)
    assert "52.22 % from 0 to 100 %" in page
    assert "34 of 60" in page
    assert "4 not counted" in page
    assert "O-1 Payments never wait Platform" in page
    assert "finished PLAT-25 +1.7 points" in page


def test_items_come_a_page_at_a_time_in_the_order_people_count(filled: World) -> None:
    client = filled.client("member")
    page = client.get("/2026-Q4/platform/KR-1").text
    keys = re.findall(r'class="key"[^>]*>(PLAT-\d+)</a> <', page)
    assert keys == [f"PLAT-{number}" for number in range(1, 26)]
    following = re.search(r'rel="next" href="([^"]*items\d+=2[^"]*)"', page)
    assert following
    assert ">PLAT-26</a>" in client.get(html.unescape(following[1])).text
    rest = client.get(html.unescape(following[1]).replace("=2", "=3")).text
    assert "PLAT-64" in rest
    assert "dropped in the tracker" in rest


def test_why_work_was_dropped_is_told_in_words(filled: World) -> None:
    with filled.runtime.store.write() as session:
        dropped = update(t.Contribution).where(t.Contribution.item_key == "PLAT-64")
        session.execute(dropped.values(reason="dropped: not_planned"))
    client, path = filled.client("member"), "/2026-Q4/platform/KR-1?items1=3"
    page = client.get(path).text
    assert "dropped: not planned" in text(page)
    assert "not_planned" not in page
    assert not re.search('title="(todo|doing)"', client.get(path.partition("?")[0]).text)
    assert "제외됨: 계획에 없음" in text(client.get(path, headers={"Accept-Language": "ko"}).text)


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "1e9"])
def test_a_page_out_of_range_is_the_nearest_one(filled: World, page: str) -> None:
    url = f"/2026-Q4/platform/KR-1?items1={page}&moves={page}"
    assert filled.client("member").get(url).status_code == 200


def test_a_reading_that_cannot_be_trusted_says_why(filled: World) -> None:
    page = text(filled.client("member").get("/2026-Q4/payments/KR-5").text)
    assert "Unknown: no word from" in page
    assert "the token was refused" in page
    assert "no word for 3 days" in page
    assert "last known: 60 % done" in page


def test_unknown_is_a_dash_and_never_zero(filled: World) -> None:
    page = filled.client("member").get("/2026-Q4/data-platform/KR-8").text
    assert '<span class="big-number num h-unknown" data-n="score">–</span>' in page
    assert "Unknown: no link and no value yet." in text(page)


@pytest.mark.parametrize(
    "path",
    [
        "/2027-Q1",
        "/2026-Q4/nobody",
        "/2026-Q4/platform/KR-77",
        "/2026-Q4/mobile/KR-1",
        "/2026-Q4/mobile/O-1",
        "/2026-Q4/platform/KR-1/more",
    ],
)
def test_what_is_not_there_is_the_same_404(filled: World, path: str) -> None:
    client = filled.client("member")
    answer, other = client.get(path), client.get("/nothing/at/all/here")
    assert answer.status_code == other.status_code == 404
    assert text(answer.text) == text(other.text)


def test_a_past_day_is_shown_with_a_banner_and_stands_still(filled: World) -> None:
    with filled.runtime.store.write() as session:
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-1")).one()
        objective = session.get_one(t.Objective, row.objective_id)
        c, before = Company(session, filled.clock(), ids=count(9_000)), filled.clock()
        c.worded("objective", objective, before - timedelta(days=39))
        c.worded("key_result", row, before - timedelta(days=39))
    answer = filled.client("member").get("/2026-Q4/platform/KR-1?at=2026-11-16")
    assert "This is how it stood 16 Nov, 23:59" in text(answer.text)
    assert "data-live" not in answer.text
    assert "ETag" not in answer.headers
    early = filled.client("lead").get("/2026-Q4/platform/KR-1?at=2026-01-01")
    assert early.status_code == 404
    assert "yet at that time" in early.text


def test_moments() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert moment(None, now, zone) is None
    assert moment("2026-11-03", now, zone) == datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC)
    assert moment("2026-11-03T10:00:00Z", now, zone) == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert moment("2026-11-03T10:00:00 01:00", now, zone) == datetime(2026, 11, 3, 9, tzinfo=UTC)
    assert moment("2027-01-01", now, zone) is None
    for wrong in ("2026-11-03T10:00:00", "yesterday", "2026-13-01", "9999-12-31", "0" * 5000):
        with pytest.raises(Refused, match="Write a day"):
            moment(wrong, now, zone)


def test_a_time_without_a_zone_is_refused_on_the_page(filled: World) -> None:
    answer = filled.client("member").get("/2026-Q4/platform/KR-1?at=2026-11-03T10:00:00")
    assert answer.status_code == 400
    assert "has no zone" in answer.text


def test_the_main_part_is_sent_again_only_when_it_changed(filled: World) -> None:
    client, url = filled.client("member"), "/2026-Q4/platform/KR-1"
    etag = client.get(url).headers["ETag"]
    same = client.get(url, headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")
    with filled.runtime.store.write() as session:
        link = session.scalars(select(t.Link).order_by(t.Link.id)).first()
        assert link is not None
        Company(session, filled.clock()).finish(link, "PLAT-50")
    changed = client.get(url, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "35 of 60" in text(changed.text)


def test_the_connections_page_says_what_to_do(filled: World) -> None:
    page = text(filled.client("member").get("/connections").text)
    assert "broken" in page
    assert "The token was refused (401): it expired or was revoked." in page
    assert "No call is made until somebody acts" in page
    assert "acme/api#9 state is neither open nor closed" in page


def test_hostile_words_stay_words(world: World) -> None:
    with world.runtime.store.write() as session:
        c = Company(session, world.clock())
        for number, words in enumerate(HOSTILE):
            hostile(c, number, words)
    client = world.client("admin")
    paths = ["/connections", "/c0?health=unknown"]
    for number in range(len(HOSTILE)):
        paths += [f"/c{number}", f"/c{number}/t{number}", f"/c{number}/t{number}/KR-{number}"]
    for path in paths:
        page = client.get(path).text
        assert page.count("<main") == page.count("</main>") == 1
        assert page.count("<script") == page.count('<script src="/static/')
        assert not re.search(r"<img src=x|<svg/|\son[a-z]+=['\"a]|javascript:", attributes(page))
        assert "49" not in text(page)


def attributes(page: str) -> str:
    """The tags of a page without what their quotes hold."""
    return " ".join(re.sub(r'"[^"]*"', '""', tag) for tag in re.findall(r"<[^>]*>", page))


def hostile(c: Company, number: int, words: str) -> None:
    """A company made of one hostile text in every place a person or a tracker can fill."""
    cycle = c.cycle(f"c{number}", date(2026, 10, 1), date(2026, 12, 31))
    c.team(f"t{number}", words, "team")
    objective = c.objective(cycle, f"t{number}", f"O-{number}", words)
    row = c.key_result(objective, f"KR-{number}", words, unit=words)
    connection = c.connection(f"n{number}", words, "javascript:alert(1)", who=words, error=words)
    source = c.source(connection, words, error=words)
    link = c.link(row, source, f"jira:epic:{words}", words)
    item = c.item(link, source, words, "done", title=words)
    item.url = "javascript:alert(1)"
    c.read(link)
