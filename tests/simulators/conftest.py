"""Simulated trackers, sessions that may call them, and a receiver of their webhooks."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.simulators import Running, start_github, start_jira
from integrations.simulators.github.site import GithubSite
from integrations.simulators.jira.site import JiraSite
from tests.servers import PATIENCE

RECORDED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def jira() -> Iterator[Running[JiraSite]]:
    with start_jira() as running:
        running.site.add_project("PLAT", "Platform")
        yield running


@pytest.fixture
def data_center() -> Iterator[Running[JiraSite]]:
    with start_jira(deployment="datacenter") as running:
        running.site.add_project("PLAT", "Platform")
        yield running


@pytest.fixture
def github() -> Iterator[Running[GithubSite]]:
    with start_github() as running:
        running.site.add_repo("acme/api")
        yield running


@dataclass
class Caller:
    """Calls one simulated tracker with the right credentials."""

    base: str
    session: requests.Session

    def get(self, path: str, **asked: Any) -> requests.Response:
        return self.session.get(
            self.base + path, params=asked, timeout=PATIENCE, allow_redirects=False
        )

    def send(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(
            method, self.base + path, json=body, timeout=PATIENCE, allow_redirects=False
        )

    def keys(self, jql: str, **asked: Any) -> list[str]:
        """The keys a Cloud search lists on its first page, lowest id first."""
        answer = self.get("/rest/api/3/search/jql", jql=jql, fields="summary", **asked)
        assert answer.status_code == 200, answer.text
        return [issue["key"] for issue in reversed(answer.json()["issues"])]


def caller(running: Running[Any], **headers: str) -> Caller:
    session = requests.Session()
    session.trust_env = False
    session.headers.update(headers)
    return Caller(running.url, session)


@pytest.fixture
def cloud(jira: Running[JiraSite]) -> Iterator[Caller]:
    made = caller(jira)
    made.session.auth = ("admin@example.com", "jira-token")
    with made.session:
        yield made


@pytest.fixture
def center(data_center: Running[JiraSite]) -> Iterator[Caller]:
    made = caller(data_center, Authorization="Bearer jira-token")
    with made.session:
        yield made


@pytest.fixture
def rest(github: Running[GithubSite]) -> Iterator[Caller]:
    made = caller(github, Authorization="Bearer github-token")
    with made.session:
        yield made


@dataclass
class Receiver:
    """A server that keeps what is posted to it and answers with ``statuses`` in turn."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, PATIENCE), self.got
        return self.got

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with kept.arrived:
                kept.got.append((dict(self.headers), body))
                status = kept.statuses.pop(0) if kept.statuses else 204
                kept.arrived.notify_all()
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def recorded() -> Path:
    if not RECORDED.exists():
        pytest.skip(f"recorded answers are not here: {RECORDED} is absent")
    return RECORDED
