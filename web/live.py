"""Pages that follow the work: an ETag of the main part lets a browser ask cheaply for news."""

import hashlib
import re
from typing import Any

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

HEADER = "X-Worklift-Live"
_OWN = 'data-etag=""'
_FORM_TOKENS = re.compile(r'name="csrf_token" value="[^"]*"')
"""They differ on every page, and are no news."""


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
    response.make_conditional(request)
    return response


def is_poll() -> bool:
    """Whether nobody pressed a key for this request: it must not keep a session alive."""
    return HEADER in request.headers
