"""The company's page in a browser: a tree that opens where it is, a wall, paper, silence."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from connector.store import tables as t
from tests.browser.test_pages import complaints, sign_in
from tests.servers import wait_for
from tests.web.company import Company
from tests.web.world import World
from web import tree

Served = tuple[World, str]
PAPER = {"width": 688, "height": 1000}
"""An A4 sheet within its margins."""
CUT = """[...document.querySelectorAll("main *")].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > window.innerWidth + 1 && !each.closest(".visually-hidden, svg");
}).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def context(browser: Browser, served: Served) -> BrowserContext:
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    page = made.new_page()
    sign_in(page, served[1])
    page.close()
    return made


def finish(world: World, key: str) -> None:
    with world.runtime.store.write() as session:
        query = select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")
        Company(session, world.clock()).finish(session.scalars(query).one(), key)


def test_a_phone_shows_the_first_promise_without_scrolling(
    context: BrowserContext, served: Served
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{served[1]}/2026-Q4")
    ways = page.locator("nav.side").bounding_box()
    first = page.locator(".wide h3").first.bounding_box()
    assert ways
    assert first
    assert first["y"] + first["height"] <= ways["y"]
    page.close()


def open_branch(page: Page, key: str) -> None:
    page.locator(f"#team-{key} > summary").focus()
    page.keyboard.press("Enter")


def test_the_way_of_a_company_page_through_a_day(
    context: BrowserContext, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, address = served
    monkeypatch.setattr(tree, "WHOLE", 5)
    page = context.new_page()
    found = complaints(page)
    page.goto(f"{address}/2026-Q4")
    open_branch(page, "infra")
    open_branch(page, "platform")
    number = page.locator('[data-n="kr-KR-1"]')
    expect(number).to_contain_text("0.5")
    page.locator("#t-O-1 > summary").press("Enter")
    expect(page.locator(".row-link", has_text="Queue migration").first).to_be_visible()
    before = number.text_content()
    for key in ("PLAT-50", "PLAT-51", "PLAT-52", "PLAT-53"):
        finish(world, key)
    expect(number).not_to_have_text(before or "")
    expect(page.locator("#team-platform")).to_have_attribute("open", "")
    expect(page.locator("#live-at")).to_contain_text("Live, as of")
    assert page.evaluate("document.activeElement.closest('details').id") == "t-O-1"

    page.goto(f"{address}/2026-Q4?wall=1")
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(page.locator("nav.side")).to_have_count(0)
    size = "parseFloat(getComputedStyle(document.querySelector('.wide h3')).fontSize)"
    assert page.evaluate(size) >= 28
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0

    page.goto(f"{address}/2026-Q4")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    expect(page.locator("nav.side")).to_be_hidden()
    expect(page.locator("#live-at")).to_be_hidden()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    page.close()
    assert found == []


def test_a_page_that_is_not_answered_says_since_when(
    context: BrowserContext, served: Served
) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto(f"{served[1]}/2026-Q4")
    expect(page.locator("#live-at")).to_contain_text("Live, as of")
    page.route("**/2026-Q4", lambda route: route.abort())
    for _ in range(17):
        page.clock.run_for(5_000)
    expect(page.locator("#live")).to_contain_text("Not live since")
    expect(page.locator("#live-at")).to_be_empty()
    page.unroute("**/2026-Q4")

    def is_heard() -> bool:
        page.clock.run_for(5_000)  # a look that was begun before may still end in nothing
        return page.locator("#live").text_content() == ""

    wait_for(is_heard, "the page to be live again")
    page.close()
