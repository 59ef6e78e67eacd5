"""Tables: cycles, objectives, key results, links, and every wording they ever had."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.store.base import Base


class Cycle(Base):
    """The period objectives live in."""

    __tablename__ = "cycle"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    start: Mapped[date]
    end: Mapped[date]


class Objective(Base):
    """What a team wants; ``supports`` is the key of what it serves, in the same cycle."""

    __tablename__ = "objective"
    __table_args__ = (UniqueConstraint("cycle_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    key: Mapped[str] = mapped_column(String(64))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="active")
    supports: Mapped[str | None] = mapped_column(String(64))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    weight: Mapped[float] = mapped_column(default=1.0)
    position: Mapped[int] = mapped_column(default=0)


class KeyResult(Base):
    """A number going from start to target.

    ``value`` is typed by a person, ``plan_value`` what the plan file last said it is: the file
    writes ``value`` only when its own word changes.
    """

    __tablename__ = "key_result"
    __table_args__ = (UniqueConstraint("cycle_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    start: Mapped[float | None]
    target: Mapped[float | None]
    unit: Mapped[str] = mapped_column(default="")
    weight: Mapped[float] = mapped_column(default=1.0)
    combine: Mapped[str | None] = mapped_column(String(16))
    lower_is_better: Mapped[bool] = mapped_column(default=False)
    limit_low: Mapped[float | None]
    limit_high: Mapped[float | None]
    guardrail: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    value: Mapped[float | None]
    plan_value: Mapped[float | None]
    value_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)


class Link(Base):
    """A key result tied to a scope. ``rule`` is a ``LinkRule``; ended links keep their ledger.

    ``looked_at`` is the start of the last complete, successful look at all of its scope (None:
    not read yet); ``broken`` is the tracker's sentence about a scope it cannot read; ``pending``
    that its rule changed since it was last reckoned.
    """

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_source_id_ended_at", "source_id", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key_result_id: Mapped[int] = mapped_column(ForeignKey("key_result.id"), index=True)
    scope: Mapped[str]
    tracker: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    value: Mapped[str]
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connection.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    rule: Mapped[dict[str, Any]]
    title: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[datetime | None]
    broken: Mapped[str | None]
    pending: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    key_result: Mapped[KeyResult] = relationship(lazy="raise")  # so that both are written together


class Revision(Base):
    """How a cycle, objective, key result or link read from ``recorded_at`` on: past days use it."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_kind_subject", "kind", "subject_id", "recorded_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    recorded_at: Mapped[datetime]
    author: Mapped[str]
    body: Mapped[dict[str, Any]]
