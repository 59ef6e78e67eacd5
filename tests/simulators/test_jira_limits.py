"""Jira's rate limits: bursts, the hourly quota, writes of one issue, Data Center's bucket."""

import pytest

from integrations.simulators.jira.limits import Bucket, Limits

BULK = "/rest/api/3/issue/bulkfetch"
MYSELF = "/rest/api/3/myself"


class Watch:
    """A clock that stands until it is set on."""

    def __init__(self) -> None:
        self.now = 7200.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch(jira, data_center):
    made = Watch()
    jira.site.limits.clock = data_center.site.limits.clock = made
    return made


def test_every_answer_tells_what_is_left_of_the_burst(jira, cloud, watch):
    jira.site.limits.burst = 10
    told = [cloud.get(MYSELF).headers for _ in range(9)]
    assert [headers["X-RateLimit-Remaining"] for headers in told] == list("987654321")
    assert {headers["X-RateLimit-Limit"] for headers in told} == {"10"}
    assert {headers["X-RateLimit-Reset"] for headers in told} == {"1970-01-01T02:01Z"}
    near = [headers.get("X-RateLimit-NearLimit") for headers in told]
    assert near == [None] * 8 + ["true"]
    assert "RateLimit-Policy" not in told[0]


def test_a_burst_is_of_one_endpoint_and_method_and_lasts_a_second(jira, cloud, watch):
    jira.site.limits.burst = 1
    assert cloud.get(MYSELF).status_code == 200
    over = cloud.get(MYSELF)
    assert (over.status_code, over.headers["Retry-After"]) == (429, "1")
    assert over.headers["RateLimit-Reason"] == "jira-burst-based"
    assert over.json()["errorMessages"]
    assert cloud.get("/rest/api/3/field").status_code == 200
    watch.now += 1
    assert cloud.get(MYSELF).status_code == 200


def test_the_quota_counts_calls_and_what_they_read_until_the_hour_turns(jira, cloud, watch):
    jira.site.limits.quota = 6
    watch.now += 600
    for number in range(3):
        jira.site.add_issue("PLAT", f"Story {number}")
    body = {"issueIdsOrKeys": ["PLAT-1", "PLAT-2", "PLAT-3"], "fields": ["summary"]}
    first, second = cloud.send("POST", BULK, body), cloud.get(MYSELF)
    assert first.headers["RateLimit-Policy"] == '"jira-quota-tenant";q=6;w=3600'
    assert first.headers["RateLimit"] == '"jira-quota-tenant";r=2;t=3000'
    assert second.headers["X-RateLimit-Remaining"] == "1"
    assert second.headers["X-RateLimit-NearLimit"] == "true"
    assert cloud.get(MYSELF).status_code == 200
    over = cloud.get(MYSELF)
    assert (over.status_code, over.headers["Retry-After"]) == (429, "3000")
    assert over.headers["RateLimit-Reason"].startswith("jira-quota")
    watch.now += 3000
    assert cloud.get(MYSELF).headers["X-RateLimit-Remaining"] == "5"


def test_one_issue_bears_only_so_many_writes(jira, cloud, watch):
    jira.site.limits.issue_writes = (2, 2.0)
    for number in range(2):
        jira.site.add_issue("PLAT", f"Story {number}")
    ident = jira.site.find("PLAT-1").id

    def write(name):
        return cloud.send("PUT", f"/rest/api/3/issue/{name}", {"fields": {"labels": ["x"]}})

    assert [write(name).status_code for name in ("PLAT-1", ident)] == [204, 204]
    over = write("PLAT-1")
    assert over.status_code == 429
    assert over.headers["RateLimit-Reason"] == "jira-per-issue-on-write"
    assert write("PLAT-2").status_code == 204
    assert cloud.get("/rest/api/3/issue/PLAT-1").status_code == 200
    watch.now += 2
    assert write("PLAT-1").status_code == 204


def test_data_center_has_a_bucket_when_its_admin_set_one(data_center, center, watch):
    path = "/rest/api/2/myself"
    assert "X-RateLimit-Limit" not in center.get(path).headers
    data_center.site.limits.bucket = Bucket(limit=2, fill=1, interval=5)
    first = center.get(path).headers
    assert first["X-RateLimit-Limit"] == "2"
    assert first["X-RateLimit-Remaining"] == "1"
    assert first["X-RateLimit-FillRate"] == "1"
    assert first["X-RateLimit-Interval-Seconds"] == "5"
    assert center.get(path).status_code == 200
    over = center.get(path)
    assert (over.status_code, over.headers["Retry-After"]) == (429, "5")
    assert center.get("/rest/api/2/serverInfo").status_code == 200
    watch.now += 5
    assert center.get(path).status_code == 200
    assert center.get(path).status_code == 429


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("rate_limited", "jira-burst-based"), ("quota", "jira-quota-tenant-based"),
     ("issue_writes", "jira-per-issue-on-write")],
)  # fmt: skip
def test_limits_can_be_switched_on_as_faults(jira, cloud, kind, reason):
    jira.site.add_issue("PLAT", "Story")
    jira.faults.add(kind, seconds=3600, count=1)
    read = cloud.get("/rest/api/3/issue/PLAT-1")
    written = cloud.send("PUT", "/rest/api/3/issue/PLAT-1", {"fields": {"labels": ["x"]}})
    assert (read.status_code == 200) == (kind == "issue_writes")
    over = written if kind == "issue_writes" else read
    assert (over.status_code, over.headers["Retry-After"]) == (429, "3600")
    assert over.headers["RateLimit-Reason"] == reason


def test_a_bucket_never_holds_more_than_its_limit():
    bucket = Bucket(limit=3, fill=2, interval=10)
    assert [bucket.take(100.0) for _ in range(3)] == [None] * 3
    assert bucket.take(100.0).seconds == 10
    assert [bucket.take(500.0) for _ in range(3)] == [None] * 3
    assert bucket.take(505.0).seconds == 5


def test_the_rest_of_an_hour_is_never_nothing():
    limits = Limits(quota=0, clock=lambda: 3599.999)
    assert limits.admit("GET /x").seconds == 1
