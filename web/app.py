"""The application factory: pages, webhooks and what surrounds every request."""

import importlib
import importlib.util

from flask import Flask, g
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from sync.runtime import Runtime
from web import access, assets, compression, current, errors, language, live, security, templating
from web.accounts import sessions
from web.accounts.settings import blueprint as settings
from web.accounts.views import blueprint as accounts
from web.accounts.welcoming import blueprint as welcome
from web.company.views import blueprint as company
from web.connections.views import blueprint as connections
from web.coverage.views import blueprint as coverage
from web.fields.views import blueprint as fields
from web.home.keyboard import blueprint as home
from web.key_result.views import blueprint as key_result
from web.links.views import blueprint as links
from web.masking import MaskedProtect
from web.metrics import blueprint as metrics
from web.objective.views import blueprint as objective
from web.planning.views import blueprint as planning
from web.search.views import blueprint as search
from web.syncing.views import blueprint as syncing
from web.team.views import blueprint as team
from web.work.claiming import blueprint as work

_PAGES = (
    home,
    accounts,
    settings,
    connections,
    fields,
    coverage,
    company,
    team,
    objective,
    key_result,
    links,
    syncing,
    metrics,
    planning,
    work,
    search,
    welcome,
)


def create_app(runtime: Runtime) -> Flask:
    """The web application of one running service."""
    app = Flask("web")
    app.extensions["worklift"] = runtime
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.before_request(_begin)
    security.configure(app, runtime.settings.public_url, runtime.vault.cookie_key())
    csrf = MaskedProtect(app)
    app.before_request(sessions.identify)
    app.before_request(access.enforce)
    app.before_request(live.unchanged)
    Bootstrap5(app)
    parts = (assets, language, templating, errors, compression)
    for install in (each.install for each in parts):
        install(app)
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    _add_hooks(app, csrf)
    return app


def _begin() -> None:
    """One moment for the whole request; nobody is known yet."""
    g.now = current.runtime().clock()
    g.principal = None


def _add_hooks(app: Flask, csrf: CSRFProtect) -> None:
    """Webhooks prove themselves by their signature, so they carry no form token."""
    if importlib.util.find_spec("web.hooks") is not None:
        hooks = importlib.import_module("web.hooks").blueprint
        csrf.exempt(hooks)
        app.register_blueprint(hooks)
        app.wsgi_app = importlib.import_module("web.door").Door(app)  # type: ignore[method-assign]
