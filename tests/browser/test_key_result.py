"""A key result in a real browser: from a suggestion to its score, an override, a check-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import serving
from tests.browser.contrast import FAINT_TEXT
from tests.browser.test_pages import complaints
from tests.web import unlinked
from tests.web.world import PASSWORD
from tests.world import World
from web.accounts import people
from web.app import create_app

SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark phone": {"viewport": {"width": 320, "height": 740}, "color_scheme": "dark"},
}
PATH = "/now/platform/KR-1"


@pytest.fixture
def served(tmp_path: Path, jira: Any, github: Any) -> Iterator[tuple[World, str]]:
    """A plan with a key result without links, and one admin."""
    for world in unlinked.planned(tmp_path, jira, github):
        with world.runtime.store.write() as session:
            people.add_user(session, "admin", PASSWORD, "admin", world.clock())
        with serving.answering(create_app(world.runtime)) as address:
            yield world, address


def calm(page: Page) -> None:
    """What is shown fits its window, can be read, and has nothing axe complains about."""
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(FAINT_TEXT) == []
    if page.viewport_size and page.viewport_size["width"] < 400:
        return  # the same elements as on a wide screen, where they were looked through
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("size", SIZES)
def test_from_a_suggestion_to_the_score_and_what_people_say(
    browser: Browser, served: tuple[World, str], jira: Any, size: str
) -> None:
    world, address = served
    context = browser.new_context(reduced_motion="reduce", **SIZES[size])
    page = context.new_page()
    found = complaints(page)
    page.goto(f"{address}/sign-in?next={PATH}")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    score = page.locator('[data-n="score"]')
    expect(score).to_have_text("–")
    calm(page)
    page.get_by_role("link", name="Queue migration").press("Enter")
    expect(page.get_by_role("heading", name="What it would count")).to_be_visible()
    expect(page.get_by_text("2 items · 2 counted · 1 of 2 done")).to_be_visible()
    calm(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#told")).to_contain_text("jira:epic:PLAT-1 is linked")
    world.sync()
    expect(score).to_have_text("0.50")
    calm(page)
    page.get_by_text("Check in", exact=True).click()
    page.get_by_label("What is new?").fill("All shops")
    page.locator("h1").click()
    jira.site.transition("PLAT-3", "Done")
    world.clock.turn(minutes=1)
    world.sync()
    expect(score).to_have_text("1.00")
    expect(page.locator("#told")).to_contain_text("jira:epic:PLAT-1 is linked")
    expect(page.get_by_label("What is new?")).to_have_value("All shops")
    _said(page)
    context.close()
    assert [each for each in found if "400 (BAD REQUEST)" not in each] == []


def _said(page: Page) -> None:
    """An override is set and ended, a check-in is corrected and kept."""
    score = page.locator('[data-n="score"]')
    page.get_by_text("Override the value").click()
    page.get_by_label("Value instead").fill("70")
    page.get_by_role("button", name="Override", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Say why, so that others can follow.")
    expect(page.get_by_label("Value instead")).to_have_value("70")
    calm(page)
    page.get_by_label("Why").fill("The last shops follow on Friday.")
    page.get_by_role("button", name="Override", exact=True).click()
    expect(score).to_have_text("0.70")
    expect(page.locator("#told")).to_contain_text("stays visible beside it")
    page.get_by_role("button", name="End the override").click()
    expect(score).to_have_text("1.00")
    page.get_by_text("Check in", exact=True).click()
    page.get_by_label("Confidence").select_option("8")
    page.get_by_label("What is new?").fill("All shops are over.")
    page.get_by_role("button", name="Save the check-in").click()
    expect(page.locator(".thread li").first).to_contain_text("confidence 8 of 10")
    calm(page)
