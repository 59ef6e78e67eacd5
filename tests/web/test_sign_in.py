"""Signing in and out, sessions, and guessing."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store.tables import SignIn, User
from tests.web.world import PASSWORD, World
from web.accounts import passwords, people, signing


def attempt(client: FlaskClient, name: str, password: str = "wrong password!") -> tuple[int, str]:
    answer = client.post("/sign-in", data={"name": name, "password": password})
    return answer.status_code, answer.text


def signed_in(client: FlaskClient) -> bool:
    return client.get("/connections").status_code == 200


def secret(client: FlaskClient) -> str:
    cookie = client.get_cookie("worklift")
    assert cookie is not None
    return cookie.value


def test_only_the_hash_of_the_session_is_stored(world: World) -> None:
    client = world.client("member")
    with world.runtime.store.read() as session:
        row = session.scalars(select(SignIn)).one()
        user = session.scalars(select(User)).one()
    assert len(secret(client)) >= 43
    assert secret(client).encode() not in row.secret_hash
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash


def test_names_are_found_in_any_case(world: World) -> None:
    world.add("Platform Lead", "lead")
    assert attempt(world.client(), " platform LEAD ", PASSWORD)[0] == 303


def test_sign_in_makes_a_new_session_and_ends_the_old_one(world: World) -> None:
    client = world.client("member")
    before = secret(client)
    attempt(client, "member", PASSWORD)
    assert secret(client) != before
    thief = world.client()
    thief.set_cookie("worklift", before)
    assert not signed_in(thief)


def test_a_session_a_browser_brings_along_is_never_adopted(world: World) -> None:
    world.add("member", "member")
    client = world.client()
    client.set_cookie("worklift", "chosen-by-somebody-else")
    attempt(client, "member", PASSWORD)
    assert secret(client) != "chosen-by-somebody-else"


def test_signing_out_revokes_a_copied_cookie(world: World) -> None:
    client = world.client("member")
    thief = world.client()
    thief.set_cookie("worklift", secret(client))
    assert signed_in(thief)
    assert client.post("/sign-out").status_code == 303
    assert not signed_in(thief)
    assert client.get_cookie("worklift") is None


def test_an_idle_session_ends_after_twelve_hours(world: World) -> None:
    client = world.client("member")
    world.clock.turn(hours=11)
    assert signed_in(client)
    world.clock.turn(hours=11)
    assert signed_in(client)
    world.clock.turn(hours=12, minutes=1)
    assert not signed_in(client)


def test_a_busy_session_ends_after_fourteen_days(world: World) -> None:
    client = world.client("member")
    for _ in range(14 * 24 // 8):
        world.clock.turn(hours=8)
        assert signed_in(client)
    world.clock.turn(minutes=1)
    assert not signed_in(client)


def test_an_open_page_alone_does_not_keep_a_session_alive(world: World) -> None:
    client = world.client("member")
    for _ in range(3):
        world.clock.turn(hours=5)
        client.get("/connections", headers={"X-Worklift-Live": "1"})
    assert not signed_in(client)


@pytest.mark.parametrize("change", ["password", "role", "disabled"])
def test_a_changed_account_ends_its_sessions(world: World, change: str) -> None:
    client = world.client("member")
    with world.runtime.store.write() as session:
        if change == "password":
            people.set_password(session, "member", "another calm gate")
        elif change == "role":
            people.set_role(session, "member", "viewer")
        else:
            session.scalars(select(User)).one().disabled_at = world.clock()
    assert not signed_in(client)


def test_a_disabled_account_cannot_sign_in(world: World) -> None:
    world.add("member", "member")
    with world.runtime.store.write() as session:
        session.scalars(select(User)).one().disabled_at = world.clock()
    assert attempt(world.client(), "member", PASSWORD)[0] == 401


def test_unknown_names_get_the_same_answer(world: World) -> None:
    world.add("member", "member")
    known, unknown = (attempt(world.client(), name) for name in ("member", "nobody"))
    plain = [re.sub(r'value="[^"]*"', "", text) for _, text in (known, unknown)]
    assert known[0] == unknown[0] == 401
    assert plain[0] == plain[1]


def test_an_unknown_name_costs_a_hash_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str | None] = []

    def fits(_: str, stored: str | None) -> bool:
        tried.append(stored)
        return False

    monkeypatch.setattr(passwords, "fits", fits)
    attempt(world.client(), "nobody")
    assert tried == [None]
    monkeypatch.undo()
    assert not passwords.fits(PASSWORD, None)
    assert not passwords.fits("nobody has this password", None)
    assert not passwords.fits(PASSWORD, passwords.NO_PASSWORD)


@pytest.mark.parametrize("name", ["member", "nobody"])
def test_guessing_has_to_wait_longer_and_longer(world: World, name: str) -> None:
    world.add("member", "member")
    client = world.client()
    waits = []
    for _ in range(8):
        status, _text = attempt(client, name)
        while status == 429:
            answer = client.post("/sign-in", data={"name": name, "password": "x"})
            waits.append(int(answer.headers["Retry-After"]))
            world.clock.turn(seconds=waits[-1])
            status, _text = attempt(client, name)
        assert status == 401
    assert waits == [1, 2, 4]


def test_while_waiting_even_the_right_password_is_refused(world: World) -> None:
    world.add("member", "member")
    client = world.client()
    for _ in range(5):
        attempt(client, "member")
    assert attempt(client, "member", PASSWORD)[0] == 429
    world.clock.turn(seconds=2)
    assert attempt(client, "member", PASSWORD)[0] == 303


def test_an_address_that_tries_many_names_has_to_wait(world: World) -> None:
    client = world.client()
    for number in range(20):
        assert attempt(client, f"name{number}")[0] == 401
    assert attempt(client, "yet-another")[0] == 429
    other = client.post(
        "/sign-in",
        data={"name": "yet-another", "password": "x"},
        environ_base={"REMOTE_ADDR": "10.1.2.3"},
    )
    assert other.status_code == 401


def test_a_forwarded_address_is_not_believed(world: World) -> None:
    client = world.client()
    for number in range(20):
        attempt(client, f"name{number}")
    answer = client.post(
        "/sign-in",
        data={"name": "z", "password": "x"},
        headers={"X-Forwarded-For": "10.1.2.3"},
    )
    assert answer.status_code == 429


def test_the_form_keeps_the_name_and_never_the_password(world: World) -> None:
    _, html = attempt(world.client(), "me<b>")
    assert "me&lt;b&gt;" in html
    assert "wrong password!" not in html


def test_strangers_come_back_to_where_they_wanted_to_go(world: World) -> None:
    world.add("member", "member")
    client = world.client()
    door = client.get("/connections?a=1").headers["Location"]
    assert 'name="next" value="/connections?a=1"' in client.get(door).text
    data = {"name": "member", "password": PASSWORD, "next": "/connections?a=1"}
    assert client.post("/sign-in", data=data).headers["Location"] == "/connections?a=1"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/ok\\..\\evil",
        "/\t/evil.example",
        "/\n//evil.example",
        " //evil.example",
        "evil",
        "",
        None,
    ],
)
def test_no_one_is_sent_elsewhere(path: str | None) -> None:
    assert signing.local_path(path) is None
    assert signing.local_path("/2026-Q4/platform?x=//y#z") == "/2026-Q4/platform?x=//y#z"
