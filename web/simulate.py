"""``worklift simulate``: a simulated tracker by itself, to try things against."""

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import click

from connector.errors import Refused
from integrations.simulators import CLOUD_ID, Running, start_github, start_jira
from integrations.simulators.demo import fill

Deployment = Literal["cloud", "datacenter", "enterprise"]
JIRA_EMAIL, JIRA_TOKEN, GITHUB_TOKEN = "admin@example.com", "jira-token", "github-token"


def run(
    tracker: str, *, content: Path | Literal["demo"] | None, port: int, deployment: Deployment
) -> None:
    """Serve until Ctrl-C what a folder has recorded, the demo company's work, or nothing yet."""
    if isinstance(content, Path) and not content.is_dir():
        raise Refused(f"--load: {content} is not a folder")
    running = _start(tracker, port, deployment)
    if isinstance(content, Path):
        running.site.load(content)
    elif content == "demo":
        fill_alone(tracker, running)
    click.echo(f"a simulated {tracker} is at {running.url}  (what it holds: {running.url}/_sim)")
    if tracker == "jira" and deployment == "cloud":
        click.echo(f"  --email {JIRA_EMAIL}, token {JIRA_TOKEN}, --allow-private")
        click.echo(
            f"  gateway {running.url}/ex/jira/{CLOUD_ID}: token scoped-token with the e-mail,"
        )
        click.echo("  or service-token without; a token with scopes is refused at the site itself")
        click.echo(
            f"  --oauth --auth-server {running.url} --client-id client-id, secret client-secret"
        )
    else:
        token = JIRA_TOKEN if tracker == "jira" else GITHUB_TOKEN
        click.echo(f"  token {token}, --allow-private")
        if tracker == "github":
            click.echo(f"  a GitHub App is made at {running.url}/settings/apps/new by a manifest")
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    running.stop()


def fill_alone(tracker: str, running: Running[Any]) -> None:
    """The demo company's work, of one tracker; what the other would have is left out."""
    today, site = datetime.now(UTC).date(), running.site
    if tracker == "jira":
        with start_github() as github:
            fill(site, github.site, today)
    else:
        with start_jira() as jira:
            fill(jira.site, site, today)


def _start(tracker: str, port: int, deployment: Deployment) -> Running[Any]:
    try:
        if tracker == "jira" and deployment != "enterprise":
            return start_jira(port=port, deployment=deployment, email=JIRA_EMAIL, token=JIRA_TOKEN)
        return start_github(port=port, token=GITHUB_TOKEN, enterprise=deployment == "enterprise")
    except OSError as error:
        raise Refused(f"cannot listen on port {port}: {error.strerror}; choose another") from None
