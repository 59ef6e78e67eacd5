"""What Jira renames, recategorises or deletes updates no issue: the small lists tell."""

import json

import pytest

from connector.errors import Unavailable
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


def test_a_renamed_status_reads_its_issues_again_and_nothing_else(running, site, session):
    fill(site, 20)
    for n in (1, 2, 3):
        site.transition(f"PLAT-{n}", "In Review", at=LONG_AGO)
    cursor = Told(session, PLAT).look.cursor
    site.rename_status("In Review", "Prüfung")
    assert "PLAT-1" not in Told(session, PLAT, cursor).items
    told = later(session, PLAT, cursor, site, due=True)
    mine = {key: item.status for key, item in told.items.items()}
    assert mine == {"PLAT-1": "Prüfung", "PLAT-2": "Prüfung", "PLAT-3": "Prüfung",
                    "PLAT-20": "To Do"}  # fmt: skip
    assert later(session, PLAT, told.look.cursor, site).calls == 1


def test_a_sweep_reads_the_lists_however_little_time_went_by(running, site, session):
    fill(site, 5)
    site.transition("PLAT-2", "In Review", at=LONG_AGO)
    cursor = Told(session, PLAT).look.cursor
    site.rename_status("In Review", "Prüfung")
    assert Told(session, PLAT, cursor, sweep=True).items["PLAT-2"].status == "Prüfung"


def test_what_cannot_be_asked_for_is_kept_for_later_and_stops_no_other(running, site, session):
    fill(site, 5)
    site.transition("PLAT-2", "In Review", at=LONG_AGO)
    told = json.loads(Told(session, PLAT).look.cursor)
    told["lists"]["entries"]["status"]["99999"] = ["Elsewhere", "todo", "424242"]
    site.rename_status("In Review", "Prüfung")
    mended = later(session, PLAT, json.dumps(told), site, due=True)
    assert mended.items["PLAT-2"].status == "Prüfung"
    kept = json.loads(mended.look.cursor)["lists"]["entries"]["status"]
    assert kept["99999"] == ["Elsewhere", "todo", "424242"]
    assert "Prüfung" in [name for name, *_ in kept.values()]
    assert "PLAT-2" not in later(session, PLAT, mended.look.cursor, site, due=True).items


def test_a_recategorised_status_is_noticed_at_once_when_the_tracker_told(running, site, session):
    fill(site, 4)
    site.transition("PLAT-2", "In Review", at=LONG_AGO)
    cursor = Told(session, PLAT).look.cursor
    site.recategorise_status("In Review", "done")
    told = Told(session, need(("project", "PLAT"), lists=True), cursor)
    assert told.items["PLAT-2"].category == "done"


def test_a_deleted_status_has_everything_read_again(running, site, session):
    fill(site, 7)
    cursor = Told(session, PLAT).look.cursor
    del site.statuses["10001"]
    told = later(session, PLAT, cursor, site, due=True)
    assert len(told.items) == 7
    assert not told.look.complete


def test_a_renamed_version_says_so_and_keeps_saying_so_without_a_call(running, site, session):
    fill(site, 4)
    site.add_version("PLAT", "2.0")
    site.add_version("PLAT", "3.0")
    site.edit("PLAT-2", fix_versions=["2.0"], at=LONG_AGO)
    asked = need(("version", "PLAT/2.0"), ("version", "PLAT/3.0"))
    first = Told(session, asked)
    assert first.look.titles == {each: each[1][5:] for each in asked.scopes}
    site.rename_version("PLAT", "2.0", "2.1")
    said = "Version 2.0 of PLAT is called 2.1 now; change the link to jira:version:PLAT/2.1."
    told = Told(session, asked, first.look.cursor)
    assert told.look.broken == {("version", "PLAT/2.0"): said}
    assert "version:PLAT/2.1" in told.items["PLAT-2"].tags
    idle = Told(session, asked, told.look.cursor)
    assert idle.look.broken == {("version", "PLAT/2.0"): said}
    assert idle.calls == 1
    swept = Told(session, asked, idle.look.cursor, sweep=True)
    assert swept.look.broken == idle.look.broken
    assert swept.calls == 2 + 4
    site.rename_version("PLAT", "2.1", "2.0")
    mended = later(session, asked, idle.look.cursor, site, due=True)
    assert mended.look.broken == {}
    assert "version:PLAT/2.0" in mended.items["PLAT-2"].tags


def test_a_deleted_version_says_so_and_its_project_is_read_again(running, site, session):
    fill(site, 4)
    site.add_version("PLAT", "2.0")
    site.add_component("PLAT", "UI")
    site.edit("PLAT-2", fix_versions=["2.0"], components=["UI"], at=LONG_AGO)
    asked = need(("version", "PLAT/2.0"), ("component", "PLAT/ui"))
    cursor = Told(session, asked).look.cursor
    issue = site.find("PLAT-2")
    issue.fields["fixVersions"], site.versions["PLAT"] = [], []
    site.changed()
    told = later(session, asked, cursor, site, due=True)
    assert told.look.broken == {("version", "PLAT/2.0"): "Version 2.0 of PLAT was deleted."}
    assert told.items["PLAT-2"].tags == {"project:PLAT", "component:PLAT/ui"}
    assert told.look.titles["component", "PLAT/ui"] == "UI"


def test_a_name_that_never_was_is_told_and_stops_no_other(running, site, session):
    fill(site, 2)
    told = Told(session, need(("component", "PLAT/Nope"), ("project", "PLAT")))
    assert told.look.broken == {("component", "PLAT/Nope"): "PLAT has no component called Nope."}
    assert len(told.items) == 2
    assert told.look.titles == {("project", "PLAT"): "Platform"}


def test_sprints_are_tags_with_titles_and_deleting_one_is_told(running, site, session):
    fill(site, 3)
    for name in ("One", "Two"):
        site.add_sprint(name)
    site.edit("PLAT-1", sprint=[1, 2], at=LONG_AGO)
    asked = need(("sprint", "1"), ("sprint", "2"))
    told = Told(session, asked)
    assert told.items["PLAT-1"].tags == {"project:PLAT", "sprint:1", "sprint:2"}
    assert told.look.titles == {("sprint", "1"): "One", ("sprint", "2"): "Two"}
    assert told.look.matches == {}
    assert Told(session, asked, told.look.cursor).calls == 1
    site.rename_sprint(2, "Three")
    renamed = later(session, asked, told.look.cursor, site, due=True)
    assert renamed.look.titles["sprint", "2"] == "Three"
    site.delete_sprint(2)
    gone = later(session, asked, renamed.look.cursor, site, due=True)
    assert gone.look.broken == {("sprint", "2"): "Sprint 2 was deleted."}


def test_an_older_connection_finds_its_sprint_field_and_reads_all_again(running, site):
    fill(site, 3)
    site.add_sprint("One")
    site.edit("PLAT-1", sprint=1, at=LONG_AGO)
    old = opened(running, sprint_field="")
    asked = need(("sprint", "1"))
    told = Told(old, asked, '{"since": 1900000000000}')
    assert told.look.complete
    assert "sprint:1" in told.items["PLAT-1"].tags
    calls = site.calls.count("GET /rest/api/2/field")
    idle = Told(opened(running, sprint_field=""), asked, told.look.cursor)
    assert (idle.calls, site.calls.count("GET /rest/api/2/field")) == (1, calls)
    fetched = opened(running, sprint_field="").fetch("", [Ref(None, "PLAT-1")])
    assert "sprint:1" in fetched.items[0].tags


def test_an_error_in_the_small_lists_ends_the_look(running, site, session):
    fill(site, 3)
    cursor = Told(session, PLAT).look.cursor
    running.faults.add("error", path="/issuetype")
    with pytest.raises(Unavailable):
        later(session, PLAT, cursor, site, due=True)
    running.faults.clear()
    running.faults.add("unauthorized", path="/resolution", status=403)
    assert later(session, PLAT, cursor, site, due=True).look.broken == {}
