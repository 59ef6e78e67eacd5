"""By keyboard through an engineer's day: my work, an item, what it serves, search, help."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import complaints, violations
from tests.browser.test_pages import Served, sign_in

STEP = "#main .way-up a"
WORK = 'a[href$="PLAT-41"].title'
INSIDE = """document.activeElement === document.body
  || document.getElementById("keys-help").contains(document.activeElement)"""
RENEW = "main.replaceChildren(...[...main.childNodes].map((each) => each.cloneNode(true)))"


def pressed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_an_engineer_goes_from_my_work_to_the_purpose_and_searches_by_keys(
    browser: Browser, served: Served
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = complaints(page)
    address = served[1]
    sign_in(page, address)
    pressed(page, "g", "m")
    page.wait_for_url(f"{address}/my-work")
    page.locator(WORK).click()
    page.wait_for_url("**/item/jira@jira/PLAT-41")
    expect(page.locator(".closing")).to_contain_text("Closing it: KR-1 5")
    expect(page.locator(STEP)).to_have_count(2)
    page.locator(STEP).last.click()
    page.wait_for_url(f"{address}/2026-Q4/acme/O-0")
    pressed(page, "/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("g m? kr-1")  # what is typed goes nowhere else
    pressed(page, "Escape")
    expect(page.locator("#find")).not_to_be_focused()
    pressed(page, "/")
    page.keyboard.type("kr-1")
    pressed(page, "Enter")
    page.wait_for_url("**/search?q=kr-1")
    expect(page.locator(".hit").first).to_contain_text("Finish the queue migration")
    pressed(page, "g", "c")
    page.wait_for_url(f"{address}/2026-Q4")
    context.close()
    assert found == []


def test_the_help_opens_lists_and_gives_the_focus_back(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = complaints(page)
    sign_in(page, served[1])
    page.goto(f"{served[1]}/my-work")
    page.locator(WORK).focus()
    pressed(page, "?")
    help_ = page.locator("#keys-help")
    expect(help_).to_be_visible()
    expect(help_).to_contain_text("Go to my work")
    assert violations(page) == []
    for _ in range(4):
        pressed(page, "Tab")
        assert page.evaluate(INSIDE)
    pressed(page, "g", "c")  # nothing goes on behind it
    # The page under it is swapped for a newer one meanwhile.
    page.evaluate(RENEW)
    pressed(page, "Escape")
    expect(help_).to_be_hidden()
    expect(page.locator(WORK)).to_be_focused()
    pressed(page, "?")
    page.get_by_label("Use shortcuts in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    pressed(page, "?")
    expect(page.locator("#keys-help")).to_be_hidden()
    page.get_by_role("link", name="Keyboard").click()
    page.get_by_label("Use shortcuts in this browser").check()
    pressed(page, "Escape")
    pressed(page, "?")
    expect(page.locator("#keys-help")).to_be_visible()
    context.close()
    assert found == []
