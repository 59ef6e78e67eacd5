"""Objectives made, worded, ordered, retired, brought back and taken over by forms."""

import re
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select

from connector.plans import Record
from connector.store import tables as t
from sync.planning import editing
from tests.web import past
from tests.web.test_pages import text
from tests.web.world import World

NEW = "/plan/new-objective/2026-Q4/platform"
EDIT = "/plan/objectives/2026-Q4/O-1"


def filled_in(page: str) -> dict[str, list[str]]:
    """What a browser would send of a form as it is shown."""
    found: dict[str, list[str]] = {}
    form = page[page.index('class="sheet planning') :]
    form = form[: form.index("</form>")]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        off = re.search(r'type="(checkbox|radio)"', tag) and "checked" not in tag
        if name and not off and 'type="submit"' not in tag:
            found.setdefault(name[1], []).append((value[1] if value else "").replace("&#34;", '"'))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        found[name] = [(chosen or first)[1]] if (chosen or first) else []  # type: ignore[index]
    for name, typed in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)', form):
        found[name] = [typed]
    return found


def send(client: FlaskClient, path: str, do: str = "save", **typed: object) -> object:
    """Open a form, type into it and press a button."""
    sent: dict[str, object] = {**filled_in(client.get(path).text), **typed, "do": do}
    return client.post(path, data=sent)


def record(world: World, kind: str, key: str, cycle: str = "2026-Q4") -> Record:
    with world.runtime.store.read() as session:
        held = editing.held(session, kind, key, cycle)  # type: ignore[arg-type]
    assert held is not None
    return held


def kept(world: World) -> dict[str, list[tuple[object, ...]]]:
    """All rows that a plan, its wordings and its scores are made of."""
    tables = (t.Objective, t.KeyResult, t.Support, t.Link, t.Revision, t.Score)
    with world.runtime.store.read() as session:
        return {
            each.__tablename__: [tuple(row) for row in session.execute(select(each.__table__))]
            for each in tables
        }


def test_a_new_objective_gets_a_key_and_leads_to_its_page(planned: World) -> None:
    client = planned.client("admin")
    page = client.get(NEW).text
    assert filled_in(page)["key"] == ["O-10"]
    assert "O-0</span> Customers trust every payment" in page
    answer = send(client, NEW, title="Deploys are boring", supports=["O-0"], **{"weight:O-0": "2"})
    assert answer.headers["Location"] == "/2026-Q4/platform/O-10"
    assert "Now give it key results" in text(client.get("/2026-Q4/platform/O-10").text)
    made = record(planned, "objective", "O-10")
    assert (made["title"], made["team"], made["state"]) == (
        "Deploys are boring",
        "platform",
        "active",
    )
    assert made["supports"] == (("O-0", 2.0),)
    assert "O-10" in client.get("/2026-Q4/platform").text


def test_problems_stand_at_their_field_and_nothing_typed_is_lost(planned: World) -> None:
    client = planned.client("admin")
    answer = send(client, NEW, title="Boring", key="O-1", weight="-2")
    assert answer.status_code == 400
    assert 'href="#weight"' in answer.text
    assert "The weight -2 is negative; give 0 to leave it out." in text(answer.text)
    assert filled_in(answer.text)["title"] == ["Boring"]
    taken = send(client, NEW, title="Boring", key="KR-1")
    assert taken.status_code == 400
    assert 'id="key-wrong"' in taken.text


def test_what_is_supported_is_found_by_words_and_kept_while_seeking(planned: World) -> None:
    client = planned.client("admin")
    found = send(client, EDIT, do="seek", words="refund pages", title="Half typed")
    assert found.status_code == 200
    offered = re.findall(r'name="supports" value="([^"]+)"( checked)?', found.text)
    assert ("O-0", " checked") in offered
    assert ("KR-5", "") in offered
    assert filled_in(found.text)["title"] == ["Half typed"]
    assert record(planned, "objective", "O-1")["title"] == "Payments never wait"
    # Words that nobody sought by yet are sought before anything is saved: Enter was pressed there.
    again = send(client, EDIT, do="save", words="uptime")
    assert again.status_code == 200
    nothing = send(client, EDIT, do="seek", words="no such words")
    assert "Customers trust every payment" in nothing.text


def test_one_of_several_leads_the_way_up(planned: World) -> None:
    client = planned.client("admin")
    both = {"supports": ["O-0", "O-9"], "weight:O-0": "1", "weight:O-9": "3", "main": "O-9"}
    assert send(client, EDIT, **both).status_code == 303
    assert record(planned, "objective", "O-1")["supports"] == (("O-9", 3.0), ("O-0", 1.0))
    assert send(client, EDIT, supports=[]).status_code == 303
    assert record(planned, "objective", "O-1")["supports"] == ()


def test_a_ring_is_refused_where_it_is_closed(planned: World) -> None:
    client = planned.client("admin")
    answer = send(client, "/plan/objectives/2026-Q4/O-0", supports=["O-1"])
    assert answer.status_code == 400
    at = answer.text[answer.text.index('id="supports-wrong"') :]
    assert "Supports leads back to itself: O-0 → O-1 → O-0; cut it." in text(at)


def test_looking_changes_nothing_and_tells_every_score(planned: World) -> None:
    client, before = planned.client("admin"), kept(planned)
    looked = send(client, EDIT, do="look", state="draft", title="Other words")
    said = text(looked.text[looked.text.index('id="effect"') :])
    assert "O-1 Other words 0.84 0.84" in said
    assert "Platform its own objectives 0.54 0.24" in said
    assert "Nothing is saved yet" in said
    assert filled_in(looked.text)["title"] == ["Other words"]
    assert kept(planned) == before


def test_it_is_retired_and_brought_back_knowing_what_that_does(planned: World) -> None:
    client = planned.client("admin")
    asked = text(client.get(f"{EDIT}/retire").text)
    assert "Platform its own objectives 0.54 0.24" in asked
    gone = client.post(f"{EDIT}/retire", data={"state": "cancelled"})
    assert gone.headers["Location"] == "/2026-Q4/platform/O-1"
    page = text(client.get("/2026-Q4/platform/O-1").text)
    assert "It is cancelled: it counts for nothing until it is brought back." in page
    assert "Platform its own objectives 0.24 0.54" in text(client.get(f"{EDIT}/restore").text)
    client.post(f"{EDIT}/restore")
    assert record(planned, "objective", "O-1")["state"] == "active"


def test_a_draft_is_made_active_knowing_what_that_does(planned: World) -> None:
    client = planned.client("admin")
    send(client, NEW, title="Deploys are boring", state="draft")
    assert "Make it active O-10" in text(client.get("/2026-Q4/platform").text)
    path = "/plan/objectives/2026-Q4/O-10/restore"
    assert "Make O-10 active" in text(client.get(path).text)
    client.post(path)
    page = text(client.get("/2026-Q4/platform/O-10").text)
    assert "O-10 counts now." in page
    assert "Unknown: it has no key results yet." in page


def test_an_objective_that_is_sent_twice_is_made_once(planned: World) -> None:
    client = planned.client("admin")
    form = {**filled_in(client.get(NEW).text), "title": "Deploys are boring", "do": "save"}
    first, second = (client.post(NEW, data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"] == "/2026-Q4/platform/O-10"
    other = client.post(NEW, data={**form, "title": "Deploys are quick"})
    assert other.status_code == 400
    assert "&#39;O-10&#39; is the key of an objective already" in other.text
    path = "/plan/new-key-result/2026-Q4/O-10"
    form = {**filled_in(client.get(path).text), "title": "Fast", "kind": "increase", "target": "9",
            "source": "value", "do": "save"}  # fmt: skip
    first, second = (client.post(path, data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    with planned.runtime.store.read() as session:
        made = session.scalars(select(t.KeyResult.key).where(t.KeyResult.title == "Fast")).all()
    assert len(made) == 1


def test_objectives_of_a_team_change_places(planned: World) -> None:
    client = planned.client("admin")
    page = client.get("/2026-Q4/platform").text
    assert page.index('id="O-1"') < page.index('id="O-2"')
    assert client.post(f"{EDIT}/move", data={"to": "down"}).status_code == 303
    page = client.get("/2026-Q4/platform").text
    assert page.index('id="O-2"') < page.index('id="O-1"')


def test_two_who_edit_at_once_do_not_undo_each_other(planned: World) -> None:
    client = planned.client("admin")
    opened = filled_in(client.get(EDIT).text)
    send(client, EDIT, weight="3")
    both = client.post(EDIT, data={**opened, "title": "Never wait", "do": "save"})
    assert both.status_code == 303
    held = record(planned, "objective", "O-1")
    assert (held["title"], held["weight"]) == ("Never wait", 3.0)
    clash = client.post(EDIT, data={**opened, "title": "Wait", "do": "save"})
    assert clash.status_code == 400
    assert "changed this to “Never wait” meanwhile" in clash.text


def test_who_does_not_lead_the_team_may_not(planned: World) -> None:
    paths = (NEW, EDIT, f"{EDIT}/retire", "/plan/copy/2026-Q4/platform")
    for role in ("lead", "member", "viewer"):
        client = planned.client(role)
        for path in paths:
            assert client.get(path).status_code == 403
            assert client.post(path, data={"title": "Mine"}).status_code == 403
        assert "plan/new-objective" not in client.get("/2026-Q4/platform").text
        assert "plan/objectives" not in client.get("/2026-Q4/platform/O-1").text
    assert record(planned, "objective", "O-1")["title"] == "Payments never wait"


def test_a_lead_moves_an_objective_only_among_their_own_teams(planned: World) -> None:
    client = planned.client("lead")
    with planned.runtime.store.write() as session:
        c = past.company(planned, session)
        lead = c.person("lead", "Infrastructure lead")
        c.teams["infra"].lead_id = lead.id
        session.scalars(select(t.User)).one().person_id = lead.id
    page = client.get(EDIT).text
    teams = re.search(r'name="team".*?</select>', page, re.DOTALL)
    assert teams is not None
    assert re.findall(r'value="([^"]+)"', teams[0]) == ["infra", "platform", "data-platform"]
    assert send(client, EDIT, team="mobile").status_code == 400
    moved = send(client, EDIT, team="data-platform")
    assert moved.headers["Location"] == "/2026-Q4/data-platform/O-1"


def test_a_closed_cycle_stays_as_it_is(planned: World) -> None:
    past.close(planned)
    client = planned.client("admin")
    for path in ("/plan/objectives/2026-Q3/O-70", "/plan/new-objective/2026-Q3/acme"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "Cycle 2026-Q3 is closed" in answer.text
    assert "plan/" not in re.sub(r"<nav.*?</nav>", "", client.get("/2026-Q3/acme/O-70").text)


def test_the_next_cycle_begins_with_drafts_of_this_one(planned: World) -> None:
    client = planned.client("admin")
    into = {"into": "2027-Q1", "objective": ["O-1"]}
    nowhere = client.post("/plan/copy/2026-Q4/platform", data=into)
    assert "Choose a cycle that is not closed" in nowhere.text
    with planned.runtime.store.write() as session:
        past.company(planned, session).cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
    page = text(client.get("/plan/copy/2026-Q4/platform").text)
    assert "O-1 Payments never wait 3 key results" in page
    here = client.post("/plan/copy/2026-Q4/platform", data={**into, "into": "2026-Q4"})
    assert here.status_code == 400
    assert "Choose another cycle than the one these are taken from." in here.text
    made = client.post("/plan/copy/2026-Q4/platform", data=into)
    assert made.headers["Location"] == "/2027-Q1/platform"
    assert "1 objective is a draft in 2027-Q1 now" in text(client.get("/2027-Q1/platform").text)
    objective = record(planned, "objective", "O-1", "2027-Q1")
    assert (objective["state"], objective["supports"]) == ("draft", ())
    bugs = record(planned, "key_result", "KR-2", "2027-Q1")
    assert (bugs["start"], bugs["target"], bugs["links"]) == (120.0, 40.0, ())
    uptime = record(planned, "key_result", "KR-3", "2027-Q1")
    assert uptime["value"] is None


def test_links_come_along_where_that_is_chosen_and_keys_find_a_free_name(planned: World) -> None:
    client = planned.client("admin")
    with planned.runtime.store.write() as session:
        past.company(planned, session).cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
    sent = {"into": "2027-Q1", "objective": ["O-1", "O-2"], "links": "1"}
    client.post("/plan/copy/2026-Q4/platform", data=sent)
    client.post("/plan/copy/2026-Q4/platform", data={**sent, "objective": ["O-1"]})
    again = record(planned, "key_result", "KR-1-2", "2027-Q1")
    assert again["objective"] == "O-1-2"
    assert [link.scope.text for link in again["links"]] == [
        "jira@jira:epic:PLAT-42",
        "github:milestone:acme/api/7",
    ]
    assert {link.origin for link in again["links"]} == {"person"}


def test_what_stays_behind_is_told_before_and_after(planned: World) -> None:
    client, path = planned.client("admin"), "/plan/copy/2026-Q4/platform"
    with planned.runtime.store.write() as session:
        past.company(planned, session).cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
    sent = {"into": "2027-Q1", "objective": ["O-1"]}
    looked = client.post(path, data={**sent, "do": "look"})
    told = "O-1 does not support O-0 there: O-0 is not in 2027-Q1."
    assert told in text(looked.text[looked.text.index('id="left"') :])
    seen = re.search(r'name="seen" value="(\w+)"', looked.text)
    assert seen is not None
    made = client.post(path, data={**sent, "seen": seen[1]})
    assert made.status_code == 303
    assert told in text(client.get(made.headers["Location"]).text)
    # The same sent again would make something else by now: that is to be read first.
    again = client.post(path, data={**sent, "seen": seen[1]})
    assert again.status_code == 400
    assert "O-1 becomes O-1-2: 2027-Q1 has another O-1." in text(again.text)
    page = client.get(path).text
    assert "O-1 Payments never wait 3 key results in 2027-Q1 already" in text(page)
    assert filled_in(page)["objective"] == ["O-2"]


def test_what_was_done_is_told_once_and_leaves_no_mark_on_live_pages(planned: World) -> None:
    client = planned.client("admin")
    send(client, EDIT, title="Never wait")
    for path, told in (("/2026-Q4/platform/O-1", "O-1 is saved."), ("/2026-Q4/platform", "")):
        shown = re.search(r'<div id="told">(.*?)</div>', client.get(path).text, re.DOTALL)
        assert shown is not None
        assert text(shown[1]).strip() == told
    empty = '<div id="told"></div>'
    for path in ("/2026-Q4/platform/O-1", "/2026-Q4/platform", "/2026-Q4/platform/KR-1"):
        assert empty in client.get(path).text
