"""The doors of webhooks over HTTP: what is accepted, what is refused and why, and what is told."""

import hmac
import io
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from integrations.kit.signature import sign
from sync import inbox
from tests.web.doors import Door, body, opened
from web import logs

ISSUE = {"id": "10001", "key": "PLAT-1", "fields": {"updated": "2026-11-03T10:15:00.000+0100"}}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("door")) as made:
        yield made


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"\xed\xa0\x80", b"{}", b'{"a":1,"a":2}',
     b"[" * 100_000, b'{"a":' * 5000, b'{"n":' + b"9" * 5000 + b"}", b'{"n":NaN}',
     body("jira:issue_updated", 1)[:-1], body("jira:issue_updated", 1),
     b" " * 1_000_000, b'{"webhookEvent":"x","a":"' + b"x" * 5_000_000],
    ids=lambda raw: repr(raw[:20]),
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_reason(door: Door, raw: bytes) -> None:
    before = door.marks(), door.refused()
    answer = door.signed(raw)
    assert answer.status_code == 422
    assert answer.json["message"].startswith("the delivery could not be read: the delivery: ")
    assert (door.marks(), door.refused()) == (before[0], before[1] + 1)


def test_a_body_larger_than_any_tracker_sends_is_refused(door: Door) -> None:
    assert door.signed(b" " * (25 * 1024 * 1024 + 1)).status_code == 413


def test_a_signed_body_larger_than_its_tracker_sends_is_refused_and_counted(door: Door) -> None:
    before = door.refused()
    padding = len(body("x", 9, pad=""))
    most = body("x", 9, pad="x" * (5 * 1024 * 1024 - padding))
    assert door.signed(most).status_code == 202
    answer = door.signed(most + b" ")
    assert answer.status_code == 413
    assert answer.json["message"] == "the delivery is larger than 5 MiB"
    assert door.refused() == before + 1
    assert door.post(most + b" ", {"X-Hub-Signature": "sha256=" + "0" * 64}).status_code == 401


@pytest.mark.parametrize(("depth", "status"), [(64, 202), (65, 422)])
def test_a_delivery_is_nested_only_so_deeply(door: Door, depth: int, status: int) -> None:
    inner = b"[" * (depth - 1) + b"]" * (depth - 1)
    raw = b'{"webhookEvent": "x", "timestamp": %d, "a": %s}' % (depth, inner)
    answer = door.signed(raw)
    assert answer.status_code == status
    assert ("nested too deeply" in answer.json["message"]) == (status == 422)


def test_changed_lists_are_marked_with_the_source(door: Door) -> None:
    dirty, _ = door.marks()
    assert door.signed(body("sprint_closed", 10, sprint={"id": 7})).status_code == 202
    assert door.marks() == (dirty + 1, dirty + 1)
    door.signed(body("jira:issue_updated", 11, issue=ISSUE))
    assert door.marks() == (dirty + 2, dirty + 1)
    door.signed(body("jira:version_updated", 12))
    assert door.marks() == (dirty + 3, dirty + 3)


def test_what_means_nothing_leaves_the_delivery_and_no_more(door: Door) -> None:
    before, hints = door.marks(), door.world.rows("hint")
    known = len(door.world.rows("delivery"))
    assert door.signed(body("board_created", 20, board={"id": 1})).status_code == 202
    assert (door.marks(), door.world.rows("hint")) == (before, hints)
    assert len(door.world.rows("delivery")) == known + 1


def test_hints_of_one_issue_become_one_and_a_deletion_stays(door: Door) -> None:
    issue = {"id": "777", "key": "PLAT-7", "fields": ISSUE["fields"]}
    moved = {**issue, "key": "OPS-7"}
    link = {"sourceIssueId": 777, "destinationIssueId": 778}
    door.signed(body("issuelink_created", 30, issueLink=link))
    door.signed(body("jira:issue_deleted", 31, issue=issue))
    door.signed(body("jira:issue_updated", 32, issue=moved))
    (row,) = [row for row in door.world.rows("hint") if row.external_id == "777"]
    assert (row.key, row.gone, row.updated_at, row.seq) == ("OPS-7", True, None, door.marks()[0])
    (other,) = [row for row in door.world.rows("hint") if row.external_id == "778"]
    assert (other.key, other.gone) == (None, False)


def test_data_center_without_identifiers_tells_the_same_event_once(door: Door) -> None:
    before = door.marks()[0]
    for stamp in (40, 40, 41):
        assert door.unsigned(body("jira:issue_updated", stamp, issue=ISSUE)).status_code == 202
    assert door.marks()[0] == before + 2


def test_a_retry_is_known_by_its_identifier(door: Door) -> None:
    before = door.marks()[0]
    named = {"X-Atlassian-Webhook-Identifier": "the-same"}
    for retry in range(3):
        raw = body("jira:issue_updated", 50 + retry, issue=ISSUE)
        assert door.signed(raw, **named).status_code == 202
    assert door.marks()[0] == before + 1


def test_the_plain_door_wants_a_signature_and_the_secret_one_none_or_a_good_one(
    door: Door,
) -> None:
    raw, wrong = body("x", 60), {"X-Hub-Signature": "sha256=" + "0" * 64}
    good = {"X-Hub-Signature": sign(raw, door.secret)}
    secret = f"/hooks/jira/{door.path}"
    found = [
        door.post(raw, headers, at).status_code
        for at in ("/hooks/jira", secret)
        for headers in ({}, wrong, good)
    ]
    assert found == [401, 401, 202, 202, 401, 202]


@pytest.mark.parametrize("wrong", ["x", "é", "%00", "-" * 43, "x" * 2000])
def test_a_wrong_secret_path_is_answered_as_an_unknown_connection(door: Door, wrong: str) -> None:
    before = door.refused()
    raw = body("jira:issue_updated", 70, issue=ISSUE)
    here, nowhere = (door.post(raw, {}, f"/hooks/{name}/{wrong}") for name in ("jira", "nobody"))
    assert (here.status_code, here.data) == (nowhere.status_code, nowhere.data)
    assert here.status_code == (400 if wrong == "%00" else 404)
    assert door.refused() == before


def test_a_wrong_path_costs_the_same_work_as_an_unknown_connection(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    compare = hmac.compare_digest

    def compared(*given: Any) -> bool:
        done.append("compare")
        return compare(*given)

    monkeypatch.setattr(hmac, "compare_digest", compared)
    work = []
    for name in ("nobody", "jira", "nobody"):
        done.clear()
        door.post(b"{}", {"X-Hub-Signature": "sha256=0"}, f"/hooks/{name}/wrong")
        work.append(list(done))
    assert work == [["compare"] * 2] * 3  # by what was known, and by what is so now


def test_the_secret_path_is_in_no_log_not_even_of_a_crash(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)

    def crash(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError(f"while at /hooks/jira/{door.path}?user_id=admin")

    level = logging.getLogger().level
    logs.configure()
    try:
        monkeypatch.setattr(inbox, "receive", crash)
        assert door.unsigned(body("x", 80)).status_code == 500
        structlog.get_logger().warning("odd", url=f"https://h/hooks/jira/{door.path}", n=1)
    finally:
        monkeypatch.undo()
        logging.basicConfig(level=level, force=True)
        structlog.reset_defaults()
    assert "ZeroDivisionError" in out.getvalue()
    assert "odd" in out.getvalue()
    assert "/hooks/jira/…" in out.getvalue()
    assert door.path not in out.getvalue()
