"""What a GitHub offers beyond issues, milestones and labels: servers lack some of github.com's.

GitHub Enterprise Server up to 3.19 has none of these in its API; what a server has is found out
when it is connected and kept in the connection's options as ``features``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from connector.errors import AccessDenied, Gone
from integrations.github.client import GitHubClient
from integrations.tracker import Listed, Look, Need, Page

PROJECTS, SUB_ISSUES, TYPES, FIELDS = "projects", "sub_issues", "issue_types", "issue_fields"
ALL = frozenset({PROJECTS, SUB_ISSUES, TYPES, FIELDS})
_NONE = "none"
_NEEDED = {"project": PROJECTS, "issue": SUB_ISSUES}
_WORDS = {PROJECTS: "projects", SUB_ISSUES: "sub-issues"}
_INSTEAD = {
    "project": "link milestones, labels or repositories instead",
    "issue": "link a milestone or a label that these issues share instead",
}

Scope = tuple[str, str]


def features(options: Mapping[str, str]) -> frozenset[str]:
    """What the connection with these options has; all of it until something else was found."""
    told = options.get("features", "")
    if not told:
        return ALL
    return frozenset(each.strip() for each in told.split(",")) & ALL


def as_option(found: frozenset[str]) -> str:
    """The features as the option ``features`` holds them."""
    return ",".join(sorted(found)) or _NONE


def objection(kind: str, options: Mapping[str, str]) -> str | None:
    """A sentence against scopes of a kind that this GitHub has not; None where it has them."""
    needed = _NEEDED.get(kind)
    if needed is None or needed in features(options):
        return None
    version = options.get("version", "")
    which = f"GitHub Enterprise Server{f' {version}' if version else ''}"
    return f"{which} has no {_WORDS[needed]} in its API: {_INSTEAD[kind]}."


def offered(need: Need, options: Mapping[str, str]) -> tuple[Need, dict[Scope, str]]:
    """The need without the scopes that this GitHub cannot have, and why, for each of those."""
    refused = {
        scope: sentence for scope in need.scopes if (sentence := objection(scope[0], options))
    }
    kept = need.parents if SUB_ISSUES in features(options) else frozenset[str]()
    return replace(need, scopes=need.scopes - refused.keys(), parents=kept), refused


def telling(
    parts: Iterator[Page | Listed | Look], refused: Mapping[Scope, str]
) -> Iterator[Page | Listed | Look]:
    """A read that tells of refused scopes too."""
    for part in parts:
        if isinstance(part, Look) and refused:
            yield replace(part, broken={**part.broken, **refused})
        else:
            yield part


def probe(client: GitHubClient, login: str, repo: str = "") -> frozenset[str]:
    """What a server has, asked of a repository the sign-in sees, which is looked for where none is
    named: at most six calls, none that changes anything. Without a repository or an issue to ask
    of, what cannot be told is taken as there."""
    # An app signs in for an organization, a token for a person.
    has = any(_there(client, f"/{whose}/{login}/projectsV2") for whose in ("users", "orgs"))
    found = {PROJECTS} if has else set[str]()
    seen = {"full_name": repo} if repo else _first(client, "/user/repos", sort="updated")
    if seen is None:
        return frozenset(found | (ALL - {PROJECTS}))
    place = f"/repos/{seen.get('full_name')}"
    types = _there(client, f"{place}/issue-types")
    issue = _first(client, f"{place}/issues", state="all")
    if issue is None:
        # They came to servers together, as far as they came.
        return frozenset(found | ((ALL - {PROJECTS}) if types else set()))
    if types:
        found |= {TYPES}
    if _there(client, f"{place}/issues/{issue.get('number')}/sub_issues"):
        found |= {SUB_ISSUES}
    if "issue_field_values" in issue:
        found |= {FIELDS}
    return frozenset(found)


def _there(client: GitHubClient, path: str) -> bool:
    """Whether there is such a list at all; one that is refused is there."""
    try:
        client.get(path, {"per_page": 1})
    except Gone:
        return False
    except AccessDenied:
        return True
    return True


def _first(client: GitHubClient, path: str, **asked: str) -> dict[str, object] | None:
    """The first of a list, None where it is empty or not to be seen."""
    try:
        found = client.get(path, {"per_page": 1, **asked}).array()
    except (Gone, AccessDenied):
        return None
    return found[0] if found and isinstance(found[0], dict) else None
