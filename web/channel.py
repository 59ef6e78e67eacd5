"""The server's connections: a request comes whole within some time, or its connection is closed.

The server itself knows silence only, so a byte now and then would keep a connection for ever. And
its loop wants to send what a thread is sending already: it cannot, asks again at once, and so keeps
Python's lock from the thread that it waits for.
"""

import errno
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

WHOLE_WITHIN = 60.0
"""Seconds from the first byte of a request to the last; senders of webhooks give up far sooner."""


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection whose requests have a deadline."""

    _coming: object = None
    _since = 0.0
    _sending = False

    def received(self, data: bytes) -> bool:
        """Take bytes; a request that has begun with them is to end in time."""
        found: bool = super().received(data)
        if self.request is not self._coming:
            self._coming, self._since = self.request, time.monotonic()
        return found

    def readable(self) -> bool:
        """Whether more is to be read; asked at least once a second."""
        late = self._coming is not None and time.monotonic() > self._since + WHOLE_WITHIN
        if late and self.request is self._coming:
            self.will_close = True
        return bool(super().readable())

    def writable(self) -> bool:
        """Whether the loop is to send; not what a thread is sending, which wakes it if need be."""
        return not self._sending and bool(super().writable())

    def _flush_some(self, *, do_close: bool = True) -> bool:
        self._sending = True
        try:
            return bool(super()._flush_some(do_close=do_close))
        finally:
            self._sending = False


def listening(app: Any, **options: Any) -> Any:
    """A server for an application, its socket open; raises ``OSError``."""
    try:
        server = create_server(app, **options)
    except ValueError as unknown:  # waitress says so of a host that no address is known of
        raise OSError(errno.EADDRNOTAVAIL, "no such address") from unknown
    for each in (server, *server.map.values()) if hasattr(server, "map") else (server,):
        if isinstance(each, BaseWSGIServer):
            each.channel_class = Channel
    return server
