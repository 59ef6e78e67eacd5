"""Histories by GraphQL: what REST tells and more, whole or asked for again, in few calls."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import RateLimited
from connector.work import Ref
from integrations import catalogue
from integrations.github import timelines
from integrations.simulators.github import board_fields
from integrations.simulators.github.graph_types import NAMES
from integrations.tracker import Account, History

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
BOARD = ("acme", 1)
ONE = ("acme/api", 1)


@pytest.fixture
def site(github) -> Any:
    here = github.site
    here.now = MONDAY
    for name in ("acme/api", "acme/web"):
        here.add_repo(name)
    for title in ("v1", "v2"):
        here.add_milestone("acme/api", title)
    here.add_project("acme", "Board")
    here.add_issue("acme/api", "One")
    here.add_issue("acme/web", "Top")
    return here


def opened(github, *scopes, token="github-token", **options) -> Any:
    account = Account(name="main", url=github.url, token=token, options=options,
                      allow_private=True, scopes=frozenset(scopes))  # fmt: skip
    return catalogue.get("github").open(account)


def ref(site, number, repo="acme/api"):
    return Ref(str(site.item(repo, number).fields["id"]), f"{repo}#{number}")


def read(session, refs, source="acme/api") -> History:
    portions = list(session.history(source, refs))
    return History(
        tuple(event for each in portions for event in each.events),
        frozenset(ident for each in portions for ident in each.told),
        {name: why for each in portions for name, why in each.untold.items()},
    )


def day(site, days):
    site.now = MONDAY + timedelta(days=days)


def asked(site, path):
    return [call for call in site.calls if path in str(call)]


def busy(site, number) -> None:
    """A life with something of everything that both ways tell."""
    one = ("acme/api", number)
    for days, step in enumerate((
        lambda: site.edit(*one, labels=["okr", "next"], milestone=1),
        lambda: site.close(*one, "not_planned"),
        lambda: site.edit(*one, type="Bug", milestone=2, labels=["okr"]),
        lambda: site.reopen(*one),
        lambda: site.set_parent(*one, ("acme/web", 1)),
        lambda: site.edit(*one, type=None, milestone=None),
        lambda: site.set_parent(*one, None),
        lambda: site.edit(*one, type="Feature", labels=[]),
        lambda: site.close(*one, "completed"),
    ), start=1):  # fmt: skip
        day(site, days)
        step()


def test_both_ways_tell_the_same(github, site):
    busy(site, 1)
    pull = site.add_issue("acme/api", "Pull", milestone=2, pull_request=True)
    moved = site.add_issue("acme/api", "Moved", labels=["okr"])
    day(site, 12)
    site.close("acme/api", pull, merged=True)
    there = site.transfer("acme/api", moved, "acme/web")
    refs = [ref(site, 1), ref(site, pull), ref(site, there, "acme/web")]
    graph = read(opened(github), refs)
    assert asked(site, "graphql")
    assert not asked(site, "/events")
    site.lacks = NAMES
    rest = read(opened(github), refs)
    assert asked(site, "/events")
    assert graph.told == rest.told == {each.external_id for each in refs}
    # Only GraphQL says where an issue came from.
    places = [each.before["place"] for each in graph.events if "place" in each.before]
    assert places == ["acme/api"]
    assert [plain(each) for each in graph.events] == [plain(each) for each in rest.events]


def plain(event):
    before = {name: value for name, value in event.before.items() if name != "place"}
    return event.external_id, event.at, before, dict(event.after)


def test_a_tenth_of_the_calls(github, site):
    for _ in range(149):
        site.add_issue("acme/api", "Another", milestone=1)
    site.calls.clear()
    refs = [ref(site, number) for number in range(1, 151)]
    found = read(opened(github), refs)
    assert len(found.told) == 150
    # The list in two pages, the milestones, what GraphQL knows, and 150 timelines by tens.
    assert len(site.calls) == 2 + 1 + 1 + 15


def test_timelines_that_came_back_short_are_asked_for_again(github, site):
    busy(site, 1)
    for number in range(2, 6):
        site.add_issue("acme/api", "Closed", milestone=1)
        site.close("acme/api", number)
    refs = [ref(site, number) for number in range(1, 6)]
    whole = read(opened(github), refs)
    site.timelines_at_once = 1
    again = read(opened(github), refs)
    assert again.untold == {}
    assert set(map(str, again.events)) == set(map(str, whole.events))


def test_a_long_timeline_is_read_to_its_end(github, site):
    for n in range(1, 140):
        site.edit(*ONE, labels=["okr"] if n % 2 else [], at=MONDAY + timedelta(hours=n))
    found = read(opened(github), [ref(site, 1)])
    assert found.untold == {}
    assert len(found.events) == 139
    assert len(asked(site, "graphql")) == 3


def test_what_graphql_does_not_find_is_asked_of_rest(github, site):
    busy(site, 1)
    site.add_issue("acme/api", "Two")
    site.close("acme/api", 2)
    site.unresolved = frozenset({site.item("acme/api", 2).fields["node_id"]})
    refs = [ref(site, 1), ref(site, 2)]
    found = read(opened(github), refs)
    assert found.told == {each.external_id for each in refs}
    assert len(asked(site, "/events")) == 1
    closed = [e.after["status"] for e in found.events if e.external_id == refs[1].external_id]
    assert closed == ["closed"]


def test_a_board_is_not_told_by_rest_where_graphql_lost_the_issue(github, site):
    site.put_on_project(BOARD, ONE, Status="Todo")
    site.unresolved = frozenset({site.item(*ONE).fields["node_id"]})
    found = read(opened(github), [ref(site, 1)], "acme/projects/1")
    assert found.untold == {
        ref(site, 1).external_id: "GitHub did not tell what became of acme/api#1 in its projects."
    }


def test_a_limit_told_with_status_200_is_a_pause(github, site):
    site.limits.sizes["graphql"] = 0
    with pytest.raises(RateLimited, match="pause"):
        read(opened(github), [ref(site, 1)])


def statuses(found, board="board:acme/1/"):
    """(day, status) whenever it changed; "" when it lost its status."""
    changes = []
    for event in found.events:
        new = [tag for tag in event.after.get("tags", ()) if tag.startswith(board)]
        old = [tag for tag in event.before.get("tags", ()) if tag.startswith(board)]
        if new or old:
            name = new[0].removeprefix(board) if new else ""
            changes.append(((event.at - MONDAY).days, name))
    return changes


def inside(found, tag="project:acme/1"):
    return [((e.at - MONDAY).days, tag in e.after.get("tags", ())) for e in found.events
            if tag in (*e.after.get("tags", ()), *e.before.get("tags", ()))]  # fmt: skip


@pytest.mark.parametrize("source", ["acme/projects/1", "acme/api"])
def test_the_life_on_a_board_whatever_the_source(github, site, source):
    for days, status in ((1, "Todo"), (2, "In Progress"), (4, "Done")):
        day(site, days)
        site.put_on_project(BOARD, ONE, Status=status)
    day(site, 5)
    site.take_off_project(BOARD, ONE)
    day(site, 6)
    site.put_on_project(BOARD, ONE)
    day(site, 7)
    site.put_on_project(BOARD, ONE, Status="Todo")
    found = read(opened(github, ("project", "acme/1")), [ref(site, 1)], source)
    assert found.untold == {}
    assert statuses(found) == [(1, "todo"), (2, "in progress"), (4, "done"), (5, ""), (7, "todo")]
    assert inside(found) == [(1, True), (5, False), (6, True)]


def test_boards_of_no_interest_are_not_asked_for(github, site):
    site.put_on_project(BOARD, ONE, Status="Todo")
    assert statuses(read(opened(github), [ref(site, 1)])) == []


def test_a_status_is_known_by_its_name_of_today(github, site):
    day(site, 1)
    site.put_on_project(BOARD, ONE, Status="In Progress")
    project = site.boards.find(*BOARD)
    board_fields.rename_choice(project, "Status", "In Progress", "Doing", at=site.now)
    day(site, 3)
    site.put_on_project(BOARD, ONE, Status="Done")
    found = read(opened(github), [ref(site, 1)], "acme/projects/1")
    assert found.untold == {}
    assert statuses(found) == [(1, "doing"), (3, "done")]


def test_a_change_on_a_board_that_no_event_tells_is_a_gap(github, site):
    site.put_on_project(BOARD, ONE, Status="Todo")
    repo = site.repo("acme/api")
    repo.events = [each for each in repo.events if "status" not in each[1]["event"]]
    found = read(opened(github), [ref(site, 1)], "acme/projects/1")
    assert found.untold == {
        ref(site, 1).external_id: "GitHub kept no event of when acme/api#1 got the status todo in"
        " project acme/1."
    }


def test_when_it_came_onto_a_board_is_known_from_the_board_itself(github, site):
    day(site, 3)
    site.put_on_project(BOARD, ONE)
    site.repo("acme/api").events.clear()
    found = read(opened(github), [ref(site, 1)], "acme/projects/1")
    assert found.untold == {}
    assert inside(found) == [(3, True)]


def test_numbers_that_are_measured_by_on_a_board_have_no_dates(github, site):
    site.put_on_project(BOARD, ONE, Points=3)
    measured = opened(github, number_fields="project:acme/1/Points")
    assert read(measured, [ref(site, 1)], "acme/projects/1").untold == {
        ref(site, 1).external_id: "GitHub keeps no dates of changes on the board of project acme/1,"
        " where acme/api#1 has Points."
    }


def test_what_is_archived_stays_in_the_project(github, site):
    day(site, 1)
    site.put_on_project(BOARD, ONE, Status="Done")
    site.boards.archive(site.boards.find(*BOARD), site.item(*ONE), at=site.now)
    found = read(opened(github), [ref(site, 1)], "acme/projects/1")
    assert found.untold == {}
    assert inside(found) == [(1, True)]


def test_a_token_without_projects_still_reads_the_rest(github, site):
    busy_token = site.tokens.classic(scopes=["repo"])
    site.put_on_project(BOARD, ONE, Status="Todo")
    site.close(*ONE)
    found = read(opened(github, ("project", "acme/1"), token=busy_token), [ref(site, 1)])
    assert found.untold == {}
    assert [each.after["status"] for each in found.events if "status" in each.after] == ["closed"]


def test_labels_are_known_by_their_names_of_today(github, site):
    site.edit(*ONE, labels=["okr", "gone"])
    day(site, 2)
    site.edit(*ONE, labels=["gone"])
    site.edit_label("acme/api", "okr", name="Objectives")
    site.delete_label("acme/api", "gone")
    found = read(opened(github), [ref(site, 1)])
    assert found.untold == {}
    tag = ["label:acme/api/objectives"]
    assert [(e.before["tags"], e.after["tags"]) for e in found.events] == [([], tag), (tag, [])]


def test_an_edit_made_while_we_read_is_followed(github, site, monkeypatch):
    read_before = timelines.Timelines.read

    def late(self, issues):
        day(site, 2)
        site.close(*ONE)
        return read_before(self, issues)

    monkeypatch.setattr(timelines.Timelines, "read", late)
    found = read(opened(github), [ref(site, 1)])
    assert found.untold == {}
    assert [each.after["status"] for each in found.events] == ["closed"]


def test_issue_fields_are_told_with_their_dates(github, site):
    for days, value in ((1, 3), (2, 5), (4, None), (5, 1.5)):
        day(site, days)
        site.edit(*ONE, numbers={"Estimate": value})
    found = read(opened(github, number_fields="Estimate"), [ref(site, 1)])
    assert found.untold == {}
    told = [((e.at - MONDAY).days, e.after["numbers"]["Estimate"]) for e in found.events]
    assert told == [(1, 3.0), (2, 5.0), (4, None), (5, 1.5)]
    repo = site.repo("acme/api")
    repo.events = repo.events[1:]
    why = read(opened(github, number_fields="Estimate"), [ref(site, 1)]).untold
    assert why == {ref(site, 1).external_id: "GitHub kept not every change of the field Estimate"
                   " of acme/api#1."}  # fmt: skip
    assert read(opened(github), [ref(site, 1)]).told == {ref(site, 1).external_id}
