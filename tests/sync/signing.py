"""Signing in at the simulated Jira, as a person does it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from sqlalchemy import select

from connector.store.tables import Connection
from integrations.tracker import Client
from sync import agreements, grants
from sync.agreements import Wanted
from sync.connections import Connected
from tests.world import World

BACK = "http://localhost:8000/connect/signed-in"
ME = "user/1"


def wanted(world: World, name: str = "jira", **more: Any) -> Wanted:
    client = Client(**{
        "id": "client-id", "secret": "client-secret", "redirect": BACK,
        "server": world.trackers["jira"].url, "allow_private": True, **more,
    })  # fmt: skip
    return Wanted(tracker="jira", name=name, client=client)


def agreed(address: str) -> tuple[str, str]:
    """The state and the code a person comes back with."""
    page = requests.get(address, timeout=5).text
    link = page.partition('id="accept" href="')[2].partition('"')[0].replace("&amp;", "&")
    found = parse_qs(urlsplit(link).query)
    return found["state"][0], found["code"][0]


def sign_in(world: World, name: str = "jira", **more: Any) -> Connected:
    state, code = agreed(agreements.begin(world.runtime, wanted(world, name, **more), ME))
    found = agreements.finish(world.runtime, state, code, ME)
    assert isinstance(found, Connected)
    return found


def row(world: World, name: str = "jira") -> Connection:
    with world.runtime.store.read() as session:
        return session.scalars(select(Connection).where(Connection.name == name)).one()


def token(world: World) -> str:
    return grants.account(world.runtime, row(world)).token


def passes(world: World) -> Any:
    return world.trackers["jira"].site.passes
