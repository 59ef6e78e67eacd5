"""What the server itself refuses, and whom it believes about who is asking."""

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.cli.conftest import ROOT, WORKLIFT, Server, Typed
from tests.servers import free_port, wait_for
from web.accounts.throttle import FREE
from web.hooks import LARGEST

Serve = Callable[..., Server]


def guess(server: Server, number: int, address: str) -> int:
    """A wrong password for a name of its own, forwarded by a proxy for an address."""
    page, headers = f"http://127.0.0.1:{server.port}/sign-in", {"X-Forwarded-For": address}
    with requests.Session() as browser:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)
        assert found
        form = {"csrf_token": found[1], "name": f"n{number}", "password": "not this one"}
        return browser.post(page, data=form, headers=headers, timeout=30).status_code


@pytest.mark.parametrize(("trusted", "other"), [("127.0.0.1", 401), ("10.9.9.9", 429)])
def test_only_the_trusted_proxy_tells_who_guesses(serve: Serve, trusted: str, other: int) -> None:
    server = serve(WORKLIFT_TRUSTED_PROXY=trusted)
    # Each failure beyond the free ones doubles the pause: on a slow machine the first may be over.
    tries = [guess(server, number, "10.0.0.1") for number in range(FREE["address"] + 4)]
    assert tries[0] == 401
    assert 429 in tries[FREE["address"] :]
    others = {guess(server, 100 + number, "10.0.0.2") for number in range(4)}
    assert (429 in others) == (other == 429)


def test_a_body_beyond_the_largest_webhook_is_refused_before_it_is_sent(serve: Serve) -> None:
    server = serve()
    for size, status in ((LARGEST + 2, b"413"), (2**30, b"413")):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as asking:
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
    assert "/demo/admin" in requests.get(page, timeout=10).text
    for address in ("127.0.0.1", "10.0.0.7"):
        forwarded = requests.get(page, headers={"X-Forwarded-For": address}, timeout=10)
        assert "/demo/" not in forwarded.text
