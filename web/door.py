"""The short way of webhooks, past everything that only pages need.

It takes deliveries of the usual kind. Whatever is odd about one, and whatever fails, goes the long
way through the application (``web.hooks``), which says what is wrong.
"""

import json
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask

from sync import inbox
from web import security

LARGEST = 25 * 1024 * 1024
"""Bytes; GitHub sends no more."""
FAILED = "worklift.failed"
"""Where the long way finds the error of the short one."""
_ADDRESS = re.compile(r"/hooks/([\w.-]{1,64})(?:/([\w-]{1,128}))?", re.ASCII)
_Environ = dict[str, Any]
_Start = Callable[..., Any]


class Door:
    """The application, with the short way for webhooks before it."""

    def __init__(self, app: Flask) -> None:
        self._app, self._pages = app, app.wsgi_app
        self._headers = [("Content-Type", "application/json"), *security.fixed_headers(app)]

    def __call__(self, environ: _Environ, start: _Start) -> Iterable[bytes]:
        """Answer one request."""
        found = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        if found is None or not self._is_usual(environ):
            return self._pages(environ, start)
        try:
            receipt = inbox.receive(
                self._app.extensions["worklift"],
                found[1],
                _headers(environ),
                environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])),
                path=found[2],
                peer=environ.get("REMOTE_ADDR", ""),
            )
        except Exception as error:  # noqa: BLE001 - raised again where all errors are answered
            environ[FAILED] = error
            return self._pages(environ, start)
        body = json.dumps({"message": receipt.sentence}, separators=(",", ":")).encode() + b"\n"
        again = [("Retry-After", str(receipt.again_in))] if receipt.again_in else []
        length = ("Content-Length", str(len(body)))
        status = f"{receipt.status} {HTTPStatus(receipt.status).phrase}"
        start(status, [*self._headers, length, *again])
        return [body]

    def _is_usual(self, environ: _Environ) -> bool:
        length = environ.get("CONTENT_LENGTH") or ""
        return (
            environ["REQUEST_METHOD"] == "POST"
            and "HTTP_CONTENT_ENCODING" not in environ
            and not environ.get("QUERY_STRING")
            and length.isascii()
            and length.isdigit()
            and int(length) <= LARGEST
            and security.is_known_host(self._app, environ.get("HTTP_HOST", ""))
        )


def _headers(environ: _Environ) -> dict[str, str]:
    found = {key[5:].replace("_", "-"): environ[key] for key in environ if key[:5] == "HTTP_"}
    found["Content-Type"] = environ.get("CONTENT_TYPE", "")
    return found
