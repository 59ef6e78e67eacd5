"""What people say of a key result on its page, what cannot be read, and the items as a file."""

import csv
import html
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from connector.store import tables as t
from tests.web.company import Company
from tests.web.world import World
from web import sheet

TYPED = "/2026-Q4/data-platform/KR-7"
LINKED = "/2026-Q4/platform/KR-1"
BARE = "/2026-Q4/data-platform/KR-8"


def text(answer: TestResponse, status: int = 200) -> str:
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert answer.status_code == status, main[:2000]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", f"<{main}")).split())


def rows(world: World, table: type[Any]) -> list[Any]:
    with world.runtime.store.read() as session:
        return list(session.scalars(select(table)))


@pytest.fixture
def admin(filled: World) -> FlaskClient:
    return filled.client("admin")


def test_a_check_in_is_kept_shown_and_says_what_it_did(filled: World, admin: FlaskClient) -> None:
    said = {"value": "12,5 %", "confidence": "7", "note": "Half\nway", "blockers": "<b>No</b> disk"}
    answer = admin.post(f"{TYPED}/check-in", data=said)
    assert (answer.status_code, answer.location) == (303, TYPED)
    page = admin.get(TYPED)
    assert "Saved. Score 0.00 → 0.46." in text(page)
    assert "12.5 %" in text(page).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "confidence 7 of 10" in text(page)
    assert "In the way: <b>No</b> disk" in text(page)
    assert "<b>No</b> disk" not in page.text
    assert "Saved." not in text(admin.get(TYPED))
    (kept,) = rows(filled, t.CheckIn)
    assert (kept.value, kept.confidence, kept.note, kept.author) == (12.5, 7, "Half\nway", "admin")


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("en", "1,234.5", 1234.5),
        ("en", "12,5", 12.5),
        ("en", "\N{MINUS SIGN}3 %", -3),
        ("id", "1.234,5", 1234.5),
        ("id", "12.500", 12500),
        ("id", "12,5", 12.5),
        ("id", "12.5", 12.5),
    ],
)
def test_a_number_is_read_as_its_language_writes_it(
    filled: World, admin: FlaskClient, language: str, typed: str, meant: float
) -> None:
    said = {"Accept-Language": language}
    admin.post(f"{TYPED}/check-in", data={"value": typed}, headers=said)
    assert [each.value for each in rows(filled, t.CheckIn)] == [meant]


def test_a_value_typed_in_a_check_in_is_told_once(admin: FlaskClient) -> None:
    admin.post(f"{TYPED}/check-in", data={"value": "12"})
    thread = admin.get(TYPED).text.partition('class="thread"')[2].partition("</ol>")[0]
    assert thread.count("<li") == 1
    assert "points" in thread


WRONG = (
    ({"value": "half"}, "“half” is not a number", "said-value"),
    ({"value": "1,2345"}, "“1,2345” is not a number", "said-value"),
    ({"value": "inf"}, "is not a finite number", "said-value"),
    ({"confidence": "11"}, "Choose 1 (low) to 10 (high)", "said-confidence"),
    ({"note": "x" * 2001}, "Is longer than 2000 characters", "said-note"),
    ({"confirm": "1"}, "does not wait for a confirmation", None),
    ({}, "A check-in says something", None),
)


@pytest.mark.parametrize(("said", "sentence", "field"), WRONG)
def test_what_is_wrong_with_a_check_in_is_said_at_its_field(
    filled: World, admin: FlaskClient, said: dict[str, str], sentence: str, field: str | None
) -> None:
    kept = {"blockers": "kept as typed"} if said else {}
    answer = admin.post(f"{TYPED}/check-in", data={**kept, **said})
    assert ("kept as typed</textarea>" in answer.text) == bool(said)
    assert sentence in text(answer, 400)
    if field:
        assert f'id="{field}-wrong"' in answer.text
    assert 'id="check-in" open' in answer.text
    assert rows(filled, t.CheckIn) == []


def test_every_problem_of_a_form_is_said_at_once(admin: FlaskClient) -> None:
    wrong = {"value": "", "reason": "", "lasts": "until", "until": "soon"}
    said = text(admin.post(f"{LINKED}/override", data=wrong), 400)
    for sentence in ("Give a number", "Say why", "Write a day such as"):
        assert sentence in said


def test_a_linked_key_result_takes_no_typed_value(admin: FlaskClient) -> None:
    assert 'id="said-value"' not in admin.get(LINKED).text
    answer = admin.post(f"{LINKED}/check-in", data={"value": "5"})
    assert "override it instead, with a reason" in text(answer, 400)


def test_an_override_is_set_explained_and_ended(filled: World, admin: FlaskClient) -> None:
    said = {"value": "70", "reason": "The last shops follow on Friday.", "lasts": "next"}
    assert admin.post(f"{LINKED}/override", data=said).location == LINKED
    page = text(admin.get(LINKED))
    assert "Saved. Score 0.52 → 0.70. The computed value" in page
    assert "stays visible beside it" in page
    assert "is what admin said. It lasts until the next check-in." in page
    assert "The last shops follow on Friday." in page
    admin.post(f"{LINKED}/override/end")
    page = text(admin.get(LINKED))
    assert "Saved. Score 0.70 → 0.52." in page
    assert "is what admin said" not in page
    again = admin.post(f"{LINKED}/override/end")
    assert again.status_code == 303
    assert "KR-1 has no override to end" in text(admin.get(LINKED))


def test_an_override_until_a_day_ends_within_the_cycle(admin: FlaskClient) -> None:
    said = {"value": "70", "reason": "so", "lasts": "until", "until": "2027-02-01"}
    answer = admin.post(f"{LINKED}/override", data=said)
    assert "is outside the cycle" in text(answer, 400)
    assert 'id="until-wrong"' in answer.text
    assert 'value="2027-02-01"' in answer.text
    admin.post(f"{LINKED}/override", data={**said, "until": "2026-11-30"})
    assert "It lasts until 30 Nov." in text(admin.get(LINKED))


def test_a_check_in_says_that_it_ends_an_override(admin: FlaskClient) -> None:
    said = {"value": "70", "reason": "so", "lasts": "next"}
    admin.post(f"{LINKED}/override", data=said)
    assert "A check-in ends the override" in text(admin.get(LINKED))
    admin.post(f"{LINKED}/check-in", data={"note": "counted again"})
    assert "is what admin said" not in text(admin.get(LINKED))


@pytest.mark.parametrize("role", ["viewer", "lead", "member"])
def test_who_owns_nothing_here_is_offered_nothing_and_refused(filled: World, role: str) -> None:
    client = filled.client(role)
    page = client.get(TYPED).text
    assert 'id="check-in"' not in page
    assert 'id="override"' not in page
    for path in ("check-in", "override", "override/end", "retry"):
        assert client.post(f"{TYPED}/{path}", data={"value": "1"}).status_code == 403
    assert rows(filled, t.CheckIn) == rows(filled, t.Override) == []


def test_a_member_checks_in_on_what_they_own_and_overrides_nothing(filled: World) -> None:
    client = filled.client("member")
    with filled.runtime.store.write() as session:
        me = t.Person(key="me", name="Search engineer", role="member")
        session.add(me)
        session.flush()
        session.scalars(select(t.User)).one().person_id = me.id
        session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-7")).one().owner_id = me.id
    page = client.get(TYPED).text
    assert 'id="check-in"' in page
    assert 'id="override"' not in page
    assert client.post(f"{TYPED}/check-in", data={"confidence": "4"}).status_code == 303
    assert client.post(f"{TYPED}/override", data={"value": "1"}).status_code == 403
    assert client.post(f"{LINKED}/check-in", data={"confidence": "4"}).status_code == 403


def recorded(world: World) -> None:
    """The plan was written down weeks ago."""
    with world.runtime.store.write() as session:
        writer = Company(session, world.clock())
        for kind, table in (("objective", t.Objective), ("key_result", t.KeyResult)):
            for row in session.scalars(select(table)).all():
                writer.worded(kind, row, world.clock() - timedelta(days=45))


def test_a_past_day_shows_what_was_said_by_then_and_takes_no_word(
    filled: World, admin: FlaskClient
) -> None:
    recorded(filled)
    admin.post(f"{TYPED}/check-in", data={"note": "the first word"})
    then = filled.clock.now
    filled.clock.turn(days=2)
    admin.post("/sign-in", data={"name": "admin", "password": "open the calm gate"})
    admin.post(f"{TYPED}/check-in", data={"note": "the second word"})
    page = admin.get(f"{TYPED}?at={(then + timedelta(hours=1)).isoformat().replace('+', '%2B')}")
    assert "the first word" in text(page)
    assert "the second word" not in text(page)
    assert 'id="check-in"' not in page.text
    assert "the second word" in text(admin.get(TYPED))


def test_nothing_known_leads_to_a_link_or_a_value(admin: FlaskClient) -> None:
    page = admin.get(BARE)
    assert "nobody knows how far it is" in text(page)
    assert f'href="{BARE}/links"' in page.text
    assert 'id="check-in" open' in page.text


def test_the_items_behind_a_number_are_a_file_without_formulas(
    filled: World, admin: FlaskClient
) -> None:
    with filled.runtime.store.write() as session:
        item = session.scalars(select(t.Item).where(t.Item.key == "PLAT-1")).one()
        item.title = "=HYPERLINK(1)"
    answer = admin.get(f"{LINKED}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="2026-Q4-KR-1.csv"' in answer.headers["Content-Disposition"]
    found = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(found) == 72
    by_key = {row["item"]: row for row in found}
    assert by_key["PLAT-1"]["title"] == "'=HYPERLINK(1)"
    assert (by_key["PLAT-1"]["counted"], by_key["PLAT-1"]["done"]) == ("yes", "1")
    dropped = by_key["PLAT-64"]
    assert (dropped["counted"], dropped["total"]) == ("no", "")
    assert dropped["reason"] == "dropped in the tracker: Won't Do"
    assert f"{LINKED}.csv" in admin.get(LINKED).text


def test_the_file_is_where_its_page_is(filled: World, admin: FlaskClient) -> None:
    assert admin.get("/2026-Q4/payments/KR-1.csv").status_code == 404
    assert admin.get("/2026-Q4/platform/KR-99.csv").status_code == 404
    recorded(filled)
    past = admin.get(f"{LINKED}.csv?at=2026-11-01")
    assert 'filename="2026-Q4-KR-1-2026-11-01.csv"' in past.headers["Content-Disposition"]
    stranger = filled.client()
    assert stranger.get(f"{LINKED}.csv").status_code == 303


@pytest.mark.parametrize("begins", ["=1", "+1", "-1", "@A", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(begins: str) -> None:
    assert str(sheet.cell(begins)).startswith("'")
    assert sheet.cell(-1.5) == "-1.5"


@pytest.fixture
def unread(filled: World) -> World:
    """One item of the milestone could not be understood when it was last asked for."""
    with filled.runtime.store.write() as session:
        item = session.scalars(select(t.Item).where(t.Item.key == "acme/api#2")).one()
        row = session.scalars(select(t.UnreadableItem)).one()
        session.add(t.UnreadableItem(
            source_id=row.source_id, external_id=item.external_id, key=item.key, field="state",
            message="is neither open nor closed", since=filled.clock.now, version="1",
        ))  # fmt: skip
    return filled


def test_an_item_that_cannot_be_read_is_named_where_it_counts(unread: World) -> None:
    page = unread.client("viewer").get(LINKED)
    assert "1 item cannot be read and counts as it was last seen." in text(page)
    assert "acme/api#2 state is neither open nor closed" in text(page)
    assert "as last seen: it cannot be read" in text(page)
    assert "/retry" not in page.text


def test_an_admin_has_it_tried_again_from_there(unread: World) -> None:
    admin = unread.client("admin")
    assert 'aria-label="Try acme/api#2 again"' in admin.get(LINKED).text
    wanted = {"connection": "code", "item": "acme/api#2"}
    assert admin.post(f"{LINKED}/retry", data=wanted).location == LINKED
    page = text(admin.get(LINKED))
    assert "1 item will be tried again by the next look." in page
    assert "tried next" in page
    admin.post(f"{LINKED}/retry", data={"connection": "code", "item": "acme/api#77"})
    assert "has not set acme/api#77 aside" in text(admin.get(LINKED))
    assert admin.post(f"{LINKED}/retry", data={"connection": "code"}).status_code == 400


def test_what_is_retired_says_so_keeps_its_number_and_takes_no_word(filled: World) -> None:
    with filled.runtime.store.write() as session:
        session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-1")).one().retired = True
    admin = filled.client("admin")
    page = admin.get(LINKED)
    assert "This key result is retired: it counts for nothing now" in text(page)
    assert "0.52" in text(page)
    assert 'id="check-in"' not in page.text
    assert f'href="{LINKED}/links"' not in page.text
    assert "Bring it back" in text(page)
    assert "Bring it back" not in text(filled.client("viewer").get(LINKED))


def test_the_list_of_what_is_not_linked_asks_the_same_for_few_and_for_many(
    filled: World, admin: FlaskClient
) -> None:
    counted: list[int] = []
    engine = filled.runtime.store.engine
    event.listen(engine, "before_cursor_execute", lambda *_: counted.append(1))

    def statements(path: str) -> int:
        counted.clear()
        assert admin.get(path).status_code == 200
        return len(counted)

    statements("/2026-Q4/-/unlinked")  # what is remembered for a minute is read once
    many = statements("/2026-Q4/-/unlinked")
    assert statements("/2026-Q4/-/unlinked?team=data-platform") == many <= 30
