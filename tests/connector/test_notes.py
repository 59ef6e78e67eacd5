"""What items say of key results: honest, rounded as shown, the same while nothing changes."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connector import notes
from connector.errors import Refused
from connector.notes import Teller
from connector.report import KeyResultReport, LinkReport, OverrideReport

UID = "0123456789abcdef0123456789abcdef"
TELLER = Teller(
    public_url="https://worklift.example.com",
    uid=UID,
    zone=ZoneInfo("Europe/Berlin"),
    labels={"jira": "Jira"},
)
LATE = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # the 3rd in Berlin


def link(**more: object) -> LinkReport:
    given = {
        "id": 1, "scope": "jira:epic:PLAT-1", "tracker": "jira", "title": "", "url": "",
        "measure": {"share": "count"}, "weight": 1.0, "done": 1.0, "total": 3.0, "reading": 33.3,
        "coverage": 1.0, "items": 3, "excluded": 0, "as_of": LATE, "error": None, "stale": False,
    }  # fmt: skip
    return LinkReport(**{**given, **more})


def report(**more: object) -> KeyResultReport:
    given = {
        "key": "KR-1", "title": "Payments never wait", "kind": "increase", "start": 0.0,
        "target": 100.0, "limits": None, "unit": "%", "weight": 1.0, "guardrail": False,
        "owner": None, "value": 62.0, "progress": 0.62, "score": 0.62, "expected": 0.5,
        "health": "on_track", "partial": False, "reason": "", "as_of": LATE, "links": (link(),),
    }  # fmt: skip
    return KeyResultReport(**{**given, **more})


def words(**more: object) -> str:
    return notes.told(report(**more), "2026-Q4", "platform", TELLER).words


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({}, "62 %, on track"),
        ({"progress": 0.6249, "health": "at_risk"}, "62 %, at risk"),
        ({"progress": 1.0, "health": "done"}, "100 %, done"),
        ({"progress": 0.999, "health": "on_track"}, "over 99 %, on track"),
        ({"progress": 0.001, "health": "off_track"}, "under 1 %, off track"),
        ({"progress": 0.0, "health": "not_started"}, "0 %, not started"),
        ({"partial": True}, "62 %, on track, known in part"),
        ({"kind": "at_most", "health": "on_track"}, "holds, on track"),
        ({"kind": "between", "health": "off_track"}, "does not hold, off track"),
        ({"health": "unknown", "progress": None, "links": ()}, "unknown"),
        ({"health": "unknown", "links": (link(stale=True),)},
         "unknown, no word from Jira since 3 Nov"),
        ({"health": "unknown", "links": (link(stale=True, as_of=None),)}, "unknown"),
    ],
)  # fmt: skip
def test_words_are_those_of_the_pages(told: dict[str, object], shown: str) -> None:
    assert words(**told) == shown


def test_a_persons_word_is_told_as_one() -> None:
    said = OverrideReport(value=62.0, reason="", author="lead", made_at=LATE, until=None)
    assert words(override=said) == "62 %, on track, set by a person"


def test_what_is_unknown_holds_no_number_for_programs_either() -> None:
    each = notes.told(report(health="unknown"), "2026-Q4", "platform", TELLER)
    (machine,) = notes.property_value([each])["key_results"]
    assert (machine["percent"], machine["score"], machine["health"]) == (None, None, "unknown")


def test_a_remote_link_leads_to_the_key_result_and_is_struck_when_done() -> None:
    told = notes.told(report(health="done", progress=1.0), "2026-Q4", "plat form", TELLER)
    assert notes.remote_link(told, TELLER) == {
        "title": "Key result KR-1: 100 %, done",
        "summary": "Payments never wait",
        "url": "https://worklift.example.com/2026-Q4/plat%20form/KR-1",
        "icon": "https://worklift.example.com/static/mark.svg",
        "resolved": True,
        "author": UID,
    }


def test_the_name_of_a_remote_link_is_stable_and_fits() -> None:
    longest = notes.global_id(UID, notes.subject("c" * 64, "k" * 64))
    assert longest.startswith(f"worklift={UID}&key_result=")
    assert len(longest) <= 255


def test_a_comment_says_all_and_what_people_wrote_does_nothing_in_it() -> None:
    wild = report(title="[~admin] {code} *now* |x|\nand more", key="KR-2")
    two = [notes.told(each, "2026-Q4", "platform", TELLER) for each in (report(), wild)]
    text = notes.comment(two, TELLER)["text"]
    assert "This work serves these key results:" in text
    assert (
        "* [KR-1: Payments never wait|https://worklift.example.com/2026-Q4/platform/KR-1]" in text
    )
    for markup in ("[~", "{code", "*now", "|x"):
        assert markup not in text
    assert "KR-2: &#91;&#126;admin&#93; &#123;code&#125; &#42;now&#42; &#124;x&#124; and" in text
    assert notes.marker(UID) in text.splitlines()[-1]


def test_only_what_is_shown_changes_the_digest() -> None:
    def digest(**more: object) -> str:
        told = notes.told(report(**more), "2026-Q4", "platform", TELLER)
        return notes.digest(notes.remote_link(told, TELLER))

    assert digest() == digest(progress=0.6201, as_of=datetime.now(UTC), reason="whatever")
    assert digest() != digest(progress=0.63)
    assert digest() != digest(title="Another")
    assert notes.digest(None) == ""


def test_a_property_stays_small_and_says_what_it_left_out() -> None:
    told = notes.told(report(title="x" * 500), "2026-Q4", "platform", TELLER)
    body = notes.property_value([replace(told, key=f"KR-{n}") for n in range(500)])
    assert 0 < len(body["key_results"]) < 500
    assert len(body["key_results"]) + body["left_out"] == 500
    assert "left_out" not in notes.property_value([told])


def test_kinds_come_in_their_order_and_only_known_ones() -> None:
    assert notes.kinds(["comment", "epic", "comment"]) == ["epic", "comment"]
    with pytest.raises(Refused, match="no kind 'remote'"):
        notes.kinds(["remote"])


@pytest.mark.parametrize(
    "wild",
    ["-struck-", "+under+", "??cited??", "(x) :)", "http://evil.example", "a -- b", "\\\\",
     "!a.png!", "&#91;~admin&#93;", "#x", "@x", "h1. <b>"],
)  # fmt: skip
def test_no_markup_is_left_of_what_people_wrote_and_it_reads_as_they_wrote_it(wild: str) -> None:
    told = notes.told(report(title=wild, key="K"), "now", "platform", TELLER)
    line = notes.comment([told], TELLER)["text"].splitlines()[1]
    shown = line.removeprefix("* [K: ").partition("|")[0]
    assert html.unescape(shown) == wild
    left = re.sub(r"&#[0-9]+;", "", shown)
    assert not re.search(r"[^a-z0-9 ,.%/']", left)


def test_a_hyphen_within_a_word_stays() -> None:
    told = notes.told(report(title="Write-back"), "now", "platform", TELLER)
    assert "[KR-1: Write-back|" in notes.comment([told], TELLER)["text"]


def test_what_is_not_seen_is_left_out() -> None:
    told = notes.told(report(title="a\u202eb\x00c\u2066 \u200b d\x1b\ne"), "n", "x", TELLER)
    assert told.title == "abc d e"


def test_installations_and_connections_write_beside_each_other() -> None:
    authors = [notes.author(*each) for each in (("a", "1"), ("a", "2"), ("b", "1"))]
    assert len({notes.marker(each) for each in authors}) == 3
    assert len({notes.property_key(each) for each in authors}) == 3
    assert re.fullmatch(r"worklift\.[0-9a-f]{8}", notes.property_key(authors[0]))
