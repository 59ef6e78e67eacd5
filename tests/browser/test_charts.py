"""The chart in a real browser: named, in words too, calm, and never wider than the page."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.contrast import FAINT_TEXT
from tests.browser.looks import SIZES, complaints
from tests.browser.test_pages import Served, sign_in
from tests.web import past

LABELS_OUTSIDE = """[...document.querySelectorAll("svg.chart text")]
  .map((each) => each.getBoundingClientRect())
  .filter((box) => box.left < -1 || box.right > window.innerWidth + 1).length"""
LABELS_ON_EACH_OTHER = """[...document.querySelectorAll("svg.chart:not(.swatch)")].map((chart) => {
  const boxes = [...chart.querySelectorAll("text")].map((each) => each.getBoundingClientRect());
  return boxes.filter((a, i) => boxes.slice(i + 1).some((b) =>
    a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)).length;
}).reduce((a, b) => a + b, 0)"""


@pytest.fixture(scope="module")
def address(served: Served) -> str:
    past.fill(served[0])
    return served[1]


@pytest.mark.parametrize("size", ["light", "dark", "phone"])
def test_the_chart_is_named_and_calm(browser: Browser, address: str, size: str) -> None:
    context = browser.new_context(**SIZES[size])
    page = context.new_page()
    sign_in(page, address)
    found = complaints(page)
    page.goto(f"{address}/2026-Q4/platform/KR-50")
    chart = page.get_by_role("img", name="The way of KR-50 from 1 Oct to 31 Dec")
    expect(chart).to_be_visible()
    assert chart.locator("path.fan").bounding_box()["width"] > 40  # type: ignore[index]
    mark = page.get_by_role("group", name="What moved KR-50, day by day").get_by_role("link").last
    place = mark.get_attribute("href") or ""
    mark.locator(".stir").first.click()
    expect(page).to_have_url(f"{address}{place}")
    expect(page.locator(f"#{place.partition('#')[2]}")).to_be_visible()
    page.locator("#figures summary").click()
    expect(page.get_by_role("rowheader", name="11 Oct")).to_be_visible()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.evaluate(LABELS_OUTSIDE) == 0
    assert page.evaluate(LABELS_ON_EACH_OTHER) == 0
    assert page.evaluate(FAINT_TEXT) == []
    context.close()
    assert found == []


def test_paper_has_the_chart_and_no_rows(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/2026-Q4/platform/KR-50")
    page.emulate_media(media="print")
    expect(page.locator("svg.chart").first).to_be_visible()
    expect(page.locator("#figures")).to_be_hidden()
    expect(page.locator(".day-form")).to_be_hidden()
    context.close()
