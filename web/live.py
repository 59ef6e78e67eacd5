"""Pages that follow the work: a browser asks cheaply for news.

An ETag of the main part spares sending it, and what all that was committed is called spares making
it: who has the page as it is now is answered before anything is read for it.
"""

import hashlib
import re
import secrets
from typing import Any

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from web.current import runtime

HEADER = "X-Worklift-Live"
"""Sent by a browser that asks for news, with what the answer before told in it."""
SECONDS = 10
"""What follows from the time of day alone, such as how old something is, may lag by so much."""
_PROCESS = secrets.token_hex(8)
"""What SQLite calls a commit means something to one process."""
_OWN = 'data-etag=""'
_FORM_TOKENS = re.compile(r'name="csrf_token" value="[^"]*"')
"""They differ on every page, and are no news."""


def unchanged() -> Response | None:
    """Answer who asks for news while nothing was committed since; access was checked before."""
    if not is_poll() or request.method != "GET":
        return None
    held = request.headers.get("If-None-Match")
    g.live = _committed()  # before anything is read: what is shown may be newer, never older
    if held is None or request.headers[HEADER] != g.live:
        return None
    return Response(status=304, headers={"ETag": held})


def _committed() -> str:
    with runtime().store.read() as session:
        version = runtime().store.version(session)
    step = int(g.now.timestamp()) // SECONDS
    told = repr((_PROCESS, version, step, g.principal, request.url))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def page(template: str, *, live: bool = True, **values: Any) -> Response:
    """Render a page; 304 when the caller holds the same main part already."""
    html = render_template(template, live=live, **values)
    if not live:
        return make_response(html)
    main = _FORM_TOKENS.sub("", html[html.index("<main") : html.rindex("</main>")])
    etag = hashlib.sha256(main.encode()).hexdigest()[:32]
    # The page knows what it shows, so that its first question is answered in few bytes as well.
    told = f'data-etag="W/&#34;{etag}&#34;"'
    response = make_response(html.replace(_OWN, told, 1))
    response.set_etag(etag, weak=True)
    if "live" in g:
        response.headers[HEADER] = g.live
    response.make_conditional(request)
    return response


def is_poll() -> bool:
    """Whether nobody pressed a key for this request: it must not keep a session alive."""
    return HEADER in request.headers
