"""HTTP answers become errors of the right kind, with a sentence and no secret."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from requests.structures import CaseInsensitiveDict

from connector.errors import AccessDenied, Gone, RateLimited, Unavailable
from integrations.kit.answers import Absent, Answer, Denied, Moved, Rejected, judge, word

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
JSON = {"Content-Type": "application/json; charset=utf-8"}


def answer(status, body=b"{}", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("Jira", status, CaseInsensitiveDict({**JSON, **named}), body)


def pause(status, **headers):
    with pytest.raises(RateLimited) as caught:
        judge(answer(status, **headers), NOW)
    return caught.value.until - NOW


@pytest.mark.parametrize("status", [200, 201, 204, 304])
def test_good_answers_pass(status):
    judge(answer(status), NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (401, AccessDenied), (403, AccessDenied), (404, Gone), (410, Gone),
     (408, Unavailable), (422, Rejected), (500, Unavailable), (502, Unavailable),
     (503, Unavailable), (504, Unavailable), (599, Unavailable), (301, Moved), (302, Moved)],
)  # fmt: skip
def test_every_status_has_its_kind(status, kind):
    with pytest.raises(kind) as caught:
        judge(answer(status, b'{"message": "No such thing"}'), NOW)
    assert str(caught.value).endswith(".")
    assert status < 400 or "No such thing" in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "90"}, 90),
        ({"Retry_After": "0"}, 1),
        ({"Retry_After": "3600.5"}, 3600),
        ({"Retry_After": "Mon, 05 Oct 2026 12:02:00 GMT"}, 120),
        ({"Retry_After": "Mon, 05 Oct 2026 11:00:00 GMT"}, 1),
        ({"Retry_After": "Mon, 05 Oct 2026 13:02:00 GMT",
          "Date": "Mon, 05 Oct 2026 13:00:00 GMT"}, 120),
        ({"Retry_After": "soon"}, 60),
        ({"Retry_After": "-5"}, 60),
        ({"Retry_After": "9" * 30}, 60),
        ({"Retry_After": "99999999999"}, 24 * 3600),
        ({"X_RateLimit_Reset": str(int(NOW.timestamp()) + 300)}, 300),
        ({"X_RateLimit_Reset": "2026-10-05T12:10Z"}, 600),
        ({"X_RateLimit_Reset": "2026-10-05T12:10:00Z"}, 600),
        ({"X_RateLimit_Reset": "nonsense"}, 60),
        ({"Retry_After": "30", "X_RateLimit_Reset": str(int(NOW.timestamp()) + 300)}, 30),
        ({}, 60),
    ],
)  # fmt: skip
def test_a_pause_is_read_from_whatever_says_it(headers, seconds):
    assert pause(429, **headers) == timedelta(seconds=seconds)


def test_a_refusal_that_speaks_of_limits_is_a_pause():
    assert pause(403, Retry_After="60") == timedelta(seconds=60)
    assert pause(403, X_RateLimit_Remaining="0") == timedelta(seconds=60)
    body = b'{"message": "You have exceeded a secondary rate limit."}'
    with pytest.raises(RateLimited):
        judge(answer(403, body), NOW)


def test_the_trackers_word_is_one_short_line_without_the_token():
    errors = b'"errors": {"x": "and \\u202ethis"}'
    body = b'{"errorMessages": ["Bad\\r\\n\\u001b[31m token abc123"], ' + errors + b"}"
    with pytest.raises(AccessDenied) as caught:
        judge(answer(401, body), NOW, secret="abc123")
    assert "Bad [31m token *** and this" in str(caught.value)


def test_no_secret_of_a_call_is_repeated_however_it_is_written():
    said = "a+b/c%d, a%2Bb%2fc%25d and a%2bb/c%25d of %61pp"
    body = json.dumps({"error": "x", "error_description": said}).encode()
    for status, kind in ((403, Denied), (400, Rejected), (503, Unavailable)):
        with pytest.raises(kind) as caught:
            judge(answer(status, body), NOW, secret=("app", "a+b/c%d", ""))
        assert "***, *** and *** of ***" in str(caught.value)
    # Nor the beginning of one where what was said is cut.
    long = json.dumps({"message": "x" * 290 + " " + "s3cret" * 10}).encode()
    with pytest.raises(Rejected) as caught:
        judge(answer(400, long), NOW, secret="s3cret" * 10)
    assert "s3c" not in str(caught.value)


def test_what_an_error_is_named_by_is_told_with_it():
    for status, kind in ((403, Denied), (400, Rejected)):
        for body, code in ((b'{"error": "invalid_grant"}', "invalid_grant"),
                           (b'{"error": ["x"]}', ""), (b"<html>", "")):  # fmt: skip
            with pytest.raises(kind) as caught:
                judge(answer(status, body), NOW)
            assert caught.value.code == code


def test_a_redirect_to_what_is_no_url_is_a_sentence():
    with pytest.raises(Moved, match="redirects to elsewhere"):
        judge(answer(301, Location="https://[x/y"), NOW)


def test_what_was_said_is_cut():
    assert len(word(answer(400, b'{"message": "%s"}' % (b"x" * 5000)))) == 300


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b'{"message": 7, "errors": [1]}'])
def test_a_wordless_answer_still_makes_a_sentence(body):
    with pytest.raises(Unavailable, match="could not answer"):
        judge(answer(500, body), NOW)


@pytest.mark.parametrize("kind", ["text/html", "", "text/plain", "application/octet-stream"])
def test_only_what_calls_itself_json_is_read(kind):
    page = Answer("Jira", 200, CaseInsensitiveDict({"Content-Type": kind}), b"{}")
    with pytest.raises(Unavailable, match="instead of JSON"):
        page.json()


def test_an_answer_of_another_shape_is_no_answer():
    with pytest.raises(Unavailable, match="shape"):
        answer(200, b"[]").object()
    with pytest.raises(Unavailable, match="shape"):
        answer(200, b"{}").array()


@pytest.mark.parametrize("size", range(1, 60, 7))
def test_a_cut_answer_is_no_answer(size):
    whole = b'{"issues": [{"id": "1", "key": "A-1", "fields": {"summary": "x"}}]}'
    with pytest.raises(Unavailable):
        answer(200, whole[:size]).object()


@pytest.mark.parametrize(("status", "certain"), [(429, True), (500, False), (503, False)])
def test_a_pause_says_whether_the_call_surely_had_no_effect(status: int, *, certain: bool) -> None:
    headers = CaseInsensitiveDict({"Retry-After": "30"})
    with pytest.raises(RateLimited) as caught:
        judge(Answer("Jira", status, headers, b""), NOW)
    assert caught.value.certain is certain


@pytest.mark.parametrize(
    ("body", "told"), [(b'{"errorMessages": ["gone"]}', True), (b"<html>", False), (b"", False)]
)
def test_what_is_absent_says_whether_the_tracker_told_it(body: bytes, *, told: bool) -> None:
    with pytest.raises(Absent) as caught:
        judge(Answer("Jira", 404, {}, body), NOW)
    assert caught.value.told is told
