"""Who may use which endpoint: one declared table, enforced before every request."""

from collections.abc import Mapping
from typing import Final

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from web.principal import Principal

PUBLIC: Final = frozenset({"anyone"})
EVERYBODY: Final = frozenset({"member", "lead", "viewer", "admin"})
ADMINS: Final = frozenset({"admin"})
LEADS: Final = frozenset({"lead", "admin"})

TABLE: Final[Mapping[str, frozenset[str]]] = {
    "static": PUBLIC,
    "bootstrap.static": PUBLIC,
    "hooks.receive": PUBLIC,
    "home.healthz": PUBLIC,
    "metrics.page": PUBLIC,  # it asks for a token of its own
    "accounts.sign_in": PUBLIC,
    "accounts.set_up": PUBLIC,
    "accounts.demo": PUBLIC,
    "accounts.sign_out": EVERYBODY,
    "home.start": EVERYBODY,
    "company.overview": EVERYBODY,
    "team.page": EVERYBODY,
    "key_result.page": EVERYBODY,
    "links.page": LEADS,
    "links.act": LEADS,
    "connections.page": EVERYBODY,
    "connections.choose": ADMINS,
    "connections.form": ADMINS,
    "connections.leave": ADMINS,
    "connections.sites": ADMINS,
    "connections.back": ADMINS,
    "connections.finish": ADMINS,
    "connections.one": ADMINS,
    "connections.connected": ADMINS,
    "connections.left": ADMINS,
    "connections.after": ADMINS,
    "connections.test": ADMINS,
    "connections.use_mapping": ADMINS,
    "connections.hooks": ADMINS,
    "connections.disconnect": ADMINS,
    "connections.allow": ADMINS,
    "syncing.page": ADMINS,
    "syncing.retry": ADMINS,
}


def allowed(endpoint: str, role: str | None) -> bool:
    """Whether a role (None: nobody signed in) may use an endpoint; undeclared ones never."""
    roles = TABLE.get(endpoint, frozenset())
    return roles is PUBLIC or (role is not None and role in roles)


def enforce() -> Response | None:
    """Let the request through, send it to the sign-in page, or refuse it."""
    if request.endpoint is None:
        return None
    principal: Principal | None = g.principal
    if allowed(request.endpoint, principal.role if principal else None):
        return None
    if principal is not None or request.endpoint not in TABLE:
        abort(403)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=None if wanted == "/" else wanted), 303)
