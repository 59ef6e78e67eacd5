"""The access table is complete, and it is what happens."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.web.world import PASSWORD, ROLES, World
from web import access

VALUES = {
    "cycle": "2026-Q4",
    "team": "platform",
    "key": "KR-1",
    "role": "admin",
    "name": "jira",
    "tracker": "jira",
}


def routes(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in {"static", "bootstrap.static", "hooks.receive"}
    ]


def path(rule: Rule) -> str:
    built = rule.build({name: VALUES[name] for name in rule.arguments}, append_unknown=False)
    assert built is not None
    return built[1]


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
    client = filled.client(role)
    for rule, method in routes(filled.app()):
        if method != "GET":
            continue
        answer = client.get(path(rule))
        refused = answer.status_code == 403
        assert refused != access.allowed(rule.endpoint, role), rule.endpoint
        assert answer.status_code < 500


def test_a_table_without_the_role_refuses_it(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrowed = {**access.TABLE, "connections.page": frozenset({"admin"})}
    monkeypatch.setattr(access, "TABLE", narrowed)
    assert filled.client("viewer").get("/connections").status_code == 403
    assert filled.client("admin").get("/connections").status_code == 200
