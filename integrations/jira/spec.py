"""What the Jira tracker declares: settings, scope kinds, dropped resolutions."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote as escaped

from connector.errors import Refused
from connector.scopes import Below, Matching, Selector, Tagged
from integrations.jira.jql import normal, quote
from integrations.jira.profile import ids
from integrations.tracker import ScopeKind, Setting, Spec

_PROJECT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-([0-9]+)")


def is_issue_key(value: str) -> bool:
    """Whether it has the form of an issue key."""
    return _KEY.fullmatch(value) is not None


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


def query(kind: str, value: str) -> str:
    """The JQL of a scope, for the kinds that are queries."""
    return f"sprint = {sprint_id(value)}" if kind == "sprint" else normal(value)


def _part(kind: str) -> Callable[[str], Selector]:
    return lambda value: Tagged(tag(kind, *project_and_name(value)))


def _part_url(field: str) -> Callable[[str, str], str]:
    def url(browse: str, value: str) -> str:
        project, name = project_and_name(value)
        return _search(browse, f"project = {quote(project)} AND {field} = {quote(name)}")

    return url


def _search(browse: str, jql: str) -> str:
    return f"{browse}/issues/?jql={escaped(jql, safe='')}"


def _whole(_value: str) -> str:
    return ""


def _kind(
    kind: str,
    label: str,
    example: str,
    *,
    select: Callable[[str], Selector],
    url: Callable[[str, str], str],
) -> ScopeKind:
    return ScopeKind(kind, label, example, select=select, source=_whole, url=url)


def _points(options: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"field:{each}" for each in ids(options.get("story_points", "")))


_KINDS = (
    _kind(
        "epic",
        "Epic or any parent issue",
        "PLAT-42",
        select=lambda value: Below(issue_key(value)),
        url=lambda browse, value: f"{browse}/browse/{issue_key(value)}",
    ),
    _kind(
        "project",
        "Project",
        "PLAT",
        select=lambda value: Tagged(f"project:{project_key(value)}"),
        url=lambda browse, value: f"{browse}/browse/{project_key(value)}",
    ),
    _kind(
        "version",
        "Version (fix version)",
        "PLAT/2.0",
        select=_part("version"),
        url=_part_url("fixVersion"),
    ),
    _kind(
        "component",
        "Component",
        "PLAT/Payments",
        select=_part("component"),
        url=_part_url("component"),
    ),
    _kind("label", "Label", "PLAT/okr", select=_part("label"), url=_part_url("labels")),
    _kind(
        "sprint",
        "Sprint",
        "7",
        select=lambda value: Matching(query("sprint", value)),
        url=lambda browse, value: _search(browse, query("sprint", value)),
    ),
    _kind(
        "jql",
        "JQL query",
        "project = PLAT AND type = Bug",
        select=lambda value: Matching(query("jql", value)),
        url=lambda browse, value: _search(browse, query("jql", value)),
    ),
)

_SETTINGS = (
    Setting(
        "deployment",
        "Deployment",
        "Found out by itself when left empty.",
        choices=("cloud", "datacenter"),
    ),
    Setting("email", "E-mail", "Of the API token's account (Cloud); empty for a Bearer token."),
    Setting(
        "story_points",
        "Story points field",
        "Ids, such as customfield_10016; several with commas. Proposed when left empty.",
    ),
    Setting("number_fields", "Further number fields", "Ids with commas, to measure by."),
    Setting("token", "API token or personal access token", secret=True, required=True),
)

SPEC = Spec(
    key="jira",
    label="Jira",
    settings=_SETTINGS,
    scope_kinds=_KINDS,
    dropped=frozenset(
        """won't do|won't fix|duplicate|cannot reproduce|declined|incomplete|rejected|cancelled
        |canceled""".replace("\n", "")
        .replace("        ", "")
        .split("|")
    ),
    points=_points,
    capabilities=frozenset({"webhooks", "history"}),
    webhook_help=(
        "Jira settings → System → WebHooks → Create a WebHook: enter this URL and secret, and"
        " choose the issue, comment, sprint and version events."
    ),
)
