"""Jira's webhook deliveries: hints which issue changed, never data."""

from collections.abc import Mapping
from hashlib import sha256

from connector.errors import BadReading
from connector.work import Ref
from integrations.kit.decode import Undecodable, decode
from integrations.kit.fields import Fields
from integrations.kit.signature import header
from integrations.tracker import Delivery, Hint

_EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")


def delivery(headers: Mapping[str, str], body: bytes) -> Delivery:
    """Read a body; the identifier Jira repeats with every retry, else the body's own hash."""
    fields = _body(body)
    event = fields.text("webhookEvent")
    identifier = header(headers, "X-Atlassian-Webhook-Identifier").strip()
    issue = fields.maybe_within("issue")
    if event in _EVENTS and issue is None:
        fields.missing("issue")
    about = issue if event in _EVENTS else None
    return Delivery(
        identifier=identifier[:200] or f"sha256:{sha256(body).hexdigest()}",
        event=event,
        sources=frozenset({""}),
        hints=(_hint(about, event),) if about else (),
    )


def _hint(issue: Fields, event: str) -> Hint:
    ref = Ref(issue.identifier("id"), issue.maybe_text("key"))
    fields = issue.maybe_within("fields")
    # A deleted issue keeps its last `updated`: only a read by id shows that it is gone.
    known = fields if event != "jira:issue_deleted" else None
    return Hint("", ref, known.maybe_instant("updated") if known else None)


def _body(body: bytes) -> Fields:
    try:
        value = decode(body, unique=True)
    except Undecodable as error:
        raise BadReading("body", str(error), "the delivery") from error
    if not isinstance(value, dict):
        raise BadReading("body", "is not an object", "the delivery")
    return Fields(value, item="the delivery")
