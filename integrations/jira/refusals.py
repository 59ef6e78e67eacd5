"""Why Jira refused a sign-in, as a sentence with the fix."""

from connector.errors import AccessDenied
from integrations.jira.places import gateway_of, on_gateway
from integrations.kit.answers import Denied
from integrations.tracker import Account

_TOKENS = "id.atlassian.com → Security → API tokens"
_PAT = "Profile → Personal Access Tokens"
_NEEDED = {"2/myself": "read:jira-user"}
_READ = "read:jira-work"


def explained(error: AccessDenied, account: Account, *, path: str, deployment: str) -> AccessDenied:
    """The same refusal with what to do about it; ``path`` is the call that was refused and
    ``deployment`` empty while it is not known."""
    fix = _fix(error, account, path=path, deployment=deployment)
    return AccessDenied(f"{_short(error)} {fix}")


def _short(error: AccessDenied) -> str:
    """What Jira said, without the general advice that is replaced here."""
    if not isinstance(error, Denied):
        return str(error)
    return f"Jira refused the sign-in{f': {error.word}' if error.word else ''}."


def _fix(error: AccessDenied, account: Account, *, path: str, deployment: str) -> str:
    said = error.word.lower() if isinstance(error, Denied) else str(error).lower()
    headers = error.headers if isinstance(error, Denied) else {}
    email = account.options.get("email", "")
    if account.options.get("client_id"):
        return _app_fix(said, path)
    if "basic auth" in said:
        return (
            "This Jira takes no name with a password or token (basic authentication is off, as in"
            f" Jira 11): leave the e-mail empty and use a personal access token of {_PAT}."
        )
    if "captcha" in f"{said} {headers.get('X-Authentication-Denied-Reason', '')}".lower():
        return "Jira wants a CAPTCHA after failed sign-ins: sign in once in a browser, then retry."
    if on_gateway(account.url):
        return _gateway_fix(said, email, path)
    if deployment == "datacenter":
        return _datacenter_fix(said, email)
    return _site_fix(account, said, email, known=deployment == "cloud")


def _app_fix(said: str, path: str) -> str:
    if "scope" in said:
        lacks = _NEEDED.get(path, _READ)
        return (
            f"The app lacks the scope {lacks}: add it under Permissions at"
            " developer.atlassian.com, and sign in again."
        )
    return "The sign-in at Atlassian is no longer good: sign in again."


def _gateway_fix(said: str, email: str, path: str) -> str:
    if "scope" in said:
        lacks = _NEEDED.get(path, _READ)
        return (
            f"The token lacks the scope {lacks}: make one with {_READ} and read:jira-user"
            " (write:jira-work only to write back) and connect again."
        )
    if "expired" in said:
        return f"The token expired: make a new one with scopes at {_TOKENS} and connect again."
    if email:
        return (
            "The gateway takes tokens with scopes: check that this one has scopes, is not expired"
            " and belongs to this e-mail; for a service account leave the e-mail empty."
        )
    return (
        "Without an e-mail the token is sent as that of a service account; one of a person needs"
        " the person's e-mail too."
    )


def _datacenter_fix(said: str, email: str) -> str:
    if email:
        return (
            "Jira Data Center takes a personal access token without an e-mail: leave the e-mail"
            f" empty and use a token of {_PAT}."
        )
    why = "The token expired" if "expired" in said else "The token is wrong, revoked or expired"
    return f"{why}: make a new one at {_PAT} and connect again."


def _site_fix(account: Account, said: str, email: str, *, known: bool) -> str:
    if not email and "expired" in said and not known:
        return f"The token expired: make a new one at {_PAT} and connect again."
    if not email:
        other = "" if known else f" One of Jira Data Center is made at {_PAT}."
        return f"An API token of Jira Cloud needs the e-mail of its account too.{other}"
    if "expired" in said:
        return f"The token expired: make a new one at {_TOKENS} and connect again."
    gateway = gateway_of(account.url, allow_private=account.allow_private)
    return (
        f"Check that the token belongs to this e-mail and is not expired ({_TOKENS}). A token with"
        " scopes works only through Atlassian's gateway: use"
        f" {gateway or 'https://api.atlassian.com/ex/jira/<cloud id>'} as the URL."
    )
