"""Signatures: the vendors' examples, and every other header refused without an error."""

import base64
import hmac
import random
from datetime import UTC, datetime, timedelta

import pytest

from integrations import catalogue
from integrations.kit.signature import header, sign, signed, vouched

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


APP = "It's a Secret to Everybody, and long enough"
CLAIMS = "eyJpc3MiOiJjbGllbnQtaWQiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMDE4MH0"
WORD = f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{CLAIMS}.zKxpC7dFGQOp_boZaXmbWBslo8IfpCxs1WbCWNDeHBU"
OTHER_ALGORITHM = (
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJjbGllbnQtaWQiLCJleHAiOjE3MDAwMDAxODB9."
    "m965V9IOShiKFIOZ712KgYGDpJ_E9oxVTAMscRMafozKo5iw5zWypXC1PcvTu4cWeYIYPZHd0fQA2af_3IS3Ag"
)
UNSIGNED = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJjbGllbnQtaWQiLCJleHAiOjE3MDAwMDAxODB9."
IN_TIME = datetime.fromtimestamp(1_700_000_060, UTC)


def test_a_word_of_the_app_is_good_until_it_ends():
    assert vouched(WORD, APP, IN_TIME)
    assert vouched(WORD, APP, IN_TIME + timedelta(minutes=6))
    assert not vouched(WORD, APP, IN_TIME + timedelta(minutes=8))


def signed_anyhow(head: str, claims: str) -> str:
    """Any two parts, signed with the right secret."""
    parts = [
        base64.urlsafe_b64encode(each.encode()).decode().rstrip("=") for each in (head, claims)
    ]
    digest = hmac.digest(APP.encode(), ".".join(parts).encode(), "sha256")
    return ".".join([*parts, base64.urlsafe_b64encode(digest).decode().rstrip("=")])


HS256 = '{"alg": "HS256"}'
WRONG = [
    "", ".", "..", "...", "a.b.c", UNSIGNED, OTHER_ALGORITHM, WORD[:-1], f"{WORD}A", f" {WORD}",
    WORD.replace(CLAIMS, CLAIMS[:-4]), WORD.rpartition(".")[0], f"{WORD}=", "é.é.é", "\ud800.b.c",
    "x" * 100_000, f"{'x' * 100_000}.{WORD}",
    signed_anyhow('{"alg": "none"}', '{"exp": 1700000180}'), signed_anyhow("[]", '{"exp": 1}'),
    signed_anyhow(HS256, ""), signed_anyhow(HS256, "[]"), signed_anyhow(HS256, "{"),
    signed_anyhow(HS256, "{}"), signed_anyhow(HS256, '{"exp": "1700000180"}'),
    signed_anyhow(HS256, '{"exp": true}'), signed_anyhow(HS256, '{"exp": 1e300}'),
    signed_anyhow(HS256, '{"exp": -1}'), signed_anyhow(HS256, '{"exp": [1700000180]}'),
]  # fmt: skip


@pytest.mark.parametrize("token", WRONG)
def test_no_other_word_of_an_app_is_accepted_and_none_is_an_error(token):
    assert not vouched(token, APP, IN_TIME)


def test_the_word_of_another_app_does_not_fit():
    assert not vouched(WORD, "another", IN_TIME)
    assert not vouched(WORD, "", IN_TIME)
    assert vouched(signed_anyhow(HS256, '{"iss": "client-id"}'), APP, IN_TIME)
