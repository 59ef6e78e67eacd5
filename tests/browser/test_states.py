"""Every state a page can be in is designed: first, empty, stale, failing, refused, away, lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from connector.store import tables as t
from tests.browser import serving
from tests.browser.looks import SIZES, complaints, faults
from tests.browser.test_pages import Served
from tests.web import acme
from tests.web.company import Company
from tests.web.world import PASSWORD, ROLES, World, make

FEW = {name: SIZES[name] for name in ("light", "dark", "phone")}


@dataclass(eq=False)
class Trouble:
    """Stands before a store: raises what it is told to, as a database that is away would."""

    store: Any
    error: Exception | None = None

    def read(self) -> Any:
        return self._through(self.store.read)

    def write(self) -> Any:
        return self._through(self.store.write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    @contextmanager
    def _through(self, way: Any) -> Iterator[Any]:
        if self.error is not None:
            raise self.error
        with way() as session:
            yield session


@dataclass
class There:
    """A world of its own, where it is served, and what goes wrong in it."""

    world: World
    address: str
    trouble: Trouble


def there(home: Any, *, full: bool) -> Iterator[There]:
    world = make(home)
    if full:
        acme.fill(world)
    for role in ROLES:
        world.add(role, role)
    trouble = Trouble(world.runtime.store)
    app = World(replace(world.runtime, store=trouble), world.clock).app()  # type: ignore[arg-type]
    app.config["TESTING"] = False
    with serving.answering(app) as address:
        yield There(world, address, trouble)
    world.runtime.store.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    """A company in which things go wrong."""
    yield from there(tmp_path_factory.mktemp("full"), full=True)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    """A service that was started a moment ago."""
    yield from there(tmp_path_factory.mktemp("bare"), full=False)


@contextmanager
def visit(browser: Browser, place: There, role: str = "admin") -> Iterator[Page]:
    """A page of somebody signed in; nothing may be said on its console but refused pages."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    enter(page, place.address, role)
    found = complaints(page)
    yield page
    context.close()
    assert [each for each in found if "the server responded with a status of" not in each] == []


def enter(page: Page, address: str, role: str) -> None:
    page.goto(f"{address}/sign-in")
    send(page, role)


def send(page: Page, role: str) -> None:
    page.fill("#name", role)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def says(page: Page, *words: str) -> None:
    """The page is sound in every size, and says these words where people see them."""
    for each in words:
        expect(page.locator("main")).to_contain_text(each)
    assert faults(page, sizes=FEW) == []


def test_what_is_refused_or_not_there_says_so_and_leads_on(browser: Browser, full: There) -> None:
    with visit(browser, full, "member") as page:
        page.goto(f"{full.address}/sync")
        says(page, "Not allowed", "Your role does not allow this.")
        page.goto(f"{full.address}/2026-Q4/nowhere")
        says(page, "Nothing here", "or you may not see it")
        page.get_by_role("link", name="Go to the company").click()
        expect(page.locator("h1")).to_have_text("Acme")


def test_an_error_of_ours_and_a_database_away_are_told_calmly(
    browser: Browser, full: There
) -> None:
    with visit(browser, full) as page:
        for error, title in (
            (RuntimeError("the inside of it"), "Something went wrong"),
            (OperationalError("SELECT 1", {}, Exception("no route")), "Back in a moment"),
        ):
            full.trouble.error = error
            page.goto(f"{full.address}/2026-Q4")
            says(page, title, "othing was changed")
            expect(page.locator("body")).not_to_contain_text("the inside of it")
            full.trouble.error = None
        page.goto(f"{full.address}/2026-Q4")
        expect(page.locator("h1")).to_have_text("Acme")


def test_stale_and_failing_say_since_when_and_what_to_do(browser: Browser, full: There) -> None:
    with visit(browser, full) as page:
        page.goto(f"{full.address}/2026-Q4/payments/KR-5")
        says(page, "unknown", "oken was refused (401)")
        page.goto(f"{full.address}/connections")
        says(page, "jira-eu", "broken", "oken was refused (401)")
        full.world.clock.turn(days=9)
        enter(page, full.address, "admin")
        page.goto(f"{full.address}/2026-Q4/platform/KR-1")
        says(page, "no word from")
        full.world.clock.turn(days=-9)


def test_a_form_sent_by_somebody_signed_out_is_not_lost(browser: Browser, full: There) -> None:
    with visit(browser, full) as page:
        page.goto(f"{full.address}/2026-Q4/platform/KR-4")
        form = page.locator('form[action*="/check-in"]')
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        form.get_by_label("What is new?").fill("Two nights were quiet")
        with full.world.runtime.store.write() as session:
            session.execute(delete(t.SignIn))
        form.get_by_role("button").click()
        says(page, "You were signed out")
        page.fill("#name", "admin")
        page.fill("#password", "wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        send(page, "admin")
        page.wait_for_url("**/2026-Q4/platform/KR-4")
        expect(form.get_by_label("What is new?")).to_have_value("Two nights were quiet")
        page.reload()
        expect(form.get_by_label("What is new?")).to_have_value("")


def test_the_first_run_leads_to_the_first_score(browser: Browser, bare: There) -> None:
    with visit(browser, bare) as page:
        says(page, "Four steps to the first score", "Connect a tracker")
        expect(page.locator(".first .h-done")).to_have_count(0)
        with bare.world.runtime.store.write() as session:
            c = Company(session, bare.world.clock())
            jira = c.connection("jira", "jira", "https://acme.example.com")
            source = c.source(jira, "")
        page.reload()
        expect(page.locator(".first .h-done")).to_have_count(1)
        with bare.world.runtime.store.write() as session:
            c = Company(session, bare.world.clock())
            cycle = c.cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
            c.team("acme", "Acme", "company")
            wanted = c.objective(cycle, "acme", "O-1", "Payments never wait")
            c.key_result(wanted, "KR-1", "Finish the queue migration")
        page.goto(f"{bare.address}/2026-Q4")
        says(page, "Acme", "Payments never wait")
        page.goto(f"{bare.address}/first")
        says(page, "Link the work")
        expect(page.locator(".first .h-done")).to_have_count(2)
        with bare.world.runtime.store.write() as session:
            c = Company(session, bare.world.clock())
            row = session.query(t.KeyResult).one()
            link = c.link(row, source, "jira:epic:PLAT-1", "Queue")
            c.work(link, source, "PLAT-", "dt")
        page.reload()
        says(page, "the first score is 0.50")
        expect(page.locator(".first .h-done")).to_have_count(4)


def test_an_empty_cycle_says_what_belongs_there(browser: Browser, full: There) -> None:
    with full.world.runtime.store.write() as session:
        c = Company(session, full.world.clock())
        c.cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31))
    with visit(browser, full) as page:
        page.goto(f"{full.address}/2027-Q1")
        says(page, "No objectives")
        page.goto(f"{full.address}/2027-Q1/platform")
        says(page, "No objectives")
        page.goto(f"{full.address}/2026-Q4/data-platform/KR-8")
        says(page, "Nothing is linked yet")


def test_the_door_is_calm_too(browser: Browser, served: Served) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{served[1]}/sign-in")
    assert faults(page) == []
    context.close()
