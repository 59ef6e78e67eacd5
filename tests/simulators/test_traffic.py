"""How a simulated site bears its callers: latency, how many at a time, what it notes."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.servers import PATIENCE, wait_for

MYSELF = "/rest/api/3/myself"


def _many(cloud, count):
    with ThreadPoolExecutor(count) as pool:
        answers = pool.map(lambda _: cloud.get(MYSELF), range(count))
        return [answer.status_code for answer in answers]


def test_eight_calls_are_answered_side_by_side(jira, cloud):
    jira.traffic.latency = 600
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(cloud.get, MYSELF) for _ in range(8)]
        wait_for(lambda: jira.traffic.most == 8, "all of them to be under way")
        jira.faults.ended.set()
        assert [answer.result().status_code for answer in answers] == [200] * 8


def test_no_more_than_allowed_are_answered_at_a_time(jira, cloud):
    jira.traffic.latency, jira.traffic.at_once = 0.1, 2
    began = time.monotonic()
    assert _many(cloud, 6) == [200] * 6
    assert time.monotonic() - began >= 0.3
    assert jira.traffic.most == 2


def test_stopping_does_not_wait_for_slow_calls(jira, cloud):
    jira.traffic.latency = 600
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(cloud.get, MYSELF)
        wait_for(lambda: jira.site.calls, "the call")
        jira.stop()
        answer.exception(PATIENCE)


def test_a_noted_call_tells_what_it_asked(jira, cloud):
    jira.site.add_issue("PLAT", "Story")
    asked = {"jql": "project = PLAT", "fields": ["id"]}
    cloud.get("/rest/api/3/search/jql", jql="project = PLAT", fields=["a", "b"])
    cloud.send("POST", "/rest/api/3/search/jql", asked)
    read, posted = jira.site.calls
    assert (read, posted) == ("GET /rest/api/3/search/jql", "POST /rest/api/3/search/jql")
    assert read.query == {"jql": ["project = PLAT"], "fields": ["a", "b"]}
    assert read.json() is None
    assert posted.json() == asked
    assert (posted.method, posted.path) == ("POST", "/rest/api/3/search/jql")
    assert posted.content_type == "application/json"
