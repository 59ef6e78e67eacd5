"""Errors as plain sentences, without a trace of the code."""

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from connector.errors import Refused
from sync import outages, writable
from web import access
from web.accounts import sessions
from web.language import lazy

SENTENCES = {
    400: lazy("This request could not be understood. Go back and try again."),
    403: lazy("Your role does not allow this."),
    404: lazy("There is nothing at this address, or you may not see it."),
    405: lazy("This address cannot be used in that way."),
    413: lazy("That was too large to accept."),
    429: lazy("Too many attempts. Wait a little and try again."),
    500: lazy("Something went wrong here. It was recorded, and nothing was changed."),
    503: lazy(
        "The database does not answer right now. Nothing was changed; try again in a minute."
    ),
}
TITLES = {
    400: lazy("That did not work"),
    403: lazy("Not allowed"),
    404: lazy("Nothing here"),
    429: lazy("Slow down a little"),
    500: lazy("Something went wrong"),
    503: lazy("Back in a moment"),
}
STALE_FORM = lazy(
    "This form is out of date, so nothing was changed. Go back, reload and try again."
)


def install(app: Flask) -> None:
    """Show every error the same calm way."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Refused, lambda error: _show(400, str(error)))
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _no_database)
    app.register_error_handler(InternalError, _odd_database)


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Whoever was signed out meanwhile is led back to the form by way of the sign-in."""
    sessions.identify()
    is_form = access.TABLE.get(request.endpoint or "") is not access.PUBLIC
    if g.principal is None and is_form and request.endpoint != "accounts.sign_out":
        return access.to_sign_in()
    return _show(400, str(STALE_FORM))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    own = error.description if error.description != type(error).description else None
    return _show(error.code, own, dict(_kept(error)))


def _kept(error: HTTPException) -> list[tuple[str, str]]:
    keep = {"retry-after", "allow"}
    return [(name, value) for name, value in error.get_headers() if name.lower() in keep]


def _no_database(error: DBAPIError | PoolTimeout) -> ResponseReturnValue:
    current_app.logger.warning("the database does not answer: %s", writable.reason(error))
    return _show(503, None, {"Retry-After": "60"})


def _odd_database(error: InternalError) -> ResponseReturnValue:
    """A database that takes no writes, as a standby before it takes over, is one that is away."""
    if not outages.is_away(error):
        raise error
    return _no_database(error)


def _show(
    code: int, sentence: str | None, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    text = sentence or str(SENTENCES.get(code, SENTENCES[400 if code < 500 else 500]))
    if request.blueprint == "hooks":
        return text + "\n", code, {**(headers or {}), "Content-Type": "text/plain; charset=utf-8"}
    title = TITLES.get(code, TITLES[400 if code < 500 else 500])
    page = render_template("error.html", title=title, sentence=text, code=code)
    return page, code, headers or {}
