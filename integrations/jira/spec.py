"""What the Jira tracker declares: settings, scope kinds, dropped resolutions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote as escaped

from connector.scopes import Below, Matching, Selector, Tagged
from integrations.jira.jql import quote
from integrations.jira.locate import astray, locate
from integrations.jira.mentions import PREFIX, projects
from integrations.jira.noted import NOTES
from integrations.jira.profile import ids
from integrations.jira.scopes import (
    is_issue_key,
    issue_key,
    project_and_name,
    project_key,
    query,
    sprint_id,
    sprint_tag,
    tag,
)
from integrations.tracker import Naming, ScopeKind, Setting, SignIn, Spec

__all__ = [
    "SPEC",
    "is_issue_key",
    "issue_key",
    "project_and_name",
    "project_key",
    "query",
    "sprint_id",
    "sprint_tag",
    "tag",
]


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
    found = ScopeKind(kind, label, example, select=select, source=_whole, url=url)
    return replace(found, hint=_HINTS[kind])


_HINTS = {
    "epic": "Words of its title, or a key such as PLAT-42; any parent of work will do.",
    "project": "Its name or its key, such as PLAT: everything in it is counted.",
    "version": "A project and words of the version's name, such as PLAT 2.0.",
    "component": "A project and words of the component's name, such as PLAT payments.",
    "label": "A project and a label, such as PLAT okr.",
    "sprint": "Words of its name, its board's name, or its number.",
    "jql": "A query in Jira's own language; ORDER BY is of no use here and is left out.",
}


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
        select=lambda value: Tagged(sprint_tag(sprint_id(value))),
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
    Setting(
        "email",
        "E-mail",
        "Of the API token's account (Cloud); empty for a personal access token (Data Center) or"
        " a service account's token.",
        way="token",
        input="email",
    ),
    Setting(
        "story_points",
        "Story points field",
        "Ids, such as customfield_10016; several with commas. Proposed when left empty.",
    ),
    Setting("number_fields", "Further number fields", "Ids with commas, to measure by."),
    Setting(
        "conventions",
        "Projects whose epics may link themselves",
        "Project keys with commas, such as PLAT, OPS: there a label okr-KR-1 or a line"
        " Key-Result: KR-1 in an epic's description links it. None when left empty.",
    ),
    Setting("token", "API token or personal access token", secret=True, required=True, way="token"),
    Setting(
        "expires_on",
        "Token good until",
        "As chosen when the API token was made (Cloud does not tell): you are warned in time.",
        way="token",
        input="date",
    ),
    Setting(
        "client_id",
        "Client id",
        "Of an OAuth 2.0 app made at developer.atlassian.com, with this Worklift's callback URL.",
        required=True,
        way="consent",
    ),
    Setting("client_secret", "Client secret", secret=True, required=True, way="consent"),
    Setting(
        "auth_server", "Sign-in server", "Only where it is not Atlassian's own.", way="consent"
    ),
)

_SIGN_IN = SignIn(
    how="by signing in there",
    summary="OAuth 2.0 with an app you make there; the sign-in renews itself.",
    lead=(
        "Make an OAuth 2.0 app at developer.atlassian.com with the permissions read:jira-work and"
        " read:jira-user (manage:jira-webhook for webhooks, write:jira-work to write back), and"
        " this callback URL: {redirect}"
    ),
    writing="Only if key results are to be shown on issues. It stays off until it is allowed for"
    " this connection.",
)

SPEC = Spec(
    key="jira",
    label="Jira",
    settings=_SETTINGS,
    sign_in=_SIGN_IN,
    scope_kinds=_KINDS,
    dropped=frozenset(
        """won't do|won't fix|duplicate|cannot reproduce|declined|incomplete|rejected|cancelled
        |canceled""".replace("\n", "")
        .replace("        ", "")
        .split("|")
    ),
    points=_points,
    locate=locate,
    astray=astray,
    naming=Naming(
        places=lambda options: projects(options.get("conventions", "")),
        kind="epic",
        how=f"a label {PREFIX}<key> or a line Key-Result: <key> in its description",
    ),
    capabilities=frozenset(
        {
            "absence",
            "fresh",
            "webhooks",
            "consent",
            "history",
            "secret_path",
            "registering",
            "writeback",
            "finding",
            "conventions",
        }
    ),
    notes=NOTES,
    largest_delivery=5 * 1024 * 1024,
    webhook_help=(
        "As a Jira administrator: settings → System → WebHooks → Create a WebHook. Enter URL and"
        " secret; where the form has no field for a secret (Data Center before 10), enter the"
        " URL for trackers that do not sign, which is a secret itself. Choose the events of issues"
        " (created, updated, deleted), issue links, sprints, versions or releases, and projects;"
        " leave the body in."
    ),
)
