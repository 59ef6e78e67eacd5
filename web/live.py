"""Pages that follow the work: an ETag of the main part lets a browser ask cheaply for news."""

import hashlib
from typing import Any

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

HEADER = "X-Worklift-Live"


def page(template: str, *, live: bool = True, **values: Any) -> Response:
    """Render a page; 304 when the caller holds the same main part already."""
    html = render_template(template, live=live, **values)
    response = make_response(html)
    if live:
        main = html[html.index("<main") : html.rindex("</main>")]
        response.set_etag(hashlib.sha256(main.encode()).hexdigest()[:32], weak=True)
        response.make_conditional(request)
    return response


def is_poll() -> bool:
    """Whether nobody pressed a key for this request: it must not keep a session alive."""
    return HEADER in request.headers
