"""Jira's webhook deliveries: hints which issue or list changed, never data."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from uuid import uuid4

from connector.errors import BadReading
from connector.work import Ref
from integrations.kit.decode import Undecodable, decode
from integrations.kit.fields import Fields
from integrations.kit.signature import header
from integrations.tracker import Delivery, Hint

_WHOLE = frozenset({""})
_ISSUE = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
_LINKED = ("sourceIssueId", "destinationIssueId")
# How the names of events begin that tell of versions, sprints, projects, types and the like.
_LISTS = ("jira:version_", "sprint_", "project_", "issuetype_", "status_", "field_")
_TALK = ("issue_commented", "issue_comment_edited", "issue_comment_deleted")
_LONGEST_ID, _LONGEST_NAME = 20, 128


def delivery(headers: Mapping[str, str], body: bytes) -> Delivery:
    """Read a body: issues to read again, or small lists that changed.

    Comments, worklogs, properties, boards, users and whatever Jira invents next change no number:
    they are read as nothing, so that they are accepted and not sent again.
    """
    fields = _body(body)
    event = fields.text("webhookEvent")
    hints = tuple(_hints(event, fields))
    lists = _WHOLE if event.startswith(_LISTS) else frozenset[str]()
    return Delivery(
        identifier=_identifier(headers, fields, body),
        event=event,
        sources=_WHOLE if hints else lists,
        lists=lists,
        hints=hints,
    )


def _hints(event: str, fields: Fields) -> Iterator[Hint]:
    if event in _ISSUE:
        issue = fields.within("issue")
        if not _is_talk(event, fields):
            yield _hint(issue, gone=event == "jira:issue_deleted")
    elif event.startswith("issuelink_"):
        # Links of the system make sub-tasks and, on Data Center, epics.
        link = fields.within("issueLink")
        for name in _LINKED:
            yield Hint("", Ref(_id(link, name), None), None)


def _is_talk(event: str, fields: Fields) -> bool:
    """Whether an update is only a comment, as Jira Server sends them."""
    if event != "jira:issue_updated" or _changed(fields):
        return False
    kind = fields.maybe_text("issue_event_type_name")
    if kind is None:
        return fields.maybe_within("comment") is not None  # old Server names no kind
    return kind in _TALK


def _changed(fields: Fields) -> bool:
    log = fields.maybe_within("changelog")
    return log is not None and bool(log.each("items"))


def _hint(issue: Fields, *, gone: bool) -> Hint:
    ref = Ref(_id(issue, "id"), issue.maybe_text("key"))
    fields = issue.maybe_within("fields")
    # A deleted issue keeps its last `updated`: only a read by id shows that it is gone.
    known = fields.maybe_instant("updated") if fields and not gone else None
    return Hint("", ref, known, gone=gone)


def _id(fields: Fields, name: str) -> str:
    found = fields.identifier(name)
    if len(found) > _LONGEST_ID or not found.isdigit():
        fields.wrong(name, "is not an id")
    return found


def _identifier(headers: Mapping[str, str], fields: Fields, body: bytes) -> str:
    """The identifier Jira repeats with every retry.

    Some Data Centers send none. There the body stands for the event, since it holds the
    millisecond; without that two events may look alike, and none may be lost for the other.
    """
    named = header(headers, "X-Atlassian-Webhook-Identifier").strip()
    if named:
        good = named.isprintable() and len(named) <= _LONGEST_NAME
        return named if good else f"sha256:{sha256(named.encode('utf-8', 'replace')).hexdigest()}"
    if "timestamp" in fields.values:
        return f"sha256:{sha256(body).hexdigest()}"
    return f"once:{uuid4().hex}"


def _body(body: bytes) -> Fields:
    try:
        value = decode(body, unique=True)
    except Undecodable as error:
        raise BadReading("body", str(error), "the delivery") from error
    if not isinstance(value, dict):
        raise BadReading("body", "is not an object", "the delivery")
    return Fields(value, item="the delivery")
