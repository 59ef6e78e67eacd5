"""Serving a simulated site on loopback, in threads, until stopped."""

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integrations.simulators.faults import FaultGate, Faults
from integrations.simulators.hooks import Postman
from integrations.simulators.traffic import Call, Traffic

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Site(Protocol):
    """What the server needs of a simulated site."""

    url: str
    lock: threading.RLock
    calls: list[Call]
    postman: Postman

    @property
    def now(self) -> datetime:
        """Its clock's time."""


SiteT = TypeVar("SiteT", bound=Site)


@dataclass(frozen=True)
class Running(Generic[SiteT]):
    """A simulated tracker that is answering: its address, its state, its faults, its traffic."""

    url: str
    site: SiteT
    faults: Faults
    server: BaseWSGIServer
    thread: threading.Thread
    traffic: Traffic

    def stop(self) -> None:
        """Stop answering and sending; safe to call twice."""
        self.faults.ended.set()
        self.server.shutdown()
        self.thread.join(10)
        self.server.server_close()
        self.site.postman.stop()

    def __enter__(self) -> "Running[SiteT]":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Locked:
    """One request at a time touches the site's state."""

    def __init__(self, app: Flask, site: Site) -> None:
        self.app, self.site = app, site

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        with self.site.lock:
            return self.app(environ, start)


class _Quiet(WSGIRequestHandler):
    """Logs no request lines."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the site keeps its own list of calls."""


def _handler(site: Site) -> type[_Quiet]:
    """Answers of a site bear the time of its own clock."""

    class Handler(_Quiet):
        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(timestamp or site.now.timestamp())

    return Handler


def serve(site: SiteT, app: Flask, faults: Faults, port: int = 0) -> Running[SiteT]:
    """Answer on 127.0.0.1 in background threads; port 0 takes a free one.

    Raises ``OSError`` for a port that is taken.
    """
    gate = FaultGate(Locked(app, site), faults, site.calls)
    # Bound here: for a port that is taken the server itself would end the process.
    with socket.create_server(("127.0.0.1", port), backlog=128) as bound:
        server = make_server(
            "127.0.0.1", port, gate, threaded=True, request_handler=_handler(site),
            fd=bound.fileno(),
        )  # fmt: skip
        site.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    looks = {"poll_interval": 0.02}
    thread = threading.Thread(
        target=server.serve_forever, kwargs=looks, name="simulator", daemon=True
    )
    thread.start()
    site.postman.start()
    return Running(site.url, site, faults, server, thread, gate.traffic)
