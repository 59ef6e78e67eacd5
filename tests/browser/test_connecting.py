"""Connecting in a real browser: without script, by keyboard, on a phone, in the dark."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from integrations.simulators import start_github
from sync.runtime import Trackers
from tests.browser import serving
from tests.browser.contrast import FAINT_TEXT
from tests.web.world import PASSWORD, make

SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


@pytest.fixture
def address(tmp_path: Path, jira: Any) -> Iterator[str]:
    """A service that knows both trackers and has one admin."""
    world = make(tmp_path)
    world.runtime = replace(world.runtime, trackers=Trackers())
    world.add("admin", "admin")
    jira.site.now = world.clock
    with serving.served(world) as address:
        yield address


def calm(page: Page, title: str) -> None:
    """The page is the one meant, fits its window, and can be read."""
    expect(page.locator("h1")).to_contain_text(title)
    assert page.locator("h1").count() == 1
    shown = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert shown <= 0, title
    assert page.evaluate(FAINT_TEXT) == []


@pytest.mark.parametrize("size", SIZES)
def test_connecting_by_token_and_by_signing_in(
    browser: Browser, address: str, jira: Any, size: str
) -> None:
    context = browser.new_context(reduced_motion="reduce", **SIZES[size])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/sign-in?next=/connections")
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Connect a tracker").click()
    calm(page, "Connect a tracker")
    page.get_by_role("link", name="Jira, with a token").press("Enter")
    calm(page, "Connect Jira")
    page.get_by_label("Name").fill("work")
    page.get_by_label("URL").fill(jira.url)
    page.get_by_label("E-mail").fill("admin@example.com")
    page.get_by_label("API token or personal").fill("jira-token")
    page.get_by_label("Allow private addresses").press("Space")
    page.keyboard.press("Enter")
    calm(page, "work is connected")
    page.get_by_role("link", name="Go to work").click()
    calm(page, "work")
    page.get_by_role("button", name="Use this mapping").click()
    expect(page.get_by_role("status")).to_contain_text("Version 1 of the mapping is in use")
    page.goto(f"{address}/connect/jira?way=consent")
    calm(page, "Connect Jira")
    page.get_by_label("Name").fill("cloud")
    page.get_by_label("Client id").fill("client-id")
    page.get_by_label("Client secret").fill("client-secret")
    page.get_by_label("Sign-in server").fill(jira.url)
    page.get_by_label("Allow private addresses").check()
    page.get_by_role("button", name="Go on to Jira").click()
    calm(page, "Now sign in at Jira")
    page.get_by_role("link", name="Sign in at Jira").click()
    page.get_by_role("link", name="Accept").click()
    calm(page, "Finish connecting cloud")
    page.get_by_role("button", name="Finish").click()
    calm(page, "cloud is connected")
    page.goto(f"{address}/connections/cloud/disconnect")
    calm(page, "Disconnect cloud?")
    page.get_by_role("button", name="Disconnect cloud").click()
    expect(page.get_by_text("cloud", exact=True)).to_have_count(0)
    context.close()
    assert said == []


def test_everything_works_without_script(browser: Browser, address: str, jira: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/sign-in?next=/connect/jira")
    page.fill("#name", "admin")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Connect Jira")
    for name, text in (("name", "work"), ("url", jira.url), ("email", "admin@example.com")):
        page.fill(f"#f-{name}", text)
    page.fill("#f-token", "wrong")
    page.check("#f-allow_private")
    page.get_by_role("button", name="Test and save").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(page.locator("#f-email")).to_have_value("admin@example.com")
    expect(page.locator("#f-token")).to_have_value("")
    page.fill("#f-token", "jira-token")
    page.get_by_role("button", name="Test and save").click()
    expect(page.locator("h1")).to_have_text("work is connected")
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_connecting_with_an_app_made_at_github(browser: Browser, address: str, size: str) -> None:
    """The page that proposes it is the only one whose form may lead there."""
    with start_github() as github:
        github.site.add_repo("acme/api")
        context = browser.new_context(reduced_motion="reduce", **SIZES[size])
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}/sign-in?next=/connect")
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("link", name="GitHub, with a GitHub App").click()
        calm(page, "Connect GitHub")
        page.get_by_label("Name").fill("gh")
        page.get_by_label("Organization").fill("acme")
        page.get_by_label("GitHub Enterprise Server").fill(github.url)
        page.get_by_label("Allow private addresses").check()
        page.get_by_role("button", name="Go on to GitHub").click()
        calm(page, "Now create the app at GitHub")
        page.get_by_role("button", name="Create the app at GitHub").click()
        page.locator("#create").click()
        calm(page, "The app is made")
        page.get_by_role("button", name="Go on and install it").click()
        page.locator("#install").click()
        calm(page, "Finish connecting gh")
        page.get_by_role("button", name="Finish").click()
        calm(page, "gh is connected")
        page.get_by_role("link", name="Go to gh").click()
        calm(page, "gh")
        page.get_by_role("link", name="New app or settings").click()
        calm(page, "Change gh")
        page.get_by_role("button", name="Test and save").click()
        calm(page, "gh is connected")
        assert said == []
        context.close()
