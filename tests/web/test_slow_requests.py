"""A request that does not come whole in time has its connection closed; others are answered, also
those who read slowly."""

import select
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from tests.servers import PATIENCE
from web import channel

HEAD = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n"


def _application(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


def _much(_environ: Any, start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "20000000")])
    return [b"much " * 400_000 for _ in range(10)]


@contextmanager
def running(
    listen: str, application: Callable[..., Iterable[bytes]] = _application
) -> Iterator[tuple[str, int]]:
    server = channel.listening(application, listen=listen, asyncore_use_poll=True)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    several = getattr(server, "effective_listen", ())
    try:
        yield several[-1] if several else (server.effective_host, server.effective_port)
    finally:
        server.close()
        thread.join(PATIENCE)


@pytest.fixture(params=["127.0.0.1:0", "127.0.0.1:0 127.0.0.1:0"], ids=["one", "two"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    with running(request.param) as found:
        yield found


def asked(line: socket.socket) -> bytes:
    """What a short request is answered with."""
    line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    found = b""
    while not found.endswith(b"ok"):
        piece = line.recv(65536)
        assert piece
        found += piece
    return found


def connected(place: tuple[str, int]) -> socket.socket:
    return socket.create_connection(place, timeout=PATIENCE)


def closed_after(line: socket.socket, stop: threading.Event) -> int:
    """Send a byte now and then until the other side closes; how many were sent."""
    sent = 0
    while not stop.wait(0.02):
        try:
            line.sendall(b"x")
        except OSError:
            return sent
        sent += 1
    return sent


@pytest.mark.parametrize("begun", [b"POST / HT", HEAD], ids=["head", "body"])
def test_bytes_now_and_then_keep_no_connection(
    place: tuple[str, int], begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "WHOLE_WITHIN", 0.3)
    stop = threading.Event()
    watch = threading.Timer(PATIENCE, stop.set)
    watch.start()
    with connected(place) as line:
        line.sendall(begun)
        assert closed_after(line, stop) > 0
        assert not stop.is_set()
    watch.cancel()


def test_a_request_in_time_is_answered_and_the_next_has_its_own_time(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(place) as line:
        for _ in range(2):
            assert asked(line).startswith(b"HTTP/1.1 200")
        # Between two requests nothing is late: only silence ends that.
        monkeypatch.setattr(channel, "WHOLE_WITHIN", 0.0)
        with connected(place) as other:
            other.sendall(b"GE")
            assert other.recv(1) == b""
        monkeypatch.undo()
        assert asked(line).startswith(b"HTTP/1.1 200")


class _Told(channel.Channel):
    """Keeps whether the server's loop would have sent while a thread was sending."""

    seen: ClassVar[list[bool]] = []

    def send(self, *given: Any, **named: Any) -> Any:
        self.seen.append(self.writable())
        return super().send(*given, **named)


def test_the_loop_is_not_woken_for_what_a_thread_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "Channel", _Told)
    _Told.seen.clear()
    with running("127.0.0.1:0") as place, connected(place) as line:
        assert asked(line).startswith(b"HTTP/1.1 200 OK")
    assert _Told.seen
    assert not any(_Told.seen)


def test_what_a_slow_reader_did_not_take_yet_comes_later() -> None:
    with running("127.0.0.1:0", _much) as place, connected(place) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        assert select.select([line], [], [], PATIENCE)[0]
        found = b"".join(iter(lambda: line.recv(1 << 20), b""))
    assert found.partition(b"\r\n\r\n")[2] == b"much " * 4_000_000
