"""Tables: teams, people, who belongs where, and who may sign in."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from connector.store.base import Base


class Team(Base):
    """A node of the organisation tree."""

    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class Person(Base):
    """Somebody who owns, leads or works; not necessarily somebody who signs in."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(254))
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class Account(Base):
    """Which tracker account is whose; ``origin`` is plan or admin: who said so."""

    __tablename__ = "account"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    tracker: Mapped[str] = mapped_column(String(32), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(255), index=True)
    origin: Mapped[str] = mapped_column(String(16), default="plan")


class TrackerAccount(Base):
    """An account seen on work items. ``email_mark`` is a keyed hash of its verified e-mail:
    enough to find the person with the same one, and no e-mail is kept."""

    __tablename__ = "tracker_account"
    connection_id: Mapped[int] = mapped_column(
        ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True
    )
    external_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    email_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class Membership(Base):
    """A person in a team."""

    __tablename__ = "membership"
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class User(Base):
    """A local account; without a ``language`` its pages follow the browser's."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(16))


class Claim(Base):
    """What a user says of themselves until an admin confirms it: ``tracker`` is '' where they say
    which person they are (``wanted`` is its key), else ``wanted`` is their account there."""

    __tablename__ = "claim"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    tracker: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    wanted: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]


class SignIn(Base):
    """A server-side session: only the hash of its secret is stored, so it can be revoked."""

    __tablename__ = "sign_in"
    __table_args__ = (UniqueConstraint("secret_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Keep(Base):
    """Small facts of this installation by name, such as the one-time set-up token's hash."""

    __tablename__ = "keep"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str]
    updated_at: Mapped[datetime]
