"""Starting a simulated Jira."""

from flask import Flask

from integrations.simulators import pages
from integrations.simulators.faults import Faults
from integrations.simulators.hooks import Postman
from integrations.simulators.jira import (
    bulk,
    catalogue,
    comments,
    events,
    finding,
    issues,
    limiting,
    linking,
    oauth,
    registrations,
    remote,
    rights,
    roadmaps,
    search,
    web,
)
from integrations.simulators.jira.pages import JiraPages
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.state import Deployment
from integrations.simulators.server import Running, serve

RETRIES = (1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds before each new try of a failed webhook: five tries more, quicker than Atlassian's."""


def start_jira(
    port: int = 0, deployment: Deployment = "cloud", *,
    email: str = "admin@example.com", token: str = "jira-token",  # noqa: S107
) -> Running[JiraSite]:  # fmt: skip
    """Start a simulated Jira on 127.0.0.1; port 0 takes a free one.

    Cloud wants Basic ``email:token``, Data Center ``Bearer token``.
    """
    faults = Faults()
    postman = Postman(faults, events.headers, RETRIES)
    site = JiraSite(deployment, email, token, postman)
    app = Flask(__name__)
    app.config["SITE"] = site
    web.install(app)
    limiting.install(app)
    for blueprint in (
        search.blueprint,
        bulk.blueprint,
        issues.blueprint,
        catalogue.blueprint,
        catalogue.other,
    ):
        app.register_blueprint(blueprint)
    app.register_blueprint(finding.blueprint)
    for blueprint in (registrations.blueprint, registrations.dynamic, linking.blueprint):
        app.register_blueprint(blueprint)
    for blueprint in (rights.blueprint, rights.pat):
        app.register_blueprint(blueprint)
    for blueprint in (remote.blueprint, comments.blueprint, roadmaps.blueprint):
        app.register_blueprint(blueprint)
    oauth.install(app)
    pages.install(app, JiraPages(site), faults)
    return serve(site, app, faults, port)
