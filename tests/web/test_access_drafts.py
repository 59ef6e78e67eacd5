"""What is a draft of another team is named nowhere: no key, no title, no link of it."""

from typing import Any

import pytest

from tests.web import staff, tangled
from tests.web.routes import paths, routes
from tests.web.secret import SECRET
from tests.web.test_pages import text
from tests.web.world import World

PLACES: dict[str, tuple[str, ...]] = {
    "cycle": ("2026-Q4", "2027-Q1"),
    "team": ("platform", "payments"),
    "key": ("O-1", tangled.OWN),
    "objective": ("O-1",),
    "person": ("maker",),
}
ASKED = {"search": (f"q={SECRET}",), "company": ("", "at=2026-11-19"), "work": ("",)}
"""What pages are asked for besides; nothing of most."""
ASKED |= dict.fromkeys(("team", "key_result", "objective"), ASKED["company"])
ECHOED = (f'value="{SECRET}"', f"“{SECRET}”", f"<title>{SECRET}: search")
"""What was looked for is no news."""


@pytest.fixture
def tied(filled: World) -> World:
    tangled.tangle(filled)
    return filled


def named(world: World, browser: Any) -> list[str]:
    """The addresses in whose answer a draft is named."""
    found = []
    for rule, method in routes(world.app()):
        places = PLACES | (
            {"key": ("PLAT-1", *tangled.ITEMS)} if "tracker" in rule.arguments else {}
        )
        for path in paths(rule, **places) if method == "GET" else ():
            for asked in ASKED.get(rule.endpoint.partition(".")[0], ("",)):
                answer = browser.get(f"{path}?{asked}")
                assert answer.status_code < 500, path
                told = f"{answer.text} {answer.headers}"
                for own in ECHOED:
                    told = told.replace(own, "")
                if SECRET in told.lower():
                    found.append(f"{path}?{asked}")
    return found


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_it_is_in_no_answer_to_who_may_not_see_it(tied: World, role: str) -> None:
    browser = staff.signed_in(tied, "maker", role=role)
    assert named(tied, browser) == []
    if role == "member":
        _are_whole(browser)


def _are_whole(browser: Any) -> None:
    """What is left leads up by another way, and says that some of it is not shown."""
    served = text(browser.get("/item/jira/PLAT-1").text)
    assert "KR-1 Finish the queue migration O-1 Payments never wait O-0 Customers trust" in served
    assert "O-0 Customers trust every payment Acme" in text(
        browser.get("/2026-Q4/platform/O-1").text
    )
    coming = text(browser.get(f"/2027-Q1/platform/{tangled.OWN}").text)
    assert "It is scored by drafts of other teams too, which you may not see." in coming
    assert "How it was worded written down" in coming
    work = text(browser.get("/my-work").text)
    assert "PLAT-770 Work of two minds No link of any key result holds it." in work


def test_leads_are_told_all_of_it(tied: World) -> None:
    browser = staff.signed_in(tied, "maker", role="lead")
    told = ("/2026-Q4/platform/O-1", f"/2027-Q1/platform/{tangled.OWN}", "/my-work",
            *(f"/item/jira/{each}" for each in (*tangled.ITEMS[:2], "PLAT-1")))  # fmt: skip
    for path in told:
        assert SECRET in browser.get(path).text, path


def test_on_a_check_in_of_a_draft_nobody_learns_whose_it_is(tied: World) -> None:
    browser = staff.signed_in(tied, "maker")
    path = "/2026-Q4/payments/{}/check-in"
    hidden, nothing = (browser.post(path.format(key)) for key in (tangled.DRAFT_KR, "KR-404"))
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert text(hidden.text) == text(nothing.text)


def test_the_first_steps_name_no_cycle_that_is_a_draft(world: World) -> None:
    tangled.plan_only(world)
    assert "1 key result in 2026-Q4" in world.client("lead").get("/first").text
    assert "1 key result" not in world.client("viewer").get("/first").text
