"""Who is whose account, who a user is, and what is theirs."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from connector.errors import Refused
from connector.store.tables import Connection, Source, TrackerAccount, User
from connector.work import WorkItem
from sync import connections, people
from sync import runtime as composition
from sync.mirror import store_items
from sync.people.seen import store_accounts
from sync.queue import SilentDoorbell
from sync.runtime import Runtime
from tests.connector.items import item
from tests.servers import PATIENCE, wait_for
from tests.world import Clock, World, key_result, settings

PEOPLE = [
    {"key": "lead", "name": "Platform lead", "email": "Lead@Example.com", "teams": ["platform"]},
    {"key": "dev", "name": "Developer", "email": "dev@example.com", "github": "octo"},
    {"key": "ops", "name": "Operator"},
]


@pytest.fixture
def peopled(connected: World) -> World:
    connected.apply(key_result("KR-1", value=1, owner="dev"), people=PEOPLE)
    with connected.runtime.store.write() as session:
        for row in connected.rows("connection"):
            session.add(Source(connection_id=row.id, key="here", need={}))
    return connected


def seen(world: World, tracker: str, *assigned: tuple[Any, ...], marked: bool = True) -> None:
    """Store items assigned to (account, name, e-mail) as a drain of that tracker would."""
    (connection,) = world.rows("connection", name=tracker)
    mark = world.runtime.vault.mark if marked else None
    with world.runtime.store.write() as session:
        source = session.scalars(
            select(Source).where(Source.connection_id == connection.id, Source.key == "here")
        ).one()
        store_items(session, source, list(_items(assigned)), mark=mark)


def _items(assigned: Iterable[tuple[Any, ...]]) -> Iterable[WorkItem]:
    for number, (account, name, email) in enumerate(assigned, 1):
        at = {"assignee": account, "assignee_name": name, "assignee_email": email}
        yield replace(item(f"PLAT-{number}", external_id=f"i{number}"), **at)


def suggested(world: World) -> list[tuple[str, str, str, str]]:
    with world.runtime.store.read() as session:
        found = people.suggestions(session, world.runtime.vault.mark)
    return [(each.person, each.tracker, each.external_id, each.name) for each in found]


def whose(world: World) -> dict[str, str | None]:
    with world.runtime.store.read() as session:
        return {
            f"{each.tracker}:{each.external_id}": each.person for each in people.accounts(session)
        }


def test_an_account_with_the_email_of_a_person_is_suggested_until_somebody_says_so(
    peopled: World,
) -> None:
    seen(peopled, "jira", ("a-1", "P. Lead", "lead@example.COM "), ("a-2", "Other", "x@y.z"))
    seen(peopled, "github", ("octocat", "Octo", "dev@example.com"))
    assert suggested(peopled) == [("lead", "jira", "a-1", "P. Lead")]
    people.link_account(peopled.runtime, "lead", "jira", "a-1")
    assert suggested(peopled) == []
    assert whose(peopled) == {
        "github:octo": "dev",
        "github:octocat": None,
        "jira:a-1": "lead",
        "jira:a-2": None,
    }
    (account,) = peopled.rows("account", tracker="jira")
    assert (account.external_id, account.origin) == ("a-1", "admin")


def test_no_email_is_kept_and_the_mark_is_of_this_installation(peopled: World) -> None:
    seen(peopled, "jira", ("a-1", "P. Lead", "lead@example.com"))
    (row,) = peopled.rows("tracker_account")
    assert row.email_mark == peopled.runtime.vault.mark("lead@example.com")
    assert len(row.email_mark) == 32
    other = replace(peopled.runtime.vault, key=b"o" * 32)
    assert other.mark("lead@example.com") != row.email_mark
    with peopled.runtime.store.read() as session:
        assert people.suggestions(session, other.mark) == ()


def test_what_a_later_look_does_not_tell_stays_and_what_it_tells_is_taken(peopled: World) -> None:
    seen(peopled, "jira", ("a-1", "P. Lead", "lead@example.com"))
    seen(peopled, "jira", ("a-1", None, None))
    seen(peopled, "jira", ("a-1", "P. Lead", ""), marked=False)
    assert suggested(peopled) == [("lead", "jira", "a-1", "P. Lead")]
    seen(peopled, "jira", ("a-1", "Renamed", "dev@example.com"), (None, None, None))
    assert suggested(peopled) == [("dev", "jira", "a-1", "Renamed")]


def test_an_account_of_somebody_or_of_an_ended_connection_is_not_suggested(
    peopled: World,
) -> None:
    seen(peopled, "jira", ("a-1", "P. Lead", "lead@example.com"))
    people.link_account(peopled.runtime, "ops", "jira", "A-1")
    assert suggested(peopled) == []
    people.unlink_account(peopled.runtime, "ops", "jira")
    assert suggested(peopled) == [("lead", "jira", "a-1", "P. Lead")]
    connections.disconnect(peopled.runtime, "jira")
    assert suggested(peopled) == []


@pytest.fixture
def two_writers(tmp_path: Path, clock: Clock, postgresql_url: str) -> Iterator[Runtime]:
    given = settings(tmp_path, database_url=postgresql_url)
    made = composition.build(given, doorbell=SilentDoorbell(), clock=clock)
    yield made
    made.store.close()


def test_two_sources_may_see_an_account_at_once(two_writers: Runtime, clock: Clock) -> None:
    runtime = two_writers
    with runtime.store.write() as session:
        made = {"token_cipher": b"", "hook_cipher": b"", "created_at": clock(), "options": {}}
        session.add(Connection(id=1, uid="1", name="jira", tracker="jira", url="", **made))

    written, go_on = threading.Event(), threading.Event()

    def see(*assigned: tuple[Any, ...]) -> None:
        with runtime.store.write() as session:
            store_accounts(session, 1, _items(assigned), runtime.vault.mark)
            written.set()
            assert go_on.wait(PATIENCE)

    def is_second_waiting() -> bool:
        with runtime.store.read() as session:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(session.scalar(waiting))

    with ThreadPoolExecutor() as pool:
        named, mailed = ("P. Lead", None), (None, "lead@example.com")
        first = pool.submit(see, ("b-1", *mailed), ("a-1", *named))
        assert written.wait(PATIENCE)
        second = pool.submit(see, ("a-1", *mailed), ("b-1", *named))
        wait_for(is_second_waiting, "the second to wait")
        go_on.set()
        first.result(PATIENCE)
        second.result(PATIENCE)
    with runtime.store.read() as session:
        found = session.scalars(select(TrackerAccount)).all()
    expected = ("P. Lead", runtime.vault.mark("lead@example.com"))
    assert {each.external_id: (each.name, each.email_mark) for each in found} == {
        "a-1": expected,
        "b-1": expected,
    }


def test_a_drain_remembers_whom_items_are_assigned_to(connected: World, jira, github) -> None:
    jira.site.add_issue("PLAT", "One", assignee="Somebody")
    number = github.site.add_issue("acme/api", "Two")
    github.site.edit("acme/api", number, assignees=["octocat"])
    links = [{"scope": "jira:project:PLAT"}, {"scope": "github:repo:acme/api"}]
    connected.apply(key_result("KR-1", *links))
    connected.sync()
    assert {row.name for row in connected.rows("tracker_account")} == {"Somebody", "octocat"}
    connected.sync(full=True)
    assert len(connected.rows("tracker_account")) == 2


def test_an_account_belongs_to_one_person_and_a_person_has_one_of_a_tracker(
    peopled: World,
) -> None:
    runtime = peopled.runtime
    people.link_account(runtime, "dev", "github", "OCTO")
    assert peopled.rows("account")[0].origin == "plan"
    with pytest.raises(Refused, match=r"OCTO is Developer's \(dev\) already"):
        people.link_account(runtime, "lead", "github", "OCTO")
    with pytest.raises(Refused, match=r"Developer .* has the github account octo already"):
        people.link_account(runtime, "dev", "github", "hubot")
    people.unlink_account(runtime, "dev", "github")
    people.link_account(runtime, "lead", "github", "octo")
    assert whose(peopled)["github:octo"] == "lead"


@pytest.mark.parametrize(
    ("who", "tracker", "account", "sentence"),
    [
        ("nobody", "jira", "a-1", "there is no person 'nobody'"),
        ("dev", "trello", "a-1", "there is no tracker 'trello'"),
        ("dev", "jira", "  ", "given by its id"),
        ("dev", "jira", "x" * 256, "given by its id"),
    ],
)
def test_a_wrong_account_is_refused_with_a_sentence(
    peopled: World, who: str, tracker: str, account: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        people.link_account(peopled.runtime, who, tracker, account)
    assert len(peopled.rows("account")) == 1


def test_taking_away_what_is_not_there_is_refused(peopled: World) -> None:
    with pytest.raises(Refused, match="Operator has no jira account"):
        people.unlink_account(peopled.runtime, "ops", "jira")


def test_a_user_is_one_person_and_what_is_theirs_follows(peopled: World) -> None:
    runtime = peopled.runtime
    with runtime.store.write() as session:
        for number, name in enumerate(("one", "two"), 1):
            made = {"password_hash": "", "role": "member", "created_at": peopled.clock()}
            session.add(User(id=number, name=name, **made))
    people.tie_user(runtime, 1, "dev")
    with runtime.store.read() as session:
        found = people.person_of_user(session, 1)
        assert found is not None
        assert found.key == "dev"
        assert people.person_of_user(session, 2) is None
        mine = people.mine(session, "dev")
        assert (mine.teams, mine.leads, mine.key_results) == ((), (), (("now", "KR-1"),))
        assert people.mine(session, "lead").teams == ("platform",)
    with pytest.raises(Refused, match="the user one already"):
        people.tie_user(runtime, 2, "dev")
    with pytest.raises(Refused, match="no such user"):
        people.tie_user(runtime, 3, "dev")
    people.tie_user(runtime, 1, None)
    with runtime.store.read() as session:
        assert people.person_of_user(session, 1) is None


def test_what_is_led_and_owned_is_mine(peopled: World) -> None:
    text = key_result("KR-1", value=1)
    company = {"key": "acme", "name": "Acme", "kind": "company"}
    team = {"key": "platform", "name": "Platform", "kind": "team", "parent": "acme"}
    objective = {"key": "O-1", "cycle": "now", "team": "platform", "title": "Pay", "owner": "lead"}
    peopled.apply(
        teams=[company, {**team, "lead": "lead"}], objectives=[{**objective, "key_results": [text]}]
    )
    with peopled.runtime.store.read() as session:
        mine = people.mine(session, "lead")
    assert (mine.leads, mine.objectives) == (("platform",), (("now", "O-1"),))
