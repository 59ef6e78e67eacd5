"""From an empty installation, by pages only, to a cycle, a company, a team and somebody in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import serving
from tests.web.world import PASSWORD, make


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """The address of an installation with an admin and nothing else."""
    world = make(tmp_path)
    world.add("admin", "admin")
    with serving.served(world) as address:
        yield address


def test_the_first_plan_is_made_by_pages_alone(browser: Browser, empty: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    page.goto(f"{empty}/sign-in?next=/plan")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    _cycle(page)
    _teams(page)
    _person(page)
    # The browser notes the answer to the form that was wrong, and nothing else.
    assert [each for each in said if "status of 400" not in each] == []
    page.close()


def _cycle(page: Page) -> None:
    page.get_by_role("link", name="Begin the first cycle").click()
    expect(page.get_by_label("Key", exact=True)).to_have_value("2026-Q4")
    page.get_by_label("Last day").fill("2026-09-01")
    page.get_by_role("button", name="Begin it").click()
    # What is wrong has the focus, and leads to its field, which tells it too.
    expect(page.locator("#wrong")).to_be_focused()
    page.locator("#wrong").get_by_role("link").click()
    wrong = page.get_by_label("Last day")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_accessible_description(re.compile("The cycle ends on 2026-09-01"))
    _faultless(page)
    wrong.fill("2026-12-31")
    page.get_by_role("button", name="Begin it").click()
    expect(page.get_by_role("status")).to_contain_text("Cycle 2026-Q4 is there.")


def _teams(page: Page) -> None:
    page.get_by_role("link", name="Name the company").click()
    expect(page.get_by_label("Kind")).to_have_value("company")
    page.get_by_label("Name", exact=True).fill("Acme")
    page.keyboard.press("Enter")
    for name in ("Platform", "Payments"):
        page.get_by_role("link", name="Add a team").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Stands below").select_option(label="Acme")
        page.get_by_role("button", name="Add it").click()
    up = page.get_by_role("button", name="Move Payments up")
    up.focus()
    page.keyboard.press("Enter")
    # The focus stays at what was moved.
    expect(page.get_by_role("button", name="Move Payments down")).to_be_focused()
    names = page.locator(".team-tree b")
    expect(names).to_have_text(["Acme", "Payments", "Platform"])
    _faultless(page)


def _person(page: Page) -> None:
    page.locator(".team-tree").get_by_role("link", name="Platform", exact=True).click()
    page.get_by_role("link", name="Add somebody new").click()
    page.get_by_label("Name", exact=True).fill("Platform lead")
    expect(page.get_by_role("checkbox", name="Platform")).to_be_checked()
    _faultless(page)
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("row", name="Platform lead")).to_contain_text("Platform")
    _faultless(page)


def _faultless(page: Page) -> None:
    """No violations, and nothing wider than a phone."""
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
