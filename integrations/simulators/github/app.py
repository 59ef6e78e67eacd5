"""Starting a simulated GitHub."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Response

from integrations.simulators import pages
from integrations.simulators.faults import Faults, is_api
from integrations.simulators.github import (
    admission,
    app_pages,
    app_routes,
    catalogue,
    checks,
    comments,
    families,
    graph_types,
    graphql,
    hook_routes,
    issues,
    owners,
    posting,
    repositories,
    search,
)
from integrations.simulators.github.pages import GithubPages
from integrations.simulators.github.site import GithubSite
from integrations.simulators.hooks import Postman
from integrations.simulators.server import Running, serve

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENTERPRISE = "/api/v3"
SERVER_VERSION = "3.19.0"
SERVER_PATIENCE = 30.0
"""Seconds a GitHub Enterprise Server waits for an answer to a webhook."""
_BY_ID = re.compile(r"/repositories/(\d+)(/.*)?")
_BLUEPRINTS = (
    issues.blueprint, catalogue.blueprint, owners.blueprint, app_routes.blueprint,
    hook_routes.blueprint, app_pages.blueprint, comments.blueprint, checks.blueprint,
    graphql.blueprint, repositories.blueprint, search.blueprint, families.blueprint,
)  # fmt: skip


class Front:
    """WSGI: the API below /api/v3 too (a server's only there), and repositories by their id."""

    def __init__(self, app: "WSGIApplication", site: GithubSite) -> None:
        self.app, self.site = app, site

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{ENTERPRISE}/"):
            path = path[len(ENTERPRISE) :]
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = ENTERPRISE, path
        elif path == "/api/graphql":
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/api", "/graphql"
        elif self.site.enterprise and is_api(path):
            return Response("Not Found", 404)(environ, start)
        found = _BY_ID.fullmatch(path)
        if found:
            environ["PATH_INFO"] = self.site.path_of(int(found[1])) + (found[2] or "")
        return self.app(environ, start)


def start_github(
    port: int = 0, token: str = "github-token", *, enterprise: bool = False,  # noqa: S107
) -> Running[GithubSite]:  # fmt: skip
    """Start a simulated GitHub on 127.0.0.1; port 0 takes a free one.

    Wants a token as ``Bearer``, ``token`` or Basic password. GitHub never retries webhooks.
    ``enterprise`` makes it a GitHub Enterprise Server: its API is below /api/v3 alone, has no
    limits, and lacks what only github.com has.
    """
    faults = Faults()
    postman = Postman(faults, posting.headers)
    site = GithubSite(token, postman)
    if enterprise:
        site.enterprise, site.limits.primary = SERVER_VERSION, False
        site.lacks = graph_types.SERVER_LACKS
        site.has_projects = site.has_sub_issues = site.has_issue_types = False
        postman.timeout = SERVER_PATIENCE
    app = Flask(__name__)
    app.config["SITE"] = site
    app.wsgi_app = Front(app.wsgi_app, site)  # type: ignore[assignment,method-assign]
    admission.install(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.config["OPEN_FORMS"] = app_pages.FORMS
    pages.install(app, GithubPages(site), faults)
    return serve(site, app, faults, port)
