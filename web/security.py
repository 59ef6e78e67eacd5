"""What every request must satisfy and every answer carries: host, origin, headers, cookies."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Request, abort, current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

STATIC = frozenset({"static", "bootstrap.static"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FORM_LIMIT = 64 * 1024
LARGE = {"plan.give_file": 6 * 1024 * 1024}
"""The most bytes of forms that carry a whole file, by endpoint."""
NO_TEXT = re.compile("[\x00\ud800-\udfff]")
WRONG_HOST = (
    "Worklift does not know itself by this address. Open it by the address it is set up for, "
    "or set WORKLIFT_PUBLIC_URL to this one."
)
_POLICY = "Content-Security-Policy"
_FORMS_TO = "forms_to"
STRICT = "max-age=31536000; includeSubDomains"
_ORIGIN = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?", re.ASCII)
HEADERS = {
    _POLICY: "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def configure(app: Flask, public_url: str | None, secret_key: bytes) -> None:
    """Cookies, size limits and the checks around every request, from the public address."""
    public = urlsplit(public_url or "")
    secure = public.scheme == "https"
    prefix = "__Host-" if secure else ""
    app.config.update(
        SECRET_KEY=secret_key,
        PUBLIC=public,
        SESSION_COOKIE_NAME=f"{prefix}worklift-form",
        SIGN_IN_COOKIE=f"{prefix}worklift",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        MAX_CONTENT_LENGTH=FORM_LIMIT,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the origin check here is stricter and knows the public address
    )
    app.before_request(allow_size)
    app.before_request(check_host)
    app.before_request(check_origin)
    app.before_request(check_text)
    app.after_request(add_headers)


def allow_size() -> None:
    """Let a form be as large as what it is for."""
    if limit := LARGE.get(request.endpoint or ""):
        request.max_content_length = request.max_form_memory_size = limit


def host_name(netloc: str) -> str:
    """The name of a ``host:port``, lower case, without brackets; '' for a malformed one."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def is_loopback(this: Request) -> bool:
    """Whether a request comes from this machine, to a name of it, and through no proxy."""
    try:
        near = ip_address(this.remote_addr or "").is_loopback
    except ValueError:
        return False
    forwarded = "X-Forwarded-For" in this.headers or "Forwarded" in this.headers
    return near and not forwarded and host_name(this.host) in LOOPBACK


def check_host() -> None:
    """Refuse a Host that is neither the public one nor this machine (DNS rebinding)."""
    if request.endpoint == "metrics.page":
        return  # no browser can be made to send its token
    if not is_known_host(current_app, request.host):
        abort(400, WRONG_HOST)


def is_known_host(app: Flask, netloc: str) -> bool:
    """Whether a ``host:port`` is the public one, or this machine."""
    name = host_name(netloc)
    return name in LOOPBACK or name == app.config["PUBLIC"].hostname


def let_forms_go(address: str) -> None:
    """Let the forms of this one page lead to an address's origin too; refuse what has none."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not _ORIGIN.fullmatch(origin):
        abort(400, "The tracker's address has letters that no form can be sent to.")
    setattr(g, _FORMS_TO, origin)


def check_origin() -> None:
    """Refuse a change that another site asked a browser to make."""
    if request.endpoint == "hooks.receive":
        return
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin = request.headers.get("Origin")
    ours = {request.host, current_app.config["PUBLIC"].netloc} - {""}
    foreign = origin is not None and urlsplit(origin).netloc not in ours
    if foreign or request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        abort(403, "This form was sent from another site, so nothing was changed.")


def check_text() -> None:
    """Refuse characters that are no text and that databases do not hold: NUL, lone surrogates."""
    given = [request.path, *_texts(request.args)]
    if request.endpoint != "hooks.receive":  # its body is read raw, for the signature
        given += _texts(request.form)
    if any(NO_TEXT.search(each) for each in given):
        abort(400)


def _texts(values: MultiDict[str, str]) -> list[str]:
    return [each for pair in values.items(multi=True) for each in pair]


def fixed_headers(app: Flask) -> list[tuple[str, str]]:
    """The headers of answers that are no pages."""
    secure = app.config["SESSION_COOKIE_SECURE"]
    more = [("Strict-Transport-Security", STRICT)] if secure else []
    return [*HEADERS.items(), ("Cache-Control", "no-store"), *more]


def add_headers(response: Response) -> Response:
    """Add the security headers; only fingerprinted files may be kept by a browser."""
    response.headers.update(HEADERS)
    if elsewhere := g.get(_FORMS_TO):
        policy = HEADERS[_POLICY].replace("form-action 'self'", f"form-action 'self' {elsewhere}")
        response.headers[_POLICY] = policy
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = STRICT
    if request.endpoint not in STATIC:
        response.headers["Cache-Control"] = "no-store"
    elif request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
