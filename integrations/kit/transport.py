"""The connections: each goes to an address that was checked, and answers within a time."""

import http.client
import io
import socket
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from integrations.kit.address import addresses

# Kept open to one host: as many as call side by side, and one more.
_CONNECTIONS = 9


class _Received(io.RawIOBase):
    """What a socket receives. A read timeout starts anew with every byte; headers that drip need an
    end of their own, so that all of them come within one such time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)
        self._seconds = sock.gettimeout()
        self._end = None if self._seconds is None else time.monotonic() + self._seconds

    def makefile(self, _: str) -> io.BufferedReader:
        """As a socket is asked for it."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """It is for nothing else."""
        return True

    def readinto(self, into: Any, /) -> int | None:
        """One receive."""
        if self._end is not None:
            left = self._end - time.monotonic()
            if left <= 0:
                raise TimeoutError("the headers took too long")
            self._sock.settimeout(left)
        return self._raw.readinto(into)

    def headers_end(self) -> None:
        """From here on the time is that of each receive again."""
        if self._end is not None:
            self._end = None
            self._sock.settimeout(self._seconds)

    def close(self) -> None:
        """Give the socket back."""
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer whose headers come within a time."""

    def __init__(self, sock: socket.socket, *given: Any, **named: Any) -> None:
        self._received = _Received(sock)
        super().__init__(self._received, *given, **named)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Read the headers."""
        super().begin()
        self._received.headers_end()


class _PublicHTTPS(HTTPSConnection):
    """Connects to the checked address itself, so a second look-up cannot lead elsewhere."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connect(self, allow_private=False)


class _PrivateHTTPS(_PublicHTTPS):
    """The same, where the connection allows private addresses."""

    def _new_conn(self) -> socket.socket:
        return _connect(self, allow_private=True)


class _PrivateHTTP(HTTPConnection):
    """Plain http, only where the connection allows private addresses."""

    response_class = _Response

    def _new_conn(self) -> socket.socket:
        return _connect(self, allow_private=True)


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
    # Even unfollowed, a redirect is prepared by requests: its body is read without any limit.
    session.get_redirect_target = _nowhere  # type: ignore[assignment, method-assign]
    for adapter in session.adapters.values():
        adapter.close()
    session.adapters.clear()
    adapter = GuardedAdapter(allow_private=allow_private)
    session.mount("https://", adapter)
    if allow_private:
        session.mount("http://", adapter)


def _nowhere(_: requests.Response) -> None:
    """Whether a redirect is followed is for the caller alone."""


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
