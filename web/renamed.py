"""The address of a connection by a name it had before leads on to its name of now."""

from typing import NoReturn

from flask import abort, redirect, request, url_for

from sync.names import now_called
from web.current import runtime


def lead_on(name: str) -> NoReturn:
    """Go on to the page by the connection's name of now; 404 where none was called so."""
    with runtime().store.read() as session:
        now = now_called(session, name) if request.method == "GET" else None
    if now is None:
        abort(404)
    where = {**(request.view_args or {}), "name": now}
    abort(redirect(url_for(request.endpoint or "", **where), 303))
