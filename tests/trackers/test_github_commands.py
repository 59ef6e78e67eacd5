"""Commands in comments, and key results named by milestones and labels: any text is safe."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import Refused
from integrations.github.commands import MOST, commands
from integrations.github.mentions import in_label, in_text, places
from integrations.kit.mentions import MOST as MOST_KEYS


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("/okr link KR-1", [("link", "KR-1")]),
        ("Fine.\r\n\r\n/OKR Unlink KR-1, KR-2.\r\n", [("unlink", "KR-1"), ("unlink", "KR-2")]),
        ("/okr why", [("why", "")]),
        ("/okr why please\n/okr why", [("why", "")]),
        ("/okr link KR-1\n/okr unlink kr-1", [("unlink", "kr-1")]),
        ("/okr unlink KR-1\n/okr link KR-1", [("link", "KR-1")]),
        ("/okr link", []),
        ("/okr linked KR-1", []),
        ("/okrlink KR-1", []),
        ("see /okr link KR-1", []),
        ("> /okr link KR-1", []),
        ("  /okr link KR-1", []),
        ("`/okr link KR-1`", []),
        ("```\n/okr link KR-1\n```\n/okr link KR-2", [("link", "KR-2")]),
        ("~~~~\n/okr link KR-1\n```\n/okr why", []),
        ("<!--\n/okr link KR-1\n-->", []),
        ("Why?\n<!--\n/okr link KR-1", []),
        ("<!-- a --><!--\n/okr link KR-1\n-->\n/okr link KR-2", [("link", "KR-2")]),
        ("<PRE lang='x'>\n/okr link KR-1\n</pre>\n/okr link KR-2", [("link", "KR-2")]),
        ("See:\n<pre>\n/okr link KR-1", []),
        ("a\u2028/okr link KR-1\x85/okr link KR-2\x0b/okr link KR-3\x1e/okr why", []),
        ("a\r/okr link KR-1 \t", [("link", "KR-1")]),
        ("/okr link ../KR <b> @team a/b", []),
        ("/okr link @team KR-1", [("link", "KR-1")]),
        ("/okr link " + "x" * 65, []),
        ("/okr link KR-1 " + "and " * 100, []),
        (None, []),
        (7, []),
    ],
)
def test_only_lines_that_begin_with_it_are_commands(body: object, said: list) -> None:
    assert list(commands(body)) == said


def test_a_comment_gives_few_commands() -> None:
    body = "\n".join(f"/okr link KR-{n}" for n in range(100))
    assert len(commands(body)) == MOST
    assert len(commands("/okr link " + " ".join(f"KR-{n}" for n in range(40)))) == MOST


@pytest.mark.parametrize(
    ("description", "keys"),
    [
        ("Key-Result: KR-1", {"KR-1"}),
        ("What for.\r\n\r\n- **Key results:** KR-1, [KR-2](https://x.example/2)", {"KR-1", "KR-2"}),
        ("> Key-Result: KR-1\n- [x] key result: kr.2", {"KR-1", "kr.2"}),
        ("### Key-Result: `KR-1`", {"KR-1"}),
        ("| Key-Result: KR-1 |", {"KR-1"}),
        ("<!-- Key-Result: KR-1 -->", set()),
        ("The Key-Result: KR-1", set()),
        ("Key-Result:", set()),
        ("Key-Result: @team <script>", set()),
        (None, set()),
        ("Key-Result: " + " ".join(f"K{n}" for n in range(90)), MOST_KEYS),
    ],
)  # fmt: skip
def test_a_line_of_a_description_names_key_results(description: object, keys: object) -> None:
    found = in_text(description)
    assert (len(found) if isinstance(keys, int) else found) == keys


@pytest.mark.parametrize(
    "text",
    [
        "/okr x " + "<!--" * 25_000,
        "See /okr why " + "<pre>" * 19_000,
        "/okr why " + "</pre " * 15_000,
        "/okr why" + " " * 3000 + "x" * 301,
        "[" * 100_000,
        "[a](" * 25_000,
        "[a|" * 30_000,
        "Key-Result" + " " * 90_000,
    ],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    began = process_time()
    assert commands(text) == ()
    assert in_text(text) == frozenset()
    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("name", "key"),
    [("okr:KR-1", "KR-1"), ("OKR: kr_2", "kr_2"), ("okr:", None), ("okr-KR-1", None),
     ("my okr:KR-1", None), ("okr:a b", None), ("okr:@team", None)],
)  # fmt: skip
def test_a_label_names_the_key_after_its_prefix(name: str, key: str | None) -> None:
    assert in_label(name) == key


def test_the_setting_names_repositories() -> None:
    assert places(" Acme/API, acme/web,,acme/api") == ("acme/api", "acme/web")
    assert places("") == ()
    with pytest.raises(Refused):
        places("acme")


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="/okr linkuwhy \n\t`~<!->KR-1:@", max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    assert all(verb in {"link", "unlink", "why"} for verb, _ in commands(text))
    assert len(commands(text)) <= MOST
    in_text(text)
    in_label(text)
