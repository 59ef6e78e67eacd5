"""Every new number explains itself: history, scope, people, supports, states, past days."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from connector.store import tables as t
from sync import said
from tests.web import past
from tests.web.test_pages import text
from tests.web.world import World


@pytest.fixture
def told(filled: World) -> World:
    past.fill(filled)
    return filled


def page_of(world: World, path: str) -> str:
    return world.client("member").get(path).text


def test_the_way_is_drawn_with_its_past_apart(told: World) -> None:
    page = page_of(told, "/2026-Q4/platform/KR-50")
    assert '<title id="way-KR-50">The way of KR-50 from 1 Oct to 31 Dec</title>' in page
    for name in ("way-line rebuilt", "way-line", "expected", "fan", "scope-line rebuilt"):
        assert f'<path class="{name}"' in page
    plain = text(page)
    assert "Told from the tracker's own history since 5 Oct 2026." in plain
    assert "Four times in five it ends between" in plain
    assert re.search(r"11 Oct rebuilt 0 % 0 % [\d.]+ % 0 3", plain)
    assert " style=" not in page


def test_work_is_told_apart_from_scope_and_the_past_is_folded(told: World) -> None:
    page = page_of(told, "/2026-Q4/platform/KR-50")
    folded = page[page.index('<details class="past" id="past">') :]
    plain = text(folded)
    assert "Before it was linked: 6 movements" in plain
    assert "joined the scope PLAT-904" in plain
    assert "scope +1" in plain
    assert "reopened PLAT-902" in plain
    assert "finished PLAT-903 +25 points" in text(page[: page.index('id="past"')])
    assert "This week: 2 items done; work +50 points" in text(page)


def test_a_past_day_before_the_link_is_marked_as_rebuilt(told: World) -> None:
    plain = text(page_of(told, "/2026-Q4/platform/KR-50?at=2026-10-14"))
    assert "Nothing was linked yet: it is rebuilt from the tracker’s own history." in plain
    assert "33.33 % from 0 to 100 %" in plain
    assert "In the seven days before: 1 item done; work +33.3 points rebuilt" in plain
    assert "no word" not in plain


def test_an_override_shows_both_values_who_why_and_until_when(told: World) -> None:
    subject = said.Subject("2026-Q4", "KR-50", "Platform lead")
    until = date(2026, 11, 30)
    said.override(told.runtime, subject, 80.0, reason="two are as good as done", until=until)
    plain = text(page_of(told, "/2026-Q4/platform/KR-50"))
    assert "80 % is what Platform lead said. It lasts until 30 Nov. just now" in plain
    assert "The work by itself says 50 %" in plain
    assert "override set: 80 % +30 points two are as good as done Platform lead" in plain


def test_a_guarded_outcome_is_held_until_a_person_confirms(told: World) -> None:
    with told.runtime.store.write() as session:
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-6")).one()
        row.guard = True
        past.company(told, session).score()
    client = told.client("member")
    page = text(client.get("/2026-Q4/mobile/KR-6").text)
    assert "Held at 95 % until a person confirms the outcome." in page
    word = said.Word(confidence=8, confirms=True)
    said.check_in(told.runtime, said.Subject("2026-Q4", "KR-6", "App lead"), word)
    confirmed = text(client.get("/2026-Q4/mobile/KR-6").text)
    assert "Held at" not in confirmed
    assert "confidence 8 of 10" in confirmed


def test_without_links_it_says_why_there_is_no_forecast(filled: World) -> None:
    page = page_of(filled, "/2026-Q4/platform/KR-4")
    assert "There is no forecast: no link computes this key result." in text(page)
    assert 'class="chart"' not in page


def test_progress_from_supports_says_which_objectives(filled: World) -> None:
    past.upper(filled)
    client = filled.client("member")
    page = text(client.get("/2026-Q4/acme/KR-60").text)
    assert "the weighted mean of the objectives that support it" in page
    assert "O-62 Refunds" in page
    below = text(client.get("/2026-Q4/payments/KR-62").text)
    assert "also serves O-61 Nobody has to ask" in below
    team = text(client.get("/2026-Q4/payments").text)
    assert team.count("serves O-") == 3  # with the one that O-3 supports
    assert "led by Payments lead" in team


def test_an_objective_says_what_it_is_scored_by(filled: World) -> None:
    past.upper(filled)
    client = filled.client("member")
    page = text(client.get("/2026-Q4/product").text)
    assert "scored by the objectives that support it" in page
    assert "Scored by 1 objective below" in page
    assert "No key results yet" not in page
    assert "Scored by the objectives that support it." in text(client.get("/2026-Q4").text)


def test_the_company_shows_two_numbers_and_how_much_of_each_is_known(filled: World) -> None:
    page = text(page_of(filled, "/2026-Q4"))
    below = r"with all teams below 0\.\d\d"
    assert re.search(rf"own 0\.\d\d {below} from all objectives", page)
    with filled.runtime.store.write() as session:
        changed = update(t.Score).where(t.Score.subtree_known == 1)
        session.execute(changed.values(subtree_known=0.75))
    page = text(filled.client("lead").get("/2026-Q4").text)
    share = "· from 75 % of the objectives’ weight"
    assert re.search(rf"own 0\.\d\d · from all objectives {below} {share}", page)


def test_a_closed_cycle_says_so_with_its_verdict(filled: World) -> None:
    past.close(filled)
    page = text(page_of(filled, "/2026-Q3"))
    assert "closed ended on 30 Sep 2026" in page
    assert "The aspirational objectives ended low" in page
    assert "not passed" in page


@pytest.mark.parametrize("path", ["/2026-Q4", "/2026-Q4/platform"])
def test_company_and_team_show_a_past_day(told: World, path: str) -> None:
    client = told.client("member")
    day = (told.clock() - timedelta(days=3)).date()
    answer = client.get(f"{path}?at={day}")
    plain = text(answer.text)
    assert "This is how it stood 17 Nov, 23:59" in plain
    assert "Queues are never full" in plain
    assert "Payments never wait" not in plain  # nothing of it was written down
    assert "data-live" not in answer.text
    early = text(client.get(f"{path}?at=2026-10-02").text)
    assert "written down yet on that day" in early
    assert client.get(f"{path}?at=never").status_code == 400
