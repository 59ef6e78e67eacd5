"""A stored connection as its tracker's account, the token opened only for the call."""

import json
from collections.abc import Collection
from typing import Protocol

from connector.errors import Refused
from connector.store.tables import Connection
from integrations.tracker import Account, Client
from sync.values import options_of
from sync.vault import Vault


def account_of(
    connection: Connection,
    vault: Vault,
    fields: Collection[str] = (),
    scopes: frozenset[tuple[str, str]] = frozenset(),
) -> Account:
    """The account of a connection; raises ``Refused`` when the key is another one.

    ``fields`` are number fields to read besides those of the connection's own settings, ``scopes``
    what links read. A token that renews itself is not: ask ``sync.grants.account`` for that.
    """
    options = options_of(connection)
    asked = [each for each in options.get("number_fields", "").split(",") if each.strip()]
    options["number_fields"] = ",".join(dict.fromkeys([*asked, *fields]))
    return Account(
        name=connection.name,
        url=connection.url,
        token=vault.open(connection.token_cipher, token_place(connection.uid)),
        options=options,
        allow_private=connection.allow_private,
        scopes=scopes,
        client=client_of(vault, connection)[0] if connection.grant_cipher else None,
    )


class SignedIn(Protocol):
    """What there is of a connection that was made by signing in."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def uid(self) -> str: ...  # noqa: D102
    @property
    def grant_cipher(self) -> bytes | None: ...  # noqa: D102


def client_of(vault: Vault, connection: SignedIn) -> tuple[Client, str]:
    """The application a connection signed in by, and what renews its token."""
    if connection.grant_cipher is None:
        raise Refused(f"{connection.name} was not connected by signing in")
    body = json.loads(vault.open(connection.grant_cipher, grant_place(connection.uid)))
    renewal = str(body.pop("renewal"))
    return Client(**{**body, "extras": frozenset(body["extras"])}), renewal


def token_place(uid: str) -> str:
    """Where a connection's token is sealed to."""
    return f"connection/{uid}/token"


def hook_place(uid: str) -> str:
    """Where a connection's webhook secret is sealed to."""
    return f"connection/{uid}/hook"


def grant_place(uid: str) -> str:
    """Where what renews a connection's token is sealed to."""
    return f"connection/{uid}/grant"
