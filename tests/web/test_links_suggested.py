"""Suggested links: found by titles, never applied by themselves, turned down for good."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store.tables import Item
from tests.web import unlinked
from tests.web.test_links import client, form, text
from tests.world import World, key_result
from web.links import views

PAGE = "/now/platform/KR-1/links"
KEY_RESULT = "/now/platform/KR-1"
LIST = "/now/-/unlinked"
EPIC = "scope=jira%3Aepic%3APLAT-1"


@pytest.fixture
def planned(tmp_path: Path, jira: Any, github: Any) -> Iterator[World]:
    yield from unlinked.planned(tmp_path, jira, github)


@pytest.fixture
def lead(planned: World) -> FlaskClient:
    return client(planned)


def test_a_key_result_without_links_is_shown_what_its_title_is_like(lead: FlaskClient) -> None:
    for path in (KEY_RESULT, PAGE, LIST):
        page = lead.get(path)
        assert "Queue migration a strong likeness" in text(page), path
        assert "shares the words migration, queue" in text(page), path
        assert f"{PAGE}?{EPIC}" in page.text, path
        assert "Dark mode" not in text(page), path


def test_nothing_is_linked_by_suggesting_and_one_click_shows_the_dry_run(
    lead: FlaskClient, planned: World
) -> None:
    before = planned.rows("link")
    page = lead.get(f"{PAGE}?{EPIC}")
    assert "Epic or any parent issue: Queue migration" in text(page)
    assert "2 items · 2 counted · 1 of 2 done" in text(page)
    assert "Value of KR-1 – → 50" in text(page)
    assert planned.rows("link") == before
    lead.post(PAGE, data=form(do="save"))
    planned.sync()
    assert planned.value() == 50
    assert "Queue migration a strong likeness" not in text(lead.get(KEY_RESULT))


def test_what_is_turned_down_is_suggested_no_more_until_that_is_undone(
    lead: FlaskClient, planned: World
) -> None:
    no = {"do": "dismiss", "scope": "jira:epic:PLAT-1"}
    assert lead.post(PAGE, data=no).location == PAGE
    page = lead.get(PAGE)
    assert "jira:epic:PLAT-1 is suggested no more for KR-1." in text(page)
    for path in (KEY_RESULT, PAGE, LIST):
        assert EPIC not in lead.get(path).text, path
    (kept,) = planned.rows("dismissal")
    assert (kept.scope, kept.author) == ("jira:epic:PLAT-1", "the lead")
    assert lead.post(PAGE, data=no).status_code == 303
    lead.post(PAGE, data={**no, "do": "recall"})
    assert EPIC in lead.get(PAGE).text
    assert planned.rows("dismissal") == []


def test_a_typed_value_gets_clear_suggestions_only(lead: FlaskClient, planned: World) -> None:
    assert "Gift cards" not in text(lead.get("/now/platform/KR-3"))
    planned.apply(key_result("KR-3", title="Gift cards sold", value=3))
    assert "Gift cards" in text(lead.get("/now/platform/KR-3"))


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_who_may_not_link_is_shown_no_suggestion(planned: World, role: str) -> None:
    other = client(planned, role)
    for path in (KEY_RESULT, LIST):
        assert "likeness" not in text(other.get(path)), path
    assert other.post(PAGE, data={"do": "dismiss", "scope": "jira:epic:PLAT-1"}).status_code == 403


def test_the_list_has_what_is_not_known_first_and_leaves_the_linked_out(lead: FlaskClient) -> None:
    page = lead.get(LIST).text
    places = [page.index(f'id="bare-{key}"') for key in ("KR-1", "KR-4", "KR-3")]
    assert places == sorted(places)
    assert 'id="bare-KR-2"' not in page
    assert 'id="bare-KR-1"' in lead.get(f"{LIST}?team=acme").text
    assert lead.get(f"{LIST}?team=nowhere").status_code == 404
    assert lead.get("/never/-/unlinked").status_code == 404


def test_the_team_says_how_many_nobody_knows(lead: FlaskClient) -> None:
    page = lead.get("/now/platform")
    assert "2 key results have neither a link nor a value" in text(page)
    assert "/now/-/unlinked?team=platform" in page.text


def test_work_that_was_finished_before_the_cycle_is_left_out(
    lead: FlaskClient, planned: World
) -> None:
    with planned.runtime.store.write() as session:
        epic = session.scalars(select(Item).where(Item.key == "PLAT-1")).one()
        epic.category, epic.state_at = "done", planned.clock.turn(days=-90)
    planned.clock.turn(days=90)
    assert EPIC not in lead.get(PAGE).text


def test_the_trackers_are_asked_only_when_somebody_wants_that(
    lead: FlaskClient, jira: Any, github: Any
) -> None:
    github.site.add_repo("acme/api")
    number = github.site.add_milestone("acme/api", "Queue migration, consumers")
    calls = len(jira.site.calls), len(github.site.calls)
    page = lead.get(PAGE)
    assert "Look for likely work in the trackers, too" in text(page)
    assert (len(jira.site.calls), len(github.site.calls)) == calls
    asked = lead.get(f"{PAGE}?suggest=trackers")
    assert f"scope=github%3Amilestone%3Aacme/api/{number}" in asked.text
    assert EPIC in asked.text


def test_a_tracker_that_fails_hides_nothing_of_the_others(lead: FlaskClient, jira: Any) -> None:
    jira.faults.add("error")
    page = lead.get(f"{PAGE}?suggest=trackers")
    assert EPIC in page.text
    assert "could not answer" in text(page)
    tried = lead.get(f"{PAGE}?scope=jira:epic:PLAT-77")
    assert ">jira:epic:PLAT-77</textarea>" in tried.text
    assert "What you chose is kept" in text(tried)


def test_a_dry_run_that_takes_too_long_says_so_and_keeps_the_choice(
    lead: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PATIENCE", -1.0)
    tried = lead.get(f"{PAGE}?scope=jira:label:PLAT/okr")
    assert "takes longer than a person waits for" in text(tried)
    assert "What you chose is kept." in text(tried)
    assert ">jira:label:PLAT/okr</textarea>" in tried.text


def test_an_ended_link_is_brought_back_with_its_ledger(lead: FlaskClient, planned: World) -> None:
    lead.post(PAGE, data=form(do="save"))
    planned.sync()
    (made,) = planned.rows("link", scope="jira:epic:PLAT-1")
    ledger = planned.rows("contribution", link_id=made.id)
    lead.post(PAGE, data={"do": "end", "link": str(made.id)})
    assert planned.value() is None
    page = lead.get(PAGE)
    assert 'aria-label="Bring Queue migration back"' in page.text
    planned.clock.turn(hours=2)
    lead.post("/sign-in", data={"name": "The lead", "password": "open the calm gate"})
    lead.post(PAGE, data={"do": "restore", "link": str(made.id)})
    assert "The link counts again, from where it stood." in text(lead.get(PAGE))
    assert planned.value() == 50
    (back,) = planned.rows("link", scope="jira:epic:PLAT-1")
    assert (back.id, back.ended_at, back.ended_by) == (made.id, None, None)
    assert planned.rows("contribution", link_id=made.id) == ledger
    again = lead.post(PAGE, data={"do": "restore", "link": str(made.id)})
    assert again.status_code == 303
    assert "counts for KR-1 already" in text(lead.get(PAGE))
    for number in ("", "x", "9999"):
        lead.post(PAGE, data={"do": "restore", "link": number})
    assert [each.ended_at for each in planned.rows("link")] == [None, None]


def test_after_a_day_or_once_it_is_linked_anew_it_stays_ended(
    lead: FlaskClient, planned: World
) -> None:
    lead.post(PAGE, data=form(do="save"))
    (made,) = planned.rows("link", scope="jira:epic:PLAT-1")
    lead.post(PAGE, data={"do": "end", "link": str(made.id)})
    lead.post(PAGE, data=form(do="save"))
    assert "Just ended" not in text(lead.get(PAGE))
    lead.post(PAGE, data={"do": "restore", "link": str(made.id)})
    assert "KR-1 counts jira:epic:PLAT-1 already" in text(lead.get(PAGE))
    (_, anew) = planned.rows("link", scope="jira:epic:PLAT-1")
    lead.post(PAGE, data={"do": "end", "link": str(anew.id)})
    assert "Just ended" in text(lead.get(PAGE))
    planned.clock.turn(days=1, seconds=1)
    lead.post("/sign-in", data={"name": "The lead", "password": "open the calm gate"})
    assert "Just ended" not in text(lead.get(PAGE))
    lead.post(PAGE, data={"do": "restore", "link": str(anew.id)})
    assert "ended more than a day ago" in text(lead.get(PAGE))
    assert all(each.ended_at for each in planned.rows("link", scope="jira:epic:PLAT-1"))


def test_each_kind_of_work_has_a_way_in_with_its_hint(lead: FlaskClient, planned: World) -> None:
    for name in ("jira", "github"):
        for kind in planned.runtime.tracker(name).spec.scope_kinds:
            page = lead.get(f"{PAGE}?connection={name}&kind={kind.kind}")
            assert kind.hint in text(page), kind.kind
            assert f'name="kind" value="{kind.kind}"' in page.text
    assert (
        '<textarea class="form-control" id="q"' in lead.get(f"{PAGE}?connection=jira&kind=jql").text
    )


def test_what_is_chosen_for_one_kind_is_looked_for_in_it(lead: FlaskClient) -> None:
    found = text(lead.get(f"{PAGE}?connection=jira&kind=project&q=PLAT"))
    assert "jira:project:PLAT" in found


def test_a_query_leads_to_its_dry_run_at_once(lead: FlaskClient) -> None:
    asked = f"{PAGE}?connection=jira&kind=jql&q="
    page = lead.get(f"{asked}project+in+(PLAT)", follow_redirects=True)
    assert ">jira:jql:project in (PLAT)</textarea>" in page.text
    assert "9 items" in text(page)
    wrong = lead.get(f"{asked}project+=+NOPE", follow_redirects=True)
    assert "The value 'NOPE' does not exist" in text(wrong)
    assert ">jira:jql:project = NOPE</textarea>" in wrong.text
