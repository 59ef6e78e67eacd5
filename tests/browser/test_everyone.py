"""For everyone: by keyboard alone, in forced colours, without motion."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.contrast import FAINT_TEXT
from tests.browser.test_pages import Served, sign_in

CONTROLS = """() => {
  const marked = "a[href], button, input, select, textarea, summary, [tabindex]";
  const seen = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const found = [...document.querySelectorAll(marked)].filter((each) =>
    each.tabIndex >= 0 && !each.disabled && each.type !== "hidden" && seen(each));
  const radios = new Map();
  for (const each of found) if (each.type === "radio" && (each.checked || !radios.has(each.name)))
    radios.set(each.name, each);
  const stops = found.filter((each) => each.type !== "radio" || radios.get(each.name) === each);
  stops.forEach((each, index) => { each.dataset.stop = index; });
  return stops.map((each) => each.outerHTML.slice(0, 120));
}"""
HERE = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const box = here.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
  return [here.dataset?.stop ?? "", (ring || style.boxShadow !== "none") && inside];
}"""
DAY = 'type="date"'
"""Such a field has stops within it: day, month, year and its calendar."""
WAYS = (
    "/2026-Q4",
    "/2026-Q4/platform/KR-1/links?scope=jira%3Aepic%3APLAT-42",
    "/connections",
)


@pytest.fixture(scope="module")
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """Somebody signed in who wants no motion."""
    made = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    page = made.new_page()
    sign_in(page, served[1])
    page.close()
    yield made
    made.close()


@pytest.mark.parametrize("path", WAYS)
def test_tab_reaches_every_control_in_order_and_shows_where_it_is(
    context: BrowserContext, served: Served, path: str
) -> None:
    page = context.new_page()
    page.goto(served[1] + path)
    page.evaluate("document.body.dataset.live = ''; document.activeElement.blur()")
    controls = page.evaluate(CONTROLS)
    assert len(controls) > 10
    page.evaluate("document.body.tabIndex = -1; document.body.focus({ preventScroll: true })")
    for number, control in enumerate(controls):
        page.keyboard.press("Tab")
        while (here := page.evaluate(HERE))[0] == str(number - 1) and DAY in controls[number - 1]:
            page.keyboard.press("Tab")
        assert here == [str(number), True], control
    page.close()


def test_forced_colours_lose_nothing(context: BrowserContext, served: Served) -> None:
    page = context.new_page()
    page.emulate_media(forced_colors="active", color_scheme="dark")
    for path, marks in (
        ("/2026-Q4", (".way[aria-current]", ".chip", ".bar")),
        ("/2026-Q4/platform/KR-1", (".way[aria-current]", ".bar")),
    ):
        page.goto(served[1] + path)
        assert page.evaluate(FAINT_TEXT) == [], path
        for mark in marks:
            drawn = page.locator(mark).first.evaluate(
                "each => { const style = getComputedStyle(each);"
                " return [style.outlineStyle, style.borderTopStyle]; }"
            )
            assert drawn != ["none", "none"], (path, mark)
    page.close()


def test_without_motion_nothing_moves(context: BrowserContext, served: Served) -> None:
    page = context.new_page()
    page.goto(f"{served[1]}/2026-Q4")
    moving = page.evaluate(
        """[...document.querySelectorAll("body *")].filter((each) => {
          const style = getComputedStyle(each);
          return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
        }).length"""
    )
    assert moving == 0
    page.close()
