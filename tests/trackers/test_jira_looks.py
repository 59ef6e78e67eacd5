"""Whole reads of a simulated Jira: how many calls they take, and what they find out."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import Unavailable
from connector.work import Ref
from integrations import catalogue
from integrations.simulators import start_jira
from integrations.tracker import Account, Listed, Look, Need, Page

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SPRINT_FIELD = "customfield_10020"


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


def opened(running, **options):
    cloud = running.site.cloud
    told = {"deployment": "cloud" if cloud else "datacenter", "sprint_field": SPRINT_FIELD}
    told |= {"email": "admin@example.com"} if cloud else {"epic_link": "customfield_10014"}
    account = Account(
        name="main", url=running.url, token="jira-token", options={**told, **options},
        allow_private=True,
    )  # fmt: skip
    return catalogue.get("jira").open(account)


def fill(site, number, start=LONG_AGO):
    for n in range(number):
        site.add_issue("PLAT", f"Issue {n}", at=start + timedelta(hours=n))
    site.now = LONG_AGO + timedelta(days=1000)


def need(*scopes, **more):
    return Need(scopes=frozenset(scopes), **more)


PLAT = need(("project", "PLAT"))


class Told:
    """What one look told."""

    def __init__(self, session, asked, cursor=None, *, sweep=False):
        before = session.calls
        *parts, self.look = session.read("", asked, cursor, sweep=sweep)
        assert isinstance(self.look, Look)
        self.calls = session.calls - before
        pages = [part for part in parts if isinstance(part, Page)]
        self.items = {item.key: item for page in pages for item in page.items}
        self.unreadable = [each for page in pages for each in page.unreadable]
        self.listed = {i for part in parts if isinstance(part, Listed) for i in part.external_ids}


def later(session, asked, cursor, site, **more):
    """The next look, when the small lists are due again: the simulated server tells real time."""
    told = json.loads(cursor)
    if more.pop("due", False):
        told["lists"]["read_at"] = 0
    return Told(session, asked, json.dumps(told), **more)


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
    assert changed.calls == (2 + 1 + 1 if site.cloud else 3)
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
    assert told.calls == 2
    whole = Told(session, PLAT, None, sweep=True)
    assert (len(whole.items), whole.listed, whole.look.complete) == (249, set(), True)


def test_what_the_index_still_lists_but_is_gone_is_just_not_there(running, site, session):
    if not site.cloud:
        pytest.skip("Data Center reads from its index alone")
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
    assert swept.calls == 2
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


def test_an_error_in_the_small_lists_ends_the_look(running, site, session):
    fill(site, 3)
    cursor = Told(session, PLAT).look.cursor
    running.faults.add("error", path="/issuetype")
    with pytest.raises(Unavailable):
        later(session, PLAT, cursor, site, due=True)
    running.faults.clear()
    running.faults.add("unauthorized", path="/resolution", status=403)
    assert later(session, PLAT, cursor, site, due=True).look.broken == {}


def test_a_narrow_look_reads_no_lists(running, site, session):
    fill(site, 3)
    told = Told(session, need(("project", "PLAT"), narrow=True))
    assert len(told.items) == 3
    assert told.calls == (2 if site.cloud else 1)
