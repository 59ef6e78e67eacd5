"""Who may use which endpoint: one declared table, enforced before every request."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

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
    "welcome.page": PUBLIC,  # it asks for a token of its own
    "accounts.sign_out": EVERYBODY,
    "settings.page": EVERYBODY,
    "settings.speak": EVERYBODY,
    "settings.change_password": EVERYBODY,
    "settings.end_others": EVERYBODY,
    "home.start": EVERYBODY,
    "home.first": EVERYBODY,
    "home.keyboard": EVERYBODY,
    "search.page": EVERYBODY,
    "work.mine": EVERYBODY,
    "work.claim": EVERYBODY,
    "work.withdraw": EVERYBODY,
    "work.waiting": ADMINS,
    "work.settle": ADMINS,
    "work.team": LEADS,
    "work.item": EVERYBODY,
    "company.overview": EVERYBODY,
    "company.below": EVERYBODY,
    "company.heated": EVERYBODY,
    "company.stands": EVERYBODY,
    "team.page": EVERYBODY,
    "key_result.page": EVERYBODY,
    "key_result.items": EVERYBODY,
    "key_result.check_in": frozenset({"member", "lead", "admin"}),
    "key_result.override": LEADS,
    "key_result.end_override": LEADS,
    "key_result.retry": ADMINS,
    "objective.page": EVERYBODY,
    "links.page": LEADS,
    "links.act": LEADS,
    "links.without": EVERYBODY,
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
    "connections.runs": ADMINS,
    "coverage.page": EVERYBODY,
    "coverage.of": EVERYBODY,
    "coverage.table": EVERYBODY,
    "coverage.link": LEADS,
    "fields.page": ADMINS,
    "fields.act": ADMINS,
    "fields.names": ADMINS,
    "fields.after": ADMINS,
    "fields.version": ADMINS,
    "fields.restore": ADMINS,
    "connections.seen_by": ADMINS,
    "connections.pause": ADMINS,
    "connections.resume": ADMINS,
    "connections.rename": ADMINS,
    "plan.overview": EVERYBODY,
    "plan.new_cycle": ADMINS,
    "plan.cycle": ADMINS,
    "plan.close_cycle": ADMINS,
    "plan.reopen_cycle": ADMINS,
    "plan.new_team": LEADS,
    "plan.team": EVERYBODY,
    "plan.move_team": LEADS,
    "plan.team_people": LEADS,
    "plan.retire_team": LEADS,
    "plan.restore_team": LEADS,
    "plan.people": EVERYBODY,
    "plan.new_person": ADMINS,
    "plan.person": ADMINS,
    "plan.retire_person": ADMINS,
    "plan.restore_person": ADMINS,
    "plan.new_user": ADMINS,
    "plan.user": ADMINS,
    "plan.user_link": ADMINS,
    "plan.disable_user": ADMINS,
    "plan.enable_user": ADMINS,
    "plan.scoring": ADMINS,
    "plan.file": ADMINS,
    "plan.give_file": ADMINS,
    "plan.export": ADMINS,
    "plan.new_objective": LEADS,
    "plan.objective": LEADS,
    "plan.move_objective": LEADS,
    "plan.retire_objective": LEADS,
    "plan.restore_objective": LEADS,
    "plan.new_key_result": LEADS,
    "plan.key_result": LEADS,
    "plan.move_key_result": LEADS,
    "plan.retire_key_result": LEADS,
    "plan.restore_key_result": LEADS,
    "plan.move_to": LEADS,
    "plan.copy": LEADS,
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
    return to_sign_in()


def to_sign_in() -> Response:
    """To the sign-in page, and from there back: to the page asked for, or that of a lost form."""
    if request.endpoint == "accounts.sign_out":
        return redirect(url_for("accounts.sign_in"), 303)
    is_form = request.method != "GET"
    wanted = _page_of_form() if is_form else request.full_path.rstrip("?")
    there = None if wanted == "/" else wanted
    return redirect(url_for("accounts.sign_in", next=there, lost=1 if is_form else None), 303)


def _page_of_form() -> str | None:
    """Where a form was filled in, if the browser says so and it is a page of ours."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return None
    return came.path + (f"?{came.query}" if came.query else "")
