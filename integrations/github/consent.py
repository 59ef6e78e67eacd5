"""Signing in by a GitHub App: its installation gives tokens that last an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from connector.errors import AccessDenied, BadReading, Refused
from integrations.github.app import HOME, account_of, as_app, at_installation
from integrations.github.manifest import GitHubMaker, web_of
from integrations.tracker import Client, Grant, Maker, Site

_LASTS = timedelta(hours=1)
"""What GitHub says of every token of an installation."""


@dataclass(frozen=True, slots=True)
class GitHubConsent:
    """GitHub Apps as the port asks for it; stateless. What renews a grant is the installation."""

    maker: Maker | None = field(default_factory=GitHubMaker)

    def address(self, client: Client, state: str) -> str:
        """Where a person installs the app, choosing an account and repositories."""
        web_of(client)
        if not client.page:
            raise Refused("the app is there already: install it from its settings at GitHub")
        return f"{client.page}/installations/new?state={quote(state, safe='')}"

    def exchange(self, client: Client, code: str) -> Grant:
        """The first token of an installation, by its id."""
        number = code.strip()
        if not (number.isascii() and number.isdigit() and len(number) < 20):
            raise AccessDenied(f"GitHub names no installation by this: {number[:20]!r}.")
        with at_installation(client), as_app(account_of(client)) as app:
            told = app.call("POST", f"/app/installations/{number}/access_tokens").object()
        token = told.get("token")
        if not isinstance(token, str) or not token:
            raise BadReading("token", "is not text", "the sign-in")
        return Grant(token=token, lasts=_LASTS, renewal=number)

    def sites(self, client: Client, grant: Grant) -> tuple[Site, ...]:
        """The GitHub the app is at."""
        web = web_of(client)
        return (
            Site(
                url=client.server.rstrip("/") or HOME,
                browse_url=web,
                name=urlsplit(web).hostname or web,
                options={"installation": grant.renewal},
            ),
        )

    def vouches(self, client: Client, headers: Mapping[str, str], at: datetime) -> bool | None:
        """GitHub signs each delivery with the webhook's secret; the app adds no word of its own."""
        del client, headers, at
        return None

    def renew(self, client: Client, renewal: str) -> Grant:
        """Another token of the installation."""
        return self.exchange(client, renewal)
