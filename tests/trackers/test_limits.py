"""What is left of a tracker's limits, by whatever headers tell it; never an error for nonsense."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from connector.errors import RateLimited, Unavailable
from integrations.kit.answers import Answer, judge
from integrations.kit.limits import budget
from integrations.tracker import Budget

NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def told(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return budget(CaseInsensitiveDict(named), NOW)


def after(**span):
    return NOW + timedelta(**span)


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        (
            {"X_RateLimit_Limit": "350", "X_RateLimit_Remaining": "40",
             "X_RateLimit_Reset": "2026-10-05T12:10Z", "X_RateLimit_NearLimit": "true"},
            Budget(limit=350, remaining=40, resets_at=after(minutes=10), near=True),
        ),
        (
            {"x_ratelimit_limit": "5000", "x_ratelimit_remaining": "0",
             "x_ratelimit_reset": str(int(after(hours=1).timestamp()))},
            Budget(limit=5000, remaining=0, resets_at=after(hours=1)),
        ),
        (
            {"RateLimit": '"hour";r=80;t=60', "RateLimit_Policy": '"hour";q=100100;w=3600'},
            Budget(limit=100100, remaining=80, resets_at=after(minutes=1)),
        ),
        (
            {"Beta_RateLimit": '"hour";r=80;t=99999999', "Beta_RateLimit_Policy": '"hour";q=100'},
            Budget(limit=100, remaining=80),
        ),
        ({"X_Beta_RateLimit": "hour;r=7"}, Budget(remaining=7)),
        (
            {"RateLimit": '"burst";r=1;t=1, "hour";r=50;t=60',
             "RateLimit_Policy": '"burst";q=400;w=1, "hour";q=60;w=3600'},
            Budget(limit=400, remaining=1, resets_at=after(seconds=1)),
        ),
        (
            {"X_RateLimit_Limit": "10", "X_RateLimit_Remaining": "4",
             "X_RateLimit_FillRate": "1", "X_RateLimit_Interval_Seconds": "60"},
            Budget(limit=10, remaining=4, resets_at=after(seconds=60)),
        ),
        ({"X_RateLimit_NearLimit": "TRUE"}, Budget(near=True)),
        ({"X_RateLimit_Limit": " \x1c350\x1f"}, Budget(limit=350)),
        ({}, None),
        ({"X_RateLimit_Limit": "many", "X_RateLimit_Remaining": "-1"}, None),
        ({"X_RateLimit_Limit": "nan", "RateLimit": "r=7", "X_RateLimit_Reset": "soon"}, None),
        ({"X_RateLimit_Limit": "9" * 40, "X_RateLimit_Reset": "1"}, None),
    ],
)  # fmt: skip
def test_what_is_left_is_read_from_whatever_says_it(headers, left):
    assert told(**headers) == left


NAMES = st.sampled_from(
    "X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset RateLimit RateLimit-Policy"
    " X-RateLimit-Interval-Seconds Beta-RateLimit X-RateLimit-NearLimit".split()
)
WORDS = st.text(max_size=40) | st.text('";=,rtqw0123456789.TZ:-+ ', max_size=40)


@given(st.dictionaries(NAMES, WORDS, max_size=8))
def test_no_header_is_ever_an_error(headers):
    found = budget(CaseInsensitiveDict(headers), NOW)
    assert found is None or found.resets_at is None or abs(found.resets_at - NOW) <= timedelta(1)


@pytest.mark.parametrize(
    ("reason", "said", "scope"),
    [
        ("jira-burst-based", "within a second", "account"),
        ("jira-per-issue-on-write", "one issue was changed too often", "issue"),
        ("jira-quota-tenant-based", "quota", "account"),
        ("", "", "account"),
        ("something-new", "", "account"),
    ],
)
def test_the_limit_that_was_met_is_named(reason, said, scope):
    headers = CaseInsensitiveDict({"RateLimit-Reason": reason, "Retry-After": "5"})
    with pytest.raises(RateLimited) as caught:
        judge(Answer("Jira", 429, headers, b"{}"), NOW)
    assert said in str(caught.value)
    assert str(caught.value).endswith("UTC." if not said else ").")
    assert caught.value.scope == scope
    assert caught.value.until == after(seconds=5)


def test_a_server_that_names_the_time_it_needs_is_given_it():
    headers = CaseInsensitiveDict({"Retry-After": "120"})
    with pytest.raises(RateLimited, match="503 Service Unavailable") as caught:
        judge(Answer("Jira", 503, headers, b""), NOW)
    assert caught.value.until == after(seconds=120)
    with pytest.raises(Unavailable):
        judge(Answer("Jira", 503, CaseInsensitiveDict(), b""), NOW)
