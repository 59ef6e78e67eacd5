"""The demo's one-click sign-in: on this machine only, and only in the demo."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Person, User
from web.accounts import passwords, people
from web.language import lazy

WHO = {
    "member": ("engineer", lazy("Engineer"), lazy("what my team promised, and what moves it")),
    "lead": ("product lead", lazy("Product lead"), lazy("my teams, and where they need me")),
    "viewer": ("leadership", lazy("Leadership"), lazy("the whole company, read only")),
    "admin": ("admin", lazy("Admin"), lazy("connections and everything else")),
}
"""Role → account name, how the page calls it, what it is for."""
PERSONS = {"lead": "product-head", "member": "platform-engineer"}
"""Role → the person of the demo's plan that its account is."""


def account(session: Session, role: str, now: datetime) -> User:
    """The demo's account of a role; no password opens it."""
    name = WHO[role][0]
    user = people.find(session, name)
    if user is None:
        user = User(name=name, role=role, password_hash=passwords.NO_PASSWORD, created_at=now)
        user.person_id = session.scalar(select(Person.id).where(Person.key == PERSONS.get(role)))
        session.add(user)
        session.flush()
    return user
