"""Whole reads of a simulated Jira: how many calls they take, and what they find out."""

import json
from datetime import timedelta

import pytest

from connector.work import Ref
from integrations.simulators import start_jira
from tests.jira_looks import LONG_AGO, PLAT, Told, fill, later, need, opened


@pytest.fixture(params=["cloud", "datacenter"])
def running(request):
    with start_jira(deployment=request.param) as found:
        found.site.now = LONG_AGO
        found.site.add_project("PLAT", "Platform")
        yield found


@pytest.fixture
def site(running):
    return running.site


@pytest.fixture
def session(running):
    made = opened(running)
    yield made
    made.close()


def test_a_full_read_of_many_takes_few_calls_and_an_idle_one_takes_one(running, site, session):
    fill(site, 1234)
    site.page_cap = 100
    whole = Told(session, PLAT)
    assert len(whole.items) == 1234
    assert whole.look.complete
    assert whole.calls <= (1234 + 99) // 100 + 1 + 8
    idle = Told(session, PLAT, whole.look.cursor)
    assert (idle.calls, idle.look.complete, idle.listed) == (1, False, set())
    for n in range(1, 13):
        site.edit(f"PLAT-{n}", labels=["x"])
    assert len(Told(session, PLAT, whole.look.cursor).items) == 12 + 1


def test_many_changes_are_read_by_their_ids_and_none_twice(running, site, session):
    fill(site, 30)
    cursor = Told(session, PLAT).look.cursor
    site.page_cap = 5 if site.cloud else 1
    for n in range(1, 31):
        site.edit(f"PLAT-{n}", labels=["x"])
    changed = Told(session, PLAT, cursor)
    assert len(changed.items) == 30
    assert changed.calls == (2 + 1 + 1 if site.cloud else 4)
    assert not changed.look.complete


def test_a_sweep_tells_what_changed_and_the_ids_of_everything(running, site, session):
    fill(site, 250)
    cursor = Told(session, PLAT).look.cursor
    site.delete("PLAT-3")
    site.edit("PLAT-4", labels=["x"])
    told = Told(session, PLAT, cursor, sweep=True)
    assert told.look.complete
    assert set(told.items) == {"PLAT-4", "PLAT-250"}
    assert told.listed == {issue.id for issue in site.issues.values()}
    assert told.calls == 2 + 3
    whole = Told(session, PLAT, None, sweep=True)
    assert (len(whole.items), whole.listed, whole.look.complete) == (249, set(), True)


def test_a_cursor_that_knows_no_lists_has_everything_read_once(running, site, session):
    fill(site, 4)
    since = json.loads(Told(session, PLAT).look.cursor)["since"]
    told = Told(session, PLAT, json.dumps({"since": since}))
    assert (len(told.items), told.look.complete) == (4, True)
    assert set(Told(session, PLAT, told.look.cursor).items) == {"PLAT-4"}


def test_a_sweep_reads_what_showed_long_after_it_changed(running, site, session):
    fill(site, 4)
    told = json.loads(Told(session, PLAT).look.cursor)
    for number, day in ((1, 8), (2, 10), (3, 12)):
        site.edit(f"PLAT-{number}", labels=["late"], at=LONG_AGO + timedelta(days=day))
    told["swept"] = int((LONG_AGO + timedelta(days=10, minutes=50)).timestamp() * 1000)
    told["since"] = int((LONG_AGO + timedelta(days=11)).timestamp() * 1000)
    before = json.dumps(told)
    polled = Told(session, PLAT, before)
    assert set(polled.items) == {"PLAT-3"}
    assert json.loads(polled.look.cursor)["swept"] == told["swept"]
    swept = Told(session, PLAT, before, sweep=True)
    assert set(swept.items) == {"PLAT-2", "PLAT-3"}
    assert json.loads(swept.look.cursor)["swept"] > told["swept"]


@pytest.mark.parametrize("running", ["cloud"], indirect=True)  # Data Center has its index alone
def test_what_the_index_still_lists_but_is_gone_is_just_not_there(running, site, session):
    fill(site, 5)
    site.index_delay = 60
    site.delete("PLAT-3")
    told = Told(session, PLAT)
    assert set(told.items) == {"PLAT-1", "PLAT-2", "PLAT-4", "PLAT-5"}
    assert told.look.complete


def test_queries_of_people_are_listed_on_every_look_one_call_each(running, site, session):
    fill(site, 3)
    asked = need(("jql", "project = PLAT AND labels = a"), ("jql", "project = PLAT ORDER BY key"))
    cursor = Told(session, asked).look.cursor
    site.edit("PLAT-2", labels=["a"])
    told = Told(session, asked, cursor)
    assert told.calls == 3
    ident = site.find("PLAT-2").id
    assert told.look.matches["project = PLAT AND labels = a"] == {ident}
    assert len(told.look.matches["project = PLAT"]) == 3


def test_a_scope_that_can_be_read_again_is_read_whole_by_the_next_sweep(running, site, session):
    fill(site, 3)
    site.add_project("PAY", "Payments")
    site.add_issue("PAY", "Old", at=LONG_AGO)
    site.hide_project("PAY")
    asked = need(("project", "PLAT"), ("project", "PAY"))
    first = Told(session, asked)
    assert set(first.look.broken) == {("project", "PAY")}
    idle = Told(session, asked, first.look.cursor)
    assert idle.look.broken == first.look.broken
    assert idle.calls == 1
    site.show_project("PAY")
    assert ("project", "PAY") in Told(session, asked, idle.look.cursor).look.broken
    told = Told(session, asked, idle.look.cursor, sweep=True)
    assert told.look.broken == {}
    assert "PAY-1" in told.items
    assert len(told.listed) == 4
    assert Told(session, asked, told.look.cursor).look.broken == {}


def test_a_condition_refused_just_once_leaves_no_gap(running, site, session):
    fill(site, 2)
    site.add_component("PLAT", "UI")
    site.edit("PLAT-1", components=["UI"], at=LONG_AGO)
    asked = need(("component", "PLAT/UI"), ("project", "PLAT"))
    cursor = Told(session, asked).look.cursor
    told = json.loads(cursor)
    told["refused"] = [["", 'project = "PLAT" AND component = "UI"', "Jira was confused."]]
    idle = Told(session, asked, json.dumps(told))
    assert idle.look.broken == {("component", "PLAT/UI"): "Jira was confused."}
    mended = later(session, asked, idle.look.cursor, site, due=True)
    assert mended.look.broken == {}
    assert "PLAT-1" in mended.items


def test_what_is_missing_is_told_apart(running, site, session):
    fill(site, 4)
    site.add_project("PAY", "Payments")
    site.add_project("NEW", "New")
    hidden = [site.add_issue("PAY", f"Hidden {n}", at=LONG_AGO) for n in range(3)]
    moved = site.move("PLAT-4", "NEW")
    ids = {key: site.find(key).id for key in ("PLAT-1", "PLAT-2", "PLAT-3")}
    site.delete("PLAT-2")
    site.hide_issue("PLAT-3")
    site.hide_project("PAY")
    refs = [Ref(ident, key) for key, ident in ids.items()]
    refs += [Ref(issue.id, issue.key) for issue in hidden]
    refs += [Ref(moved.id, "PLAT-4"), Ref("999999", None)]
    before = session.calls
    found = session.fetch("", refs)
    assert {item.key for item in found.items} == {"PLAT-1", "NEW-1"}
    assert set(found.missing) == {*refs[1:6], refs[7]}
    assert found.hidden == set(refs[3:6])
    gone = "deleted from PLAT, or hidden by an issue security level"
    assert [found.why.get(ref) for ref in refs[1:3]] == [gone, gone]
    assert found.why[refs[3]].startswith("project PAY is not visible with this token any more")
    assert refs[7] not in found.why
    if site.cloud:
        assert session.calls - before == 1 + 2


def test_what_leaves_a_sprint_or_an_epic_elsewhere_is_seen_by_the_next_look(running, site, session):
    fill(site, 3)
    for key in ("PAY", "OPS", "WEB"):
        site.add_project(key, key)
    site.add_sprint("One")
    site.add_issue("PLAT", "The epic", "Epic", at=LONG_AGO)
    site.add_issue("PAY", "In the sprint", sprint=1, at=LONG_AGO)
    site.add_issue("OPS", "In the epic", parent="PLAT-4", at=LONG_AGO)
    site.add_issue("WEB", "Elsewhere", at=LONG_AGO)
    asked = need(("sprint", "1"), ("epic", "PLAT-4"))
    first = Told(session, asked)
    site.put_in_sprint("PAY-1", None)
    site.edit("OPS-1", parent=None)
    site.edit("WEB-1", labels=["x"])
    told = Told(session, asked, first.look.cursor)
    assert {"PAY-1", "OPS-1"} <= set(told.items)
    assert "WEB-1" not in told.items
    assert "sprint:1" not in told.items["PAY-1"].tags
    assert told.items["OPS-1"].parent_key is None
    assert told.calls == 1


def test_a_project_around_a_sprint_that_is_hidden_stops_nothing_and_is_forgotten(
    running, site, session
):
    fill(site, 3)
    site.add_project("PAY", "Payments")
    site.add_sprint("One")
    site.add_issue("PAY", "In the sprint", sprint=1, at=LONG_AGO)
    site.edit("PLAT-1", sprint=1, at=LONG_AGO)
    asked = need(("sprint", "1"))
    first = Told(session, asked)
    assert json.loads(first.look.cursor)["homes"] == ["PAY", "PLAT"]
    site.hide_project("PAY")
    site.put_in_sprint("PLAT-1", None)
    told = Told(session, asked, first.look.cursor)
    assert "PLAT-1" in told.items
    assert told.look.broken == {}
    assert json.loads(told.look.cursor)["homes"] == ["PLAT"]
    assert Told(session, asked, told.look.cursor).calls == 1


def test_a_narrow_look_reads_no_lists(running, site, session):
    fill(site, 3)
    told = Told(session, need(("project", "PLAT"), narrow=True))
    assert len(told.items) == 3
    assert told.calls == (2 if site.cloud else 1)
