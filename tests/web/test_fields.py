"""The field mapping editor: it says all a mapping can, tries it, saves it and restores it."""

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from connector.store.tables import Source
from sync import mappings, offered, pipeline, planning
from sync.mappings import Overtaken, Saving
from tests.web.connecting import connect
from tests.web.test_pages import text
from tests.web.world import World
from tests.world import key_result, link, plan

EDITOR = "/connections/jira/fields"
WHOLE: dict[str, Any] = {
    "points": ["field:customfield_10016", "label:points: *", {"size/S": 1.0, "size/M": 3.0}],
    "statuses": {"In Review": "doing", "Released": "done"},
    "categories": {"unknown": "todo"},
    "labels": {"in progress": "doing"},
    "boards": {"acme/3/Done": "done"},
    "types": {
        "Initiative": {"counts": "parent"},
        "Bug": {"statuses": {"Verified": "done"}, "categories": {"doing": "todo"}},
    },
    "dropped": ["Won't Do", "Obsolete"],
    "weights": {"doing": 0.5, "In Review": 0.8},
    "working_days": ["mon", "tue"],
    "places": {"PLAT": {"statuses": {"Waiting": "todo"}, "points": []}},
}


class Form(HTMLParser):
    """What a browser sends of the mapping's form, as the page fills it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: MultiDict[str, str] = MultiDict()
        self._select, self._area, self._in = "", "", False
        self._chosen: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in found}
        if tag == "form":
            self._in = given.get("class") == "mapping-form"
        if not self._in:
            return
        if tag == "input" and given.get("name"):
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.sent.add(given["name"], given.get("value", ""))
        elif tag == "select":
            self._select, self._chosen = given["name"], None
        elif tag == "option" and (self._chosen is None or "selected" in given):
            self._chosen = given["value"]
        elif tag == "textarea":
            self._area = given["name"]
            self.sent.add(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in = False
        elif tag == "select" and self._in:
            self.sent.add(self._select, self._chosen or "")
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            held = self.sent.getlist(self._area)
            self.sent.setlist(self._area, [*held[:-1], held[-1] + data])


def form(admin: FlaskClient, address: str = EDITOR, **change: str) -> MultiDict[str, str]:
    """The form as it is shown, with some inputs that stand alone changed."""
    sent = Form(admin.get(address).text).sent
    for name, value in change.items():
        sent[name] = value
    return sent


def meaning(sent: MultiDict[str, str], status: str, state: str) -> MultiDict[str, str]:
    """The same with what one status means changed."""
    row = sent.getlist("s_name").index(status)
    states = sent.getlist("s_state")
    sent.setlist("s_state", [*states[:row], state, *states[row + 1 :]])
    return sent


def save(service: World, body: Mapping[str, Any], reason: str = "because") -> None:
    mappings.save(service.runtime, "jira", body, Saving(author="lead", reason=reason))


def newest(service: World) -> mappings.Version | None:
    with service.runtime.store.read() as session:
        return next(iter(mappings.versions(session, "jira")), None)


@pytest.fixture
def mapped(service: World, admin: FlaskClient, jira: Any) -> FlaskClient:
    """An epic of four issues, one of them in review, and a bug's query: each feeds a key result."""
    site = jira.site
    site.add_status("In Review", "indeterminate")
    epic = site.add_issue("PLAT", "Queue migration", type="Epic")
    for status in ("To Do", "In Review", "Done", "Done"):
        site.add_issue("PLAT", f"Work in {status}", parent=epic.key, status=status)
    site.add_issue("PLAT", "Broken door", type="Bug", status="Done")
    connect(admin, jira)
    linked = (
        key_result("KR-1", link(f"jira:epic:{epic.key}")),
        key_result("KR-2", link("jira:jql:type = Bug")),
    )
    planning.apply(service.runtime, plan(*linked), name="p", author="lead")
    with service.runtime.store.read() as session:
        sources = list(session.scalars(select(Source.id)))
    for each in sources:
        pipeline.drain(service.runtime, each, force=True)
    return admin


def test_a_status_is_tried_saved_and_restored(service: World, mapped: FlaskClient) -> None:
    sent = meaning(form(mapped, do="look"), "In Review", "done")
    tried = text(mapped.post(EDITOR, data=sent).text)
    assert "1 key result would change." in tried
    assert "1 link stays as it is." in tried
    assert "0.50 → 0.75" in tried
    assert newest(service) is None
    unsaid = mapped.post(EDITOR, data={**sent, "do": "save"})
    sent["do"] = "save"
    unsaid = mapped.post(EDITOR, data=sent)
    assert unsaid.status_code == 400
    assert "nothing is saved without a reason" in text(unsaid.text)
    assert newest(service) is None
    sent["reason"] = "reviews count as done"
    done = mapped.post(EDITOR, data=sent, follow_redirects=True)
    assert "Version 1 of the mapping is in use. 2 links are counted by it." in text(done.text)
    held = newest(service)
    assert held is not None
    assert (held.body, held.author) == ({"statuses": {"In Review": "done"}}, "admin")
    save(service, {}, "begin anew")
    shown = text(mapped.get(f"{EDITOR}/1").text)
    assert "statuses nothing In Review: done" in shown
    tried = mapped.post(f"{EDITOR}/1", data={"do": "look"}).text
    assert "0.50 → 0.75" in text(tried)
    assert mapped.post(f"{EDITOR}/1", data={"do": "restore"}).status_code == 400
    back = mapped.post(f"{EDITOR}/1", data={"do": "restore", "reason": "as it was"})
    assert back.status_code == 303
    held = newest(service)
    assert held is not None
    assert (held.version, held.restores, held.body["statuses"]) == (3, 1, {"In Review": "done"})


def test_a_form_that_is_sent_as_it_is_shown_changes_nothing(
    service: World, mapped: FlaskClient
) -> None:
    save(service, WHOLE)
    for address in (EDITOR, f"{EDITOR}?place=PLAT", f"{EDITOR}?place=OPS"):
        sent = form(mapped, address, do="save", reason="the same again")
        assert mapped.post(EDITOR, data=sent).status_code == 303
        held = newest(service)
        assert held is not None
        assert mappings.differences(WHOLE, held.body) == ()


def test_rows_are_added_and_taken_away(service: World, mapped: FlaskClient) -> None:
    save(service, WHOLE)
    sent = form(mapped, do="save", reason="more words")
    sent.setlist("l_state", [""])
    sent.setlist("nl_name", ["blocked", ""])
    sent.setlist("nl_state", ["todo", ""])
    sent.setlist("no_type", ["bug", ""])
    sent.setlist("no_name", ["Closed", ""])
    sent.setlist("no_state", ["dropped", ""])
    sent.setlist("p_place", ["3", "1", "2", "", ""])
    sent["dropped_more"] = "Parked\r\nobsolete"
    sent["days_how"] = "default"
    assert mapped.post(EDITOR, data=sent).status_code == 303
    held = newest(service)
    assert held is not None
    assert held.body["labels"] == {"blocked": "todo"}
    assert held.body["types"]["Bug"]["statuses"] == {"Verified": "done", "Closed": "dropped"}
    assert held.body["points"] == [*WHOLE["points"][1:], WHOLE["points"][0]]
    assert set(held.body["dropped"]) == {"Won't Do", "obsolete", "Parked"}
    assert "working_days" not in held.body


def test_the_rules_of_a_place_are_its_own(service: World, mapped: FlaskClient) -> None:
    save(service, {"statuses": {"In Review": "done"}})
    sent = meaning(form(mapped, f"{EDITOR}?place=PLAT", do="save", reason="r"), "To Do", "doing")
    assert "days_how" not in sent
    assert mapped.post(EDITOR, data=sent).status_code == 303
    held = newest(service)
    assert held is not None
    own = {"PLAT": {"statuses": {"To Do": "doing"}}}
    assert held.body == {"statuses": {"In Review": "done"}, "places": own}
    assert 'place=PLAT" aria-current' not in mapped.get(EDITOR).text
    gone = meaning(form(mapped, f"{EDITOR}?place=plat", do="save", reason="r"), "To Do", "")
    assert mapped.post(EDITOR, data=gone).status_code == 303
    held = newest(service)
    assert held is not None
    assert held.body == {"statuses": {"In Review": "done"}}


WRONG = {
    "weight": ({"w_doing": "2"}, "the weight 2 is out of place; give a number from 0 to 1"),
    "number": ({"w_doing": "half"}, "'half' is not a finite number; write one such as 12.5"),
    "pattern": (
        {"points_how": "own", "p_kind": "label", "p_what": "points"},
        "'label:points' does not say where points are",
    ),
    "sizes": (
        {"points_how": "own", "p_kind": "sizes", "p_what": "S: many"},
        "'many' is not a finite number",
    ),
    "state": ({"nl_name": "blocked"}, "'' is not possible; choose todo, doing, done, dropped"),
    "twice": ({"ns_name": "in review", "ns_state": "done"}, "'in review' is typed twice; keep one"),
    "days": ({"days_how": "own"}, "at least one day is worked; name days such as [mon, tue]"),
}


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    service: World, mapped: FlaskClient
) -> None:
    as_shown = meaning(form(mapped, do="save", reason="try it"), "In Review", "done")
    for case, (typed, said) in WRONG.items():
        sent = as_shown.copy()
        for name, value in typed.items():
            sent.setlist(name, [value, *sent.getlist(name)[1:]])
        answer = mapped.post(EDITOR, data=sent)
        assert answer.status_code == 400, case
        assert text(answer.text).casefold().count(said.casefold()) == 2, case
        again = Form(answer.text).sent
        assert again["reason"] == "try it", case
        assert again.getlist("s_state")[again.getlist("s_name").index("In Review")] == "done"
    assert newest(service) is None


def test_the_text_has_the_same_checks_and_becomes_a_form(
    service: World, mapped: FlaskClient
) -> None:
    written = "statuses: {In Review: done}\nplaces:\n  PLAT: {weights: {doing: 7}}\n"
    answer = mapped.post(EDITOR, data={"text": written, "do": "look", "reason": "r"})
    assert answer.status_code == 400
    assert "Line 3, PLAT: the weight 7 is out of place" in text(answer.text)
    assert written.strip() in unescape(answer.text)
    right = written.replace("7", "0.5")
    turned = mapped.post(EDITOR, data={"text": right, "do": "form"})
    sent = Form(turned.text).sent
    assert sent.getlist("s_state")[sent.getlist("s_name").index("In Review")] == "done"
    back = mapped.post(EDITOR, data={**sent.to_dict(), "do": "text"})
    assert "as text" in text(back.text).lower()
    saved = mapped.post(EDITOR, data={"text": right, "do": "save", "reason": "r"})
    assert saved.status_code == 303
    held = newest(service)
    assert held is not None
    assert held.body["places"] == {"PLAT": {"weights": {"doing": 0.5}}}
    assert "statuses:\n  In Review: done" in unescape(mapped.get(f"{EDITOR}?as=text").text)


def test_a_version_saved_meanwhile_is_not_written_over_unseen(
    service: World, mapped: FlaskClient
) -> None:
    sent = meaning(form(mapped, do="save", reason="mine"), "In Review", "done")
    save(service, {"labels": {"blocked": "todo"}}, "theirs")
    answer = mapped.post(EDITOR, data=sent)
    assert answer.status_code == 409
    assert "Version 1 was saved by lead meanwhile: theirs" in text(answer.text)
    again = Form(answer.text).sent
    again["do"] = "save"
    assert mapped.post(EDITOR, data=again).status_code == 303
    held = newest(service)
    assert held is not None
    assert (held.version, held.body) == (2, {"statuses": {"In Review": "done"}})
    with pytest.raises(Overtaken):
        mappings.save(service.runtime, "jira", {}, Saving(author="a", reason="r", over=1))


def test_a_tracker_that_is_away_is_said_and_the_mirror_offered(
    service: World, mapped: FlaskClient, jira: Any
) -> None:
    with service.runtime.store.write() as session:
        row = offered.connections.find(session, "jira")
        row.options = {name: each for name, each in row.options.items() if name != "surveyed"}
    jira.faults.add("unauthorized")
    page = mapped.get(EDITOR)
    assert page.status_code == 200
    shown = text(page.text)
    assert "told before and what was read of it" in shown
    assert "What In Review means" in page.text
    assert "Backlog" not in shown
    again = mapped.post(f"{EDITOR}/names", follow_redirects=True)
    assert 'role="alert"' in again.text


def test_names_are_read_again(mapped: FlaskClient, jira: Any) -> None:
    jira.site.add_status("Shipped", "done")
    assert "Shipped" not in mapped.get(EDITOR).text
    assert mapped.get(f"{EDITOR}/names").status_code == 303
    page = mapped.post(f"{EDITOR}/names", follow_redirects=True).text
    assert "The names are as they are now." in text(page)
    assert "What Shipped means" in page


def test_what_is_not_there(service: World, mapped: FlaskClient) -> None:
    for path in ("/connections/other/fields", f"{EDITOR}/7"):
        assert mapped.get(path).status_code == 404
        assert mapped.post(path, data={"do": "look"}).status_code == 404
    for role in ("member", "lead", "viewer"):
        assert service.client(role).get(EDITOR).status_code == 403


def test_what_was_proposed_is_where_to_begin(mapped: FlaskClient) -> None:
    page = mapped.get(EDITOR).text
    assert "Begin with what was proposed" in page
    begun = Form(mapped.get(f"{EDITOR}?proposed=1").text).sent
    assert begun["points_how"] == "own"
    assert re.search(r"customfield_10016", begun.getlist("p_what")[0])


def test_what_a_version_changed_is_told_in_words(service: World, mapped: FlaskClient) -> None:
    body = {"types": {"Initiative": {"counts": "parent"}}, "points": [{"size/S": 1}]}
    save(service, body, "above epics")
    page = text(mapped.get(f"{EDITOR}/1").text)
    assert "Initiative: (counts: parent)" in page
    assert "size/S: 1" in page
    assert "{'" not in page
