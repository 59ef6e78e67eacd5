"""GitHub Apps of a simulated site: what they are, where they are installed, their tokens."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.simulators.github.tokens import Token

HOUR = timedelta(hours=1)


@dataclass
class Installation:
    """Where an app is installed: an account and some of its repositories (None: all)."""

    id: int
    app: int
    account: str
    created: datetime
    repos: set[str] | None
    permissions: dict[str, str]
    events: list[str]
    updated: datetime
    suspended: datetime | None = None

    def covers(self, repo: str) -> bool:
        """Whether a repository, ``owner/name``, is among its own."""
        owner, name = repo.lower().split("/")[0], repo.lower()
        return owner == self.account.lower() and (self.repos is None or name in self.repos)


@dataclass
class App:
    """A GitHub App: its key, its webhook and its installations."""

    id: int
    slug: str
    name: str
    owner: str
    created: datetime
    permissions: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    url: str = ""
    hook_url: str = ""
    setup_url: str = ""
    callback_url: str = ""
    webhook_secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    client_id: str = field(default_factory=lambda: f"Iv23{secrets.token_hex(8)}")
    client_secret: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    installations: dict[int, Installation] = field(default_factory=dict)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """Its private key."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def pem(self) -> str:
        """Its private key as GitHub hands it out."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()

    @property
    def bot(self) -> str:
        """The login it acts under."""
        return f"{self.slug}[bot]"


@dataclass
class Apps:
    """The apps of a site, and the codes of manifests that are to become apps."""

    new_id: Callable[[], int]
    clock: Callable[[], datetime]
    known: dict[int, App] = field(default_factory=dict)
    codes: dict[str, App] = field(default_factory=dict)
    granted: dict[str, Token] = field(default_factory=dict)
    """Tokens of installations by their text."""

    def add(
        self, name: str, owner: str, permissions: Mapping[str, str], events: Iterable[str] = ()
    ) -> App:
        """A new app; its slug is its name in small letters."""
        slug = "-".join(name.lower().split())
        taken = {app.slug for app in self.known.values()}
        made = App(self.new_id(), slug if slug not in taken else f"{slug}-{len(taken)}", name,
                   owner, self.clock(), dict(permissions), sorted(events))  # fmt: skip
        self.known[made.id] = made
        return made

    def by_slug(self, slug: str) -> App | None:
        """An app by its slug."""
        return next((app for app in self.known.values() if app.slug == slug), None)

    def installation(self, number: int) -> Installation | None:
        """An installation of any app."""
        found = (app.installations.get(number) for app in self.known.values())
        return next((each for each in found if each), None)

    def install(self, app: App, account: str, repos: Iterable[str] | None = None) -> Installation:
        """Install an app for an account: for all its repositories, or for some."""
        now = self.clock()
        only = None if repos is None else {name.lower() for name in repos}
        made = Installation(self.new_id(), app.id, account, now, only, dict(app.permissions),
                            list(app.events), now)  # fmt: skip
        app.installations[made.id] = made
        return made

    def grant(
        self, where: Installation, repos: frozenset[str] | None, permissions: Mapping[str, str]
    ) -> tuple[str, Token]:
        """A token of an installation, good for an hour; ``repos`` narrow it."""
        text = f"ghs_{secrets.token_hex(18)}"
        token = Token(
            kind="installation", login=self.known[where.app].bot, permissions=dict(permissions),
            owner=where.account.lower(), repos=repos, until=self.clock() + HOUR,
            installation=where.id, app=where.app,
        )  # fmt: skip
        self.granted[text] = token
        return text, token

    def uninstall(self, where: Installation) -> None:
        """Remove an installation; its tokens are good no more."""
        del self.known[where.app].installations[where.id]
        ended = [text for text, token in self.granted.items() if token.installation == where.id]
        for text in ended:
            del self.granted[text]
