"""The address of a connection by a name it had before leads on to its name of now."""

from typing import NoReturn

from flask import abort, redirect, request, url_for

from sync.names import now_called
from web.current import runtime


def lead_on(name: str) -> NoReturn:
    """Go on to the page by the connection's name of now, with what was asked or typed; 404 where
    none was called so."""
    with runtime().store.read() as session:
        now = now_called(session, name)
    if now is None:
        abort(404)
    url = url_for(request.endpoint or "", **{**(request.view_args or {}), "name": now})
    asked = request.query_string.decode("latin-1")
    # 307 has a browser send the very same form once more.
    abort(
        redirect(
            f"{url}?{asked}" if asked else url, 303 if request.method in {"GET", "HEAD"} else 307
        )
    )
