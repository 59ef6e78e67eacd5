"""The link editor: search, look, save, change and end; nothing typed is lost; leads only."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from connector import notes
from connector.store.tables import Connection, Person, Team
from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests.databases import lay_out
from tests.web.world import PASSWORD
from tests.world import EMAIL, Clock, World, key_result, link, settings
from web.accounts import people
from web.app import create_app

PAGE = "/now/platform/KR-1/links"
KEY_RESULT = "/now/platform/KR-1"


@pytest.fixture
def both(tmp_path: Path, jira: Any, github: Any) -> Iterator[World]:
    """A service beside both trackers, which are connected."""
    clock = Clock()
    for running in (jira, github):
        running.site.now = clock
    lay_out(tmp_path)
    runtime = composition.build(settings(tmp_path), doorbell=SilentDoorbell(), clock=clock)
    made = World(runtime, clock, {"jira": jira, "github": github})
    for tracker in made.trackers:
        assert made.connect(tracker).error is None
    yield made
    runtime.store.close()


@pytest.fixture
def busy(both: World, jira: Any) -> World:
    epic = jira.site.add_issue("PLAT", "Move the queue", "Epic").key
    for number in range(4):
        jira.site.add_issue("PLAT", f"Step {number}", parent=epic)
    jira.site.transition("PLAT-2", "Done")
    jira.site.transition("PLAT-3", "Done", resolution="Won't Do")
    jira.site.add_version("PLAT", "2.0")
    both.apply(key_result("KR-1"), key_result("KR-2", link("jira:project:PLAT")))
    both.sync()
    return both


def client(world: World, role: str = "lead") -> FlaskClient:
    """The browser of somebody; a lead is the one of the platform team."""
    app = create_app(world.runtime)
    app.config["WTF_CSRF_ENABLED"] = False
    with world.runtime.store.write() as session:
        user = people.add_user(session, f"The {role}", PASSWORD, role, world.clock())
        if role == "lead":
            me = Person(key="platform-lead", name="Platform lead", role="lead")
            session.add(me)
            session.flush()
            user.person_id = me.id
            session.scalars(select(Team).where(Team.key == "platform")).one().lead_id = me.id
    found = app.test_client()
    signed = found.post("/sign-in", data={"name": f"The {role}", "password": PASSWORD})
    assert signed.status_code == 303
    return found


@pytest.fixture
def lead(busy: World) -> FlaskClient:
    return client(busy)


def text(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.text.partition("<main")[2][:3000]
    main = answer.text[answer.text.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def standing(world: World) -> list[Any]:
    (row,) = world.rows("key_result", key="KR-1")
    return [each for each in world.rows("link", key_result_id=row.id) if each.ended_at is None]


def form(**more: str) -> dict[str, str]:
    return {"scope": "jira:epic:PLAT-1", "measure": "share", "size": "count",
            "dropped": "exclude", "unestimated": "exclude", "depth": "1", **more}  # fmt: skip


def test_words_find_what_can_be_linked_and_a_choice_fills_the_form(lead: FlaskClient) -> None:
    page = lead.get(f"{PAGE}?q=queue&connection=jira")
    assert "Move the queue" in text(page)
    (chosen,) = re.findall(r'href="([^"]+scope=jira%3Aepic%3APLAT-1)"', page.text)
    chosen_page = lead.get(chosen.replace("&amp;", "&"))
    assert 'value="share" selected' in chosen_page.text
    assert ">jira:epic:PLAT-1</textarea>" in chosen_page.text


def test_the_next_step_after_a_search_is_what_was_found_or_the_words(lead: FlaskClient) -> None:
    begins = 'id="found" tabindex="-1" autofocus'
    for asked in ("q=queue&connection=jira", "q=queue&connection=jira&kind=epic"):
        page = lead.get(f"{PAGE}?{asked}").text
        assert begins in page
        assert page.count(" autofocus") == 1
    for asked in ("q=nothing-like-this&connection=jira", "connection=jira&kind=jql"):
        page = lead.get(f"{PAGE}?{asked}").text
        assert page.count(" autofocus") == 1
        assert re.search(r'<(input|textarea) [^>]*id="q"[^>]* autofocus>', page)


def test_a_scope_of_an_address_is_cut_before_it_is_read(lead: FlaskClient) -> None:
    page = lead.get(f"{PAGE}?scope=github:project:acme/3?{'y' * 20_000}").text
    assert 9_000 < max(map(len, re.findall("y+", page))) <= 10_000


def test_an_address_or_a_scope_is_found_wherever_it_belongs(
    lead: FlaskClient, jira: Any, github: Any
) -> None:
    for asked, scope in (
        (f"{jira.url}/browse/PLAT-1", "jira:epic:PLAT-1"),
        (f"{jira.url}/projects/PLAT/versions/10000", "jira:version:PLAT/2.0"),
        ("jira:jql:project = PLAT AND type = Epic", "jira:jql:project = PLAT AND type = Epic"),
        (f"{github.url}/acme/api/milestone/1", "github:milestone:acme/api/1"),
    ):
        assert scope in text(lead.get(f"{PAGE}?connection=jira&q={quote(asked)}")), asked


def test_a_search_that_leads_nowhere_says_so_and_keeps_what_was_typed(lead: FlaskClient) -> None:
    for asked, sentence in (
        ("https://elsewhere.example.com/browse/PLAT-1", "a page of none of your trackers"),
        ("jira:epik:PLAT-1", "no scope 'epik'"),
        ("nothing-like-this", "Nothing fits"),
    ):
        page = lead.get(f"{PAGE}?connection=jira&q={quote(asked)}")
        assert sentence in text(page), asked
        assert f'value="{asked}"' in page.text


def test_a_tracker_that_is_down_is_said_and_the_page_stays(lead: FlaskClient, jira: Any) -> None:
    jira.faults.add("error")
    assert "could not answer" in text(lead.get(f"{PAGE}?connection=jira&q=queue"))


def test_milestones_are_found_linked_and_offered_by_their_address(
    lead: FlaskClient, busy: World, github: Any
) -> None:
    github.site.add_repo("acme/api")
    number = github.site.add_milestone("acme/api", "Queue rework")
    page = lead.get(f"{PAGE}?q=queue&connection=github")
    assert "Queue rework Milestone · acme/api, open, 0 open, 0 closed" in text(page)
    assert f"scope=github%3Amilestone%3Aacme/api/{number}" in page.text
    address = f"{github.url}/acme/api/milestone/{number}"
    assert "Queue rework" in text(lead.get(f"{PAGE}?q={quote(address)}"))
    wrong = text(lead.post(PAGE, data=form(scope="github:milestone:acme/api/77", do="save")), 400)
    assert "acme/api has no milestone 77" in wrong
    saved = lead.post(PAGE, data=form(scope=f"github:milestone:acme/api/{number}", do="save"))
    assert saved.status_code == 303
    assert [each.value for each in standing(busy)] == [f"acme/api/{number}"]


def test_the_editor_says_what_links_itself_in_each_tracker(
    lead: FlaskClient, busy: World, github: Any
) -> None:
    github.site.add_repo("acme/api")
    busy.connect("github", options={"conventions": "acme/api"})
    told = text(lead.get(PAGE))
    assert "In GitHub, a milestone, a label or an issue of acme/api links itself by a line" in told
    assert "a comment /okr link KR-1 on an issue by someone who may write there" in told


def test_looking_shows_what_it_would_count_and_writes_nothing(
    lead: FlaskClient, busy: World
) -> None:
    before = busy.rows("link"), busy.rows("revision")
    page = text(lead.post(PAGE, data=form(do="look", types="Story")))
    assert "4 items · 3 counted · 1 of 3 done" in page
    assert "1 dropped: Won't Do PLAT-3" in page
    assert "3 KR-2" in page  # counted there as well
    assert "Value of KR-1 – → 33.33" in page
    assert (busy.rows("link"), busy.rows("revision")) == before


def test_saving_links_changing_counts_otherwise_and_ending_keeps_the_history(
    lead: FlaskClient, busy: World
) -> None:
    saved = lead.post(PAGE, data=form(do="save", dropped="as_done"))
    assert (saved.status_code, saved.location) == (303, KEY_RESULT)
    assert "jira:epic:PLAT-1 is linked" in text(lead.get(KEY_RESULT))
    busy.sync()
    assert busy.value() == 50
    (made,) = standing(busy)
    assert made.origin == "person"
    page = lead.get(f"{PAGE}?link={made.id}")
    assert 'value="as_done" selected' in page.text
    said = form(do="save", link=str(made.id), labels="queue, okr", statuses="doing: 0.5")
    lead.post(PAGE, data=said)
    assert "counts by the new rule from now on" in text(lead.get(PAGE))
    lead.post(PAGE, data=said)
    assert "is saved; it counts as before" in text(lead.get(PAGE))
    (changed,) = standing(busy)
    assert (changed.id, changed.rule["labels"]) == (made.id, ["queue", "okr"])
    assert changed.rule["statuses"] == {"doing": 0.5}
    assert "What they counted until now stays" in text(lead.get(PAGE))
    lead.post(PAGE, data={"do": "end", "link": str(made.id)})
    assert standing(busy) == []
    (ended,) = busy.rows("link", id=made.id)
    assert ended.ended_by == "the lead"
    assert busy.rows("contribution", link_id=made.id)


WRONG = (
    ({"depth": "many"}, "'many' is out of place; write a whole number from 1 to 100", "depth"),
    ({"scope": "PLAT-1"}, "is not of the form tracker:kind:value", "scope"),
    ({"scope": ""}, "an empty text is of no use here", "scope"),
    ({"scope": "jira:epic:PLAT"}, "is not an issue key", "scope"),
    (
        {"scope": "jira:jql:project = NOPE"},
        "Jira says: The value 'NOPE' does not exist",
        "scope",
    ),
    ({"size": "field"}, "Fill this in.", "field"),
    ({"unestimated": "default"}, "Fill this in.", "default"),
    ({"unestimated": "default", "default": "-1"}, "'default:-1' is not possible", "default"),
    ({"statuses": "doing: 2"}, "'doing' weighs 2; give a number from 0 to 1", "statuses"),
    ({"measure": "sum:all", "size": "count"}, "'count' is not a size", "size"),
    ({"measure": "rubbish"}, "'rubbish' is not possible", "measure"),
    ({"weight": "-1"}, "the weight -1 is negative", "weight"),
    ({"write_back": "post"}, "'post' is not possible", "write_back"),
)


def test_what_is_wrong_is_said_at_its_field_and_kept(lead: FlaskClient, busy: World) -> None:
    for wrong, sentence, field in WRONG:
        answer = lead.post(PAGE, data=form(do="save", labels="kept-label", **wrong))
        assert sentence[1:] in text(answer, 400), wrong
        assert f'id="{field}-wrong"' in answer.text, wrong
        assert 'value="kept-label"' in answer.text
    assert standing(busy) == []


def test_the_same_scope_twice_is_refused(lead: FlaskClient, busy: World) -> None:
    lead.post(PAGE, data=form(do="save"))
    again = lead.post(PAGE, data=form(do="save", scope="jira:epic:plat-1"))
    assert "KR-1 counts jira:epic:PLAT-1 already" in text(again, 400)


def test_a_closed_cycle_takes_no_link(lead: FlaskClient, busy: World) -> None:
    (cycle,) = busy.rows("cycle")
    busy.apply(cycles=[{"key": "now", "start": cycle.start, "end": cycle.end, "state": "closed"}])
    assert "its links stay as they are" in text(lead.get(PAGE))
    assert "Cycle now is closed: the links of KR-1" in text(
        lead.post(PAGE, data=form(do="save")), 400
    )


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_only_leads_and_admins_edit_links(busy: World, role: str) -> None:
    other = client(busy, role)
    assert other.get(PAGE).status_code == 403
    assert other.post(PAGE, data=form(do="save")).status_code == 403
    assert PAGE not in other.get(KEY_RESULT).text
    assert standing(busy) == []


def test_the_key_result_leads_to_its_links(busy: World) -> None:
    admin = client(busy, "admin")
    assert f'href="{PAGE}"' in admin.get(KEY_RESULT).text
    assert admin.get("/now/acme/KR-1/links").status_code == 404
    assert admin.get("/now/platform/KR-9/links").status_code == 404
    assert admin.get(f"{PAGE}?link=99").status_code == 404
    assert admin.post(PAGE, data={"do": "end", "link": "99"}).status_code == 404


def test_what_items_ask_for_in_vain_is_told_with_the_connection(
    lead: FlaskClient, busy: World, jira: Any
) -> None:
    busy.connect("jira", options={"email": EMAIL, "conventions": "PLAT"})
    assert "an epic of PLAT links itself by a label okr-KR-1 or a line" in text(lead.get(PAGE))
    jira.site.edit("PLAT-1", labels=["okr-KR-9"])
    busy.sync()
    told = text(lead.get("/connections"))
    assert "1 item asked to be linked and was not" in told
    assert "PLAT-1 names KR-9, but no open cycle has a key result of that key." in told


def test_the_link_of_another_key_result_cannot_be_touched(lead: FlaskClient, busy: World) -> None:
    (other,) = busy.rows("link")
    assert lead.get(f"{PAGE}?link={other.id}").status_code == 404
    assert lead.post(PAGE, data={"do": "end", "link": str(other.id)}).status_code == 404
    assert busy.rows("link") == [other]


def test_what_is_wrong_is_named_at_the_top_with_its_field_open(lead: FlaskClient) -> None:
    answer = lead.post(PAGE, data=form(do="save", unestimated="default", default="-1", weight="-1"))
    summary = answer.text[answer.text.index('id="wrong"') :].partition("</ul>")[0]
    assert 'role="alert"' in summary
    assert "autofocus" in summary
    for field, label in (("default", "Estimate to take"), ("weight", "Weight")):
        assert f'<a href="#{field}">{label}</a>' in summary
    assert 'id="rest" open' in answer.text
    looked = lead.post(PAGE, data=form(do="look"))
    assert 'id="effect" tabindex="-1" autofocus' in looked.text
    assert 'id="effect"' in looked.text
    assert 'id="wrong"' not in looked.text


def test_a_query_is_offered_at_the_connection_chosen(lead: FlaskClient, busy: World) -> None:
    for query in ("project = PLAT AND type = Bug", "assignee is EMPTY", "type in (Bug, Task)",
                  "summary ~ queue", "project = PLAT ORDER BY key"):  # fmt: skip
        assert f"jira:jql:{query}" in text(lead.get(f"{PAGE}?connection=jira&q={quote(query)}"))
    busy.connect("jira", "eu")
    page = text(lead.get(f"{PAGE}?connection=eu&q={quote('project = PLAT')}"))
    assert "jira@eu:jql:project = PLAT" in page
    page = text(lead.get(f"{PAGE}?connection=eu&q={quote('jira:epic:PLAT-1')}"))
    assert "jira@eu:epic:PLAT-1" in page
    assert (
        "jql" not in text(lead.get(f"{PAGE}?connection=eu&q=queue+in+order")).partition("Found")[2]
    )


def test_each_note_says_whether_the_connection_may_write_it(lead: FlaskClient, busy: World) -> None:
    page = f"{PAGE}?scope=jira%3Aepic%3APLAT-1"
    assert "Not allowed for this connection yet." in text(lead.get(page))
    with busy.runtime.store.write() as session:
        for row in session.scalars(select(Connection)):
            row.write_back = list(notes.KINDS)
    shown = text(lead.get(page))
    assert "Allowed for this connection." in shown
    assert "Not allowed for this connection yet." not in shown


def test_each_tracker_offers_the_notes_it_has(lead: FlaskClient) -> None:
    shown = text(lead.get(f"{PAGE}?scope={quote('github:milestone:acme/api/1')}"))
    assert "a marked block in the description" in shown.lower()
    assert "remote link" not in shown
    assert "remote link" in text(lead.get(f"{PAGE}?scope={quote('jira:epic:PLAT-1')}"))


def test_a_kind_of_notes_the_tracker_has_not_is_refused_at_its_field(lead: FlaskClient) -> None:
    form = {"scope": "github:milestone:acme/api/1", "write_back": "epic", "do": "save"}
    answer = lead.post(PAGE, data=form)
    assert "GitHub has no kind 'epic'" in text(answer, 400)
    assert 'href="#write_back-wrong"' in answer.text


def test_a_linked_place_is_told_by_the_name_it_has_now(busy: World) -> None:
    page = "/now/platform/KR-2/links"
    admin = client(busy, "admin")
    assert "called" not in admin.get(page).text
    with busy.runtime.store.write() as session:
        session.connection().exec_driver_sql("update link set today = 'CORE'")
    assert "called <code>CORE</code> now" in admin.get(page).text
