"""Answers at a work item: what it serves and counts there, as text that calls nobody."""

from zoneinfo import ZoneInfo

import pytest

from connector.notes import Teller, Told
from connector.notes_answers import Served, answer

WHO = Teller(public_url="https://w.example", uid="u", zone=ZoneInfo("UTC"), labels={})


def told(key: str = "KR-1", title: str = "Payments never wait") -> Told:
    about = {"cycle": "now", "key": key, "title": title, "url": f"https://w.example/{key}"}
    return Told(**about, words="62 %, on track", health="on_track", percent=62, score=0.6)


def said(*several: Served) -> str:
    return str(answer(several, WHO)["text"])


def test_each_key_result_is_told_with_what_counts_there() -> None:
    text = said(
        Served(told=told(), by="v1", done=1, total=1),
        Served(told=told("KR-2"), by="v2", of="points", done=2.5, total=8),
        Served(told=told("KR-3"), by="v3", counts=False, reason="dropped: not_planned"),
        Served(told=told("KR-4"), by="github:issue:acme/api/7", done=1, total=3, parent=True),
        Served(told=told("KR-5"), by="v5", parent=True, waiting=True),
    )
    assert "[KR-1](https://w.example/KR-1): 62 %, on track (Payments never wait)" in text
    assert "It counts there by v1: 1 of 1 item done." in text
    assert "It counts there by v2: 2.5 of 8 points done." in text
    assert "It lies in v3 and is not counted: dropped: not planned." in text.replace("\u200b", "")
    assert "What lies below it counts: 1 of 3 items done." in text
    assert "linked just now by v5" in text


def test_nothing_served_is_said_and_many_are_cut() -> None:
    assert said().startswith("This serves no key result now")
    many = [Served(told=told(f"KR-{n}"), by="v1") for n in range(50)]
    assert "- and 30 more" in said(*many)
    assert len(said(*many)) < 60_000


def test_names_people_wrote_stay_text() -> None:
    text = said(Served(told=told(title="@team <b>#7"), by="[x](https://evil.example) @all"))
    assert "<b>" not in text
    assert "@team" not in text
    assert "@all" not in text
    assert "(https://evil.example)" not in text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x1e"])
def test_no_name_puts_words_on_a_line_of_their_own(end: str) -> None:
    name = f"v1{end}/okr link KR-9"
    served = [
        Served(told=told(), by=name),
        Served(told=told(), by=name, waiting=True),
        Served(told=told(), by=name, of=name, counts=False, reason=name),
        Served(told=told(), by="v1", of=name),
    ]
    assert not any(line.startswith("/okr") for line in said(*served).splitlines())
