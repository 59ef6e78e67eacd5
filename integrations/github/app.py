"""A GitHub App: calls it makes as itself, and why GitHub refuses them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from connector.errors import AccessDenied, Refused, TrackerError, Unavailable
from integrations.github.client import GitHubClient
from integrations.kit.answers import Absent, Answer, Denied
from integrations.tracker import Account, Client

HOME = "https://github.com"
_CLOCK = re.compile(r"'(issued at|expiration time)' claim|claim \('(iat|exp)'\)", re.IGNORECASE)
_UNKNOWN = "integration not found"
_MINUTE = 60


def account_of(client: Client) -> Account:
    """The account that an app has before anything of it is stored."""
    return Account(
        name=f"app {client.id}",
        url=client.server or HOME,
        token="",
        allow_private=client.allow_private,
        client=client,
    )


def app_of(account: Account) -> Client:
    """The app an account signed in by; raises ``Refused`` where it gave a token."""
    if account.client is None:
        raise Refused(f"the connection {account.name} was not made with a GitHub App")
    return account.client


@contextmanager
def as_app(account: Account) -> Iterator[GitHubClient]:
    """Calls as the app itself; refusals come out as sentences with the fix."""
    client = GitHubClient(account, as_app=True)
    try:
        yield client
    except TrackerError as error:
        raise explained(error, account.client, client.web) from error
    finally:
        client.close()


@contextmanager
def at_installation(client: Client) -> Iterator[None]:
    """A call of an installation: one that is not there was removed."""
    try:
        yield
    except Absent as error:
        if not error.told:
            raise
        raise AccessDenied(
            f"GitHub App {client.id} is not installed there any more: install it"
            f"{f' at {client.page}' if client.page else ''} and connect again."
        ) from error


def explained(error: TrackerError, client: Client | None, web: str) -> TrackerError:
    """The refusal of a call of an app, with what to do about it."""
    app = f"GitHub App {client.id}" if client else "GitHub App"
    word = error.word.lower() if isinstance(error, Denied) else str(error).lower()
    if isinstance(error, Denied) and _CLOCK.search(word):
        return Unavailable(_skewed(error))
    if _UNKNOWN in word:
        return AccessDenied(
            f"GitHub knows no {app}: it was deleted, or the App ID is wrong. Give the right one, or"
            " make the app anew and connect again."
        )
    if isinstance(error, Denied) and "suspended" in word:
        return AccessDenied(
            f"The installation of {app} is suspended: an owner has to unsuspend it at"
            f" {web}/settings/installations (or the organization's), then test again."
        )
    if isinstance(error, Denied):
        return AccessDenied(
            f"GitHub refused the private key of {app} ({error.word or 'no reason given'}): it was"
            " revoked, or is another app's. Make a new one in the app's settings under Private keys"
            " and connect again."
        )
    return error


def _skewed(error: Denied) -> str:
    there = _date(error)
    apart = "is off" if there is None else _apart((datetime.now(UTC) - there).total_seconds())
    return (
        f"GitHub refused the app's sign-in for its times: the clock of this machine {apart}."
        " Set it right (NTP), and test again."
    )


def _apart(seconds: float) -> str:
    if abs(seconds) < _MINUTE:
        return "is off"
    minutes = round(abs(seconds) / _MINUTE)
    unit = "minute" if minutes == 1 else "minutes"
    return f"is {minutes} {unit} {'ahead of' if seconds > 0 else 'behind'} GitHub's"


def _date(error: Denied) -> datetime | None:
    return Answer("GitHub", 401, error.headers, b"").date
