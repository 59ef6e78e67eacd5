"""Projects of GitHub: fields and filters, pages that did not change, archived and hidden items."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connector.work import Ref
from integrations import catalogue
from integrations.simulators.github import board_fields
from integrations.tracker import Account, Look, Need

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
API, WEB = "acme/api", "acme/web"
SOURCE, WHERE = "acme/projects/1", ("acme", 1)
SPRINTS = [
    ("Sprint 6", date(2026, 9, 21), 14),
    ("Sprint 7", date(2026, 10, 5), 14),
    ("Sprint 8", date(2026, 10, 19), 14),
]
SPEC = catalogue.get("github").spec


@pytest.fixture
def site(github) -> Any:
    """A project with fields of every kind and five items of two repositories."""
    here = github.site
    here.now = MONDAY
    here.repos.clear()
    for repo in (API, WEB):
        here.add_repo(repo)
        for number in range(1, 4):
            here.add_issue(repo, f"Issue {number}")
    here.add_project("acme", "The board")
    board, add = here.boards.find(*WHERE), here.boards.add_field
    add(board, "Priority", "single_select", at=MONDAY, options=["P0", "P1"])
    add(board, "Size", "single_select", at=MONDAY, options=["1", "2", "3.5"])
    add(board, "Sprint", "iteration", at=MONDAY, iterations=SPRINTS)
    add(board, "Points", "number", at=MONDAY)
    add(board, "Target date", "date", at=MONDAY)
    add(board, "Note", "text", at=MONDAY)
    here.put_on_project(WHERE, (API, 1), Status="In Progress", Points=3, Priority="P0",
                        Sprint="Sprint 7", Size="3.5")  # fmt: skip
    here.put_on_project(WHERE, (API, 2), Status="Todo", Priority="P1", Sprint="Sprint 8")
    here.put_on_project(WHERE, (API, 3), Status="Done", Points=8, Note="Wait, see",
                        **{"Target date": "2026-10-31"})  # fmt: skip
    here.put_on_project(WHERE, (WEB, 1), Sprint="Sprint 6")
    here.put_on_project(WHERE, "Only an idea", Status="Todo")
    return here


@pytest.fixture
def session(github) -> Iterator[Any]:
    account = Account(name="main", url=github.url, token="github-token", allow_private=True)
    opened = catalogue.get("github").open(account)
    yield opened
    opened.close()


def need(*values: str) -> Need:
    return Need(scopes=frozenset(("project", value) for value in values or ("acme/1",)))


def read(session, asked, cursor=None) -> tuple[dict[str, Any], list[Any], Look]:
    *pages, look = session.read(SOURCE, asked, cursor)
    items = [item for page in pages for item in page.items]
    assert len(items) == len({item.key for item in items})
    aside = [each for page in pages for each in page.unreadable]
    return {item.key: item for item in items}, aside, look


def inside(items: dict[str, Any], value: str, day: date = date(2026, 10, 5)) -> set[str]:
    found = SPEC.kind("project").select(value)
    return {key for key, each in items.items() if found.holds(each.tags, each.numbers, day)}


def turn(site, **by) -> None:
    site.now = site.now + timedelta(**by)


def later_on(site) -> None:
    """Another item comes much later: the others are no more told for having changed last."""
    turn(site, days=1)
    site.put_on_project(WHERE, (WEB, 3))


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("Status=In progress", {"acme/api#1"}),
        ("Priority=P0,P1", {"acme/api#1", "acme/api#2"}),
        ("Priority=@none", {"acme/api#3", "acme/web#1"}),
        ("Sprint=@current", {"acme/api#1"}),
        ("Sprint=@next", {"acme/api#2"}),
        ("Sprint=@previous", {"acme/web#1"}),
        ("Sprint=Sprint 6,Sprint 8", {"acme/api#2", "acme/web#1"}),
        ("Points>=4", {"acme/api#3"}),
        ("Size>3", {"acme/api#1"}),
        ("Size=3.5", {"acme/api#1"}),
        ("target-date<2026-11-01", {"acme/api#3"}),
        ('Note="wait, see"', {"acme/api#3"}),
        ("Repository=acme/web", {"acme/web#1"}),
        ("Priority!=P0&Status!=Done", {"acme/api#2", "acme/web#1"}),
    ],
)
def test_a_filter_picks_what_its_fields_say(site, session, words, keys):
    value = f"acme/1?{words}"
    items, aside, look = read(session, need(value))
    assert (look.broken, aside) == ({}, [])
    assert inside(items, value) == keys
    assert look.titles["project", value] == f"The board: {words}"


def test_only_what_filters_ask_for_is_kept(site, session):
    items, _, _ = read(session, need())
    assert not any(tag.startswith(("value:", "span:", "day:"))
                   for item in items.values() for tag in item.tags)  # fmt: skip
    items, _, _ = read(session, need("acme/1", "acme/1?Priority=P0"))
    told = {tag for item in items.values() for tag in item.tags if "1/" in tag}
    assert {tag for tag in told if tag.startswith(("value:", "span:"))} == {
        "value:acme/1/priority=p0", "value:acme/1/priority=p1",
    }  # fmt: skip


def test_numbers_are_those_of_number_fields_and_of_options_that_are_numbers(site, session):
    items, _, _ = read(session, need())
    assert items["acme/api#1"].numbers == {"project:acme/1/Points": 3, "project:acme/1/Size": 3.5}
    assert items["acme/api#2"].numbers == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Phase=Beta", "has no field Phase; there are: Status, Priority, Size, Sprint, Points"),
        ("Priority=P9", "Priority of project 1 of acme has no option 'P9'; there are: P0, P1."),
        ("Sprint=Sprint 9", "has no iteration 'Sprint 9'; there are: Sprint 6, Sprint 7"),
        ("Priority=@current", "is no iteration field"),
        ("Priority>3", "has no order: name its values instead"),
        ("target-date>3", "is a date: write a day"),
        ("Status!=Doing", "has no option 'Doing'; there are: Todo, In Progress, Done."),
    ],
)
def test_a_filter_the_project_cannot_meet_breaks_its_own_scope_only(site, session, words, told):
    value = f"acme/1?{words}"
    items, _, look = read(session, need(value, "acme/1"))
    assert look.broken.keys() == {("project", value)}
    assert told in look.broken["project", value]
    assert len(items) == 4


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("acme/1", None),
        ("acme/1?Priority=P0&Sprint=@current", None),
        ("acme/1?Priority=P9", "has no option 'P9'; there are: P0, P1."),
        ("acme/1?Phase=Beta", "has no field Phase"),
        ("acme/2?Priority=P0", "GitHub does not show Project 2 of acme"),
    ],
)
def test_a_filter_is_judged_before_it_is_linked(site, session, value, told):
    said = session.finder.judge("project", value)
    assert (said is None) if told is None else told in said


def test_a_renamed_option_is_told_anew_though_no_item_was_updated(site, session):
    asked = need("acme/1", "acme/1?Status=In progress", "acme/1?Status=Done")
    later_on(site)
    _, _, look = read(session, asked)
    turn(site, hours=1)
    board = site.boards.find(*WHERE)
    board_fields.rename_choice(board, "Status", "In Progress", "Doing", at=site.now)
    items, _, later = read(session, asked, look.cursor)
    assert "board:acme/1/doing" in items["acme/api#1"].tags
    assert later.broken.keys() == {("project", "acme/1?Status=In progress")}
    for look in (later, read(session, asked, later.cursor)[2]):
        told = look.broken["project", "acme/1?Status=In progress"]
        assert told.endswith("'In Progress' is called 'Doing' now: write the scope with that name.")


def test_an_iteration_that_is_moved_is_told_anew(site, session):
    value = "acme/1?Sprint=@current"
    later_on(site)
    _, _, look = read(session, need(value))
    moved = [*SPRINTS[:2], ("Sprint 8", date(2026, 10, 12), 7)]
    board = site.boards.find(*WHERE)
    board_fields.set_iterations(board, "Sprint", moved, at=site.now)
    items, _, look = read(session, need(value), look.cursor)
    assert inside(items, value, date(2026, 10, 13)) == {"acme/api#1", "acme/api#2"}
    items, _, _ = read(session, need(value), look.cursor)
    assert items == {}


@pytest.mark.parametrize("sweep", [False, True])
def test_a_renamed_number_is_found_by_the_name_it_had(site, session, sweep):
    later_on(site)
    _, _, look = read(session, need())
    board_fields.rename_field(site.boards.find(*WHERE), "Points", "Effort", at=site.now)
    for _ in range(2):
        *pages, look = session.read(SOURCE, need(), look.cursor, sweep=sweep)
    *pages, look = session.read(SOURCE, need(), look.cursor, sweep=True)
    numbers = {item.key: item.numbers for page in pages for item in page.items}
    assert numbers["acme/api#3"] == {"project:acme/1/Points": 8, "project:acme/1/Effort": 8}
    site.boards.add_field(site.boards.find(*WHERE), "Points", "number", at=site.now)
    site.put_on_project(WHERE, (API, 3), Points=1)
    *pages, look = session.read(SOURCE, need(), look.cursor)
    numbers = {item.key: item.numbers for page in pages for item in page.items}
    assert numbers["acme/api#3"] == {"project:acme/1/Points": 1, "project:acme/1/Effort": 8}


def test_a_renamed_field_is_told_with_its_name(site, session):
    asked = need("acme/1?Priority=P0")
    _, _, look = read(session, asked)
    board_fields.rename_field(site.boards.find(*WHERE), "Priority", "Urgency", at=site.now)
    _, _, look = read(session, asked, look.cursor)
    told = look.broken["project", "acme/1?Priority=P0"]
    assert told.startswith("Project 1 of acme has no field Priority; there are: Status, Urgency,")
    assert told.endswith("'Priority' is called 'Urgency' now: write the scope with that name.")


def test_only_the_iteration_that_ended_last_is_the_previous_one(site, session):
    value = "acme/1?Sprint=@previous"
    items, _, _ = read(session, need(value))
    assert inside(items, value, date(2026, 10, 18)) == {"acme/web#1"}
    assert inside(items, value, date(2026, 10, 20)) == {"acme/api#1"}


def test_an_archived_item_stays_in_the_project(site, session):
    _, _, look = read(session, need())
    turn(site, hours=1)
    item = site.item(API, 3)
    site.boards.archive(site.boards.find(*WHERE), item, at=site.now)
    items, _, look = read(session, need(), look.cursor)
    assert "project:acme/1" in items["acme/api#3"].tags
    assert set(read(session, need())[0]) == {"acme/api#1", "acme/api#2", "acme/api#3", "acme/web#1"}
    turn(site, hours=1)
    site.take_off_project(WHERE, (API, 3))
    items, _, look = read(session, need(), look.cursor)
    assert (items, look.left) == ({}, {"acme/api#3"})
    (item,) = session.fetch("acme/projects/1", [Ref(None, "acme/api#3")]).items
    assert "project:acme/1" not in item.tags


def test_items_out_of_the_tokens_sight_are_told_and_stop_nothing(site, session):
    _, _, look = read(session, need())
    site.hidden.add(WEB)
    turn(site, hours=1)
    site.close(API, 1)
    items, aside, later = read(session, need(), look.cursor)
    assert "acme/api#1" in items
    assert not {key for key in items if key.startswith(WEB)}
    assert later.broken == {}
    sentences = " ".join(each.message for each in aside)
    assert "Project 1 of acme: an item lies in a repository that this token may" in sentences
    items, aside, whole = read(session, need())
    assert set(items) == {"acme/api#1", "acme/api#2", "acme/api#3"}
    assert len(aside) == 1
    assert whole.broken == {}


def test_nothing_changed_costs_no_quota(site, session):
    turn(site, hours=1)
    for number in range(230):
        site.put_on_project(WHERE, (API, site.add_issue(API, f"More {number}")))
    asked = need("acme/1?Sprint=@current")
    _, _, look = read(session, asked)
    _, _, look = read(session, asked, look.cursor)
    before, used = session.calls, site.used
    items, _, later = read(session, asked, look.cursor)
    assert (items, later.cursor) == ({}, look.cursor)
    assert session.calls - before == 5  # the fields, three pages, the archive
    assert site.used == used
    turn(site, hours=1)
    site.put_on_project(WHERE, (API, 1), Status="Done")
    before, used = session.calls, site.used
    items, _, _ = read(session, asked, later.cursor)
    assert {"acme/api#1"} <= set(items) <= set(items) - {"acme/api#200"}
    assert (session.calls - before, site.used - used) == (5, 1)


def test_what_changes_while_a_long_project_is_read_is_not_lost(site, session):
    # The last page shows a change from after the first one was read.
    site.put_on_project(WHERE, (WEB, 2), at=MONDAY + timedelta(hours=2))
    _, _, look = read(session, need())
    turn(site, hours=1)
    site.put_on_project(WHERE, (API, 1), Status="Done")
    items, _, _ = read(session, need(), look.cursor)
    assert "board:acme/1/done" in items["acme/api#1"].tags


def test_many_pull_requests_are_read_by_their_list(site, session):
    for number in range(30):
        made = site.add_issue(API, f"Change {number}", pull_request=True)
        site.put_on_project(WHERE, (API, made), Status="Todo")
    turn(site, hours=1)
    for number in range(250):
        site.add_issue(API, f"Newer {number}")
    before = session.calls
    items, _, _ = read(session, need())
    pulls = [item for item in items.values() if item.pull_request]
    assert len(pulls) == 30
    assert all("board:acme/1/todo" in item.tags for item in pulls)
    assert session.calls - before <= 8
    ids = {item.external_id for item in pulls}
    assert ids == {str(site.item(API, int(item.key.partition("#")[2])).fields["id"])
                   for item in pulls}  # fmt: skip


def test_a_single_item_is_told_with_the_fields_that_links_ask_for(site, github):
    value = "acme/1?Priority=P0"
    account = Account(
        name="main", url=github.url, token="github-token", allow_private=True,
        scopes=frozenset({("project", value)}),
    )  # fmt: skip
    opened = catalogue.get("github").open(account)
    found = opened.fetch(SOURCE, [Ref(None, "acme/api#1")])
    assert inside({item.key: item for item in found.items}, value) == {"acme/api#1"}
    opened.close()


def test_an_item_carries_the_numbers_of_several_projects(site, session):
    site.add_project("acme", "Another")
    site.put_on_project(("acme", 2), (API, 1), Points=13)
    first, _, _ = read(session, need())
    *pages, _ = session.read("acme/projects/2", need("acme/2"), None)
    second = {item.key: item for page in pages for item in page.items}
    assert first["acme/api#1"].numbers["project:acme/1/Points"] == 3
    assert second["acme/api#1"].numbers == {"project:acme/2/Points": 13}
    assert not SPEC.authority("acme/projects/2", "project:acme/1/Points")
    assert not SPEC.authority("acme/projects/2", "value:acme/1/priority=p0")
    assert SPEC.authority("acme/projects/1", "span:acme/1/sprint=x")
