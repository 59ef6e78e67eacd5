"""An objective's page: what it stands on, whom it serves, how it went and how it was worded."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from connector.plans import Entry
from connector.store import tables as t
from sync import said
from sync.planning import editing
from sync.reports import objective_course
from tests.web import past
from tests.web.test_pages import text
from tests.web.world import World

O_1 = "/2026-Q4/platform/O-1"


def cells(page: str, key: str) -> list[str]:
    """What the row of one thing says: score, weight, share, what it adds."""
    row = page[page.index(f'id="row-{key}"') :]
    found = re.findall(r"<td[^>]*>(.*?)</td>", row[: row.index("</tr>")], re.DOTALL)
    return [text(each).strip() for each in found]


def change(world: World, key: str, author: str = "Platform lead", **fields: object) -> None:
    entry = Entry("objective", key, "2026-Q4", fields, 0)
    editing.change(world.runtime, [entry], author=author)


def test_the_score_is_told_by_its_parts(filled: World) -> None:
    page = filled.client("viewer").get(O_1).text
    assert cells(page, "KR-1") == ["0.52 KR-1, on track", "1", "33 %", "0.17"]
    assert cells(page, "KR-2")[-1] == "0.33"
    assert ">0.84</b>" in page[page.index("<tfoot") :]
    read = text(page)
    assert "on track committed strong score no owner" in read
    assert "score 0.84 0.55 expected by today" in read
    assert "O-0 Customers trust every payment Acme" in read
    assert "New key result" not in read


def test_what_is_unknown_and_what_adds_nothing_says_so(filled: World) -> None:
    client = filled.client("viewer")
    search = client.get("/2026-Q4/data-platform/O-5").text
    assert "Partial: 50 % of its weight is known. Without a number: KR-8" in text(search)
    assert cells(search, "KR-8") == ["– KR-8, unknown", "1", "–", "–"]
    trust = client.get("/2026-Q4/acme/O-0").text
    assert cells(trust, "KR-0")[1:] == ["a guardrail: it must hold, and adds nothing"]
    assert "Off track because of KR-0 Failed payments" in text(trust)
    assert "It supports nothing above it" in text(trust)
    assert "Who supports it" in trust
    assert "O-3" in trust[trust.index('id="supporters"') :]


def test_old_numbers_are_named_and_say_since_when(filled: World) -> None:
    filled.clock.turn(days=3)
    page = text(filled.client("viewer").get(O_1).text)
    assert "unknown committed strong" in page
    told = (
        "No fresh number, so nobody knows how it is doing: KR-1 Finish the queue migration , KR-2"
    )
    assert told in page
    assert "Unknown: no word from jira:epic:PLAT-42 since 20 Nov" in page


def test_objectives_that_support_it_are_its_parts_where_it_takes_them(filled: World) -> None:
    past.upper(filled)
    client = filled.client("viewer")
    taken = client.get("/2026-Q4/product/O-61").text
    assert cells(taken, "O-62") == ["0.40 O-62, at risk", "1", "100 %", "0.40"]
    assert "/2026-Q4/payments/O-62" in taken
    assert "Who supports it" not in taken
    below = text(client.get("/2026-Q4/payments/O-62").text)
    assert "KR-60 Every way is finished Acme" in below
    assert "also serves O-61 Nobody has to ask Product" in below


def test_the_chart_ends_at_the_number_and_the_week_adds_up(filled: World) -> None:
    page = filled.client("viewer").get(O_1).text
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td>", page)
    assert rows[0] == ("20 Nov", "0.84")
    assert ("12 Nov", "0.54") in rows
    week = text(page[page.index('id="week"') :])
    assert "+29.6 points from 0.54 to 0.84" in week
    assert "KR-1 Finish the queue migration" in week
    assert "18 items done" in week


def test_a_value_that_was_typed_counts_from_its_day(planned: World) -> None:
    planned.clock.turn(days=-10)
    entry = Entry("key_result", "KR-91", "2026-Q4", {"value": 100.0}, 0)
    editing.change(planned.runtime, [entry], author="plan")
    planned.clock.turn(days=10)
    page = planned.client("viewer").get("/2026-Q4/acme/O-9").text
    rows = dict(re.findall(r"<tr><th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td>", page))
    assert rows["10 Nov"] == rows["20 Nov"] == "0.25"
    assert "9 Nov" not in rows


def test_a_persons_word_stands_from_its_day_to_its_end(planned: World) -> None:
    subject = said.Subject("2026-Q4", "KR-6", "Platform lead")
    planned.clock.turn(days=-3)
    said.override(planned.runtime, subject, 20.0, reason="half of it was reverted", until=None)
    planned.clock.turn(days=2)
    said.end_override(planned.runtime, subject)
    planned.clock.turn(days=1)
    page = planned.client("viewer").get("/2026-Q4/mobile/O-4").text
    rows = dict(re.findall(r"<tr><th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td>", page))
    days = ("16 Nov", "17 Nov", "18 Nov", "19 Nov")
    assert [rows[day] for day in days] == ["1.00", "0.20", "0.20", "1.00"]


def test_what_stands_on_too_much_is_not_drawn(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objective_course, "MOST_LINKS", 1)
    client = filled.client("viewer")
    assert "too much work to be drawn here" in client.get(O_1).text
    assert "<figure" in client.get("/2026-Q4/mobile/O-4").text


def test_every_wording_is_kept_and_told(planned: World) -> None:
    with planned.runtime.store.write() as session:
        session.add(t.Person(key="lead", name="Platform lead", role="lead"))
    change(planned, "O-1", title="Payments never wait at all")
    planned.clock.turn(hours=1)
    change(planned, "O-1", weight=2.0, supports=(("O-0", 1.0), ("KR-01", 2.0)), owner="lead")
    page = planned.client("viewer").get(O_1).text
    told = text(page[page.index('id="wordings"') :])
    assert "what it supports: O-0 O-0, KR-01 × 2" in told
    assert "weight: 1 2" in told
    assert "owner: Platform lead" in told
    assert told.index("weight") < told.index("written down")
    assert "weight 2" in text(page[: page.index("<section")])


def test_a_past_day_shows_it_as_it_was(filled: World) -> None:
    past.fill(filled)
    client = filled.client("admin")
    then = client.get("/2026-Q4/platform/O-50?at=2026-11-15").text
    assert "how it stood" in text(then)
    assert cells(then, "KR-50")[0] == "0.00 KR-50, unknown"
    assert "/plan/" not in then[then.index("<main") :]
    assert "/2026-Q4/platform/KR-50?at=2026-11-15" in then
    early = client.get("/2026-Q4/platform/O-50?at=2026-11-01")
    assert early.status_code == 404
    assert "Nothing was written down" in early.text


def test_an_objective_that_does_not_count_says_so_and_drafts_are_for_their_team(
    planned: World,
) -> None:
    change(planned, "O-2", state="draft")
    client = planned.client("admin")
    assert "It is a draft: it counts for nothing" in text(client.get("/2026-Q4/platform/O-2").text)
    team = text(client.get("/2026-Q4/platform").text)
    assert "1 objective that counts for nothing now O-2 Nights are quiet draft" in team
    viewer = planned.client("viewer")
    assert viewer.get("/2026-Q4/platform/O-2").status_code == 404
    assert "O-2" not in viewer.get("/2026-Q4/platform").text
    change(planned, "O-1", state="draft")
    assert "No objectives of Platform" not in text(client.get("/2026-Q4/platform").text)
    change(planned, "O-1", state="active")
    change(planned, "O-2", state="postponed")
    assert "It is postponed" in text(viewer.get("/2026-Q4/platform/O-2").text)


def test_one_address_leads_to_objectives_and_to_key_results(filled: World) -> None:
    client = filled.client("viewer")
    for path in ("/2026-Q4", "/2026-Q4/platform", "/2026-Q4/platform/KR-1"):
        page = client.get(path).text
        assert O_1 in page or "/2026-Q4/acme/O-0" in page
        assert "#O-" not in page
    assert "What it counts" in client.get("/2026-Q4/platform/KR-1").text
    for wrong in ("/2026-Q4/payments/O-1", "/2026-Q3/platform/O-1", "/2026-Q4/platform/O-99"):
        assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("kind", ["title", "team"])
def test_hostile_words_stay_words(filled: World, kind: str) -> None:
    evil = "<script>alert(1)</script>"
    with filled.runtime.store.write() as session:
        table = t.Objective if kind == "title" else t.Team
        row = session.scalars(
            select(table).where(table.key == {"title": "O-1", "team": "acme"}[kind])
        )
        setattr(row.one(), "title" if kind == "title" else "name", evil)
    page = filled.client("admin").get(O_1).text
    assert evil not in page
    assert html.escape(evil) in page


def test_more_key_results_cost_no_more_statements(filled: World) -> None:
    client, counted = filled.client("viewer"), []
    engine = filled.runtime.store.engine
    event.listen(engine, "before_cursor_execute", lambda *_: counted.append(1))

    def statements() -> int:
        # Whatever was kept of the cycle is to be read anew.
        with filled.runtime.store.write() as session:
            session.execute(update(t.Team).values(name=t.Team.name + "."))
        counted.clear()
        assert client.get(O_1).status_code == 200
        return len(counted)

    statements()
    few = statements()
    with filled.runtime.store.write() as session:
        c = past.company(filled, session)
        row = session.scalars(select(t.Objective).where(t.Objective.key == "O-1")).one()
        for number in range(8):
            c.key_result(row, f"KR-2{number}", "More", value=10.0)
        c.score()
    assert statements() <= few


def test_it_is_live_now_and_not_on_past_days(filled: World) -> None:
    client = filled.client("viewer")
    etag = client.get(O_1).headers["ETag"]
    assert client.get(O_1, headers={"If-None-Match": etag}).status_code == 304
    filled.clock.turn(hours=1)
    day = (filled.clock() - timedelta(days=1)).date()
    assert "ETag" not in client.get(f"{O_1}?at={day}").headers
