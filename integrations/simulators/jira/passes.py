"""Who may sign in to a simulated Jira besides its own account: scoped tokens and OAuth grants."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CLOUD_ID = "00000000-0000-4000-8000-000000000001"
READING = frozenset({"read:jira-work", "read:jira-user"})
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Pass:
    """A token: its scopes and, for those that end, until when."""

    scopes: frozenset[str]
    until: datetime | None = None


@dataclass
class Passes:
    """The tokens of a site's gateway; refresh tokens serve once, and tell who used one twice."""

    apps: dict[str, str] = field(default_factory=lambda: {"client-id": "client-secret"})
    """OAuth apps: client id and secret."""
    scoped: dict[str, Pass] = field(default_factory=lambda: {"scoped-token": Pass(READING)})
    """Tokens with scopes of the site's own account: Basic with its e-mail."""
    service: dict[str, Pass] = field(default_factory=lambda: {"service-token": Pass(READING)})
    """Tokens of service accounts, and access tokens of OAuth: Bearer."""
    codes: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Authorization codes: redirect address and scopes."""
    refresh: dict[str, frozenset[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    renewals: int = 0
    others: list[dict[str, str]] = field(default_factory=list)
    """Further sites a grant opens: id, url, name."""
    lasts: timedelta = HOUR
    pat_until: datetime | None = None
    """When Data Center's personal access token ends."""

    def code(self, redirect: str, scopes: frozenset[str]) -> str:
        """A code somebody agreed to."""
        made = secrets.token_urlsafe(12)
        self.codes[made] = (redirect, scopes)
        return made

    def grant(self, scopes: frozenset[str], clock: Callable[[], datetime]) -> dict[str, object]:
        """A new access token, and a refresh token when it was asked for."""
        access = f"access-{secrets.token_urlsafe(24)}"
        self.service[access] = Pass(scopes, clock() + self.lasts)
        answer: dict[str, object] = {
            "access_token": access, "expires_in": int(self.lasts.total_seconds()),
            "token_type": "Bearer", "scope": " ".join(sorted(scopes)),
        }  # fmt: skip
        if "offline_access" in scopes:
            renewal = f"refresh-{secrets.token_urlsafe(24)}"
            self.refresh[renewal] = scopes
            answer["refresh_token"] = renewal
        return answer

    def renew(self, token: str) -> frozenset[str] | None:
        """The scopes of a refresh token, which has served now; None for one that is not good."""
        if token in self.refresh:
            self.used.add(token)
            self.renewals += 1
            return self.refresh.pop(token)
        return None

    def revoke(self) -> None:
        """Nothing that was granted is good any more."""
        self.refresh.clear()
        self.service.clear()
