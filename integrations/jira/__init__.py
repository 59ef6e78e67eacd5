"""The Jira tracker: Cloud and Data Center."""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.jira import webhook
from integrations.jira.oauth import JiraConsent
from integrations.jira.session import JiraSession
from integrations.jira.spec import SPEC
from integrations.kit.signature import header, verdict
from integrations.tracker import Account, Consent, Delivery, Session, Spec, Tracker

_CONSENT = JiraConsent()


@dataclass(frozen=True, slots=True)
class JiraTracker:
    """Jira as the port asks for it."""

    spec: Spec = SPEC
    consent: Consent | None = _CONSENT

    def open(self, account: Account) -> Session:
        """A session; makes no call."""
        return JiraSession(account)

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> bool | None:
        """Jira signs with ``X-Hub-Signature: sha256=…``."""
        return verdict(body, secret, header(headers, "X-Hub-Signature"))

    def delivery(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a verified delivery."""
        return webhook.delivery(headers, body)


tracker: Tracker = JiraTracker()
