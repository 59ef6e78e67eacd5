"""A lead plans by keyboard alone: an objective with two key results, edited, ordered, retired."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from connector.store import tables as t
from sync.runtime import Trackers
from tests.browser import serving
from tests.browser.contrast import FAINT_TEXT
from tests.web import acme, past
from tests.web.world import PASSWORD, make

MOST_STEPS = 120


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The company, served to the lead of its platform team."""
    world = make(tmp_path)
    acme.fill(world)
    world.runtime = replace(world.runtime, trackers=Trackers())
    world.add("admin", "admin")
    world.add("lead", "lead")
    with world.runtime.store.write() as session:
        c = past.company(world, session)
        c.teams["platform"].lead_id = c.person("platform-lead", "Platform lead").id
        user = session.scalars(select(t.User).where(t.User.name == "lead")).one()
        user.person_id = c.teams["platform"].lead_id
    with serving.served(world) as address:
        yield address


def reach(page: Page, wanted: Locator) -> None:
    """Go on by the tabulator until it has the focus."""
    wanted.wait_for()
    for _step in range(MOST_STEPS):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not lead to {wanted}")


def follow(page: Page, role: str, name: str) -> None:
    """Go to a link or button by keyboard and press Enter."""
    reach(page, page.locator("main").get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    """Go to a field by keyboard and type over what stands in it."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def calm(page: Page, title: str) -> None:
    """The page is the one meant, fits its window, and can be read."""
    expect(page.locator("h1")).to_contain_text(title)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(FAINT_TEXT) == []


def key_result(page: Page, title: str, target: str, value: str) -> None:
    """Make a key result whose value is typed, from the page of its objective."""
    follow(page, "link", "New key result")
    calm(page, "New key result of O-10")
    write(page, "Title", title)
    write(page, "Target", target)
    reach(page, page.locator("#source-work"))
    page.keyboard.press("ArrowDown")
    write(page, "Value now optional", value)
    page.keyboard.press("Enter")
    calm(page, "O-10 Deploys are boring")


def test_a_lead_plans_by_keyboard_alone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{address}/sign-in?next=/2026-Q4/platform")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("lead")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/2026-Q4/platform")
    follow(page, "link", "New objective")
    calm(page, "New objective of Platform")
    write(page, "Title", "Deploys are boring")
    reach(page, page.locator("#s-O-0"))
    page.keyboard.press("Space")
    follow(page, "button", "Save")
    calm(page, "O-10 Deploys are boring")
    expect(page.get_by_role("status").first).to_contain_text("Now give it key results")

    key_result(page, "Deploys a day", "10", "5")
    key_result(page, "Rollbacks that work", "100", "100")
    expect(page.locator(".big-number")).to_have_text("0.75")
    page.goto(f"{address}/2026-Q4/platform")
    promise = page.locator("#O-10")
    expect(promise.locator(".row-kr .name")).to_contain_text(["Deploys a day", "Rollbacks"])

    follow(page, "link", "O-10 Deploys are boring")
    follow(page, "link", "Edit KR-92")
    write(page, "Weight", "3")
    follow(page, "button", "See what it does to the scores")
    expect(page.get_by_role("status")).to_contain_text("0.75")
    expect(page.get_by_role("status")).to_contain_text("0.62")
    calm(page, "Edit KR-92")
    follow(page, "button", "Save")
    page.goto(f"{address}/2026-Q4/platform/O-10")
    expect(page.locator(".big-number")).to_have_text("0.62")

    follow(page, "button", "Move KR-93 up")
    expect(page.locator(".grounds tbody tr").first).to_contain_text("KR-93")
    follow(page, "link", "Edit KR-93")
    follow(page, "link", "Retire KR-93")
    calm(page, "Retire KR-93")
    follow(page, "button", "Retire KR-93")
    expect(page.locator(".grounds tbody tr")).to_have_count(1)
    expect(page.locator(".big-number")).to_have_text("0.50")
    reach(page, page.locator("#retired > summary"))
    page.keyboard.press("Enter")
    follow(page, "link", "Bring it back KR-93")
    follow(page, "button", "Bring KR-93 back")
    expect(page.locator(".grounds tbody tr")).to_have_count(2)
    context.close()
    assert said == []
