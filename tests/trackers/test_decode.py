"""The one decoder: strict, finite, and clean of what databases refuse."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.decode import Undecodable, decode

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)  # fmt: skip


@given(PLAIN, st.booleans())
def test_ordinary_json_comes_back_as_it_is(value, ascii_only):
    body = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert decode(body) == value
    assert decode(body, unique=True) == value


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"{", "cut short"),
        (b"<html></html>", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"NaN", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "Infinity"),
        (b"[1e999]", "without an end"),
        (b"9" * 5000, "64 bits"),
        (b"9223372036854775808", "64 bits"),
        (b"-9223372036854775809", "64 bits"),
        (b"[" * 100_000 + b"]" * 100_000, "deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deep"),
    ],
    ids=lambda value: repr(value[:16]),
)
def test_what_is_no_clean_json_is_refused_with_a_reason(body, why):
    with pytest.raises(Undecodable, match=why):
        decode(body)


def test_a_delivery_may_not_name_a_key_twice_or_nest_without_end():
    with pytest.raises(Undecodable, match="twice"):
        decode(b'{"a": 1, "a": 2}', unique=True)
    with pytest.raises(Undecodable, match="deep"):
        decode(b"[" * 300 + b"]" * 300, unique=True)


@pytest.mark.parametrize(
    "body",
    [
        rb'{"a": {"b": 1}, "c": [{"b": 1, "\u0062": 2}]}',
        b'{"a" : "\\u0022\\u0022", "a"\t: "x"}',
        rb'{"a": "\"", "b": "\u0022", "a": ""}',
        rb'{"a": 1e2, "a": 1}',
    ],
    ids=["by number", "with blanks", "with quotes", "with numbers"],
)
def test_a_key_named_twice_is_seen_however_it_is_written(body):
    with pytest.raises(Undecodable, match="twice"):
        decode(body, unique=True)


def test_many_objects_are_not_taken_for_deep_ones():
    body = json.dumps([{"quote": '"', "sides": [number]} for number in range(100)]).encode()
    assert decode(body, unique=True) == json.loads(body)


def test_nul_and_lone_surrogates_are_cleaned_everywhere():
    body = rb'{"k\u0000ey": ["a\u0000b", "\ud800x", "\ud83d\ude00"]}'
    assert decode(body) == {"key": ["ab", "\N{REPLACEMENT CHARACTER}x", "\N{GRINNING FACE}"]}


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(body):
    with suppress(Undecodable):
        decode(body, unique=True)
