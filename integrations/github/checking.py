"""The connection test: is it GitHub, who are we, what may we see, and which GitHub is it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from connector.errors import AccessDenied, Gone, TrackerError, Unavailable
from integrations.github.app_rights import installed
from integrations.github.checking_places import hint, refuse_elsewhere
from integrations.github.checking_refusals import Kind, sign_in
from integrations.github.client import GitHubClient
from integrations.github.features import PROJECTS, as_option, features, probe
from integrations.github.places import web_url
from integrations.github.rights import kind_of, last_day, scope_warnings, seeing, seen
from integrations.github.rights_reach import Reach
from integrations.kit.answers import Answer, Denied, Moved, Rejected
from integrations.tracker import Account, Identity

_HOME = "https://github.com"
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who a sign-in is, and of which kind; ``login`` owns what is looked at first."""

    who: str
    login: str
    kind: Kind
    headers: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None
    where: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check(client: GitHubClient, account: Account) -> Identity:
    """Test URL, sign-in and rights, and find out which GitHub it is; failures name their fix.

    Two calls, and for what links name one each; of a fine-grained token two more for each
    repository, of an app two for its installation, and on a server at most five for what it offers.
    """
    refuse_elsewhere(account.url)
    me = _app(client, account) if account.client else _person(client, account)
    sees = seen(client, me.kind)
    shown = sees.names[0] if sees and sees.names else ""
    found = _detected(client, me, shown)
    known = replace(account, options={**account.options, **found})
    return Identity(
        who=me.who,
        options=found,
        warnings=(
            *me.warnings,
            *_scopes(me, known, client.web),
            *seeing(sees, me.kind, client.web),
            *Reach(client, known, me.kind, me.where).warnings(shown),
        ),
        notes=(*((sees.sentence,) if sees and sees.total else ()), *me.notes),
        token_until=me.until,
    )


def _app(client: GitHubClient, account: Account) -> SignedIn:
    """The app and its installation; the token is good if it lists the repositories."""
    found = installed(account)
    try:
        answer = client.get("/installation/repositories", {"per_page": 1})
    except Denied as error:
        raise AccessDenied(f"{str(error).rstrip('.')}. Test again: a new token is made.") from error
    return SignedIn(
        who=f"{found.name} for {found.owner}",
        login=found.owner,
        kind="app",
        headers=answer.headers,
        where=found.page,
        warnings=found.warnings,
        notes=found.notes,
    )


def _person(client: GitHubClient, account: Account) -> SignedIn:
    answer, person = _user(client, account)
    login = person.get("login")
    if not isinstance(login, str) or not login:
        raise Unavailable(f"{account.url} answers, but not as GitHub. {hint(account.url)}")
    kind = kind_of(answer.headers)
    return SignedIn(
        who=login, login=login, kind=kind, headers=answer.headers, until=last_day(answer.headers)
    )


def _user(client: GitHubClient, account: Account) -> tuple[Answer, dict[str, Any]]:
    try:
        answer = client.get("/user")
        return answer, answer.object()
    except Denied as error:
        raise AccessDenied(sign_in(error, client.web, account.token)) from error
    except TrackerError as error:
        raise no_github(error, account.url) from error


def no_github(error: TrackerError, url: str) -> TrackerError:
    """The failure of the first call, with what may be wrong with the address."""
    bare = str(error).rstrip(".")
    if isinstance(error, Moved):
        return Gone(
            f"{bare}, or it is a sign-in page standing before GitHub, which API calls cannot pass."
        )
    if isinstance(error, Gone | Rejected):
        return Gone(f"{url} is not a GitHub, or its path is wrong. {hint(url)} ({bare})")
    if isinstance(error, Unavailable) and "instead of JSON" in str(error):
        return Unavailable(f"{error} {hint(url)}")
    return error


def _detected(client: GitHubClient, me: SignedIn, shown: str) -> dict[str, str]:
    """Which GitHub it is; only servers are asked what they offer."""
    if (urlsplit(client.api).hostname or "").endswith(".ghe.com"):
        return {"deployment": "ghe.com"}
    version = me.headers.get("X-GitHub-Enterprise-Version", "").strip()
    if web_url(client.api) == _HOME or not version:
        return {"deployment": "github.com"}
    told = {"version": version} if _VERSION.fullmatch(version) else {}
    return {"deployment": "server", **told, "features": as_option(probe(client, me.login, shown))}


def _scopes(me: SignedIn, account: Account, web: str) -> tuple[str, ...]:
    if me.kind != "classic":
        return ()
    has = PROJECTS in features(account.options)
    return tuple(scope_warnings(me.headers, web, projects=has))
