"""Which key results an issue names: labels, wiki text, Atlassian's documents, and any rubbish."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.jira.mentions import mentions


def text(words: str, *marks: str) -> dict:
    return {"type": "text", "text": words, "marks": [{"type": each} for each in marks]}


def paragraph(*content: object) -> dict:
    return {"type": "paragraph", "content": list(content)}


def document(*content: object) -> dict:
    return {"type": "doc", "version": 1, "content": list(content)}


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        (["okr-KR-1"], {"KR-1"}),
        (["OKR-kr_2", "Okr-KR.3"], {"kr_2", "KR.3"}),
        (["okr-KR-1", "okr-KR-1", "queue"], {"KR-1"}),
        (["okr", "okr-", "okr--x", "my-okr-KR-1", "okrKR-1"], set()),
        ([None, 7, {"okr-KR-1": 1}], set()),
    ],
)
def test_a_label_names_the_key_after_its_prefix(labels: list, named: set[str]) -> None:
    assert mentions(labels, None) == named


@pytest.mark.parametrize(
    ("description", "named"),
    [
        ("Key-Result: KR-1", {"KR-1"}),
        ("Why we do this.\r\nKey-Results: KR-1, KR-2; KR-3\nMore.", {"KR-1", "KR-2", "KR-3"}),
        ("key result : KR-1.", {"KR-1"}),
        ("*Key-Result:* KR-1", {"KR-1"}),
        ("h3. Key Results: {{KR-1}}", {"KR-1"}),
        ("* Key-Result: [KR-1|https://okr.example.com/2026-Q4/platform/KR-1]", {"KR-1"}),
        ("|Key-Result:|KR-1|", {"KR-1"}),
        ("{color:red}Key-Result: KR_1{color}", {"KR_1"}),
        ("_Key-Result: KR_1_", {"KR_1"}),
        ("The Key-Result: KR-1 is meant", set()),
        ("Key-Result:", set()),
        ("Key-Result: <none>", set()),
        ("Key-Result: " + "x" * 65, set()),
    ],
)
def test_a_line_of_a_description_names_keys(description: str, named: set[str]) -> None:
    assert mentions([], description) == named


def test_a_line_of_a_document_names_keys_whatever_its_dress() -> None:
    whole = document(
        paragraph(text("Why we do this.")),
        paragraph(text("Key-Result:", "strong"), text(" KR-1, "), text("KR-2", "code")),
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [paragraph(text("Key results: KR-3"))]}]},
        paragraph(text("first line"), {"type": "hardBreak"}, text("Key-Result: KR-4")),
        {"type": "table", "content": [{"type": "tableRow", "content": [
            {"type": "tableCell", "content": [paragraph(text("Key-Result: KR-5"))]}]}]},
        paragraph(text("Key-Result: "), {"type": "status", "attrs": {"text": "KR-6"}}),
        paragraph(text("not the Key-Result: KR-9")),
        paragraph(text("Key-Result:")),
        paragraph(text("KR-8")),
    )  # fmt: skip
    assert mentions(["okr-KR-7"], whole) == {f"KR-{n}" for n in range(1, 8)}


@pytest.mark.parametrize("part", ["[", "[a|", "{a:", "_ "])
def test_a_text_made_to_be_slow_is_not(part: str) -> None:
    began = process_time()
    assert mentions([], part * (100_000 // len(part))) == set()
    assert process_time() - began < 1


def test_an_issue_names_so_many_and_no_more() -> None:
    assert len(mentions([f"okr-KR-{n}" for n in range(500)], None)) == 20


def test_a_deep_or_endless_document_ends() -> None:
    deep: dict = paragraph(text("Key-Result: KR-1"))
    for _ in range(50_000):
        deep = {"type": "panel", "content": [deep]}
    assert mentions([], document(deep)) == set()
    wide = document(*[paragraph(text("x")) for _ in range(50_000)])
    assert mentions(["okr-KR-1"], wide) == {"KR-1"}


rubbish = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.just("Key-Result: KR-1"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "content", "attrs", "marks", "x"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@settings(max_examples=80)
@given(st.lists(rubbish, max_size=4), rubbish)
def test_any_value_is_read_or_passed_over(labels: list, description: object) -> None:
    for each in mentions(labels, description):
        assert 0 < len(each) <= 64
