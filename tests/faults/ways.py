"""The ways a tracker is run and connected: by a token, or by a sign-in that has to be renewed.

A tracker of a company is named with its way: ``jira``, ``jira/data center``, ``jira/signed in``,
``jira/sprints``, ``github``, ``github/app``, ``github/boards``.
"""

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from connector.store.tables import Connection
from integrations.tracker import Client
from sync import agreements
from sync.accounts import client_of
from sync.agreements import Wanted
from sync.connections import Connected
from sync.runtime import Runtime
from tests.world import World

BACK = "https://worklift.example.com/connect/signed-in"
WHO = "user/1"
RENEWALS = {"jira/signed in": "/oauth/token", "github/app": "/access_tokens"}
"""Where the sign-ins that are renewed are renewed."""
REFUSED = "refused the sign-in"
"""What is said of a renewal that is no longer good."""


def tracker_of(name: str) -> str:
    """The tracker, without its way."""
    return name.partition("/")[0]


def prepare(name: str, site: Any, kept: Any) -> None:
    """Let a site know the sign-in that was made with it before."""
    if name == "github/app":
        app = site.add_app()
        app.__dict__["key"] = _key()
        site.install_app(app, "acme")
        site.apps.granted.update(kept or {})
    elif name == "jira/signed in" and kept is not None:
        site.passes = copy.deepcopy(kept)


def known(name: str, site: Any) -> Any:
    """What a site knows of the sign-in that was made with it."""
    if name == "github/app":
        return dict(site.apps.granted)
    return copy.deepcopy(site.passes) if name == "jira/signed in" else None


@cache
def _key() -> rsa.RSAPrivateKey:
    """One for all apps: to make one takes longer than a schedule."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def connect(world: World, name: str) -> Connected:
    """Connect a tracker the way it is run."""
    made = {"jira/signed in": _signed_in, "github/app": _installed}.get(name)
    if made is None:
        return world.connect(tracker_of(name))
    connected = made(world)
    if connected.hook_secret:
        world.secrets[connected.name] = connected.hook_secret
    return connected


def _signed_in(world: World) -> Connected:
    """A person agrees at Atlassian's page, and comes back."""
    site = world.trackers["jira"].site
    client = Client(
        id="client-id", secret="client-secret", redirect=BACK, server=site.url,
        allow_private=True, extras=frozenset({"writeback"}),
    )  # fmt: skip
    wanted = Wanted(tracker="jira", name="jira", client=client)
    asked = parse_qs(urlsplit(agreements.begin(world.runtime, wanted, WHO)).query)
    code = site.passes.code(asked["redirect_uri"][0], frozenset(asked["scope"][0].split()))
    found = agreements.finish(world.runtime, asked["state"][0], code, WHO)
    assert isinstance(found, Connected)
    return found


def _installed(world: World) -> Connected:
    site = world.trackers["github"].site
    (app,) = site.apps.known.values()
    client = Client(id=str(app.id), secret=app.pem, redirect=BACK, server=site.url,
                    allow_private=True)  # fmt: skip
    wanted = Wanted(tracker="github", name="github", client=client, options={"owner": "acme"})
    return agreements.directly(world.runtime, wanted)


def forget_tokens(name: str, site: Any) -> None:
    """All tokens end before their time; what renews them is good."""
    (site.apps.granted if name == "github/app" else site.passes.service).clear()


def needless(runtime: Runtime, row: Connection, site: Any, *, lost: bool) -> Iterator[str]:
    """Where a person is asked to sign in again although what is held would renew the token, or
    should: unless a renewal may have been ``lost`` on its way into the database."""
    if row.grant_cipher is not None and row.tracker == "jira" and REFUSED in (row.error or ""):
        _, renewal = client_of(runtime.vault, row)
        if renewal in site.passes.refresh:
            yield f"{row.name} wants a new sign-in, and holds one that is good"
        elif not lost:
            yield f"{row.name} wants a new sign-in, and nothing befell the one it had"
