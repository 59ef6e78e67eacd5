"""The link editor used twice, too late and everywhere: nothing is doubled, nothing is lost."""

from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient

from tests.web.test_links import KEY_RESULT, PAGE, both, busy, form, lead, standing, text
from tests.world import World

__all__ = ["both", "busy", "lead"]


def test_a_link_that_is_sent_twice_is_made_once(lead: FlaskClient, busy: World) -> None:
    first, second = (lead.post(PAGE, data=form(do="save")) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] == KEY_RESULT
    assert len(standing(busy)) == 1
    other = lead.post(PAGE, data=form(do="save", dropped="as_done"))
    assert "KR-1 counts jira:epic:PLAT-1 already" in text(other, 400)


def test_a_link_that_somebody_ended_meanwhile_is_told_not_lost(
    lead: FlaskClient, busy: World
) -> None:
    lead.post(PAGE, data=form(do="save"))
    (row,) = standing(busy)
    (first, second) = (
        lead.post(PAGE, data={"do": "end", "link": str(row.id)}, follow_redirects=True)
        for _ in range(2)
    )
    assert "counts no more" in text(first)
    assert "This link ended meanwhile." in text(second)
    assert "This link ended meanwhile." in text(
        lead.get(f"{PAGE}?link={row.id}", follow_redirects=True)
    )
    typed = lead.post(PAGE, data=form(do="save", link=str(row.id), types="Story"))
    assert "This link ended meanwhile; save it to link it anew." in text(typed, 400)
    assert 'value="Story"' in typed.text
    assert 'name="link"' not in typed.text
    for number in ("999", "x", "-1", "9" * 30):
        assert lead.post(PAGE, data={"do": "end", "link": number}).status_code == 404


def test_a_link_that_cannot_be_brought_back_says_why_as_a_problem(
    lead: FlaskClient, busy: World
) -> None:
    lead.post(PAGE, data=form(do="save"))
    (row,) = standing(busy)
    lead.post(PAGE, data={"do": "end", "link": str(row.id)})
    again = {"do": "restore", "link": str(row.id)}
    assert "counts again" in text(lead.post(PAGE, data=again, follow_redirects=True))
    twice = lead.post(PAGE, data=again, follow_redirects=True)
    assert '<p class="alert-line" role="alert">' in twice.text
    assert "counts for KR-1 already" in text(twice)
    assert len(standing(busy)) == 1


def test_without_a_tracker_chosen_all_of_them_are_searched(
    lead: FlaskClient, busy: World, github: Any, jira: Any
) -> None:
    github.site.add_repo("acme/api")
    github.site.add_milestone("acme/api", "Queue rework")
    page = lead.get(f"{PAGE}?q=queue")
    assert "Move the queue" in text(page)
    assert "Queue rework" in text(page)
    assert f'href="{PAGE}?connection=jira&amp;q=queue"' in page.text
    query = lead.get(f"{PAGE}?q={quote('project = PLAT')}")
    assert "scope=jira%3Ajql%3Aproject%20%3D%20PLAT" in query.text
    jira.faults.add("error")
    half = text(lead.get(f"{PAGE}?q=queue"))
    assert "Queue rework" in half
    assert "Jira: " in half.replace("jira:", "Jira:")


def test_a_status_without_a_share_is_told_with_an_example(lead: FlaskClient) -> None:
    wrong = lead.post(PAGE, data=form(do="look", statuses="In Review 0.8"))
    assert "'In Review 0.8' says no share; write it as In Review: 0.8." in text(wrong, 400)
