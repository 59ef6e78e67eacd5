"""Whatever stands where a signature should: refused by the same work, and nothing breaks."""

import hmac
from collections.abc import Iterator
from hashlib import sha1, sha512
from itertools import product
from typing import Any

import pytest

from integrations.kit.signature import sign
from tests.web.doors import Door, body, opened

RAW = body("jira:issue_updated", 1, issue={"id": "1", "key": "PLAT-1", "fields": {}})
HEADER = "HTTP_X_HUB_SIGNATURE"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("door")) as made:
        yield made


def variants(secret: str) -> list[str]:
    """Signatures that are none, by the ways in which they are none."""
    good = sign(RAW, secret)
    value = good.removeprefix("sha256=")
    key = secret.encode()
    schemes = ["", "sha1=", "SHA256=", "sha-256=", "sha256", "sha256:", "sha256 =", "sha512=",
               "sha256==", "sha3-256=", "md5=", "hmac=", "Bearer ", "v1="]  # fmt: skip
    values = [value, value.upper(), value[:-1], value + "0", value[1:], value[::-1], "0" * 64, "",
              "é" * 64, "\xff" * 64, "٠" * 64, "g" * 64, "=" * 64, value + "=", " ", "null",
              value[:32], value * 2, "%00", "\t" + value]  # fmt: skip
    found = [scheme + each for scheme, each in product(schemes, values)]
    found += [
        "sha1=" + hmac.new(key, RAW, sha1).hexdigest(),
        "sha512=" + hmac.new(key, RAW, sha512).hexdigest(),
        f"{good}, {good}", f"{good},{good}", f"{good};", f"{good} {good}", f"sha1=0, {good}",
        f'"{good}"', f"[{good}]", f"<{good}>", "x" * 10_000, "sha256=" + "0" * 100_000,
        sign(RAW, ""), sign(RAW, "x"), sign(RAW + b" ", secret), sign(RAW[:-1], secret), "0", "-",
        sign(b"", secret), "undefined", "sha256=undefined", "sha256=\U0001f511", "\udcff",
    ]  # fmt: skip
    return sorted({each for each in found if each != good})


def sent(door: Door, **headers: str) -> Any:
    """The answer, past what a client would not send: each from an address of its own."""
    wire = {name: each.encode("utf-8", "surrogateescape").decode("latin-1")
            for name, each in headers.items()}  # fmt: skip
    sent.number += 1  # type: ignore[attr-defined]
    peer = f"192.0.{sent.number // 250}.{sent.number % 250}"  # type: ignore[attr-defined]
    return door.client.post(
        "/hooks/jira", data=RAW, environ_overrides={**wire, "REMOTE_ADDR": peer}
    )


sent.number = 0  # type: ignore[attr-defined]


def test_hundreds_of_signatures_that_are_none_are_refused_by_the_same_work(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, done = hmac.compare_digest, [0]

    def compared(*given: Any) -> bool:
        done[0] += 1
        return compare(*given)

    monkeypatch.setattr(hmac, "compare_digest", compared)
    known, marks = len(door.world.rows("delivery")), door.marks()
    found = variants(door.secret)
    assert len(found) >= 200
    work = set()
    for each in found:
        done[0] = 0
        assert (each, sent(door, **{HEADER: each}).status_code) == (each, 401)
        if each.strip():
            work.add(done[0])
    assert len(work) == 1
    assert (len(door.world.rows("delivery")), door.marks()) == (known, marks)


def test_none_at_all_under_other_names_is_none(door: Door) -> None:
    good = sign(RAW, door.secret)
    names = ["X_HUB_SIGNATURE_256", "X_HUB_SIGNATURE_1", "X_SIGNATURE", "AUTHORIZATION", "HUB",
             "X_HUB_SIGNATUR", "SIGNATURE", "X_ATLASSIAN_TOKEN", "COOKIE"]  # fmt: skip
    for name in names:
        assert (name, sent(door, **{f"HTTP_{name}": good}).status_code) == (name, 401)
    assert sent(door).status_code == 401
    assert sent(door, **{HEADER: good}).status_code == 202


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"CONTENT_LENGTH": "x"}, {400, 401, 413, 422}),
        ({"CONTENT_LENGTH": ""}, {400, 401, 413, 422}),
        ({"CONTENT_LENGTH": "-1"}, {400, 401, 413, 422}),
        ({"CONTENT_LENGTH": "99999999999"}, {413}),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, {415}),
        ({"HTTP_HOST": "evil.example"}, {400}),
        ({"HTTP_HOST": "[::1"}, {400}),
        ({"REQUEST_METHOD": "PUT"}, {405}),
        ({"PATH_INFO": "/hooks/jira/../x"}, {404}),
        ({"PATH_INFO": "/hooks/jir\xe4"}, {404}),
        ({"PATH_INFO": "/hooks/" + "x" * 5000}, {404}),
    ],
    ids=str,
)
def test_odd_requests_are_told_what_is_wrong(door: Door, wrong: dict[str, str], status) -> None:
    answer = door.client.post("/hooks/jira", data=RAW, environ_overrides=wrong)
    assert answer.status_code in status


def test_both_ways_in_answer_alike(door: Door) -> None:
    """The short way, and the long one, which an odd query leads to."""
    good = {"X-Hub-Signature": sign(RAW, door.secret)}
    for headers in ({}, good):
        short = door.client.post("/hooks/jira", data=RAW, headers=headers)
        long = door.client.post("/hooks/jira?user_id=x", data=RAW, headers=headers)
        assert (short.status_code, short.json) == (long.status_code, long.json)
        assert dict(short.headers) == dict(long.headers)
