"""Signatures: the vendors' examples, and every other header refused without an error."""

import random

import pytest

from integrations import catalogue
from integrations.kit.signature import header, sign, signed

BODY, SECRET = b"Hello, World!", "It's a Secret to Everybody"
VECTOR = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
JIRA_VECTOR = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"


def wrong_headers() -> list[str]:
    chance = random.Random(7)
    digest = VECTOR.removeprefix("sha256=")
    made = ["", "=", "sha256", "sha256=", digest, f"sha1={digest[:40]}", f"sha1={digest}",
            f"SHA256={digest}", f"sha256={digest.upper()}", f"sha256= {digest}", f" {VECTOR}",
            f"{VECTOR} ", f"{VECTOR}\n", f"{VECTOR},{VECTOR}", f"sha256={digest[:-1]}",
            f"sha256={digest}0", "sha256=" + "0" * 64, "sha256=" + "é" * 64,
            "sha256=" + "\udcff" * 64,
            "sha256=\0", f"sha256=\0{digest}", "☃", "sha256=☃", "\ud800", "None", "null", "true",
            f"sha512={digest}", f"sha256:{digest}", f"v1={digest}", f"Bearer {digest}",
            "x" * 100_000,
            "sha256=" + "f" * 100_000, "ｓｈａ２５６=" + digest,
            "sha256=" + digest.replace("0", "０")]  # fmt: skip
    while len(made) < 210:
        at = chance.randrange(len(digest))
        other = chance.choice([c for c in "0123456789abcdef" if c != digest[at]])
        made.append(f"sha256={digest[:at]}{other}{digest[at + 1 :]}")
    return made


@pytest.mark.parametrize(
    ("body", "secret", "vector"),
    [(BODY, SECRET, VECTOR), (b"Hello World!", SECRET, JIRA_VECTOR)],
    ids=["github", "jira"],
)
def test_the_vendors_own_example_fits(body, secret, vector):
    assert sign(body, secret) == vector
    assert signed(body, secret, vector)


@pytest.mark.parametrize("key", catalogue.names())
def test_no_wrong_header_is_accepted_and_none_is_an_error(key):
    tracker = catalogue.get(key)
    names = ("X-Hub-Signature", "X-Hub-Signature-256")
    assert tracker.verify(dict.fromkeys(names, VECTOR), BODY, SECRET)
    accepted = [
        value
        for value in wrong_headers()
        if tracker.verify(dict.fromkeys(names, value), BODY, SECRET)
    ]
    assert accepted == []


def test_the_old_sha1_header_is_not_looked_at():
    headers = {"X-Hub-Signature": VECTOR}
    assert not catalogue.get("github").verify(headers, BODY, SECRET)


def test_an_empty_secret_never_fits():
    assert not signed(BODY, "", sign(BODY, ""))


def test_header_names_have_any_case():
    assert header({"x-hub-SIGNATURE": "a"}, "X-Hub-Signature") == "a"
    assert header({}, "X-Hub-Signature") == ""
