"""Starting a simulated GitHub."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from integrations.simulators import pages
from integrations.simulators.faults import Faults
from integrations.simulators.github import catalogue, events, issues, owners, web
from integrations.simulators.github.pages import GithubPages
from integrations.simulators.github.site import GithubSite
from integrations.simulators.hooks import Postman
from integrations.simulators.server import Running, serve

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENTERPRISE = "/api/v3"


class Prefixed:
    """The API below /api/v3 as well, as on GitHub Enterprise Server."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{ENTERPRISE}/"):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = ENTERPRISE, path[len(ENTERPRISE) :]
        return self.app(environ, start)


def start_github(port: int = 0, token: str = "github-token") -> Running[GithubSite]:  # noqa: S107
    """Start a simulated GitHub on 127.0.0.1; port 0 takes a free one.

    Wants the token as ``Bearer``, ``token`` or Basic password. GitHub never retries webhooks.
    """
    faults = Faults()
    site = GithubSite(token, Postman(faults, events.headers))
    app = Flask(__name__)
    app.config["SITE"] = site
    app.wsgi_app = Prefixed(app.wsgi_app)  # type: ignore[assignment,method-assign]
    web.install(app)
    app.register_blueprint(issues.blueprint)
    app.register_blueprint(catalogue.blueprint)
    app.register_blueprint(owners.blueprint)
    pages.install(app, GithubPages(site), faults)
    return serve(site, app, faults, port)
