"""Jira's scopes as text: what their values name, their tags and queries."""

import re

from connector.errors import Refused
from integrations.jira.jql import normal

_PROJECT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-([0-9]+)")


def is_issue_key(value: str) -> bool:
    """Whether it has the form of an issue key."""
    return _KEY.fullmatch(value) is not None


def is_project_key(value: str) -> bool:
    """Whether it has the form of a project's key."""
    return _PROJECT.fullmatch(value) is not None


def issue_key(value: str) -> str:
    """An issue key in its usual form, or ``Refused``."""
    if not is_issue_key(value):
        raise Refused(f"{value!r} is not an issue key, such as PLAT-42")
    return value.upper()


def project_key(value: str) -> str:
    """A project key in its usual form, or ``Refused``."""
    if not _PROJECT.fullmatch(value):
        raise Refused(f"{value!r} is not a project key, such as PLAT")
    return value.upper()


def project_and_name(value: str) -> tuple[str, str]:
    """``PROJ/NAME`` split at its first slash, or ``Refused``."""
    project, _, name = value.partition("/")
    if not name.strip():
        raise Refused(f"{value!r} is not of the form PROJECT/NAME, such as PLAT/2.0")
    return project_key(project), name.strip()


def sprint_id(value: str) -> str:
    """A sprint's number, or ``Refused``."""
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Refused(f"{value!r} is not the number of a sprint, such as 7")
    return str(int(value))


def tag(kind: str, project: str, name: str) -> str:
    """The tag of a named part of a project; versions and components know no case."""
    return f"{kind}:{project}/{name if kind == 'label' else name.casefold()}"


def sprint_tag(number: str) -> str:
    """The tag of what lies in a sprint, whatever its project."""
    return f"sprint:{number}"


def query(kind: str, value: str) -> str:
    """The JQL of a scope, for the kinds that are queries."""
    return f"sprint = {sprint_id(value)}" if kind == "sprint" else normal(value)
