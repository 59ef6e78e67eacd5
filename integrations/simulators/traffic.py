"""The calls a simulated site gets: what they asked, how long each takes, how many at a time."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request


class Call(str):
    """One call as ``METHOD /path``, with what it asked."""

    __slots__ = ("body", "content_type", "method", "path", "query")
    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    content_type: str

    @classmethod
    def of(cls, request: Request) -> "Call":
        """The call a request makes; its body can still be read after."""
        body = request.get_data(cache=True)
        request.environ["wsgi.input"] = BytesIO(body)
        call = cls(f"{request.method} {request.path}")
        call.method, call.path = request.method, request.path
        call.query = request.args.to_dict(flat=False)
        call.body, call.content_type = body, request.mimetype
        return call

    def json(self) -> Any:
        """What the body says; None without one."""
        return json.loads(self.body) if self.body else None


class Traffic:
    """How the site bears its callers.

    ``latency`` are the seconds every call takes at least, spent side by side; ``at_once`` bounds
    how many are answered at a time (0: no bound), the others wait; ``most`` is how many were.
    """

    def __init__(self, ended: threading.Event) -> None:
        self.latency = 0.0
        self.at_once = 0
        self.most = 0
        self._ended = ended
        self._busy = 0
        self._free = threading.Condition()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """While one call is answered."""
        with self._free:
            self._free.wait_for(lambda: not self.at_once or self._busy < self.at_once)
            self._busy += 1
            self.most = max(self.most, self._busy)
        try:
            if self.latency:
                self._ended.wait(self.latency)
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify_all()
