"""Both simulated trackers without a server: one app each for the process, a new site each time."""

import threading
from functools import cache
from typing import Any
from unittest import mock

from integrations.simulators import start_github, start_jira
from integrations.simulators.faults import Faults
from integrations.simulators.github import app as github_app
from integrations.simulators.github import posting
from integrations.simulators.github.site import GithubSite
from integrations.simulators.hooks import Postman
from integrations.simulators.jira import app as jira_app
from integrations.simulators.jira import events
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.server import Locked, Running
from integrations.simulators.traffic import Traffic
from tests.faults.ways import tracker_of
from tests.world import EMAIL, TOKENS, Clock

HOSTS = {"jira": "127.0.0.1:8001", "github": "127.0.0.1:8002"}
"""Nothing listens there: the wire knows who answers."""
HOOKED = "http://127.0.0.1:9/"


@cache
def _app(tracker: str) -> Any:
    """The Flask app of a tracker, made once; whose site it shows is changed for each world."""
    made: list[Any] = []
    module = jira_app if tracker == "jira" else github_app

    def kept(_site: Any, app: Any, _faults: Any, _port: int) -> Any:
        made.append(app)

    with mock.patch.object(module, "serve", kept):
        (start_jira if tracker == "jira" else start_github)()
    return made[0]


def site_of(name: str, clock: Clock) -> Any:
    """A new, empty site of a tracker that follows a clock; its webhooks are recorded, not sent."""
    made: Any
    tracker = tracker_of(name)
    if tracker == "jira":
        postman = Postman(Faults(), events.headers, jira_app.RETRIES)
        deployment = "datacenter" if name == "jira/data center" else "cloud"
        made = JiraSite(deployment, EMAIL, TOKENS["jira"], postman)
    else:
        made = GithubSite(TOKENS["github"], Postman(Faults(), posting.headers))
    made.now = clock
    made.url = f"http://{HOSTS[tracker]}"
    return made


def answering(tracker: str, site: Any) -> Any:
    """A WSGI app that answers as this site."""
    app = _app(tracker)
    locked = Locked(app, site)

    def answer(environ: Any, start: Any) -> Any:
        app.config["SITE"] = site
        front = app.wsgi_app
        setattr(front, "here" if tracker == "jira" else "site", site)
        return locked(environ, start)

    return answer


def running(site: Any) -> Running[Any]:
    """A site in the shape that a ``World`` asks for."""
    thread = threading.Thread()
    faults = site.postman.faults
    return Running(site.url, site, faults, None, thread, Traffic(faults.ended))  # type: ignore[arg-type]
