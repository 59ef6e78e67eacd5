"""Key results made and changed by forms: only what their kind takes, and what it does to scores."""

import re

import pytest
from sqlalchemy import select

from connector.store import tables as t
from tests.web import past
from tests.web.test_objective_forms import filled_in, record, send
from tests.web.test_pages import text
from tests.web.world import World

NEW = "/plan/new-key-result/2026-Q4/O-2"
KR_2 = "/plan/key-results/2026-Q4/KR-2"
KR_4 = "/plan/key-results/2026-Q4/KR-4"
TAKEN = {
    "increase": {"start": "10", "target": "50", "unit": "%"},
    "decrease": {"start": "50", "target": "10", "unit": "bugs"},
    "reach": {"target": "3", "unit": "pilots", "lower_is_better": "true"},
    "at_least": {"target": "99.9", "unit": "%"},
    "at_most": {"target": "2", "unit": "incidents"},
    "between": {"limits": ["10", "14"], "unit": "people"},
    "done": {},
}
ALL = {
    "start": "1",
    "target": "2",
    "unit": "things",
    "limits": ["3", "4"],
    "lower_is_better": "true",
    "curve": "late",
    "steps": "2026-11-01: 1",
}


@pytest.mark.parametrize("kind", TAKEN)
def test_every_kind_is_made_of_the_fields_it_takes(planned: World, kind: str) -> None:
    """What was typed for another kind before this one was chosen is left out."""
    client = planned.client("admin")
    typed = {**ALL, **TAKEN[kind], "curve": "linear"}
    made = send(client, NEW, title="A number", kind=kind, **typed)
    assert made.status_code == 303
    held = record(planned, "key_result", "KR-92")
    assert held["kind"] == kind
    for name in ("start", "target"):
        wanted = TAKEN[kind].get(name)
        assert held[name] == (None if wanted is None else float(wanted))
    assert held["limits"] == ((10.0, 14.0) if kind == "between" else None)
    assert held["lower_is_better"] is (kind == "reach")
    assert held["unit"] == TAKEN[kind].get("unit", "")
    assert held["steps"] == ()


@pytest.mark.parametrize(
    ("typed", "place", "told"),
    [
        ({"source": "work"}, "/2026-Q4/platform/KR-92/links", "Now link the work that it counts"),
        ({"source": "value"}, "/2026-Q4/platform/KR-92#check-in", "Now type its value"),
        ({"source": "value", "value": "20"}, "/2026-Q4/platform/O-2", "KR-92 is there."),
        ({"source": "supports"}, "/2026-Q4/platform/O-2", "KR-92 is there."),
    ],
)
def test_the_way_goes_on_to_where_its_number_comes_from(
    planned: World, typed: dict[str, str], place: str, told: str
) -> None:
    client = planned.client("admin")
    made = send(client, NEW, title="A number", target="50", **typed)
    assert made.headers["Location"] == place
    page = text(client.get(place.partition("#")[0]).text)
    assert told in page
    held = record(planned, "key_result", "KR-92")
    assert held["value"] == (20.0 if typed.get("value") else None)
    assert held["progress_from"] == ("supports" if typed["source"] == "supports" else "links")


def test_a_form_shows_only_what_the_kind_takes_even_without_style(planned: World) -> None:
    client = planned.client("admin")
    page = send(client, NEW, do="kind", kind="between", title="Half typed").text
    unused = re.findall(r'<div class="needs([^"]*) unused">.*?name="(\w+)"', page, re.DOTALL)
    assert {name for _, name in unused} >= {"start", "target", "lower_is_better", "curve", "done"}
    assert "limits" not in {name for _, name in unused}
    assert filled_in(page)["title"] == ["Half typed"]
    assert filled_in(page)["kind"] == ["between"]


OPTIONAL = {
    KR_2: {"Unit", "Value now", "Begins on", "Ends on"},
    "/plan/new-objective/2026-Q4/platform": {"What it supports"},
    "/plan/teams/new": {"Key"},
    "/plan/people/new": {"Key", "E-mail", "Teams"},
    "/plan/users/new": set(),
    "/plan/cycles/new": set(),
    "/plan/scoring": {"Holidays"},
}
"""What each form says may be left empty."""


@pytest.mark.parametrize("path", OPTIONAL)
def test_forms_say_what_may_be_left_empty(planned: World, path: str) -> None:
    page = planned.client("admin").get(path).text
    marked = r'form-label[^>]*>([^<]+) <small class="quiet">optional</small>'
    assert {each for each in re.findall(marked, page) if "Account" not in each} == OPTIONAL[path]


def test_problems_are_told_in_the_words_of_plan_files(planned: World) -> None:
    client = planned.client("admin")
    answer = send(client, NEW, title="A number", start="90", target="50", weight="-1")
    assert answer.status_code == 400
    page = text(answer.text)
    assert "The weight -1 is negative; give 0 to leave it out." in page
    assert 'id="rest" open' in answer.text
    answer = send(client, NEW, title="A number", start="90", target="50")
    assert "The target 50 is not above the start 90" in text(answer.text)
    assert 'id="target-wrong"' in answer.text
    late = send(client, NEW, title="A", target="5", start_date="2027-02-01")
    assert 'id="start_date-wrong"' in late.text
    steps = send(client, NEW, title="A", target="5", curve="steps", steps="2026-11-31: 3")
    assert 'id="steps-wrong"' in steps.text


def test_done_or_not_is_chosen_in_words(planned: World) -> None:
    client = planned.client("admin")
    send(client, NEW, title="Certified", kind="done", source="value", done="false", value="7")
    assert record(planned, "key_result", "KR-92")["value"] == 0.0
    path = "/plan/key-results/2026-Q4/KR-92"
    assert filled_in(client.get(path).text)["done"] == ["false"]
    send(client, path, done="true")
    assert record(planned, "key_result", "KR-92")["value"] == 1.0


def test_everything_of_a_key_result_is_changed_and_nothing_else(planned: World) -> None:
    client = planned.client("admin")
    before = record(planned, "key_result", "KR-2")
    assert send(client, KR_2).status_code == 303
    assert record(planned, "key_result", "KR-2") == before
    changed = {
        "title": "Open bugs",
        "weight": "2",
        "guardrail": "true",
        "start_date": "2026-10-15",
        "curve": "steps",
        "steps": "2026-12-01: 60\n2026-11-01: 90",
    }
    saved = send(client, KR_2, **changed)
    assert saved.headers["Location"] == "/2026-Q4/platform/KR-2"
    held = record(planned, "key_result", "KR-2")
    assert (held["title"], held["weight"], held["guardrail"]) == ("Open bugs", 2.0, True)
    assert [value for _, value in held["steps"]] == [90.0, 60.0]
    assert held["links"] == before["links"]


def test_a_target_is_tried_before_it_is_saved(planned: World) -> None:
    client = planned.client("admin")
    looked = send(client, KR_4, do="look", target="18", source="value")
    said = text(looked.text[looked.text.index('id="effect"') :])
    assert "KR-4 Pages at night 0.24 0.50" in said
    assert "O-2 Nights are quiet 0.24 0.50" in said
    assert record(planned, "key_result", "KR-4")["target"] == 5.0
    assert filled_in(looked.text)["target"] == ["18"]
    wrong = send(client, KR_4, do="look", target="x")
    assert wrong.status_code == 400
    assert 'id="target-wrong"' in wrong.text


def test_a_typed_value_and_links_do_not_mix(planned: World) -> None:
    client = planned.client("admin")
    answer = send(client, KR_2, source="value", value="3")
    assert answer.status_code == 400
    assert "compute the value" in answer.text
    assert 'id="value-wrong"' in answer.text


def test_key_results_change_places_on_the_objective_page(planned: World) -> None:
    client = planned.client("admin")
    page = client.get("/2026-Q4/platform/O-1").text
    assert f'action="{KR_2}/move"' in page
    assert "Move KR-1 up" not in page
    moved = client.post(f"{KR_2}/move", data={"to": "up"})
    assert moved.headers["Location"] == "/2026-Q4/platform/O-1#row-KR-2"
    page = client.get("/2026-Q4/platform/O-1").text
    assert page.index('id="row-KR-2"') < page.index('id="row-KR-1"')


def test_a_key_result_is_retired_and_brought_back(planned: World) -> None:
    client = planned.client("admin")
    assert "O-1 Payments never wait 0.84 0.76" in text(client.get(f"{KR_2}/retire").text)
    gone = client.post(f"{KR_2}/retire")
    assert gone.headers["Location"] == "/2026-Q4/platform/O-1"
    page = client.get("/2026-Q4/platform/O-1").text
    assert 'id="row-KR-2"' not in page
    assert "1 retired key result KR-2 Open bugs from 120 to 40 Bring it back KR-2" in text(page)
    assert ">0.76</span>" in page
    assert "O-1 Payments never wait 0.76 0.84" in text(client.get(f"{KR_2}/restore").text)
    client.post(f"{KR_2}/restore")
    assert 'id="row-KR-2"' in client.get("/2026-Q4/platform/O-1").text


def test_a_key_result_moves_to_another_objective_with_all_it_has(planned: World) -> None:
    client = planned.client("admin")
    path = f"{KR_2}/objective"
    found = text(client.get(f"{path}?words=nights").text)
    assert "O-2 Nights are quiet" in found
    assert "O-9" not in found
    looked = client.post(path, data={"objective": "O-2", "do": "look"}).text
    assert "O-2 Nights are quiet 0.24 0.62" in text(looked[looked.index('id="effect"') :])
    assert record(planned, "key_result", "KR-2")["objective"] == "O-1"
    assert client.post(path, data={}).status_code == 400
    moved = client.post(path, data={"objective": "O-2"})
    assert moved.headers["Location"] == "/2026-Q4/platform/O-2"
    held = record(planned, "key_result", "KR-2")
    assert held["objective"] == "O-2"
    assert len(held["links"]) == 1


def test_owners_edit_what_is_theirs_and_no_more(planned: World) -> None:
    client = planned.client("lead")
    with planned.runtime.store.write() as session:
        c = past.company(planned, session)
        me = c.person("me", "Bug lead")
        session.scalars(select(t.User)).one().person_id = me.id
        session.scalars(select(t.KeyResult).where(t.KeyResult.key == "KR-2")).one().owner_id = me.id
    assert client.get(KR_2).status_code == 200
    assert send(client, KR_2, title="Bugs").status_code == 303
    assert client.post(f"{KR_2}/objective", data={"objective": "O-2"}).status_code == 403
    for path in (KR_4, f"{KR_4}/retire", NEW, "/plan/objectives/2026-Q4/O-1"):
        assert client.get(path).status_code == 403
        assert client.post(path, data={"title": "Mine"}).status_code == 403


def test_what_is_not_there_is_not_found(planned: World) -> None:
    client = planned.client("admin")
    for path in (
        "/plan/key-results/2026-Q4/KR-77",
        "/plan/key-results/2026-Q4/O-1",
        "/plan/key-results/2027-Q9/KR-1/retire",
        "/plan/new-key-result/2026-Q4/O-77",
        "/plan/new-objective/2026-Q4/nobody",
        "/plan/objectives/2026-Q4/KR-1",
    ):
        assert client.get(path).status_code == 404
