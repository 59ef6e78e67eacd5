"""What may not be seen is in no answer: titles, keys and addresses of a narrowed connection."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store import tables as t
from sync import seeing
from tests.web import secret
from tests.web.routes import paths, routes
from tests.web.secret import NARROWED, SECRET
from tests.web.test_links import form
from tests.web.world import PASSWORD, World

PLACES: dict[str, tuple[str, ...]] = {
    "team": ("payments",),
    "key": ("KR-5", "O-3", "SESAME-1"),
    "name": (NARROWED,),
    "item": ("SESAME-1",),
    "person": ("maker",),
}
ASKED = ("", "at=2026-11-19", f"q=open&connection={NARROWED}&scope=jira:epic:SESAME-1")
ASKING = frozenset("company team key_result objective links coverage search work".split())
"""Pages that an address asks something of."""
KR = "/2026-Q4/payments/KR-5"


@pytest.fixture
def narrowed(filled: World) -> World:
    secret.hide(filled)
    return filled


def client(world: World, name: str, role: str, **place: Any) -> FlaskClient:
    secret.add(world, name, role, **place)
    found = world.client()
    assert found.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return found


def answers(
    world: World,
    browser: FlaskClient,
    questions: tuple[str, ...] = ASKED,
    **places: tuple[str, ...],
) -> dict[str, str]:
    """By address every answer with the secret in it; what was asked for is no news."""
    found = {}
    for rule, method in routes(world.app()):
        if method != "GET":
            continue
        for path in paths(rule, **{**PLACES, **places}):
            for asked in questions if rule.endpoint.partition(".")[0] in ASKING else ("",):
                address = f"{path}?{asked}"
                answer = browser.get(address)
                assert answer.status_code < 500, address
                told = f"{answer.text} {answer.headers}"
                for own in ("SESAME-1", "sesame-place/1", "sesame-place%2F1"):
                    told = told.replace(own, "")
                if SECRET in told.lower():
                    found[address] = told
    return found


def test_it_is_in_no_answer_to_who_may_not_see_it(narrowed: World) -> None:
    browser = client(narrowed, "maker", "lead", team="mobile", lead=True)
    assert list(answers(narrowed, browser)) == []
    _shows_numbers(browser)


def test_neither_it_nor_drafts_of_others_are_in_an_answer_to_a_member(narrowed: World) -> None:
    secret.draft(narrowed)
    browser = client(narrowed, "maker", "member", team="mobile")
    drafts = {
        "cycle": ("2026-Q4", "2027-Q1"),
        "key": ("KR-5", "KR-O-31", "KR-O-33", "O-31"),
        "objective": ("O-31", "O-33"),
    }
    assert list(answers(narrowed, browser, ("",), **drafts)) == []
    _shows_numbers(browser)


def test_leadership_has_the_numbers_and_neither_titles_nor_drafts(narrowed: World) -> None:
    secret.draft(narrowed)
    browser = client(narrowed, "looker", "viewer", team="payments", lead=True)
    paths = (
        "",
        "/payments",
        "/payments/KR-5",
        "/payments/KR-5.csv",
        "/-/coverage",
        "/payments/O-31",
    )
    for path in (*(f"/2026-Q4{each}" for each in paths), "/2027-Q1", "/connections", "/plan"):
        assert SECRET not in browser.get(path).text.lower(), path
    assert SECRET not in browser.get("/search?q=open").text.lower()
    _shows_numbers(browser)


def _shows_numbers(browser: FlaskClient) -> None:
    page = browser.get(KR).text
    assert "an item of jira-eu" in page
    assert "work of jira-eu" in page
    assert "3 of 5" in page


def test_leads_see_drafts(narrowed: World) -> None:
    secret.draft(narrowed)
    browser = client(narrowed, "maker", "lead", team="mobile", lead=True)
    assert SECRET in browser.get("/2027-Q1/payments").text
    assert SECRET in browser.get("/2026-Q4/payments").text


def test_what_may_not_be_seen_answers_as_what_is_not_there(narrowed: World) -> None:
    browser = client(narrowed, "maker", "member", team="mobile")
    for hidden, nothing in (
        ("/item/jira/SESAME-1", "/item/jira/ABSENT-1"),
        ("/item/jira@jira-eu/SESAME-1", "/item/jira@jira-eu/ABSENT-1"),
        ("/2026-Q4/payments/O-31", "/2026-Q4/payments/O-404"),
    ):
        answers = [browser.get(hidden), browser.get(nothing)]
        assert [each.status_code for each in answers] == [404, 404], hidden
        own = 'SESAME|ABSENT|O-31|O-404|name="csrf_token" value="[^"]*"'
        told = {re.sub(own, "", each.text) for each in answers}
        assert len(told) == 1


def test_a_stranger_sees_nothing_at_all(narrowed: World) -> None:
    narrowed.add("admin", "admin")
    assert answers(narrowed, narrowed.client(), ASKED[:2]) == {}


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("member", {"team": "payments"}),
        ("lead", {"team": "product", "lead": True}),
        ("admin", {}),
    ],
)
def test_who_is_bound_to_it_sees_it(narrowed: World, role: str, place: dict[str, Any]) -> None:
    page = client(narrowed, "maker", role, **place).get(KR).text
    assert "SESAME-1" in page
    assert "The sesame release" in page


def test_members_of_the_team_above_are_not_bound(narrowed: World) -> None:
    page = client(narrowed, "maker", "member", team="product").get(KR).text
    assert SECRET not in page.lower()


def test_owners_see_what_their_key_result_counts(narrowed: World) -> None:
    browser = client(narrowed, "maker", "member")
    with narrowed.runtime.store.write() as session:
        row = session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-5")).one()
        row.owner_id = session.scalars(select(t.Person.id)).one()
    assert "SESAME-1" in browser.get(KR).text


def test_an_admin_lets_a_team_with_all_below_it_and_viewers_see_it(narrowed: World) -> None:
    member = client(narrowed, "maker", "member", team="platform")
    viewer = client(narrowed, "looker", "viewer")
    admin = client(narrowed, "boss", "admin")
    let = {"seen": "bound", "team": "infra", "viewers": "yes"}
    assert admin.post(f"/connections/{NARROWED}/seen-by", data=let).status_code == 303
    assert "SESAME-1" in member.get(KR).text
    assert "SESAME-1" in viewer.get(KR).text
    page = admin.get(f"/connections/{NARROWED}").text
    assert 'id="seen-infra" value="infra" checked' in page
    admin.post(f"/connections/{NARROWED}/seen-by", data={"seen": "all"})
    assert "SESAME-1" in client(narrowed, "other", "member", team="mobile").get(KR).text


def test_a_team_that_is_not_there_is_refused_and_changes_nothing(narrowed: World) -> None:
    admin = client(narrowed, "boss", "admin")
    let = {"seen": "bound", "team": "nowhere", "viewers": "yes"}
    answer = admin.post(f"/connections/{NARROWED}/seen-by", data=let)
    assert answer.status_code == 422
    assert "There is no team" in answer.text
    with narrowed.runtime.store.read() as session:
        shown = seeing.shown(session, NARROWED)
    assert (shown.everybody, shown.let, shown.viewers) == (False, frozenset(), False)


def test_who_may_not_see_it_cannot_link_it(narrowed: World) -> None:
    browser = client(narrowed, "maker", "lead", team="mobile", lead=True)
    editor = "/2026-Q4/mobile/KR-6/links"
    page = browser.get(f"{editor}?q=release&connection={NARROWED}").text
    assert "You may not see work of jira-eu" in page
    assert f'<option value="{NARROWED}"' not in page
    for do in ("look", "save"):
        typed = form(do=do, scope=f"jira@{NARROWED}:epic:X-1")
        answer = browser.post(editor, data=typed)
        assert answer.status_code == 400
        assert "You may not see work of jira-eu" in answer.text
