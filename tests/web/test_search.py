"""Search finds whatever goes by a key or some words, and only what may be seen."""

import re

import pytest
from sqlalchemy import select, update

from connector.store import Store
from connector.store import tables as t
from connector.store.folding import Folded, fold
from sync import seeing
from tests.web import staff
from tests.web.test_pages import text
from tests.web.world import World


@pytest.fixture
def staffed(filled: World) -> World:
    staff.engage(filled)
    return filled


def found(world: World, asked: str, role: str = "member") -> str:
    answer = world.client(role).get("/search", query_string={"q": asked})
    assert answer.status_code == 200
    return answer.text[answer.text.index("<main") : answer.text.index("</main>")]


def headings(page: str) -> list[str]:
    return re.findall(r'<h2 id="h-(\w+)">', page)


def test_nothing_asked_says_what_can_be_found(staffed: World) -> None:
    assert "are found by key (KR-1, PLAT-43, acme/api#7)" in text(found(staffed, "  "))


@pytest.mark.parametrize(
    ("asked", "first", "url"),
    [
        ("kr-1", "key_results", "/2026-Q4/platform/KR-1"),
        ("O-1", "objectives", "/2026-Q4/platform/O-1"),
        ("plat-41", "items", "/item/jira@jira/PLAT-41"),
        ("ACME/API#5", "items", "/item/github/acme/api/5"),
        ("https://tracker.example.com/browse/PLAT-41?x=1#y", "items", "/item/jira@jira/PLAT-41"),
        ("platform", "teams", "/2026-Q4/platform"),
        ("maker", "people", "/2026-Q4/platform"),
    ],
)
def test_a_whole_key_comes_first(staffed: World, asked: str, first: str, url: str) -> None:
    page = found(staffed, asked)
    assert headings(page)[0] == first
    links = re.findall(r'<li class="hit.*?href="([^"]+)"', page, re.DOTALL)
    assert links[0] == url


def test_all_words_must_be_there_in_any_order_and_case(staffed: World) -> None:
    page = text(found(staffed, "MIGRATION  queue"))
    assert "KR-1 Finish the queue migration Platform · 2026-Q4" in page
    assert "Nothing is found for “queue nonsense”." in text(
        found(staffed, "queue nonsense", "lead")
    )


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        ("Déjà réglé: paiements", "deja REGLE"),
        ("결제가기다리지않게한다", "기다리지"),
        ("Ödeme gecikmesi", "odeme"),
        ("100 % of _everything_", "100 %"),
        ("100 % of _everything_", "_every"),
    ],
)
def test_accents_scripts_and_signs_do_not_matter(staffed: World, title: str, asked: str) -> None:
    with staffed.runtime.store.write() as session:
        session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-8")).one().title = title
        staff.loose(session, "PLAT-901", title)
    page = text(found(staffed, asked))
    assert f"KR-8 {title}" in page
    assert f"PLAT-901 {title}" in page
    assert "KR-7" not in page


def test_a_sign_of_the_database_is_only_a_sign(staffed: World) -> None:
    assert "Nothing is found" in text(found(staffed, "PLAT_41"))


def test_a_kind_with_many_is_turned_in_portions(staffed: World) -> None:
    staff.heavy(staffed, 60)
    client = staffed.client("member")
    page = client.get("/search?q=loose").text
    assert page.count('<li class="hit') == 8
    every = client.get("/search?q=loose&in=items").text
    assert every.count('<li class="hit') == 25
    assert "/search?q=loose&amp;in=items&amp;page=2" in every
    last = client.get("/search?q=loose&in=items&page=3").text
    assert last.count('<li class="hit') == 10
    assert 'rel="next"' not in last
    assert "There is nothing further." in text(client.get("/search?q=loose&in=items&page=9").text)
    assert client.get("/search?q=loose&in=nonsense").status_code == 404


def test_it_costs_a_handful_of_statements_however_much_there_is(staffed: World) -> None:
    client = staffed.client("member")
    client.get("/search?q=e")
    with staff.counted(staffed) as few:
        client.get("/search?q=e")
    staff.heavy(staffed, 60)
    with staff.counted(staffed) as many:
        client.get("/search?q=e")
    assert len(many) <= len(few) <= 16


def test_work_of_a_hidden_connection_is_not_found(staffed: World) -> None:
    seeing.let_see(staffed.runtime, "jira")
    assert "Nothing is found" in text(found(staffed, "PLAT-41"))
    assert "PLAT-41" in found(staffed, "PLAT-41", "admin")


def test_drafts_are_found_by_who_may_see_them(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        session.execute(update(t.Objective).where(t.Objective.key == "O-5").values(state="draft"))
    assert "Nothing is found" in text(found(staffed, "KR-7"))
    assert "Nothing is found" in text(found(staffed, "O-5", "viewer"))
    assert "KR-7 Searches without a result" in text(found(staffed, "KR-7", "lead"))


def test_what_is_retired_is_not_found(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        for table in (t.Team, t.Person, t.KeyResult):
            session.execute(update(table).values(retired=True))
    page = found(staffed, "a")
    assert set(headings(page)) == {"objectives", "items"}


def test_every_database_folds_as_python_does(store: Store) -> None:
    titles = ["Déjà VU", "결제 지연", "ÖDEME", "плата", "plain", "PLAIN", "A\u0301ngstrom", ""]
    with store.write() as session:
        for number, title in enumerate(titles):
            session.add(t.Person(key=f"p{number}", name=title, role="member"))
    with store.read() as session:
        query = select(t.Person.name, Folded(t.Person.name)).order_by(t.Person.id)
        told = [(row[0], row[1]) for row in session.execute(query)]
    assert told == [(title, fold(title)) for title in titles]


def test_text_from_a_title_is_never_markup(staffed: World) -> None:
    with staffed.runtime.store.write() as session:
        staff.loose(session, "PLAT-902", "<script>alert(1)</script>")
    page = found(staffed, "<script>")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
