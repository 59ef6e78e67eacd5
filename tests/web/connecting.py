"""What a person types and sees to connect a tracker."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from connector.store.tables import Connection
from tests.web.test_pages import text
from tests.web.world import World

PAGES = (
    "/connect", "/connect/jira", "/connect/jira?way=consent", "/connect/signed-in?state=s&code=c",
    "/connections/jira", "/connections/jira/disconnect",
)  # fmt: skip
SECRETS = ("jira-token", "client-secret", "scoped-token", "wrong-token")


def typed(jira: Any, **more: str) -> dict[str, str]:
    return {
        "way": "token", "name": "jira", "url": jira.url, "email": "admin@example.com",
        "token": "jira-token", "allow_private": "yes", **more,
    }  # fmt: skip


def row(service: World, name: str = "jira") -> Connection | None:
    with service.runtime.store.read() as session:
        return session.scalars(select(Connection).where(Connection.name == name)).one_or_none()


def connect(admin: FlaskClient, jira: Any, **more: str) -> str:
    """Connect by the form; a connection that is there already is changed by its own form."""
    answer = admin.post("/connect/jira", data=typed(jira, **more), follow_redirects=True)
    assert answer.status_code == 200, text(answer.text)
    return answer.text


def value(page: str, name: str) -> str:
    """What a field of a form holds."""
    (tag,) = re.findall(rf'<input [^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
