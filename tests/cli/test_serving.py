"""What the server itself refuses, and whom it believes about who is asking."""

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from connector.store import open_store
from tests.cli.conftest import ROOT, WORKLIFT, Server, Typed
from tests.servers import PATIENCE, free_port, wait_for
from web.accounts import throttle
from web.accounts.throttle import FREE, LONGEST
from web.hooks import LARGEST

Serve = Callable[..., Server]


def guess(server: Server, number: int, address: str) -> int:
    """A wrong password for a name of its own, forwarded by a proxy for an address."""
    page, headers = f"http://127.0.0.1:{server.port}/sign-in", {"X-Forwarded-For": address}
    with requests.Session() as browser:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)
        assert found
        form = {"csrf_token": found[1], "name": f"n{number}", "password": "not this one"}
        return browser.post(page, data=form, headers=headers, timeout=PATIENCE).status_code


def failed_often(typed: Typed, address: str) -> None:
    """Its pause is over, and one failure more means the longest one."""
    store = open_store(f"sqlite:///{typed.home / 'worklift.db'}")
    at = datetime.now(UTC) - LONGEST * 2
    with store.write() as session:
        for _ in range(FREE["address"] + 10):
            throttle.failed(session, at, address=address)
    store.close()


@pytest.mark.parametrize(
    ("trusted", "counted", "other"),
    [("127.0.0.1", "10.0.0.1", 401), ("10.9.9.9", "127.0.0.1", 429)],
)
def test_only_the_trusted_proxy_tells_who_guesses(
    typed: Typed, serve: Serve, trusted: str, counted: str, other: int
) -> None:
    failed_often(typed, counted)
    server = serve(WORKLIFT_TRUSTED_PROXY=trusted)
    assert guess(server, 1, "10.0.0.1") == 401
    assert guess(server, 2, "10.0.0.1") == 429
    assert guess(server, 3, "10.0.0.2") == other


def test_a_body_beyond_the_largest_webhook_is_refused_before_it_is_sent(serve: Serve) -> None:
    server = serve()
    for size, status in ((LARGEST + 2, b"413"), (2**30, b"413")):
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as asking:
            head = f"POST /hooks/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
            asking.sendall(head.encode())
            assert status in asking.recv(64)


@pytest.fixture
def demo(typed: Typed, tmp_path: Path) -> Iterator[Server]:
    # The demo's two trackers listen on the ports after its own.
    port, log = free_port(beside=2), tmp_path / "log"
    with log.open("wb") as out:
        environ = {**typed.environ, "WORKLIFT_TRUSTED_PROXY": "127.0.0.1"}
        command = [*WORKLIFT, "demo", "--port", str(port)]
        process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=out, stderr=out)
    server = Server(process, port, log)
    try:
        wait_for(server.answers, "the demo")
        yield server
    finally:
        server.stop()


def test_the_demo_opens_no_door_to_forwarded_requests(demo: Server) -> None:
    page = f"http://127.0.0.1:{demo.port}/sign-in"
    assert "/demo/admin" in requests.get(page, timeout=PATIENCE).text
    for address in ("127.0.0.1", "10.0.0.7"):
        forwarded = requests.get(page, headers={"X-Forwarded-For": address}, timeout=PATIENCE)
        assert "/demo/" not in forwarded.text
