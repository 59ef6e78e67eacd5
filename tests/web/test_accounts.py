"""First set-up, the demo's one click, and the rules for names, passwords and roles."""

import pytest
from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Keep, User
from tests.web.world import PASSWORD, ROLES, World
from web.accounts import bootstrap, people

FORM = {"name": "first admin", "password": PASSWORD}


def ensure(world: World) -> str:
    token = bootstrap.ensure(world.runtime)
    assert token is not None
    return token


def test_the_token_makes_the_first_admin_once(world: World) -> None:
    token = ensure(world)
    client = world.client()
    assert client.post("/setup", data={**FORM, "token": token}).status_code == 303
    assert client.get("/connections").status_code == 200
    with world.runtime.store.read() as session:
        assert session.scalars(select(User)).one().role == "admin"
        assert session.scalars(select(Keep)).all() == []
    again = world.client().post("/setup", data={**FORM, "name": "second", "token": token})
    assert again.status_code == 404
    assert bootstrap.ensure(world.runtime) is None


def test_a_used_token_stays_used_while_there_is_no_admin(world: World) -> None:
    token = ensure(world)
    world.client().post("/setup", data={**FORM, "token": token})
    with world.runtime.store.write() as session:
        session.delete(session.scalars(select(User)).one())
    assert world.client().post("/setup", data={**FORM, "token": token}).status_code == 400


def test_only_a_hash_of_the_token_is_stored(world: World) -> None:
    token = ensure(world)
    with world.runtime.store.read() as session:
        assert token not in session.scalars(select(Keep)).one().value


def test_a_token_is_good_for_an_hour_and_replaced_at_the_next_start(world: World) -> None:
    old = ensure(world)
    world.clock.turn(hours=1, seconds=1)
    assert world.client().post("/setup", data={**FORM, "token": old}).status_code == 400
    new = ensure(world)
    assert world.client().post("/setup", data={**FORM, "token": old}).status_code == 400
    assert world.client().post("/setup", data={**FORM, "token": new}).status_code == 303


@pytest.mark.parametrize("token", ["", "wrong", "ü", "\ud800"])
def test_without_the_token_nothing_is_set_up(world: World, token: str) -> None:
    ensure(world)
    data = {**FORM, "token": token.encode("utf-8", "replace")}
    assert world.client().post("/setup", data=data).status_code == 400
    with world.runtime.store.read() as session:
        assert not people.has_admin(session)


def test_a_bad_password_does_not_use_the_token_up(world: World) -> None:
    token = ensure(world)
    client = world.client()
    answer = client.post("/setup", data={"token": token, "name": "me", "password": "short"})
    assert answer.status_code == 400
    assert "at least 12 characters" in answer.text
    assert token in answer.text
    assert client.post("/setup", data={**FORM, "token": token}).status_code == 303


def test_guessing_tokens_has_to_wait(world: World) -> None:
    ensure(world)
    client = world.client()
    for _ in range(20):
        client.post("/setup", data={**FORM, "token": "guess"})
    assert "Try again in" in client.post("/setup", data={**FORM, "token": "guess"}).text


def test_the_sign_in_page_shows_the_way_to_set_up_until_it_is_done(world: World) -> None:
    assert "/setup" in world.client().get("/sign-in").text
    world.add("admin", "admin")
    assert "/setup" not in world.client().get("/sign-in").text


@pytest.mark.parametrize("role", ROLES)
def test_the_demo_signs_in_by_one_click(demo: World, role: str) -> None:
    client = demo.client()
    assert f"/demo/{role}" in client.get("/sign-in").text
    answer = client.post(f"/demo/{role}", data={"next": "/2026-Q4"})
    assert answer.headers["Location"] == "/2026-Q4"
    assert f"<small>{role}</small>" in client.get("/2026-Q4").text


def test_the_demo_needs_no_token_and_its_accounts_open_with_no_password(demo: World) -> None:
    assert bootstrap.ensure(demo.runtime) is None
    client = demo.client()
    client.post("/demo/admin")
    answer = demo.client().post("/sign-in", data={"name": "admin", "password": "!"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("10.0.0.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}),
    ],
)
def test_the_demo_opens_on_this_machine_only(
    demo: World, address: str, headers: dict[str, str]
) -> None:
    client, base = demo.client(), {"REMOTE_ADDR": address}
    answer = client.post("/demo/admin", headers=headers, environ_base=base)
    assert answer.status_code == 404
    assert "/demo/" not in client.get("/sign-in", headers=headers, environ_base=base).text


def test_outside_the_demo_there_is_no_one_click(world: World) -> None:
    client = world.client()
    assert client.post("/demo/admin").status_code == 404
    assert client.get("/connections").status_code == 303
    assert world.client().post("/demo/owner").status_code == 404


@pytest.mark.parametrize(
    ("name", "password", "role", "sentence"),
    [
        ("", PASSWORD, "member", "The name needs"),
        ("a/b", PASSWORD, "member", "The name needs"),
        ("x" * 65, PASSWORD, "member", "The name needs"),
        ("taken", PASSWORD, "member", "There is an account named taken already."),
        ("TAKEN", PASSWORD, "member", "There is an account named taken already."),
        ("new", "elevenchars", "member", "at least 12 characters"),
        ("new", "x" * 257, "member", "at most 256 characters"),
        ("platform lead", "Platform Lead", "member", "must not be the name"),
        ("new", "a" * 12, "member", "repeats itself"),
        ("new", PASSWORD, "owner", "There is no role 'owner'"),
    ],
)
def test_accounts_that_cannot_be_are_refused(
    world: World, name: str, password: str, role: str, sentence: str
) -> None:
    world.add("taken", "member")
    with world.runtime.store.write() as session, pytest.raises(Refused, match=sentence):
        people.add_user(session, name, password, role, world.clock())


def test_the_last_admin_stays(world: World) -> None:
    world.add("one", "admin")
    with world.runtime.store.write() as session:
        with pytest.raises(Refused, match="last admin"):
            people.set_role(session, "one", "member")
        people.add_user(session, "two", PASSWORD, "admin", world.clock())
        assert people.set_role(session, "one", "member").role == "member"


def test_unknown_accounts_cannot_be_changed(world: World) -> None:
    with world.runtime.store.write() as session:
        with pytest.raises(Refused, match="no account named ghost"):
            people.set_password(session, "ghost", PASSWORD)
        with pytest.raises(Refused, match="no account named ghost"):
            people.set_role(session, "ghost", "admin")
