"""A load generator of one thread: so many connections, each sending as soon as it was answered."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Load:
    """What was answered: statuses, and seconds from the first byte sent to the last received."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def wait(self, share: float) -> float:
        """The time within which this share of all was answered."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Line:
    """One connection: a request under way, and what has come of its answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begun, self.answer = 0.0, b""

    def send(self, request: bytes) -> None:
        self.begun, self.answer = time.perf_counter(), b""
        self.socket.sendall(request)

    def status(self) -> int | None:
        """Take what came; the status once the answer is whole."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found:
            return None
        told = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(told[0].split(b":")[1]) if told else 0
        return int(head.split(b" ", 2)[1]) if len(body) >= length else None


def load(port: int, requests: Iterator[bytes], lines: int, seconds: float | None = None) -> Load:
    """Send requests over ``lines`` connections until they, or the seconds, are over."""
    opened = [_Line(port) for _ in range(lines)]
    found, begun, waiting = Load(), time.perf_counter(), 0
    end = begun + seconds if seconds else None
    with selectors.DefaultSelector() as selector:
        for line in opened:
            selector.register(line.socket, selectors.EVENT_READ, line)
            waiting += _next(line, requests)
        while waiting:
            for key, _ in selector.select(30):
                status = key.data.status()
                if status is None:
                    continue
                now = time.perf_counter()
                found.statuses[status] += 1
                found.waits.append(now - key.data.begun)
                waiting -= 1
                if end is None or now < end:
                    waiting += _next(key.data, requests)
    found.seconds = time.perf_counter() - begun
    for line in opened:
        line.socket.close()
    return found


def _next(line: _Line, requests: Iterator[bytes]) -> int:
    request = next(requests, None)
    if request is not None:
        line.send(request)
    return request is not None
