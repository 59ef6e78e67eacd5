"""A connection by a GitHub App: it reads, its tokens are renewed, and what ends it is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Connection
from integrations.tracker import Client
from sync import agreements, connections, doctor, grants, reports, tokens
from sync.agreements import Wanted
from sync.connections import Connected
from tests.world import World, key_result, link


@pytest.fixture
def app(world: World) -> Any:
    """An app installed for acme; the simulated GitHub keeps the real time, as app tokens do."""
    site = world.trackers["github"].site
    site.now = lambda: datetime.now(UTC)
    made = site.add_app()
    site.install_app(made, "acme")
    site.add_issue("acme/api", "One", milestone=1)
    return made


def by_app(world: World, app: Any, **options: str) -> Connected:
    client = Client(
        id=str(app.id), secret=app.pem, redirect="https://here.example/connect/signed-in",
        server=world.trackers["github"].url, allow_private=True,
    )  # fmt: skip
    wanted = Wanted(tracker="github", name="github", client=client, options=options)
    return agreements.directly(world.runtime, wanted)


def row(world: World) -> Connection:
    with world.runtime.store.read() as session:
        return session.scalars(select(Connection).where(Connection.name == "github")).one()


def test_it_reads_and_its_token_is_renewed(world: World, app: Any) -> None:
    made = by_app(world, app, owner="acme")
    assert (made.error, made.who, made.is_new) == (None, "Worklift for acme", True)
    world.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    world.poll()
    assert world.link()["items"] == 1
    first, granted = row(world).token_cipher, world.trackers["github"].site.apps.granted
    world.clock.turn(minutes=50)
    world.poll()
    assert row(world).token_cipher == first
    world.clock.turn(minutes=6)
    world.trackers["github"].site.add_issue("acme/api", "Two", milestone=1)
    world.poll()
    assert (row(world).token_cipher != first, row(world).error) == (True, None)
    assert world.link()["items"] == 2
    assert len(granted) == 2


def test_a_token_given_instead_keeps_links_and_needs_the_app_no_more(
    world: World, app: Any
) -> None:
    by_app(world, app)
    world.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    world.poll()
    before = [each.generation for each in world.rows("source")]
    assert world.connect("github").error is None
    found = row(world)
    assert (found.grant_cipher, found.options.get("client_id")) == (None, None)
    assert [each.generation for each in world.rows("source")] == before
    world.poll()
    assert world.link()["items"] == 1
    assert by_app(world, app).error is None
    assert row(world).grant_cipher is not None


def test_a_suspended_installation_stops_calls_until_it_is_tested_again(
    world: World, app: Any
) -> None:
    by_app(world, app)
    world.apply(key_result("KR-1", link("github:milestone:acme/api/1")))
    world.poll()
    site = world.trackers["github"].site
    (where,) = app.installations.values()
    site.suspend(where)
    world.tick()
    found = row(world)
    assert found.broken_at is not None
    assert "suspended" in str(found.error)
    calls = len(site.calls)
    world.clock.turn(hours=3)
    world.poll()
    assert len(site.calls) == calls
    assert "suspended" in str(connections.again(world.runtime, "github").error)
    site.unsuspend(where)
    assert connections.again(world.runtime, "github").error is None
    world.poll()
    assert row(world).error is None


def test_an_app_that_was_deleted_is_told(world: World, app: Any) -> None:
    by_app(world, app)
    world.trackers["github"].site.apps.known.clear()
    world.clock.turn(hours=2)
    found = connections.again(world.runtime, "github")
    assert "it was deleted" in str(found.error)
    assert row(world).broken_at is not None


def test_the_key_is_held_sealed_and_told_nowhere(world: World, app: Any) -> None:
    by_app(world, app)
    line = app.pem.split("\n")[1]
    stored = b"\n".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in ("connection", "agreement", "source")
        for each in world.rows(table)
        for value in each
    )
    assert line.encode() not in stored
    account = grants.account(world.runtime, row(world))
    assert account.client is not None
    assert account.client.secret == app.pem
    assert line not in repr(account)
    with world.runtime.store.read() as session:
        told = reports.connection_reports(
            session, world.clock(), world.runtime.settings, world.runtime.trackers
        )
    assert line not in repr(told)


def test_a_key_that_is_held_goes_to_its_own_app_and_server_alone(world: World, app: Any) -> None:
    by_app(world, app)
    here = world.trackers["github"].url
    for number, server in ((str(app.id), "http://127.0.0.1:9"), ("12", here)):
        client = Client(id=number, secret="", redirect="https://here.example/", server=server,
                        allow_private=True)  # fmt: skip
        wanted = Wanted(tracker="github", name="github", client=client)
        with pytest.raises(Refused, match="both its App ID and its private key"):
            agreements.directly(world.runtime, wanted)
    mine = Client(id=str(app.id), secret="", redirect="https://here.example/", server=here,
                  allow_private=True)  # fmt: skip
    kept = Wanted(tracker="github", name="github", client=mine)
    assert agreements.directly(world.runtime, kept).error is None


def test_what_the_limits_left_is_known_after_a_test(world: World, app: Any) -> None:
    by_app(world, app)
    assert row(world).budget is not None
    (told,) = [each for each in doctor.examine(world.runtime) if each.name == "limits github"]
    assert told.ok
    assert "of 5,000 calls left" in told.message


def test_a_token_is_warned_of_two_weeks_before_its_end_an_app_never(world: World, app: Any) -> None:
    ends = world.clock() + timedelta(days=13)
    token = world.trackers["github"].site.tokens.classic(until=ends)
    assert world.connect("github", token=token).error is None
    assert "The token ends in" in str(tokens.warning(row(world), world.clock()))
    later = world.trackers["github"].site.tokens.classic(until=ends + timedelta(days=9))
    world.connect("github", token=later)
    assert tokens.warning(row(world), world.clock()) is None
    by_app(world, app)
    assert tokens.warning(row(world), world.clock()) is None
