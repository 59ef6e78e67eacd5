"""Smaller answers that give nothing away, and are still told apart from news."""

import gzip
import html
import re

import pytest
from flask.testing import FlaskClient

from tests.web.world import PASSWORD, World
from web.masking import masked, unmasked

BOTH = {"Accept-Encoding": "gzip, br"}
GZIP = {"Accept-Encoding": "gzip"}


def styles(client: FlaskClient) -> str:
    found = re.search(r'href="(/static/worklift.css[^"]*)"', client.get("/sign-in").text)
    assert found
    return html.unescape(found[1])


def test_pages_are_compressed_as_the_browser_asks(filled: World) -> None:
    client = filled.client("viewer")
    plain = client.get("/2026-Q4")
    packed = client.get("/2026-Q4", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data) / 4
    assert "Customers trust every payment" in gzip.decompress(packed.data).decode()
    assert client.get("/2026-Q4", headers=BOTH).headers["Content-Encoding"] == "br"


def test_nothing_new_is_nothing_new_however_it_was_sent(filled: World) -> None:
    client = filled.client("viewer")
    etag = client.get("/2026-Q4", headers=BOTH).headers["ETag"]
    assert etag == client.get("/2026-Q4").headers["ETag"]
    again = client.get("/2026-Q4", headers={**BOTH, "If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_form_tokens_are_no_news(filled: World) -> None:
    client = filled.client("admin")
    url = "/2026-Q4/platform/KR-1"
    assert client.get(url).headers["ETag"] == client.get(url).headers["ETag"]


def test_static_files_are_compressed_and_kept_by_browsers(world: World) -> None:
    client = world.client()
    url = styles(client)
    packed, again = client.get(url, headers=GZIP), client.get(url, headers=GZIP)
    plain = client.get(url)
    assert gzip.decompress(packed.data) == plain.data
    assert packed.data == again.data
    assert "immutable" in packed.headers["Cache-Control"]
    assert packed.headers["ETag"] != plain.headers["ETag"]
    kept = client.get(url, headers={**GZIP, "If-None-Match": packed.headers["ETag"]})
    assert kept.status_code == 304
    assert client.get("/static/nothing.css", headers=GZIP).status_code == 404


def test_a_token_is_another_text_on_every_page_and_still_holds(world: World) -> None:
    world.add("lead", "lead")
    client = world.app().test_client()
    pattern = r'name="csrf_token" value="([^"]+)"'
    first, second = (re.findall(pattern, client.get("/sign-in").text)[0] for _ in range(2))
    longest = max(
        (size for size in range(3, 12) if any(
            first[at : at + size] in second for at in range(2, len(first) - size)
        )),
        default=0,
    )  # fmt: skip
    assert longest < 8
    data = {"name": "lead", "password": PASSWORD, "csrf_token": first}
    assert client.post("/sign-in", data=data).status_code == 303


@pytest.mark.parametrize("wrong", ["m.", "m.?", "m.AAAA", "m.////", "plain", "m.é"])
def test_what_is_no_token_is_refused_and_breaks_nothing(world: World, wrong: str) -> None:
    assert isinstance(unmasked(wrong), str)
    answer = world.app().test_client().post("/sign-in", data={"name": "x", "csrf_token": wrong})
    assert answer.status_code == 400


def test_masks_come_off() -> None:
    assert unmasked(masked("a-token.of.parts")) == "a-token.of.parts"
    assert masked("a-token") != masked("a-token")
