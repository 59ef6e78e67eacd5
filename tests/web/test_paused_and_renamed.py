"""Pausing, resuming and renaming a connection on its pages, and where people see it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from sync import renaming
from tests.web.test_pages import text
from tests.web.world import PASSWORD, World
from web.connections import showing

WHY = "Jira is moved until Friday"


@pytest.fixture
def paused(filled: World) -> World:
    """The company, its GitHub connection paused by an admin's form."""
    answer = filled.client("admin").post("/connections/code/pause", data={"why": WHY})
    assert answer.headers["Location"] == "/connections/code"
    return filled


def test_pausing_asks_why_and_keeps_what_was_typed(filled: World) -> None:
    admin = filled.client("admin")
    form = text(admin.get("/connections/code/pause").text)
    assert "and nothing is written to it until an admin resumes it" in form
    wrong = admin.post("/connections/code/pause", data={"why": "x" * 501})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert "x" * 501 in wrong.text
    assert "The reason may have 500 characters" in text(wrong.text)
    assert "Say why" in text(admin.post("/connections/code/pause", data={"why": " "}).text)
    assert "paused" not in text(admin.get("/connections").text)


def test_everybody_sees_that_it_is_paused_and_admins_resume_it(paused: World) -> None:
    said = f"Paused since 10:00 by admin: {WHY}."
    everybody = paused.client("viewer").get("/connections").text
    assert said in text(everybody)
    assert "/connections/code/resume" not in everybody
    browser = _admin(paused)
    for path in ("/connections", "/connections/code", "/sync"):
        page = browser.get(path).text
        assert said in text(page), path
        assert 'action="/connections/code/resume"' in page
    done = browser.post("/connections/code/resume", follow_redirects=True)
    assert "It is read again: 1 source at once." in text(done.text)
    assert "Paused since" not in done.text
    again = browser.post("/connections/code/resume", follow_redirects=True)
    assert "It is read already." in text(again.text)


def test_a_source_that_is_paused_is_never_counted_as_read(paused: World) -> None:
    page = text(_admin(paused).get("/sync").text)
    assert "1 source paused" in page
    paused.clock.turn(days=30)
    shown = text(_admin(paused, "later").get("/connections").text)
    assert "Its last numbers are too old by now, so they are unknown." in shown
    assert "see that a worker and a clock run" not in shown[shown.index("code") :][:600]


def test_renaming_leads_on_from_the_old_address(filled: World) -> None:
    admin = filled.client("admin")
    assert "webhooks come in under it" in text(admin.get("/connections/code/rename").text)
    wrong = admin.post("/connections/code/rename", data={"new": "jira"})
    assert wrong.status_code == 422
    assert "Another connection is called jira; choose another name." in text(wrong.text)
    wanted = {"new": " github-eu "}
    done = admin.post("/connections/code/rename", data=wanted, follow_redirects=True)
    assert "code is called github-eu from now on" in text(done.text)
    assert "called code before" in text(done.text)
    for path in ("", "/runs?failed=1&page=2&_scheme=x", "/pause", "/fields?proposed=1"):
        answer = admin.get(f"/connections/code{path}")
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"/connections/github-eu{path}",
        )
    answer = admin.post("/connections/code/pause?from=1", data={"why": "Moving house"})
    assert (answer.status_code, answer.headers["Location"]) == (
        307,
        "/connections/github-eu/pause?from=1",
    )
    again = admin.post(answer.headers["Location"], data={"why": "Moving house"})
    assert (again.status_code, again.headers["Location"]) == (303, "/connections/github-eu")
    assert "Moving house" in text(admin.get("/connections/github-eu").text)
    assert admin.post("/connections/nowhere/test").status_code == 404
    assert admin.get("/connections/nowhere").status_code == 404


def _admin(world: World, name: str = "second") -> FlaskClient:
    """Another admin's browser."""
    world.add(name, "admin")
    client = world.client()
    client.post("/sign-in", data={"name": name, "password": PASSWORD})
    return client


def test_a_page_asked_for_while_the_name_changes_leads_on(
    filled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = filled.client("admin")
    mapping = showing.mapping

    def renamed_meanwhile(name: str) -> dict[str, Any]:
        renaming.rename(filled.runtime, "code", "github-eu", author="admin")
        return mapping(name)

    monkeypatch.setattr(showing, "mapping", renamed_meanwhile)
    answer = admin.get("/connections/code")
    assert answer.headers["Location"] == "/connections/github-eu"
