"""Sources of GitHub beyond one repository: milestones by title, projects, sub-issues, glances."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import AccessDenied, BadReading, BadScope
from connector.scopes import Below, Tagged
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Look, Need

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
API, WEB = "acme/api", "acme/web"


@pytest.fixture
def site(github) -> Any:
    """A GitHub of two repositories that share a milestone title, written in two ways."""
    here = github.site
    here.now = MONDAY
    here.repos.clear()
    for repo, title in ((API, "V2 / final"), (WEB, "v2 / Final"), ("acme/docs", "v3")):
        here.add_repo(repo)
        here.add_milestone(repo, "Other")
        here.add_milestone(repo, title)
        for number in range(1, 4):
            here.add_issue(repo, f"Issue {number}", milestone=2 if number < 3 else None)
    return here


@pytest.fixture
def session(github) -> Iterator[Any]:
    account = Account(name="main", url=github.url, token="github-token", allow_private=True)
    opened = catalogue.get("github").open(account)
    yield opened
    opened.close()


def need(*scopes, parents=(), narrow=False) -> Need:
    return Need(scopes=frozenset(scopes), parents=frozenset(parents), narrow=narrow)


def read(session, source, asked, cursor=None) -> tuple[dict[str, Any], Look]:
    *pages, look = session.read(source, asked, cursor)
    assert not any(page.unreadable for page in pages)
    keys = [item.key for page in pages for item in page.items]
    assert len(keys) == len(set(keys))
    return {item.key: item for page in pages for item in page.items}, look


def turn(site, **by) -> None:
    site.now = site.now + timedelta(**by)


TITLED = ("milestone", "acme/*/v2 / final")


def test_a_title_is_read_in_every_repository_that_has_it(site, session):
    items, look = read(session, "acme/*", need(TITLED))
    tag = catalogue.get("github").spec.kind("milestone").select(TITLED[1])
    assert tag == Tagged("milestones:acme/v2 / final")
    assert set(items) == {f"{repo}#{number}" for repo in (API, WEB) for number in (1, 2)}
    assert all(tag.tag in item.tags for item in items.values())
    assert look.complete
    assert look.titles[TITLED].casefold() == "v2 / final"
    assert look.broken == {}


def test_a_title_nobody_has_is_told(site, session):
    items, look = read(session, "acme/*", need(("milestone", "acme/*/v9"), TITLED))
    assert len(items) == 4
    assert look.broken.keys() == {("milestone", "acme/*/v9")}
    assert "v9" in look.broken["milestone", "acme/*/v9"]


def test_only_what_changed_comes_again_and_so_does_what_left(site, session):
    _, look = read(session, "acme/*", need(TITLED))
    turn(site, hours=1)
    site.close(WEB, 1)
    site.edit(API, 2, milestone=None)
    site.edit(API, 3, milestone=2)
    site.edit("acme/docs", 1, title="Elsewhere")
    site.add_issue(WEB, "Not in it")
    items, later = read(session, "acme/*", need(TITLED), look.cursor)
    assert {"acme/web#1", "acme/api#2", "acme/api#3"} <= set(items)
    assert not {"acme/docs#1", "acme/web#4"} & set(items)
    assert items["acme/web#1"].category == "done"
    assert not any(tag.startswith("milestone") for tag in items["acme/api#2"].tags)
    assert not later.complete
    turn(site, hours=1)
    site.edit(API, 2, title="It is ours no more")
    site.edit(API, 3, title="It is ours now")
    again, _ = read(session, "acme/*", need(TITLED), later.cursor)
    assert "acme/api#3" in again
    assert "acme/api#2" not in again


def test_nothing_changed_costs_one_free_call_per_repository(site, session):
    _, look = read(session, "acme/*", need(TITLED))
    for _ in range(3):
        before, used = session.calls, site.used
        look = read(session, "acme/*", need(TITLED), look.cursor)[1]
    assert session.calls - before == 2
    assert site.used == used


def test_a_person_owns_repositories_too(site, session):
    site.people.add("acme")
    assert len(read(session, "acme/*", need(TITLED))[0]) == 4


def test_what_became_of_the_issues_of_a_repository_that_is_gone_is_asked_by_id(site, session):
    _, look = read(session, "acme/*", need(TITLED))
    del site.repos[WEB]
    _, later = read(session, "acme/*", need(TITLED), look.cursor)
    assert (later.broken, later.left) == ({}, {"acme/web#1", "acme/web#2"})
    assert read(session, "acme/*", need(TITLED), later.cursor)[1].left == frozenset()
    items, whole = read(session, "acme/*", need(TITLED))
    assert whole.broken == {}
    assert set(items) == {"acme/api#1", "acme/api#2"}


BOARD, PROJECT = "acme/projects/1", ("project", "acme/1")
WHERE = ("acme", 1)


@pytest.fixture
def board(site) -> Any:
    site.add_project("acme", "The board")
    site.add_issue(API, "A change", pull_request=True)
    site.put_on_project(WHERE, (API, 1), Status="In Progress", Points=3)
    site.put_on_project(WHERE, (WEB, 2), Status="Todo", **{"Risk / size": 0.5})
    site.put_on_project(WHERE, (API, 4), Status="Done")
    site.put_on_project(WHERE, "Only an idea", Status="Todo")
    return site


def test_a_project_gives_its_items_their_status_and_numbers(board, session):
    items, look = read(session, BOARD, need(PROJECT))
    assert set(items) == {"acme/api#1", "acme/web#2", "acme/api#4"}
    first, other, pull = (items[key] for key in ("acme/api#1", "acme/web#2", "acme/api#4"))
    assert {"project:acme/1", "board:acme/1/in progress", "repo:acme/api"} <= first.tags
    assert first.numbers == {"project:acme/1/Points": 3.0}
    assert other.numbers == {"project:acme/1/Risk / size": 0.5}
    assert pull.pull_request
    assert pull.external_id == str(board.item(API, 4).fields["id"])
    assert "milestone:acme/api/2" in first.tags
    assert look.titles == {PROJECT: "The board"}
    assert (look.complete, look.broken) == (True, {})


def test_a_project_tells_what_changed_on_the_board_or_beside_it(board, session):
    _, look = read(session, BOARD, need(PROJECT))
    turn(board, hours=1)
    board.put_on_project(WHERE, (API, 1), Status="Done", Points=None)
    items, look = read(session, BOARD, need(PROJECT), look.cursor)
    assert "board:acme/1/done" in items["acme/api#1"].tags
    assert items["acme/api#1"].numbers == {}
    turn(board, hours=1)
    board.close(WEB, 2)
    board.put_on_project(WHERE, (API, 3))
    # What changed last is told once more with its page, in case more changed in its second.
    items, look = read(session, BOARD, need(PROJECT), look.cursor)
    assert set(items) == {"acme/api#1", "acme/web#2", "acme/api#3"}
    turn(board, hours=1)
    board.take_off_project(WHERE, (API, 1))
    board.put_on_project(WHERE, (API, 2))
    items, look = read(session, BOARD, need(PROJECT), look.cursor)
    assert set(items) == {"acme/web#2", "acme/api#3", "acme/api#2"}
    assert look.left == {"acme/api#1"}
    calls = session.calls
    (left,) = session.fetch(BOARD, [Ref(None, "acme/api#1")]).items
    assert not any(tag.startswith(("project:", "board:")) for tag in left.tags)
    assert session.calls == calls + 1  # the project was just read
    items, look = read(session, BOARD, need(PROJECT), look.cursor)
    assert items == {}
    assert not look.complete


def test_a_long_project_is_followed_by_its_links(board, session):
    for number in range(230):
        board.put_on_project(WHERE, (API, board.add_issue(API, f"More {number}")))
    items, _ = read(session, BOARD, need(PROJECT))
    assert len(items) == 233


def test_a_person_has_projects_too(site, session):
    site.people.add("acme")
    site.add_project("acme", "Mine")
    site.put_on_project(WHERE, (API, 1))
    assert set(read(session, BOARD, need(PROJECT))[0]) == {"acme/api#1"}


def test_a_github_without_projects_breaks_the_scope_with_a_sentence(board, session):
    board.has_projects = False
    items, look = read(session, BOARD, need(PROJECT))
    assert items == {}
    assert "project 1 of acme" in look.broken[PROJECT]
    assert look.broken[PROJECT].endswith(".")
    board.has_projects = True
    assert len(read(session, BOARD, need(PROJECT), look.cursor)[0]) == 3


def test_a_wrong_token_is_no_missing_project(board, github):
    account = Account(name="main", url=github.url, token="wrong", allow_private=True)
    opened = catalogue.get("github").open(account)
    for source, scope in ((BOARD, PROJECT), ("acme/*", TITLED)):
        with pytest.raises(AccessDenied):
            read(opened, source, need(scope))
    opened.close()


def test_single_items_are_read_whatever_the_source(board, session):
    refs = [Ref(None, "acme/web#2"), Ref(None, "Acme/API#3"), Ref(None, "acme/api#99")]
    for source in (API, "acme/*", BOARD):
        fetched = session.fetch(source, refs)
        assert [item.key for item in fetched.items] == ["acme/web#2", "acme/api#3"]
        assert fetched.missing == (refs[2],)
    assert "board:acme/1/todo" in fetched.items[0].tags
    assert "project:acme/1" not in fetched.items[1].tags


CHILDREN = ("issue", "acme/api/3")


@pytest.fixture
def family(site) -> Any:
    """acme/api#3 has sub-issues here and elsewhere; one of those has one of its own."""
    site.set_parent(API, 1, (API, 3))
    site.set_parent(WEB, 1, (API, 3))
    site.set_parent(API, 2, (WEB, 1))
    site.set_parent("acme/docs", 1, (WEB, 1))
    return site


def below(items, key):
    return {item.key for item in items.values() if item.parent_key == key}


def test_sub_issues_are_read_wherever_they_lie(family, session):
    kind = catalogue.get("github").spec.kind("issue")
    assert kind.select("Acme/API/3") == Below("acme/api#3")
    assert kind.source("Acme/API/3") == API
    items, look = read(session, API, need(CHILDREN))
    assert below(items, "acme/api#3") == {"acme/api#1", "acme/web#1"}
    assert look.titles == {CHILDREN: "Issue 3"}
    deep, _ = read(session, API, need(CHILDREN, parents={"acme/api#1", "acme/web#1"}))
    assert below(deep, "acme/web#1") == {"acme/api#2", "acme/docs#1"}


def test_sub_issues_elsewhere_are_looked_at_again_and_again(family, session):
    _, look = read(session, API, need(CHILDREN))
    for _ in range(2):  # until nothing of the parent lies within the overlap
        turn(family, hours=1)
        family.edit(API, 2, title=f"At {family.now}")
        look = read(session, API, need(CHILDREN), look.cursor)[1]
    turn(family, hours=1)
    for _ in range(60):  # so many that what was read before is not read with them
        family.add_issue(API, "Another")
    look = read(session, API, need(CHILDREN), look.cursor)[1]
    turn(family, hours=1)
    family.close(WEB, 1)
    items, look = read(session, API, need(CHILDREN), look.cursor)
    assert items["acme/web#1"].category == "done"
    assert "acme/api#3" not in items


def test_a_parent_that_changed_is_asked_for_sub_issues_elsewhere(family, session):
    asked = need(("issue", "acme/api/1"))
    _, look = read(session, API, asked)
    turn(family, hours=1)
    family.set_parent(WEB, 2, (API, 1))
    family.edit(API, 1, title="It has a part now")
    items, look = read(session, API, asked, look.cursor)
    assert below(items, "acme/api#1") == {"acme/web#2"}


def test_a_parent_that_is_not_there_or_not_told_breaks_its_scope_only(family, session):
    lost = ("issue", "acme/api/99")
    items, look = read(session, API, need(CHILDREN, lost))
    assert look.broken[lost].startswith("acme/api has no issue 99: it never had one")
    assert "acme/web#1" in items
    family.has_sub_issues = False
    items, look = read(session, API, need(CHILDREN))
    assert "sub-issues of acme/api#3" in look.broken[CHILDREN]


@pytest.mark.parametrize(
    ("scopes", "keys"),
    [
        ([("milestone", "acme/api/2")], {"acme/api#1", "acme/api#2"}),
        ([("label", "acme/api/okr")], {"acme/api#3"}),
        ([("label", "acme/api/okr"), ("milestone", "acme/api/1")], {"acme/api#3"}),
        ([("label", "acme/api/a, b")], {"acme/api#1", "acme/api#2", "acme/api#3"}),
        ([("repo", API), ("milestone", "acme/api/2")], {f"acme/api#{n}" for n in (1, 2, 3)}),
        ([CHILDREN], {"acme/api#1", "acme/api#3", "acme/web#1"}),
        ([("repo", API), CHILDREN], {f"acme/api#{n}" for n in (1, 2, 3)} | {"acme/web#1"}),
        ([("milestone", "acme/api/77")], set()),
    ],
)
def test_a_glance_lists_only_what_lies_in_the_scopes(family, session, scopes, keys):
    family.edit(API, 3, labels=["okr"])
    family.edit(API, 2, labels=["a, b"])
    items, look = read(session, API, need(*scopes, narrow=True))
    assert set(items) == keys
    assert look.complete
    assert set(look.broken) == {scope for scope in scopes if "77" in scope[1]}
    read(session, API, need(*scopes), look.cursor)


@pytest.mark.parametrize("source", ["acme", "acme/*/x", "acme/projects/x", "*/*", ""])
def test_a_source_of_no_form_is_refused(session, source):
    with pytest.raises(BadScope, match="OWNER/REPO"):
        read(session, source, need())


@pytest.mark.parametrize("cursor", ["[]", '{"acme/api": 5}', '{"acme/api": {"since": 5}}', "{"])
def test_a_spoilt_cursor_of_many_repositories_is_named(session, cursor):
    with pytest.raises(BadReading, match="in full"):
        read(session, "acme/*", need(TITLED), cursor)
