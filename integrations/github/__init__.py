"""The GitHub tracker: github.com and GitHub Enterprise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.github import webhook
from integrations.github.consent import GitHubConsent
from integrations.github.session import GitHubSession
from integrations.github.spec import SPEC
from integrations.kit.signature import header, verdict
from integrations.tracker import Account, Consent, Delivery, Session, Spec, Tracker


@dataclass(frozen=True, slots=True)
class GitHubTracker:
    """GitHub as the port asks for it."""

    spec: Spec = SPEC
    consent: Consent | None = field(default_factory=GitHubConsent)

    def open(self, account: Account) -> Session:
        """A session; makes no call."""
        return GitHubSession(account)

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool | None:
        """GitHub signs with ``X-Hub-Signature-256: sha256=…``; the old sha1 is refused."""
        return verdict(body, secret, header(headers, "X-Hub-Signature-256"))

    def delivery(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified delivery."""
        return webhook.delivery(headers, body)


tracker: Tracker = GitHubTracker()
