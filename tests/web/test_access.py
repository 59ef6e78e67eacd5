"""The access table is complete, and it is what happens."""

import pytest
from flask.testing import FlaskClient

from tests.web import secret
from tests.web.routes import path, routes
from tests.web.world import PASSWORD, ROLES, World
from web import access
from web.access import table


def sign_in(client: FlaskClient, name: str) -> None:
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303


def test_every_route_has_a_line_and_every_line_a_route(world: World) -> None:
    endpoints = {rule.endpoint for rule in world.app().url_map.iter_rules()}
    assert endpoints | {"hooks.receive"} == set(access.TABLE)
    known = access.EVERYBODY | access.PUBLIC
    assert all(roles <= known for roles in access.TABLE.values())


def test_an_undeclared_route_is_refused_even_to_an_admin(world: World) -> None:
    app = world.app()
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    world.add("admin", "admin")
    client = app.test_client()
    assert client.get("/forgotten").status_code == 403
    sign_in(client, "admin")
    assert client.get("/forgotten").status_code == 403


def test_strangers_reach_public_routes_only(filled: World) -> None:
    filled.add("admin", "admin")
    client = filled.client()
    for rule, method in routes(filled.app()):
        answer = client.open(path(rule), method=method)
        sent_away = answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
        is_public = access.TABLE[rule.endpoint] is access.PUBLIC
        assert sent_away != is_public, (rule.endpoint, method, answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_the_table_says(filled: World, role: str) -> None:
    # A lead reaches what is of their team; here they lead the one that all the addresses name.
    secret.add(filled, "somebody", role, team="platform", lead=role == "lead")
    client = filled.client()
    sign_in(client, "somebody")
    for rule, method in routes(filled.app()):
        answer = client.open(path(rule), method=method)
        assert answer.status_code < 500, rule
        if method == "POST" and rule.endpoint == "accounts.sign_out":
            sign_in(client, "somebody")
        elif not access.allowed(rule.endpoint, role):
            assert answer.status_code == 403, (rule, method)
        elif method == "GET":
            assert answer.status_code != 403, rule


def test_a_table_without_the_role_refuses_it(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed = {**access.TABLE, "connections.page": frozenset({"admin"})}
    monkeypatch.setattr(table, "TABLE", narrowed)
    assert filled.client("viewer").get("/connections").status_code == 403
    assert filled.client("admin").get("/connections").status_code == 200
