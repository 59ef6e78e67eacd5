"""Notes in Markdown: nothing that people wrote calls, links or refers to anybody."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import notes_markdown
from connector.notes import Told
from tests.connector.test_notes import TELLER

URL = "https://worklift.example.com/now/platform/KR-1"
_STRUCTURE = set("[]()<>*_`~|\\!@#^{}\"'$&")


def told(**more: object) -> Told:
    given = {
        "cycle": "now", "key": "KR-1", "title": "Payments never wait", "words": "62 %, on track",
        "url": URL, "health": "on_track", "percent": 62, "score": 0.62,
    }  # fmt: skip
    return Told(**{**given, **more})


def test_a_line_says_what_is_served_and_leads_there() -> None:
    line = f"- Serves [KR-1]({URL}): 62 %, on track (Payments never wait)"
    assert notes_markdown.block([told()], TELLER) == {"text": line}
    said = notes_markdown.comment([told(), told(key="KR-2", title="")], TELLER)["text"]
    assert said.splitlines()[:2] == [line, f"- Serves [KR-2]({URL}): 62 %, on track"]
    assert said.endswith("keeps this comment up to date while this is open.</sub>")


@pytest.mark.parametrize(
    "text",
    [
        "ask @octocat", "@acme/team", "fixes #12", "acme/api#12", "GH-12", "gh-12",
        "https://github.com/acme/api/issues/1", "www.example.com", "a@b.example", ":tada:",
        "<img src=x>", "![x](y)", "[x](y)", "`x`", "**x**", "a\\_b", "&amp;", "<!-- x -->",
    ],
)  # fmt: skip
def test_what_people_wrote_stays_text(text: str) -> None:
    escaped = notes_markdown.escaped(text)
    assert html.unescape(escaped).replace("\u200b", "") == html.unescape(html.escape(text))
    # GitHub looks for names and numbers in what is shown, after references were resolved.
    shown = html.unescape(escaped)
    assert not re.search(r"[@#][A-Za-z0-9]|\bgh-\d|://|www\.|:[a-z]+:", shown, re.IGNORECASE)


@given(st.text(max_size=60))
def test_no_text_holds_structure(text: str) -> None:
    bare = re.sub(r"&#\d+;", "", notes_markdown.escaped(text))
    assert not _STRUCTURE & set(bare)


def test_a_check_has_a_plain_title_and_a_way_to_what_it_serves() -> None:
    one = notes_markdown.check([told()], TELLER)
    assert one["title"] == "Serves KR-1: 62 %, on track"
    assert one["url"] == URL
    many = notes_markdown.check([told(key=f"KR-{n}") for n in range(60)], TELLER)
    assert len(many["title"]) == 250
    assert many["url"] == "https://worklift.example.com/"
    assert many["summary"].endswith("- and 10 more")
