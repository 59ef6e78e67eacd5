"""Our lines in descriptions that people write: what is theirs stays, wherever they wrote it."""

import json

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Declined
from connector.work import Ref
from integrations import catalogue
from integrations.github.writeback_blocks import placed, without
from integrations.tracker import Account, Note

API = "https://api.github.com"
MILESTONE = f"{API}/repos/acme/api/milestones/3"
PLACE = Ref(None, "acme/api/3")
BEGIN, END = "<!-- worklift-1 -->", "<!-- /worklift-1 -->"
BLOCK = Note(kind="block", marker="worklift-1", body={"text": "- 62 %"})
OURS = "- 62 %\n<!-- lines 9fba87ee -->"
"""Lines with what tells that we wrote them."""
OLD = "- Serves [KR-1](https://w.example/1): 61 %, on track (Payments never wait)"
"""A line as it was written before lines were signed."""
AUTHOR = "worklift-" + "0a" * 16


@pytest.fixture(autouse=True)
def network():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as faked:
        yield faked


@pytest.fixture
def writer():
    account = Account(name="main", url="https://github.com", token="the-token")
    return catalogue.get("github").open(account).writer


def sent(network):
    """The bodies of what was written."""
    return [json.loads(c.request.body) for c in network.calls if c.request.method != "GET"]


def milestone(network, description, **more):
    network.get(MILESTONE, json={"id": 33, "number": 3, "description": description, **more})
    network.patch(MILESTONE, json={"id": 33})


def test_a_block_is_written_after_what_people_wrote(network, writer):
    milestone(network, "Ours.\r\n\r\nTo keep. ")
    assert writer.put(PLACE, BLOCK, None) == "33"
    whole = f"Ours.\r\n\r\nTo keep. \n\n{BEGIN}\n{OURS}\n{END}"
    assert sent(network) == [{"description": whole}]


@pytest.mark.parametrize("lines", ["- 62 %", OURS])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_block_that_says_so_already_is_no_write(network, writer, ends, lines):
    milestone(network, f"Before\n\n{BEGIN}\n{lines}\n{END}\nafter".replace("\n", ends))
    assert writer.put(PLACE, BLOCK, "33") == "33"
    assert sent(network) == []


def test_another_milestone_of_that_number_is_left_alone(network, writer):
    milestone(network, None)
    for do in (writer.put, writer.remove):
        with pytest.raises(Declined, match="another milestone") as told:
            do(PLACE, BLOCK, "32")
        assert told.value.final
    assert sent(network) == []


_people = st.text(alphabet="ab #*<>!-\r\n", max_size=40)


@given(_people, _people)
def test_what_people_wrote_is_left_byte_for_byte(before, lines):
    text = placed(before, "worklift-1", "- 61 %")
    assert without(text, "worklift-1") == before
    newer = placed(text, "worklift-1", "- 62 %")
    assert without(newer, "worklift-1") == before
    assert "- 61 %" not in newer
    assert placed(newer, "worklift-1", "- 62 %") == newer
    after = f"{text}{lines}"
    assert without(placed(after, "worklift-1", "- 9 %"), "worklift-1") == f"{before}{lines}"


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ("- 61 %\nAsk the lead first.", "Ask the lead first."),
        ("Ask\n- 61 %\n\nthe lead", "Ask\n\nthe lead"),
        ("- 61 %, far too little!", "- 61 %, far too little!"),
        ("  - 61 %  \n\n", ""),
    ],
)
def test_what_people_wrote_between_our_marks_comes_to_stand_after_them(inner, words):
    before = placed("Before", "worklift-1", "- 61 %")
    edited = before.replace("- 61 %", inner).replace("\n", "\r\n")
    text = placed(edited, "worklift-1", "- 62 %")
    kept = f"\n\n{words}" if words else ""
    assert text == f"Before\r\n\r\n{BEGIN}\n{OURS}\n{END}{kept}"
    assert placed(text, "worklift-1", "- 62 %") == text
    assert without(text, "worklift-1") == f"Before{kept}"
    assert without(edited, "worklift-1") == ("Before\r\n\r\n" + words if words else "Before")


def test_words_in_a_copy_and_in_unsigned_lines_stay_too():
    old = f"{BEGIN}\n{OLD}\n- and 3 more\nmine\n{END}"
    text = placed(f"A\n\n{old}\n\nB\n\n{old}", "worklift-1", "- 62 %")
    assert text == f"A\n\n{BEGIN}\n{OURS}\n{END}\n\nmine\n\nB\n\nmine"


@given(_people)
def test_no_word_between_our_marks_is_ever_lost(words):
    edited = placed("A", "worklift-1", "- 61 %").replace("- 61 %", f"- 61 %\n{words}")
    for text in (placed(edited, "worklift-1", "- 62 %"), without(edited, "worklift-1")):
        assert "".join(words.split()) in "".join(text.split())


@pytest.mark.parametrize(
    ("broken", "left"),
    [
        (f"A\n\n{BEGIN}\n- 61 %\nB", "A\n\n\n- 61 %\nB"),
        (f"A\n- 61 %\n{END}\nB", "A\n- 61 %\n\nB"),
        (f"A {END} {BEGIN} B", "A   B"),
        (f"A <!-- worklift-1 alone --> B {END[:-1]}", f"A  B {END[:-1]}"),
    ],
)
def test_a_block_that_was_broken_is_made_anew_once_at_the_end(broken, left):
    text = placed(broken, "worklift-1", "- 62 %")
    assert text == f"{left}\n\n{BEGIN}\n{OURS}\n{END}"
    assert placed(text, "worklift-1", "- 62 %") == text


def test_an_empty_line_that_people_wrote_before_our_lines_is_theirs():
    alone = placed("", "worklift-1", "- 61 %")
    text = placed(f"Before\r\n\r\n{alone}\nafter", "worklift-1", "- 62 %")
    assert "- 62 %" in text
    assert without(text, "worklift-1") == "Before\r\n\r\n\nafter"


def test_a_block_that_was_copied_is_one_again():
    block = f"{BEGIN}\n{OLD}\n{END}"
    text = placed(f"A\n\n{block}\n\nB\n\n{block}\n\nC", "worklift-1", "- 62 %")
    assert text == f"A\n\n{BEGIN}\n{OURS}\n{END}\n\nB\n\nC"


def test_blocks_of_two_installations_stand_beside_each_other():
    text = placed(placed("A", "worklift-1", "- 1 %"), "worklift-2", "- 2 %")
    assert without(text, "worklift-1") == placed("A", "worklift-2", "- 2 %")


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        ("Ours.", f"Ours.\n\n<!-- {AUTHOR} -->\n- 62 %\n<!-- /{AUTHOR} -->", False),
        (f"A\r\n\r\n<!-- {AUTHOR} -->\r\n- 61 %\r\n<!-- /{AUTHOR} -->", "A", False),
        ("Ours.", f"Theirs.\n\n<!-- {AUTHOR} -->\n- 62 %\n<!-- /{AUTHOR} -->", True),
        ("Ours.", "Ours.\n\nKey-Result: KR-1", True),
        (None, f"<!-- {AUTHOR} -->\nKey-Result: KR-1", True),
    ],
)
def test_a_delivery_about_our_own_lines_is_no_news(before, after, news):
    body = {
        "action": "edited",
        "changes": {"description": {"from": before}},
        "milestone": {"number": 3, "title": "v3", "description": after},
        "repository": {"id": 1, "full_name": "acme/api", "name": "api", "owner": {"login": "acme"}},
    }
    headers = {"X-GitHub-Event": "milestone", "Content-Type": "application/json"}
    read = catalogue.get("github").delivery(headers, json.dumps(body).encode())
    assert bool(read.sources) is news


def test_kinds_that_github_has_not_are_refused(writer):
    with pytest.raises(Declined):
        writer.put(PLACE, Note(kind="property", marker="m"), None)
