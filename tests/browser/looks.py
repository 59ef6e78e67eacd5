"""What must hold of every page, looked at in one page load: sizes, colours, axe, no complaints."""

from collections.abc import Iterator, Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request

from tests.browser.contrast import FAINT_TEXT

SIZES: Mapping[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "wall": {"viewport": {"width": 2560, "height": 1440}, "color_scheme": "dark"},
    "tablet": {"viewport": {"width": 768, "height": 1024}, "color_scheme": "dark"},
    "dark phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
}
BROKEN_NUMBERS = """[...document.querySelectorAll(".chip .num, .big-number, .amount a")]
  .filter((each) => new Set([...each.getClientRects()].map((box) => box.top)).size > 1
    || each.scrollHeight > 1.9 * parseFloat(getComputedStyle(each).fontSize))
  .map((each) => each.textContent)"""
CUT_CHOICES = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const room = (each, style) => each.clientWidth - parseFloat(style.paddingLeft)
    - parseFloat(style.paddingRight);
  return [...document.querySelectorAll("select")].flatMap((each) => {
    const style = getComputedStyle(each);
    if (!each.clientWidth || style.whiteSpace === "normal") return [];
    pen.font = style.font;
    return [...each.options].map((one) => one.text)
      .filter((text) => pen.measureText(text).width > room(each, style));
  });
}"""
OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true"
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
STICKING_OUT = """() => {
  const clipped = (each) => {
    for (let up = each.parentElement; up; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > window.innerWidth + 1 && !clipped(each))
    .map((each) => each.tagName + "." + each.className + " " + each.textContent.slice(0, 40))
    .slice(0, 5);
}"""
# Contrast is looked at in every size and colour above: that rule takes most of axe's time.
AXE = """async () => {
  const rules = { "color-contrast": { enabled: false } };
  const found = await axe.run({ resultTypes: ["violations"], rules });
  return found.violations.map((each) => each.id + ": " + each.help + " at "
    + each.nodes.slice(0, 5).map((node) => node.target.join(" ")).join(" | "));
}"""


def complaints(page: Page) -> list[str]:
    """What the browser complains about from now on: errors and breaches of the policy."""
    found: list[str] = []
    page.on("console", lambda message: found.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", lambda request: found.extend(_failed(request)))
    return found


def _failed(request: Request) -> list[str]:
    """Not what the browser gave up by itself, such as an icon still on its way at a page's end."""
    return [] if request.failure == "net::ERR_ABORTED" else [request.url]


def faults(page: Page, *, sizes: Mapping[str, dict[str, Any]] = SIZES) -> list[str]:
    """What is wrong with the page that is open, in every size and colour; nothing if all is well.

    It ends in the last size, with every part of the page opened.
    """
    page.evaluate(OPEN_ALL)
    found = [] if page.locator("h1").count() == 1 else ["not one h1"]
    for name, size in sizes.items():
        page.set_viewport_size(size["viewport"])
        page.emulate_media(color_scheme=size["color_scheme"])
        found += [f"{name}: {each}" for each in _sized(page)]
    return found + violations(page)


def _sized(page: Page) -> Iterator[str]:
    if page.evaluate(TOO_WIDE) > 0:
        yield f"wider than its window: {page.evaluate(STICKING_OUT)}"
    yield from (f"faint: {each}" for each in page.evaluate(FAINT_TEXT))
    yield from (f"broken number: {each}" for each in page.evaluate(BROKEN_NUMBERS))
    yield from (f"cut: {each}" for each in page.evaluate(CUT_CHOICES))


def violations(page: Page) -> list[str]:
    """What axe finds in the page that is open, in its size."""
    page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(AXE)
    return found
