"""Sign-ins that renew themselves: once for all who need it, and nothing is lost between."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from connector.errors import AccessDenied, Unavailable
from connector.store.tables import Connection, Lease
from sync import agreements, connections, grants, pipeline
from sync import runtime as composition
from tests.sync.signing import ME, agreed, passes, row, sign_in, token, wanted
from tests.world import Clock, World, key_result, link, settings


@pytest.fixture
def signed_in(world: World) -> Iterator[World]:
    """A connection made by signing in, feeding one key result."""
    world.trackers["jira"].site.add_issue("PLAT", "One")
    assert sign_in(world).error is None
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.poll()
    assert world.value() == 0
    return world


def test_signing_in_makes_a_connection_that_reads(signed_in: World) -> None:
    found = row(signed_in)
    assert found.url.endswith("/ex/jira/00000000-0000-4000-8000-000000000001")
    assert found.options["client_id"] == "client-id"
    assert found.options["detected"]["browse_url"] == signed_in.trackers["jira"].url
    assert found.token_until is not None
    assert (found.token_until - signed_in.clock()).total_seconds() == 3600
    assert found.grant_cipher is not None


def test_a_token_is_renewed_before_it_ends_and_not_sooner(signed_in: World) -> None:
    first = token(signed_in)
    signed_in.clock.turn(minutes=54)
    assert (token(signed_in), passes(signed_in).renewals) == (first, 0)
    signed_in.clock.turn(minutes=2)
    second = token(signed_in)
    assert second != first
    assert passes(signed_in).renewals == 1
    for _ in range(3):
        signed_in.clock.turn(hours=2)
        signed_in.trackers["jira"].site.add_issue("PLAT", "More")
        signed_in.poll()
        assert row(signed_in).error is None
    assert signed_in.link()["items"] == 4
    assert len(passes(signed_in).used) == passes(signed_in).renewals == 4


def test_many_who_need_it_at_once_renew_it_once(signed_in: World, monkeypatch) -> None:
    signed_in.clock.turn(hours=2)
    stale, found, start = row(signed_in), [], threading.Barrier(8)

    def ask() -> None:
        start.wait()
        found.append(grants.fresh(signed_in.runtime, stale).token_cipher)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert passes(signed_in).renewals == 1
    assert len(found) == 8
    assert set(found) == {row(signed_in).token_cipher}


def test_two_drains_at_once_renew_once(signed_in: World) -> None:
    state, code = agreed(agreements.begin(signed_in.runtime, wanted(signed_in), ME))
    agreements.finish(signed_in.runtime, state, code, ME)
    signed_in.clock.turn(hours=2)
    renewals = passes(signed_in).renewals
    done: list[Any] = []

    def drain() -> None:
        done.append(pipeline.drain(signed_in.runtime, signed_in.sources()[0], force=True))

    def check() -> None:
        done.append(connections.check(signed_in.runtime, "jira"))

    threads = [threading.Thread(target=each) for each in (drain, check)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) == 2
    assert passes(signed_in).renewals == renewals + 1
    assert row(signed_in).error is None


def test_while_another_renews_a_token_still_good_is_used(signed_in: World) -> None:
    first = token(signed_in)
    signed_in.clock.turn(minutes=57)
    hold(signed_in)
    assert (token(signed_in), passes(signed_in).renewals) == (first, 0)


def test_while_another_renews_nothing_else_waits_for_ever(signed_in: World, monkeypatch) -> None:
    monkeypatch.setattr(grants, "PATIENCE", 0.2)
    signed_in.clock.turn(hours=2)
    hold(signed_in)
    with pytest.raises(Unavailable, match="being renewed by another"):
        token(signed_in)
    signed_in.poll()
    assert "being renewed" in signed_in.rows("source")[0].error
    assert row(signed_in).broken_at is None


def test_whoever_died_while_renewing_is_followed_by_another(signed_in: World) -> None:
    signed_in.clock.turn(hours=2)
    hold(signed_in)
    signed_in.clock.turn(seconds=91)
    token(signed_in)
    assert passes(signed_in).renewals == 1
    assert signed_in.rows("lease", name=f"grant/{row(signed_in).id}") == []


def hold(world: World) -> None:
    until = world.clock() + grants.HELD
    with world.runtime.store.write() as session:
        session.add(Lease(name=f"grant/{row(world).id}", until=until))


def test_token_and_renewal_are_stored_together(signed_in: World, monkeypatch) -> None:
    before = row(signed_in)
    signed_in.clock.turn(hours=2)

    def crash(*_: Any) -> None:
        raise RuntimeError("killed between the answer and the store")

    monkeypatch.setattr(grants, "seal", crash)
    with pytest.raises(RuntimeError):
        token(signed_in)
    monkeypatch.undo()
    now = row(signed_in)
    assert (now.token_cipher, now.grant_cipher) == (before.token_cipher, before.grant_cipher)
    # What was lost cannot be had again: that is said, and no call is made until a person acts.
    with pytest.raises(AccessDenied, match="sign in again"):
        token(signed_in)
    assert row(signed_in).broken_at is not None


def test_a_refused_renewal_stops_calls_until_somebody_signs_in_again(signed_in: World) -> None:
    passes(signed_in).revoke()
    signed_in.clock.turn(hours=2)
    signed_in.poll()
    found = row(signed_in)
    assert found.broken_at is not None
    assert "sign in again" in (found.error or "")
    assert "sign in again" in signed_in.link()["error"]
    before = signed_in.calls("jira")
    signed_in.clock.turn(hours=9)
    signed_in.poll()
    assert signed_in.calls("jira") == before
    assert signed_in.value() == 0
    links = [each.id for each in signed_in.rows("link")]
    again = sign_in(signed_in)
    assert (again.error, again.hook_secret) == (None, None)
    signed_in.trackers["jira"].site.transition("PLAT-1", "Done", at=signed_in.clock.turn(minutes=5))
    signed_in.poll()
    assert signed_in.value() == 100
    assert [each.id for each in signed_in.rows("link")] == links


def test_a_token_refused_before_its_time_is_renewed_once(signed_in: World) -> None:
    passes(signed_in).service.clear()
    signed_in.sync()
    assert passes(signed_in).renewals == 1
    assert row(signed_in).broken_at is None
    signed_in.clock.turn(hours=1)
    signed_in.poll()
    assert signed_in.rows("source")[0].error is None


def test_a_sign_in_server_that_is_down_does_not_end_the_sign_in(signed_in: World) -> None:
    first = token(signed_in)
    signed_in.trackers["jira"].faults.add("error", path="/oauth/token", count=2)
    signed_in.clock.turn(minutes=57)
    assert token(signed_in) == first
    signed_in.clock.turn(minutes=10)
    with pytest.raises(Unavailable):
        token(signed_in)
    assert row(signed_in).broken_at is None
    assert token(signed_in) != first


@pytest.mark.parametrize(("kind", "status"), [("html", 403), ("html", 404), ("error", 405)])
def test_one_odd_answer_does_not_end_a_sign_in(signed_in: World, kind: Any, status: int) -> None:
    faults = signed_in.trackers["jira"].faults
    faults.add(kind, status=status, path="/oauth/token", count=1)
    signed_in.clock.turn(hours=2)
    signed_in.poll()
    found = row(signed_in)
    assert (found.broken_at, found.error) == (None, None)
    assert "says nothing about the grant" in signed_in.rows("source")[0].error
    signed_in.clock.turn(hours=5)
    signed_in.poll()
    assert passes(signed_in).renewals == 1
    assert signed_in.rows("source")[0].error is None


def test_signing_in_again_meanwhile_is_not_undone(signed_in: World, monkeypatch) -> None:
    signed_in.clock.turn(hours=2)
    renew = grants._renew

    def late(runtime: Any, found: Connection) -> Connection:
        sign_in(signed_in)
        return renew(runtime, found)

    monkeypatch.setattr(grants, "_renew", late)
    found = token(signed_in)
    monkeypatch.undo()
    assert found == token(signed_in)
    assert row(signed_in).broken_at is None


def test_who_comes_too_late_does_not_end_what_another_renewed(
    signed_in: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the lease passes between the tracker's answer and its commit."""
    signed_in.clock.turn(hours=2)
    stale, until, late = row(signed_in), grants.until, []

    def between(grant: Any, asked_at: datetime) -> datetime:
        monkeypatch.undo()
        signed_in.clock.turn(minutes=2)
        with pytest.raises(grants.SignInEnded) as ended:
            grants.fresh(signed_in.runtime, stale)
        late.append(ended.value)
        return until(grant, asked_at)

    monkeypatch.setattr(grants, "until", between)
    found = token(signed_in)
    assert late
    assert found == token(signed_in)
    assert row(signed_in).broken_at is None
    assert row(signed_in).error is None
    assert not grants.refuses(signed_in.runtime, stale.id, late[0])


def test_disconnecting_forgets_what_renews_too(signed_in: World) -> None:
    connections.disconnect(signed_in.runtime, "jira")
    found = row(signed_in)
    assert (found.token_cipher, found.grant_cipher, found.token_until) == (b"", None, None)


def test_a_typed_token_replaces_a_sign_in(signed_in: World) -> None:
    assert signed_in.connect("jira").error is None
    found = row(signed_in)
    assert (found.grant_cipher, found.token_until) == (None, None)
    assert "client_id" not in found.options
    assert token(signed_in) == "jira-token"


def test_testing_again_keeps_the_sign_in(signed_in: World) -> None:
    signed_in.clock.turn(hours=2)
    assert connections.again(signed_in.runtime, "jira").error is None
    found = row(signed_in)
    assert found.grant_cipher is not None
    assert found.token_until is not None
    assert found.token_until > signed_in.clock()


def test_nothing_of_a_sign_in_lies_open_in_the_database(signed_in: World, tmp_path) -> None:
    agreements.begin(signed_in.runtime, wanted(signed_in, "other"), ME)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("worklift.db*"))
    secrets = ["client-secret", token(signed_in), *passes(signed_in).refresh]
    assert b"PLAT-1" in stored
    assert not [each for each in secrets if each.encode() in stored]


def test_when_a_grant_ends_is_by_our_clock(world: World) -> None:
    world.clock.turn(days=400)
    passes(world).lasts = type(grants.MARGIN)(seconds=600)
    sign_in(world)
    assert isinstance(row(world).token_until, datetime)
    assert (row(world).token_until - world.clock()).total_seconds() == 600  # type: ignore[operator]


def test_on_postgresql_too_one_of_many_processes_renews(tmp_path, postgresql_url: str) -> None:
    made = composition.build(settings(tmp_path, database_url=postgresql_url), clock=Clock())
    start, found = threading.Barrier(6), []

    def hold_it() -> None:
        start.wait()
        found.append(grants._hold(made, "grant/1"))

    threads = [threading.Thread(target=hold_it) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    made.store.close()
    assert len(found) == 6
    assert [each is not None for each in found].count(True) == 1
