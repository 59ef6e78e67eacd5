"""What the keyboard does is written down, for the ways that are open to somebody."""

from tests.web.test_pages import text
from tests.web.world import World


def test_the_shortcuts_are_listed_on_a_page_and_in_the_help_of_every_page(filled: World) -> None:
    client = filled.client("member")
    page = text(client.get("/keyboard").text)
    assert page.count("g then m Go to my work") == 2  # the page itself, and the help over it
    assert "/ Search" in page
    other = client.get("/2026-Q4").text
    assert '<dialog id="keys-help"' in other
    assert 'data-letter="m"' in other
    assert 'id="find"' in other


def test_who_is_not_signed_in_has_no_ways_to_go(filled: World) -> None:
    page = filled.client().get("/sign-in").text
    assert "keys-help" not in page
    assert 'id="find"' not in page
