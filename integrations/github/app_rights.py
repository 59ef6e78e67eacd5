"""The test of a GitHub App: where it is installed, and what it may do there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import AccessDenied
from integrations.github.app import app_of, as_app, at_installation
from integrations.kit.address import same_origin
from integrations.tracker import Account

_ORDER = ("", "read", "write", "admin")
_LEVELS = {"read": "Read-only", "write": "Read and write", "admin": "Admin"}
_NEEDED = {
    "issues": ("Issues", "nothing of private repositories is read"),
    "pull_requests": ("Pull requests", "pull requests are not counted"),
    "organization_projects": ("Projects (organization)", "scopes of projects cannot be read"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An installation: the app's name, whose it is, its page, and what is wrong with it."""

    name: str
    owner: str
    person: bool
    page: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def installed(account: Account) -> Installed:
    """Ask as the app itself; two calls. Failures are sentences with the fix."""
    number = account.options.get("installation", "")
    with as_app(account) as app:
        about, web = app.get("/app").object(), app.web
        with at_installation(app_of(account)):
            where = app.get(f"/app/installations/{number}").object()
    owner = where.get("account") if isinstance(where.get("account"), dict) else {}
    login = str((owner or {}).get("login") or "its owner")
    page = str(where.get("html_url") or "")
    page = page if same_origin(page, web) else f"{web}/settings/installations/{number}"
    if where.get("suspended_at"):
        raise AccessDenied(
            f"The installation for {login} is suspended: an owner has to unsuspend it at {page},"
            " then test again."
        )
    return Installed(
        name=str(about.get("name") or f"GitHub App {about.get('id')}"),
        owner=login,
        person=(owner or {}).get("type") == "User",
        page=page,
        warnings=tuple(_warnings(_levels(about), _levels(where), login, page)),
        notes=(f"The app may {_may(_levels(where))} for {login}.",),
    )


def _levels(found: Mapping[str, Any]) -> dict[str, str]:
    given = found.get("permissions")
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(name): str(level) for name, level in pairs if level in _ORDER}


def _warnings(
    asked: Mapping[str, str], given: Mapping[str, str], login: str, page: str
) -> Iterator[str]:
    late = [
        f"{_shown(name)}: {_LEVELS[level]}"
        for name, level in sorted(asked.items())
        if level and _ORDER.index(level) > _ORDER.index(given.get(name, ""))
    ]
    if late:
        yield (
            f"The app asks for {', '.join(late)}, which {login} has yet to accept: an owner accepts"
            f" it at {page}."
        )
    for name, (shown, lost) in _NEEDED.items():
        if not asked.get(name):
            yield (
                f"The app lacks the permission {shown}: Read-only, so {lost}: add it in the app's"
                f" settings under Permissions & events, then accept it at {page}."
            )


def _may(given: Mapping[str, str]) -> str:
    names = (f"{_shown(name)} ({_LEVELS[level]})" for name, level in sorted(given.items()) if level)
    return f"use {', '.join(names)}" if given else "use nothing"


def _shown(name: str) -> str:
    return _NEEDED[name][0] if name in _NEEDED else name.replace("_", " ").capitalize()
