"""Who may sign in to a simulated GitHub with a personal token, classic or fine-grained."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

Kind = Literal["classic", "fine", "installation", "app"]
Access = Mapping[str, str]
LOGIN = "simulated"
SCOPES = frozenset({"repo", "read:org", "read:project", "admin:org_hook"})
READING: Access = {"metadata": "read", "issues": "read", "pull_requests": "read"}


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a token stands for; ``owner`` and ``repos`` (None: all of the owner's) bound a
    fine-grained one, ``sso`` are organizations whose single sign-on it has not passed."""

    kind: Kind = "classic"
    login: str = LOGIN
    scopes: frozenset[str] = frozenset()
    permissions: Access = field(default_factory=dict)
    owner: str = ""
    repos: frozenset[str] | None = None
    until: datetime | None = None
    pending: bool = False
    sso: frozenset[str] = frozenset()
    installation: int = 0
    app: int = 0

    def holds(self, permission: str, level: str) -> bool:
        """Whether it has a permission at least at this level; metadata comes with any other."""
        given = self.permissions.get(permission, "")
        if permission == "metadata":
            return True
        return given in ("write", "admin") or given == level


@dataclass
class Tokens:
    """The tokens of a site by their text, and what organizations think of personal ones."""

    known: dict[str, Token] = field(default_factory=dict)
    forbidden: dict[str, frozenset[Kind]] = field(default_factory=dict)
    """By organization, in lower case: the kinds of token it lets nobody use."""

    def classic(self, text: str = "", scopes: Iterable[str] = SCOPES, **about: Any) -> str:
        """A classic token; returns its text."""
        made = text or f"ghp_{secrets.token_hex(18)}"
        self.known[made] = Token(scopes=frozenset(scopes), **about)
        return made

    def fine(
        self, owner: str, permissions: Access = READING, *,
        repos: Iterable[str] | None = None, text: str = "", **about: Any,
    ) -> str:  # fmt: skip
        """A fine-grained token for what one owner has; ``pending`` until the owner approves."""
        made = text or f"github_pat_{secrets.token_hex(24)}"
        only = None if repos is None else frozenset(name.lower() for name in repos)
        self.known[made] = Token(
            kind="fine", owner=owner.lower(), permissions=dict(permissions), repos=only, **about
        )
        return made

    def change(self, text: str, **fields: Any) -> None:
        """Change a token: approve it, let it end, take permissions or single sign-on."""
        self.known[text] = replace(self.known[text], **fields)

    def revoke(self, text: str) -> None:
        """A token that is good no more."""
        self.known.pop(text, None)

    def forbid(self, owner: str, *kinds: Kind) -> None:
        """Let an organization refuse these kinds of token (none: it takes all again)."""
        self.forbidden[owner.lower()] = frozenset(kinds)
