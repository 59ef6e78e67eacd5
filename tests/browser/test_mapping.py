"""The mapping editor in a real browser: a status means something else, and then again not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from connector.store.tables import Source
from sync import connections, pipeline, planning
from sync.connections import Request
from sync.runtime import Trackers
from tests.browser import serving
from tests.browser.looks import complaints, faults
from tests.web.world import PASSWORD, World, make
from tests.world import key_result, link, plan


@pytest.fixture
def served(tmp_path: Path, jira: Any) -> Iterator[tuple[World, str]]:
    """A service that reads an epic of four issues of a Jira, one of them in review."""
    world = make(tmp_path)
    world.runtime = replace(world.runtime, trackers=Trackers())
    world.add("admin", "admin")
    jira.site.now = world.clock
    _fill(world, jira)
    with serving.served(world) as address:
        yield world, address


def _fill(world: World, jira: Any) -> None:
    site = jira.site
    site.add_status("In Review", "indeterminate")
    epic = site.add_issue("PLAT", "Queue migration", type="Epic")
    for status in ("To Do", "In Review", "Done", "Done"):
        site.add_issue("PLAT", f"Work in {status}", parent=epic.key, status=status)
    options = {"email": "admin@example.com"}
    asked = Request(
        tracker="jira", name="jira", url=jira.url, token="jira-token", options=options,
        allow_private=True,
    )  # fmt: skip
    connections.connect(world.runtime, asked)
    text = plan(key_result("KR-1", link(f"jira:epic:{epic.key}")))
    planning.apply(world.runtime, text, name="p", author="lead")
    with world.runtime.store.read() as session:
        sources = list(session.scalars(select(Source.id)))
    for each in sources:
        pipeline.drain(world.runtime, each, force=True)


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in?next=/connections")
    page.fill("#name", "admin")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/connections")


def test_a_meaning_is_tried_saved_and_taken_back(
    browser: Browser, served: tuple[World, str]
) -> None:
    _, address = served
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    found = complaints(page)
    sign_in(page, address)
    page.get_by_role("link", name="Field mapping jira").click()
    expect(page.locator("h1")).to_have_text("What do the words of jira mean?")
    meaning = page.get_by_label("What In Review means", exact=True)
    meaning.select_option("done")
    page.get_by_role("button", name="See what it would do").click()
    effect = page.locator(".effect-box")
    expect(effect).to_contain_text("1 key result would change.")
    expect(effect.get_by_role("row").last).to_contain_text("0.50 → 0.75")
    expect(meaning).to_have_value("done")
    page.get_by_label("Reason, for the history").fill("reviews count as done")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Version 1 of the mapping is in use.")
    meaning.select_option("")
    page.get_by_label("Reason, for the history").fill("no, they do not")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Version 2 of the mapping is in use.")
    page.get_by_role("link", name="Version 1", exact=True).click()
    page.get_by_role("button", name="See what it would do").click()
    expect(effect).to_contain_text("0.50 → 0.75")
    assert faults(page) == []
    page.get_by_label("Reason, for the history").fill("they do after all")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_role("status")).to_contain_text("Version 3 of the mapping is in use.")
    expect(meaning).to_have_value("done")
    assert faults(page) == []
    page.get_by_role("link", name="As text").click()
    expect(page.locator("textarea.code")).to_have_value("statuses:\n  In Review: done")
    assert faults(page) == []
    context.close()
    assert found == []
