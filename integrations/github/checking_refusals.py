"""Why GitHub refused a token, as a sentence with the fix."""

import re
from typing import Literal

from integrations.kit.address import same_origin
from integrations.kit.answers import Denied

Kind = Literal["classic", "fine", "app"]
_SSO = re.compile(r"required;\s*url=(\S+)")
_PERMISSIONS = {
    "organization_projects": "Projects (organization)",
    "organization_hooks": "Webhooks (organization)",
    "repository_hooks": "Webhooks",
    "issue_types": "Issue types (organization)",
    "issue_fields": "Issue fields (organization)",
}
_LEVELS = {"read": "Read-only", "write": "Read and write", "admin": "Admin"}
_FORBIDS = "forbids access via"
_NO_ACCESS = "not accessible by"


def token_pages(web: str, kind: Kind = "classic") -> str:
    """Where tokens of a kind are made."""
    return f"{web}/settings/{'personal-access-tokens' if kind == 'fine' else 'tokens'}"


def sign_in(error: Denied, web: str, token: str) -> str:
    """Why the token itself is not taken."""
    kind: Kind = "fine" if token.startswith("github_pat_") else "classic"
    said = error.word.lower()
    if _NO_ACCESS in said and "integration" in said:
        return (
            "This is the token of an app's installation, which ends within an hour: connect with"
            " the GitHub App itself, which renews it."
        )
    if "suspended" in said:
        return f"{_said(error)} Ask who administers this GitHub, or use another account's token."
    if found := particular(error, web, "GitHub"):
        return found
    return (
        f"{_said(error)} The token is wrong, revoked or expired: make a new one at"
        f" {token_pages(web, kind)} and connect again."
    )


def particular(error: Denied, web: str, owner: str) -> str | None:
    """Why an owner refused the token, where it is neither the token's scopes nor permissions."""
    said = error.word.lower()
    if "saml" in said or "X-GitHub-SSO" in error.headers:
        return _single_sign_on(error, web, owner)
    if "ip allow list" in said:
        return f"{_said(error)} Have an owner of {owner} add this server's address to that list."
    if "lifetime" in said:
        return f"{_said(error)} Make a token that ends sooner."
    if _FORBIDS in said and "fine-grained" in said:
        return f"{_said(error)} Use a GitHub App, or ask an owner of {owner} to let such tokens in."
    if _FORBIDS in said:
        return f"{_said(error)} Use a fine-grained token or a GitHub App."
    if "suspended" in said:
        return f"{_said(error)} An owner of {owner} has to take that back at GitHub."
    return None


def lacking(error: Denied) -> str:
    """The permissions a call needs, as GitHub's own pages name them; '' where it tells none."""
    told = error.headers.get("X-Accepted-GitHub-Permissions", "")
    ways = (", ".join(filter(None, map(_named, each.split(",")))) for each in told.split(";"))
    return " or ".join(dict.fromkeys(filter(None, ways)))


def _named(pair: str) -> str:
    name, _, level = pair.strip().partition("=")
    if not name or level not in _LEVELS:
        return ""
    shown = _PERMISSIONS.get(name) or name.replace("_", " ").capitalize()
    return f"{shown}: {_LEVELS[level]}"


def _single_sign_on(error: Denied, web: str, owner: str) -> str:
    found = _SSO.search(error.headers.get("X-GitHub-SSO", ""))
    where = found[1] if found and same_origin(found[1], web) else ""
    where = where or f"{token_pages(web)} → Configure SSO"
    return (
        f"{owner} asks for single sign-on before it lets the token in: authorize the token at"
        f" {where} and test again."
    )


def _said(error: Denied) -> str:
    return f"GitHub refused the token{f': {error.word}' if error.word else ''}."
