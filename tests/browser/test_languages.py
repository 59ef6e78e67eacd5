"""Each language goes its whole way: nothing of English is left but names and what people wrote."""

import re

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from connector.store import tables as t
from tests.browser.looks import SIZES, complaints, faults
from tests.web.world import PASSWORD, World

PAGES = (
    "/2026-Q4",
    "/2026-Q4/platform",
    "/2026-Q4/platform/KR-1",
    "/2026-Q4/platform/KR-1/links",
    "/2026-Q4/payments/KR-5",
    "/connections",
    "/coverage",
    "/plan",
    "/plan/people",
    "/plan/scoring",
    "/my-work",
    "/item/jira/PLAT-43",
    "/search?q=queue",
    "/sync",
    "/settings",
)
SEEN = {name: SIZES[name] for name in ("light", "phone")}
WRITTEN = (
    (t.Team.name, t.Team.key),
    (t.Person.name, t.Person.key),
    (t.Objective.title, t.Objective.key),
    (t.KeyResult.title, t.KeyResult.unit),
    (t.Item.title, t.Item.status, t.Item.type),
    (t.Connection.name, t.Connection.url, t.Connection.error),
    (t.Link.title, t.Link.scope),
    (t.Source.key, t.Source.error),
    (t.UnreadableItem.field, t.UnreadableItem.message),
    (t.MappingVersion.author, t.MappingVersion.reason),
    (t.CheckIn.note, t.CheckIn.blockers),
    (t.Override.reason,),
)
"""What people and trackers wrote stays as it is, and an error that Worklift never makes."""
NAMES = (
    "Worklift Jira GitHub CSV YAML API URL JQL UTC CET plan.yaml Issues Tab Shift Enter Space Esc"
)
APART = "code, pre, kbd, script, textarea, option[lang]"
HEARD = ("title", "aria-label", "placeholder", "data-label")
READ = """([apart, heard]) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest(apart)) found.push(node.textContent);
  for (const name of heard)
    for (const each of document.querySelectorAll(`[${name}]`)) found.push(each.getAttribute(name));
  return found.map((each) => each.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
LEFT = {
    "ko": re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+"),
    "id": re.compile(
        r"\b(the|of|is|are|was|and|to|from|with|by|not|this|that|it|its|has|have|no|for|on|at)\b",
        re.IGNORECASE,
    ),
}
"""In Korean any two words of Latin letters, in Indonesian any of the commonest English words."""


@pytest.mark.parametrize("language", LEFT)
def test_nothing_of_english_is_left(
    browser: Browser, served: tuple[World, str], language: str
) -> None:
    world, address = served
    context = browser.new_context(locale=language)
    page = context.new_page()
    found = complaints(page)
    _sign_in(page, address)
    names = _names(world)
    left = {path: _left(page, address + path, language, names) for path in PAGES}
    assert {path: texts for path, texts in left.items() if texts} == {}
    page.goto(f"{address}/2026-Q4/platform/KR-1")
    assert faults(page, sizes=SEEN) == []
    page.goto(f"{address}/settings")
    assert faults(page, sizes=SEEN) == []
    context.close()
    assert found == []


def test_a_choice_stands_over_the_browser(browser: Browser, served: tuple[World, str]) -> None:
    address = served[1]
    context = browser.new_context(locale="id")
    page = context.new_page()
    _sign_in(page, address)
    page.goto(f"{address}/settings")
    page.locator("#language").select_option("ko")
    page.locator("#language + p + *, form[action='/settings/language'] button").last.click()
    page.wait_for_url(f"{address}/settings")
    assert page.locator("html").get_attribute("lang") == "ko"
    page.goto(f"{address}/2026-Q4/platform/KR-1")
    assert re.search(r"\d+월 \d+일", page.locator("main").inner_text())
    page.goto(f"{address}/settings")
    page.locator("#language").select_option("")
    page.locator("form[action='/settings/language'] button").click()
    page.wait_for_url(f"{address}/settings")
    assert page.locator("html").get_attribute("lang") == "id"
    context.close()


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/2026-Q4")


def _left(page: Page, url: str, language: str, names: re.Pattern[str]) -> list[str]:
    answer = page.goto(url)
    assert answer is not None, url
    assert answer.ok, url
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    texts: list[str] = page.evaluate(READ, [APART, HEARD])
    left = {text for text in texts if LEFT[language].search(names.sub("·", text))}
    return sorted(left)


def _names(world: World) -> re.Pattern[str]:
    with world.runtime.store.read() as session:
        held = {
            " ".join(str(value).split())
            for columns in WRITTEN
            for row in session.execute(select(*columns))
            for value in row
            if value
        }
    longest = sorted(held | {*NAMES.split()}, key=len, reverse=True)
    return re.compile("|".join(re.escape(each) for each in longest), re.IGNORECASE)
