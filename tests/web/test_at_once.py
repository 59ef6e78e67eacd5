"""Two changes of accounts at once, each in a session of its own: the second sees the first."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused, TrackerError
from connector.store.tables import Claim, Connection, Person, User
from sync import connecting, renaming
from sync import runtime as composition
from sync.people import claims, tie_user
from sync.people.mine import tie
from sync.queue import SilentDoorbell
from sync.runtime import Runtime
from tests.databases import somebody_waits
from tests.servers import PATIENCE, wait_for
from tests.world import Clock, settings
from web.accounts import people

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Change = Callable[[Session], object]


@pytest.fixture
def service(tmp_path: Path, clock: Clock, postgresql_url: str) -> Iterator[Runtime]:
    """Two admins, and a person of the plan whom nobody is yet, on a real PostgreSQL."""
    given = settings(tmp_path, database_url=postgresql_url)
    made = composition.build(given, doorbell=SilentDoorbell(), clock=clock)
    with made.store.write() as session:
        for name in ("one", "two"):
            people.announce(session, name, "admin", NOW)
        session.add(Person(key="dev", name="Developer", role="member"))
    yield made
    made.store.close()


def at_once(runtime: Runtime, first: Change, second: Callable[[], object]) -> None:
    """Let the second begin while the first has not committed; ends when both have."""
    done, go_on = Event(), Event()

    def hold() -> None:
        with runtime.store.write() as session:
            first(session)
            done.set()
            assert go_on.wait(PATIENCE)

    with ThreadPoolExecutor() as pool:
        held = pool.submit(hold)
        assert done.wait(PATIENCE)
        other = pool.submit(second)
        wait_for(lambda: other.done() or somebody_waits(runtime.store), "the second to wait")
        go_on.set()
        held.result(PATIENCE)
        other.result(PATIENCE)


def admins(runtime: Runtime) -> list[str]:
    query = select(User.name).where(User.role == "admin", User.disabled_at.is_(None))
    with runtime.store.read() as session:
        return list(session.scalars(query))


TAKEN: dict[str, Change] = {
    "role": lambda session: people.set_role(session, "two", "member"),
    "disabled": lambda session: people.disable(session, "two", NOW),
}


@pytest.mark.parametrize("how", TAKEN)
def test_of_two_admins_taken_away_at_once_one_stays(service: Runtime, how: str) -> None:
    def second() -> None:
        with (
            pytest.raises(Refused, match="two is the last admin"),
            service.store.write() as session,
        ):
            TAKEN[how](session)

    at_once(service, lambda session: people.set_role(session, "one", "member"), second)
    assert admins(service) == ["two"]


def test_an_admin_taken_away_twice_at_once_is_no_last_one(service: Runtime) -> None:
    def second() -> None:
        with service.store.write() as session:
            people.set_role(session, "one", "viewer")

    at_once(service, lambda session: people.set_role(session, "one", "member"), second)
    assert admins(service) == ["two"]


def test_a_person_is_one_user_although_two_are_tied_at_once(service: Runtime) -> None:
    def first(session: Session) -> None:
        user = session.scalars(select(User).where(User.name == "one")).one()
        tie(session, user.id, "dev")
        session.flush()

    def second() -> None:
        with pytest.raises(Refused, match="is the user one already"):
            tie_user(service, _id(service, "two"), "dev")

    at_once(service, first, second)


def test_a_claim_that_comes_twice_at_once_is_one(service: Runtime) -> None:
    user = _id(service, "two")

    def first(session: Session) -> None:
        session.get(User, user, with_for_update=True)
        session.add(Claim(user_id=user, tracker=claims.PERSON, wanted="dev", made_at=NOW))
        session.flush()

    at_once(service, first, lambda: claims.claim_person(service, user, "dev"))
    with service.store.read() as session:
        assert [each.wanted for each in claims.claims(session)] == ["dev"]


def test_an_account_whose_name_is_taken_in_the_same_moment_is_refused(service: Runtime) -> None:
    def second() -> None:
        said = pytest.raises(Refused, match="There is an account named new already")
        with said, service.store.write() as session:
            people.announce(session, " NEW", "member", NOW)

    at_once(service, lambda session: people.announce(session, "new", "lead", NOW), second)


def test_a_connection_whose_name_is_taken_in_the_same_moment_is_refused(service: Runtime) -> None:
    with service.store.write() as session:
        session.add(_connection("code"))

    def take(name: str) -> Change:
        def first(session: Session) -> None:
            session.add(_connection(name))
            session.flush()

        return first

    def rename() -> None:
        with pytest.raises(Refused, match="another connection is called first; choose another"):
            renaming.rename(service, "code", "first", author="two")

    def connect() -> None:
        url = "https://jira.example.com"
        asked = connecting.Request(tracker="jira", name="second", url=url, token="secret")
        with pytest.raises(Refused, match="another connection is called second; choose another"):
            connecting.save(service, asked, connecting.Tested(error=TrackerError("nobody answers")))

    at_once(service, take("first"), rename)
    at_once(service, take("second"), connect)


def _connection(name: str) -> Connection:
    made = Connection(uid=f"{name:0>32}", name=name, tracker="jira", url=f"https://{name}.example")
    made.options, made.token_cipher, made.hook_cipher = {}, b"", b""
    made.created_at, made.who = NOW, ""
    return made


def _id(runtime: Runtime, name: str) -> int:
    with runtime.store.read() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()
