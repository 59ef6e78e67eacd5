"""What a ref says of an issue: how to ask for it, and where it lay."""

from collections.abc import Sequence

from connector.work import Ref
from integrations.jira.jql import quote
from integrations.jira.spec import is_issue_key


def name_of(ref: Ref) -> str:
    """What to ask by; '' for a ref that cannot name a Jira issue."""
    if id_of(ref):
        return id_of(ref)
    key = ref.key or ""
    return key.upper() if is_issue_key(key) else ""


def id_of(ref: Ref) -> str:
    """The id of a ref; '' for one that cannot be an id of Jira."""
    text = ref.external_id or ""
    return text if text.isascii() and text.isdigit() else ""


def home_of(ref: Ref) -> str:
    """The key of the project its key names; '' without one."""
    key = ref.key or ""
    return key.rpartition("-")[0].upper() if is_issue_key(key) else ""


def by_names(names: Sequence[str]) -> str:
    """The JQL of issues by id or key."""
    return f"id in ({', '.join(name if name.isdigit() else quote(name) for name in names)})"
