"""The port: what a tracker must be able to do. Nothing else of it is known outside."""

from integrations.tracker.account import (
    Account,
    Client,
    Consent,
    Grant,
    Identity,
    Site,
    Survey,
)
from integrations.tracker.declared import Naming, Renaming, ScopeKind, Setting, Spec
from integrations.tracker.hooks import Delivery, Hint, secret_path
from integrations.tracker.port import Tracker
from integrations.tracker.reading import (
    Budget,
    Fetched,
    History,
    Listed,
    Look,
    Need,
    Page,
    Unreadable,
)
from integrations.tracker.session import (
    Finder,
    Found,
    Note,
    NoteKind,
    Registered,
    Registrar,
    Session,
    Writer,
)

__all__ = [
    "Account",
    "Budget",
    "Client",
    "Consent",
    "Delivery",
    "Fetched",
    "Finder",
    "Found",
    "Grant",
    "Hint",
    "History",
    "Identity",
    "Listed",
    "Look",
    "Naming",
    "Need",
    "Note",
    "NoteKind",
    "Page",
    "Registered",
    "Registrar",
    "Renaming",
    "ScopeKind",
    "Session",
    "Setting",
    "Site",
    "Spec",
    "Survey",
    "Tracker",
    "Unreadable",
    "Writer",
    "secret_path",
]
