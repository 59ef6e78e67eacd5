"""What every request must satisfy and every answer carries."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.web.world import PASSWORD, World, make

PAGES = ["/sign-in", "/healthz", "/2026-Q4", "/connections", "/nowhere", "/2026-Q4/platform/KR-1"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(filled: World, path: str) -> None:
    headers = filled.client("member").get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", ["/sign-in", "/2026-Q4", "/2026-Q4/platform", "/connections"])
def test_pages_need_no_inline_script_or_style(filled: World, path: str) -> None:
    html = filled.client("member").get(path).text
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", html)
    sources = re.findall(r'(?:src|href)="(https?:)?//', html.split("<main")[0])
    assert sources == []


def test_static_files_are_kept_only_with_a_fingerprint(world: World) -> None:
    client = world.client()
    found = re.search(
        r'href="(/static/worklift\.css\?v=[0-9a-f]{16})"', client.get("/sign-in").text
    )
    assert found
    with client.get(found[1]) as kept, client.get("/static/worklift.css") as asked_again:
        assert "immutable" in kept.headers["Cache-Control"]
        assert "immutable" not in asked_again.headers["Cache-Control"]
    assert client.get("/static/../app.py").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("okr.example.com", 200),
        ("OKR.example.com", 200),
        ("evil.example.com", 400),
        ("okr.example.com.evil.example", 400),
        ("localhost.evil.example", 400),
    ],
)
def test_only_our_hosts_are_answered(tmp_path: Path, host: str, status: int) -> None:
    client = make(tmp_path, public_url="https://okr.example.com").client()
    assert client.get("/sign-in", headers={"Host": host}).status_code == status


def test_without_a_public_address_only_this_machine_is_answered(world: World) -> None:
    answer = world.client().get("/sign-in", headers={"Host": "okr.example.com"})
    assert answer.status_code == 400
    assert "WORKLIFT_PUBLIC_URL" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_changes_asked_for_by_other_sites_are_refused(
    world: World, headers: dict[str, str]
) -> None:
    client = world.client("member")
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get("/connections").status_code == 200


def test_our_own_forms_may_change_things(world: World) -> None:
    client = world.client("member")
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/sign-out", headers=headers).status_code == 303
    assert client.get("/connections").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/setup", "/demo/admin"])
def test_every_post_needs_the_form_token(demo: World, path: str) -> None:
    answer = demo.app().test_client().post(path, data={"name": "x", "password": PASSWORD})
    assert answer.status_code == 400
    assert "out of date" in answer.text
    assert "Set-Cookie" not in answer.headers or "worklift=" not in answer.headers["Set-Cookie"]


def test_a_form_with_its_token_is_accepted(world: World) -> None:
    world.add("lead", "lead")
    client = world.app().test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    data = {"name": "lead", "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=data).status_code == 303


def test_over_https_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    secure = make(tmp_path, public_url="https://okr.example.com")
    secure.add("lead", "lead")
    app = secure.app()
    app.config["WTF_CSRF_ENABLED"] = False
    client, base = app.test_client(), "https://okr.example.com"
    data = {"name": "lead", "password": PASSWORD}
    answer = client.post("/sign-in", base_url=base, data=data)
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if "worklift=" in each]
    assert cookie.startswith("__Host-worklift=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Strict-Transport-Security" in answer.headers
    assert client.get("/connections", base_url=base).status_code == 200


def test_a_huge_form_is_refused(world: World) -> None:
    answer = world.client().post("/sign-in", data={"name": "x" * 100_000, "password": "y"})
    assert answer.status_code == 413


def test_errors_are_sentences_without_a_trace(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = filled.client("member")
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    client.application.config["TESTING"] = False
    monkeypatch.setattr(client.application.logger, "disabled", True)
    monkeypatch.setattr("web.company.views.trends", lambda *_: 1 / 0)
    answer = client.get("/2026-Q4")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


def test_a_database_that_does_not_answer_is_said_so(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = filled.client("member")
    monkeypatch.setattr(client.application.logger, "disabled", True)
    with filled.runtime.store.write() as session:
        session.execute(text("ALTER TABLE cycle RENAME TO cycle_gone"))
    answer = client.get("/2026-Q4")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "cycle_gone" not in answer.text
