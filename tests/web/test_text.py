"""Characters that are no text are refused before anything asks the database for them."""

import pytest

from tests.web.world import PASSWORD, World


@pytest.mark.parametrize(
    "path", ["/a%00b", "/2026-Q4/a%00b", "/sign-in?next=%00", "/sign-in?%00=x"]
)
def test_no_address_holds_nul(filled: World, path: str) -> None:
    assert filled.client("member").get(path).status_code == 400


@pytest.mark.parametrize("field", ["name", "password", "next", "more\0"])
def test_no_form_holds_nul(world: World, field: str) -> None:
    form = {"name": "lead", "password": PASSWORD, field: "a\0b"}
    assert world.client().post("/sign-in", data=form).status_code == 400


def test_no_webhook_is_named_with_nul(world: World) -> None:
    answer = world.client().post("/hooks/a%00b", data=b"{}")
    assert answer.status_code == 400
    assert answer.content_type.startswith("text/plain")


def test_a_webhook_may_hold_any_bytes_even_as_a_form(world: World) -> None:
    kind = "application/x-www-form-urlencoded"
    assert world.client().post("/hooks/a", data=b"a=%00", content_type=kind).status_code != 400
