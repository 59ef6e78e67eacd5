"""Every page in a real browser: light, dark, on a phone, by keyboard, alive, without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Position, expect
from sqlalchemy import select

from connector.store import tables as t
from tests.browser.contrast import FAINT_TEXT
from tests.browser.looks import BROKEN_NUMBERS, SIZES, complaints, faults, violations
from tests.web.company import Company
from tests.web.world import PASSWORD, World

PAGES = (
    "/2026-Q4",
    "/2026-Q3",
    "/2026-Q4?health=at_risk",
    "/2026-Q4?wall=1",
    "/2026-Q4/-/below/infra",
    "/2026-Q4/-/stands/infra",
    "/2026-Q4/platform",
    "/2026-Q4/infra",
    "/2026-Q4/platform/O-1",
    "/2026-Q4/platform/KR-1",
    "/2026-Q4/platform/KR-1/links",
    "/2026-Q4/platform/KR-1/links?scope=jira%3Aepic%3APLAT-42",
    "/2026-Q4/platform/KR-2",
    "/2026-Q4/data-platform/KR-8",
    "/2026-Q4/-/unlinked",
    "/2026-Q4/payments/KR-5",
    "/connections",
    "/connections/jira",
    "/connections/jira/pause",
    "/connections/code/runs",
    "/2026-Q4/-/coverage",
    "/plan",
    "/plan/teams/platform",
    "/plan/people",
    "/plan/scoring",
    "/plan/file",
    "/plan/new-objective/2026-Q4/platform",
    "/plan/new-key-result/2026-Q4/O-1",
    "/plan/key-results/2026-Q4/KR-2/retire",
    "/plan/key-results/2026-Q4/KR-2/objective",
    "/plan/copy/2026-Q4/platform",
    "/sync",
    "/my-work",
    "/my-work/claims",
    "/team-work/platform",
    "/item/jira@jira/PLAT-41",
    "/item/jira@jira-eu/PAY-4",
    "/search",
    "/search?q=queue",
    "/keyboard",
    "/settings",
)
Served = tuple[World, str]
WIDE = """() => {
  const wide = document.querySelector("main").appendChild(document.createElement("p"));
  wide.style.width = "9999px";
  wide.textContent = "wide";
}"""
CORNER: Position = {"x": 4, "y": 4}
"""Where no link of a row lies."""


def sign_in(page: Page, address: str) -> None:
    """By keyboard alone: the name has the focus already."""
    page.goto(f"{address}/sign-in")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/2026-Q4")


@pytest.fixture(scope="module")
def contexts(browser: Browser, served: Served) -> Iterator[dict[str, BrowserContext]]:
    """One signed-in browser window in light, one in dark."""
    made = {name: browser.new_context(**SIZES[name]) for name in ("light", "dark")}
    for context in made.values():
        page = context.new_page()
        sign_in(page, served[1])
        page.close()
    yield made
    for context in made.values():
        context.close()


@pytest.fixture(scope="module")
def walker(browser: Browser, served: Served) -> Iterator[tuple[Page, list[str]]]:
    """One signed-in page that goes from address to address, and what the browser complained of."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, served[1])
    yield page, complaints(page)
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_calm_in_every_size(
    walker: tuple[Page, list[str]], served: Served, path: str
) -> None:
    page, found = walker
    found.clear()
    page.goto(served[1] + path)
    assert faults(page) == []
    assert found == []


def test_the_checks_above_can_fail(contexts: dict[str, BrowserContext], served: Served) -> None:
    page = contexts["light"].new_page()
    found = complaints(page)
    page.goto(f"{served[1]}/2026-Q4")
    page.evaluate("document.querySelector('h1').setAttribute('style', 'color: red')")
    assert any("Content Security Policy" in each for each in found)
    page.evaluate("document.querySelector('h1').style.color = '#aaa'")
    assert page.evaluate(FAINT_TEXT) == ["Acme: 2.25"]
    chip = "document.querySelector('.chip').style"
    page.evaluate(f"{chip}.whiteSpace = 'normal'; {chip}.width = '44px'")
    assert len(page.evaluate(BROKEN_NUMBERS)) == 1
    page.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert any("image-alt" in each for each in violations(page))
    page.evaluate(WIDE)
    wrong = faults(page)
    assert any(each.startswith("phone: wider than its window") for each in wrong)
    assert any("light: faint: Acme" in each for each in wrong)
    page.close()


def test_a_number_moves_by_itself_and_nothing_else_does(
    contexts: dict[str, BrowserContext], served: Served
) -> None:
    world, address = served
    page = contexts["light"].new_page()
    found = complaints(page)
    page.goto(f"{address}/2026-Q4")
    page.locator("#team-platform > summary").click(position=CORNER)
    page.locator("#team-platform").get_by_role("link", name="KR-4").last.focus()
    chip = page.locator('[data-n="kr-KR-1"]')
    before = chip.locator(".num").inner_text()  # others let the same number move
    with world.runtime.store.write() as session:
        query = select(t.Link).where(t.Link.scope == "jira:epic:PLAT-42")
        Company(session, world.clock()).finish(session.scalars(query).one(), "PLAT-60")
    expect(chip.locator(".num")).not_to_have_text(before, timeout=15_000)
    expect(page.locator("#team-platform")).to_have_attribute("open", "")
    assert "KR-4" in page.evaluate("document.activeElement.getAttribute('href')")
    page.close()
    assert found == []


def test_a_closed_team_stays_closed_over_an_update(
    contexts: dict[str, BrowserContext], served: Served
) -> None:
    address = served[1]
    page = contexts["light"].new_page()
    page.goto(f"{address}/2026-Q4")
    page.locator("#team-product > summary").click(position=CORNER)
    expect(page.locator("#team-product")).not_to_have_attribute("open", "")
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch") as polled:
        pass
    assert polled.value.status in {200, 304}
    assert "x-worklift-live" in polled.value.request.headers
    expect(page.locator("#team-product")).not_to_have_attribute("open", "")
    page.close()


def test_a_server_that_does_not_answer_leaves_the_page_as_it_is(
    contexts: dict[str, BrowserContext], served: Served
) -> None:
    page = contexts["light"].new_page()
    page.goto(f"{served[1]}/2026-Q4")
    page.route(
        "**/2026-Q4", lambda route: route.fulfill(status=503, body="<main id=main>no</main>")
    )
    with page.expect_response(lambda answer: answer.status == 503):
        pass
    expect(page.locator("h1")).to_have_text("Acme")
    page.close()


def test_the_skip_link_is_the_first_stop_and_the_ring_is_seen(
    contexts: dict[str, BrowserContext], served: Served
) -> None:
    page = contexts["light"].new_page()
    page.goto(f"{served[1]}/2026-Q4")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.close()


def test_the_tree_opens_by_keyboard(contexts: dict[str, BrowserContext], served: Served) -> None:
    page = contexts["dark"].new_page()
    page.goto(f"{served[1]}/2026-Q4")
    page.locator("#team-mobile > summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="The app starts before you notice")).to_be_visible()
    page.close()


def test_pages_are_whole_without_script(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served[1])
    page.goto(f"{served[1]}/2026-Q4/platform/KR-1")
    expect(page.get_by_text("Queue migration").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    context.close()


def test_paper_shows_closed_parts_and_no_navigation(
    contexts: dict[str, BrowserContext], served: Served
) -> None:
    page = contexts["light"].new_page()
    page.goto(f"{served[1]}/2026-Q4")
    page.emulate_media(media="print")
    expect(page.locator("nav.side")).to_be_hidden()
    expect(page.get_by_text("Start-up work finished").first).to_be_visible()
    page.close()
