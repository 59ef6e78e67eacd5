"""Switchable faults: from Python and over HTTP."""

import socket
import time

import pytest
import requests

from integrations.simulators import start_jira

SEARCH = "/rest/api/3/search/jql"


def test_a_rate_limit_says_when_to_come_back(jira, github, cloud, rest):
    jira.faults.add("rate_limited", seconds=30, count=1)
    github.faults.add("rate_limited", status=403, seconds=60, count=1)
    limited = cloud.get("/rest/api/3/myself")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "30")
    limited = rest.get("/user")
    assert (limited.status_code, limited.headers["Retry-After"]) == (403, "60")
    assert cloud.get("/rest/api/3/myself").status_code == 200
    assert rest.get("/user").status_code == 200


@pytest.mark.parametrize("status", [500, 502, 503])
def test_errors_come_as_many_times_as_asked_on_the_paths_asked(jira, cloud, status):
    jira.faults.add("error", status=status, count=2, path="/search", method="get")
    seen = [cloud.get(SEARCH, jql="project = PLAT").status_code for _ in range(3)]
    assert seen == [status, status, 200]
    jira.faults.add("error", path="/search")
    assert cloud.get("/rest/api/3/myself").status_code == 200
    jira.faults.clear()
    assert cloud.get(SEARCH, jql="project = PLAT").status_code == 200


def test_a_truncated_answer_breaks_off(jira, cloud):
    jira.faults.add("truncated", count=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        cloud.get("/rest/api/3/field")
    assert cloud.get("/rest/api/3/field").status_code == 200


def test_html_comes_in_place_of_json(github, rest):
    github.faults.add("html", count=1)
    answer = rest.get("/user")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert "log in" in answer.text


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_slow_answers_take_their_time_and_are_whole(jira, cloud, kind):
    jira.faults.add(kind, seconds=0.4, count=1)
    began = time.monotonic()
    assert len(cloud.get("/rest/api/3/field").json()) > 10
    assert time.monotonic() - began >= 0.3


def test_a_slow_answer_does_not_hold_up_the_others(jira, cloud):
    jira.faults.add("slow", seconds=30, path="/field")
    with pytest.raises(requests.exceptions.ReadTimeout):
        cloud.session.get(f"{jira.url}/rest/api/3/field", timeout=0.2)
    assert cloud.get("/rest/api/3/myself").status_code == 200


def test_a_good_token_can_be_refused(github, rest):
    github.faults.add("unauthorized", count=1)
    assert rest.get("/user").status_code == 401
    assert rest.get("/user").status_code == 200


def test_faults_are_switched_over_http(jira, cloud):
    path = "/_sim/faults"
    listed = cloud.send("POST", path, {"kind": "error", "status": 502, "count": 1}).json()
    assert [(fault["kind"], fault["count"]) for fault in listed] == [("error", 1)]
    assert cloud.get("/rest/api/3/myself").status_code == 502
    assert cloud.get(path).json() == []
    cloud.send("POST", path, {"kind": "html"})
    assert cloud.send("POST", path, {"clear": True}).json() == []
    for wrong in ({"kind": "fire"}, {"status": 500}, {"kind": "error", "colour": "red"}):
        assert cloud.send("POST", path, wrong).status_code == 400


def test_a_taken_port_is_an_error_that_can_be_caught():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        start_jira(port=taken.getsockname()[1])
