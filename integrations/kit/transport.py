"""The connections: each goes to an address that was checked, and answers within a time."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.response import HTTPResponse
from urllib3.util.connection import create_connection

from integrations.kit.address import addresses

# Kept open to one host: as many as call side by side, and one more.
_CONNECTIONS = 9


class _PublicHTTPS(HTTPSConnection):
    """Connects to the checked address itself, so a second look-up cannot lead elsewhere."""

    def _new_conn(self) -> socket.socket:
        return _connect(self, allow_private=False)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _shut_after(self):
            return super().getresponse()


class _PrivateHTTPS(_PublicHTTPS):
    """The same, where the connection allows private addresses."""

    def _new_conn(self) -> socket.socket:
        return _connect(self, allow_private=True)


class _PrivateHTTP(HTTPConnection):
    """Plain http, only where the connection allows private addresses."""

    def _new_conn(self) -> socket.socket:
        return _connect(self, allow_private=True)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _shut_after(self):
            return super().getresponse()


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPS


class _PrivatePool(HTTPSConnectionPool):
    ConnectionCls = _PrivateHTTPS


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PrivateHTTP


class GuardedAdapter(HTTPAdapter):
    """A requests adapter that only reaches allowed addresses and repeats nothing by itself."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(pool_connections=2, pool_maxsize=_CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have the pools open our connections."""
        super().init_poolmanager(*args, **kwargs)
        private = {"https": _PrivatePool, "http": _PlainPool}
        public = {"https": _PublicPool}
        self.poolmanager.pool_classes_by_scheme = private if self._allow_private else public


def guard(session: requests.Session, *, allow_private: bool) -> None:
    """Let a session out through the guarded adapter only, whatever the environment says."""
    session.trust_env = False
    session.verify = True
    session.proxies = {}
    for adapter in session.adapters.values():
        adapter.close()
    session.adapters.clear()
    adapter = GuardedAdapter(allow_private=allow_private)
    session.mount("https://", adapter)
    if allow_private:
        session.mount("http://", adapter)


def _connect(connection: HTTPConnection, *, allow_private: bool) -> socket.socket:
    host, port = connection.host, connection.port or connection.default_port
    try:
        found = addresses(host, port, allow_private=allow_private)
    except (socket.gaierror, UnicodeError) as error:
        failure = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, failure) from error
    return _first(connection, found, port)


def _first(connection: HTTPConnection, found: tuple[str, ...], port: int) -> socket.socket:
    seconds = connection.timeout if isinstance(connection.timeout, int | float) else 5.0
    end = time.monotonic() + seconds
    failure: OSError = TimeoutError("timed out")
    for address in found:
        left = end - time.monotonic()
        if left <= 0:
            break
        try:
            return create_connection(
                (address, port), left, socket_options=connection.socket_options
            )
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, "connecting took too long") from failure
    raise NewConnectionError(connection, f"could not connect: {failure}") from failure


@contextmanager
def _shut_after(connection: HTTPConnection) -> Iterator[None]:
    # A read timeout starts anew with every byte; headers that drip need an end of their own.
    seconds, sock = connection.timeout, connection.sock
    if sock is None or not isinstance(seconds, int | float):
        yield
        return
    late = threading.Event()
    watch = threading.Timer(seconds, _shut, (sock, late))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        if late.is_set():
            # Cut short, the headers would else be taken for a whole answer without a body.
            raise TimeoutError("the headers took too long")


def _shut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # already closed by the reader
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
