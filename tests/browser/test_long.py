"""Long words of people and trackers stay inside the narrowest page, and can be read in full."""

from datetime import date

import pytest
from playwright.sync_api import Browser

from connector.store import tables as t
from tests.browser.test_pages import Served, sign_in
from tests.web.company import Company

LONG = "Bezahlvorgangswarteschlangenumzugsfertigstellung" * 5
SPACED = "Payments that arrive before anybody has to think about where they are " * 4


@pytest.fixture(scope="module")
def filled_long(served: Served) -> str:
    """A cycle whose every text is as long as it may be; its address."""
    world, address = served
    with world.runtime.store.write() as session:
        c = Company(session, world.clock())
        c.ids = iter(range(50_000, 60_000))
        cycle = c.cycle("2030-Q1", date(2030, 1, 1), date(2030, 3, 31))
        c.team("long", LONG, "team")
        objective = c.objective(cycle, "long", "O-LONG", SPACED)
        row = c.key_result(objective, "KR-LONG", LONG, unit="payments per second")
        connection = c.connection("long", "jira", f"https://{'x' * 60}.example.com", error=SPACED)
        source = c.source(connection, f"acme/{'r' * 90}", error=LONG)
        assert isinstance(source, t.Source)
        link = c.link(row, source, f"jira:jql:{SPACED}", LONG)
        for number in range(60):
            c.item(
                link, source, f"LONGPROJECTKEY-{number}", "doing", LONG if number % 2 else SPACED
            )
        c.read(link)
    return address


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_sticks_out(browser: Browser, filled_long: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, filled_long)
    paths = ("/2030-Q1", "/2030-Q1?health=not_started", "/2030-Q1/long", "/2030-Q1/long/KR-LONG")
    for path in (*paths, "/connections"):
        page.goto(filled_long + path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
    page.goto(f"{filled_long}/2030-Q1/long/KR-LONG")
    title = page.locator(".work-title").nth(1)
    assert title.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
    context.close()
