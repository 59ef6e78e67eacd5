"""What each call of the API needs: a permission, a role in the repository, a scope."""

from dataclasses import dataclass

from integrations.simulators.github.tokens import Token

ROLES = ("none", "read", "triage", "write", "maintain", "admin")
_BOTH = ("issues", "pull_requests")
_REPOSITORY: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("/issues/<int:number>/comments", _BOTH, "read"), ("/issues/comments", _BOTH, "read"),
    ("/issues/<int:number>/labels", _BOTH, "triage"),
    ("/issues/<int:number>", ("issues",), "triage"), ("/issues", ("issues",), "read"),
    ("/milestones", _BOTH, "write"), ("/labels", _BOTH, "write"),
    ("/pulls", ("pull_requests",), "write"), ("/releases", ("contents",), "write"),
    ("/hooks", ("repository_hooks",), "admin"), ("/check-runs", ("checks",), "write"),
    ("/commits/<ref>/check-runs", ("checks",), "write"),
    ("/commits", ("contents",), "write"),
)  # fmt: skip
"""By what follows the repository in an address: permissions, one of which is enough, and the role
that a change needs."""
_OWNER: tuple[tuple[str, str, str], ...] = (
    ("/hooks", "organization_hooks", "admin:org_hook"),
    ("/projectsV2", "organization_projects", "read:project"),
    ("/issue-types", "issue_types", "read:org"), ("/issue-fields", "issue_fields", "read:org"),
)  # fmt: skip
_IMPLIED = {
    "read:org": {"admin:org", "write:org"}, "read:project": {"project"},
    "admin:org_hook": set(), "read:user": {"user"}, "repo": set(),
}  # fmt: skip


@dataclass(frozen=True)
class Need:
    """What a call needs; ``scope`` is for classic tokens, ``role`` for what changes something."""

    permissions: tuple[str, ...] = ("metadata",)
    level: str = "read"
    role: str = "read"
    scope: str = ""

    @property
    def accepted(self) -> str:
        """The permissions as GitHub names them in a header."""
        return "; ".join(f"{name}={self.level}" for name in self.permissions)

    def met(self, token: Token) -> bool:
        """Whether a token with permissions has one that is enough."""
        return any(token.holds(name, self.level) for name in self.permissions)


def of(method: str, rule: str) -> Need:
    """What a route needs, by its pattern."""
    level = "read" if method in ("GET", "HEAD") else "write"
    for start in ("/repos/<owner>/<name>", "/<any(orgs, users):kind>/<owner>", "/orgs/<owner>"):
        if rule.startswith(start):
            rest = rule.removeprefix(start)
            break
    else:
        return Need(level=level)
    return _repository(rest, level) if start.startswith("/repos") else _owned(rest, level)


def _repository(rest: str, level: str) -> Need:
    for start, permissions, role in _REPOSITORY:
        if rest.startswith(start):
            # Webhooks are an administrator's even to read.
            needed = role if level == "write" or role == "admin" else "read"
            return Need(permissions, level, needed, "repo")
    return Need(level="read", scope="repo")


def _owned(rest: str, level: str) -> Need:
    for start, permission, scope in _OWNER:
        if rest.startswith(start):
            return Need((permission,), level, scope=scope)
    return Need(level=level)


def in_scopes(token: Token, scope: str) -> bool:
    """Whether a classic token has a scope, or a wider one that holds it."""
    return not scope or scope in token.scopes or bool(_IMPLIED.get(scope, set()) & token.scopes)


def enough(role: str, needed: str) -> bool:
    """Whether a role is at least the one needed."""
    return ROLES.index(role) >= ROLES.index(needed)
