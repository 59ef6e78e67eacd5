"""How an application gets its languages."""

from flask import Flask, request
from flask_babel import Babel
from werkzeug.wrappers import Response

from web.language import marking
from web.language.catalogues import Catalogues
from web.language.choosing import ENGLISH, chosen, current


def install(app: Flask) -> None:
    """Choose the language of every page, and say it to browsers and caches."""
    babel = Babel(app, default_locale=ENGLISH, locale_selector=chosen)
    babel.domain_instance = Catalogues()
    marking.install(app)
    app.after_request(_say)


def _say(response: Response) -> Response:
    """What is shared between languages, such as a picture or a number for machines, has none."""
    if response.mimetype == "text/html" and request.endpoint is not None:
        response.headers["Content-Language"] = current()
        response.vary.update(("Accept-Language", "Cookie"))
    return response
