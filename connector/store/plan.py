"""Tables: cycles, objectives, key results, links, and every wording they ever had."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from connector.store.base import Base


class Cycle(Base):
    """The period objectives live in."""

    __tablename__ = "cycle"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    start: Mapped[date]
    end: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default="active")


class Policy(Base):
    """How the organisation judges (``connector.policy``); one row, with its wordings kept."""

    __tablename__ = "policy"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]


class Objective(Base):
    """What a team wants; ``takes`` says whether its score is made of its key results, of the
    objectives that support it (children) or of both."""

    __tablename__ = "objective"
    __table_args__ = (UniqueConstraint("cycle_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    key: Mapped[str] = mapped_column(String(64))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="active")
    takes: Mapped[str] = mapped_column(String(16), default="key_results")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    weight: Mapped[float] = mapped_column(default=1.0)
    position: Mapped[int] = mapped_column(default=0)


class Support(Base):
    """An objective supports an objective or a key result of the same cycle; never in a ring."""

    __tablename__ = "support"
    __table_args__ = (
        UniqueConstraint("objective_id", "target_kind", "target_id"),
        Index("ix_support_target", "target_kind", "target_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id", ondelete="CASCADE"))
    target_kind: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int]
    weight: Mapped[float] = mapped_column(default=1.0)
    position: Mapped[int] = mapped_column(default=0)


class KeyResult(Base):
    """A number going from start to target.

    ``value`` is what a person typed or a program pushed last, ``plan_value`` what the plan file
    last said it is: the file writes ``value`` only when its own word changes. ``steps`` are
    [day, value] pairs. ``confirmed_at`` lifts the cap of ``guard``.
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
    curve: Mapped[str] = mapped_column(String(16), default="linear")
    steps: Mapped[list[Any]] = mapped_column(JSON, default=list)
    guard: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]
    progress_from: Mapped[str] = mapped_column(String(16), default="links")
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())


class Override(Base):
    """A person's value over the computed one, until a day or the next check-in.

    ``ended_at`` is set when it ends, ``ended_by`` says who or what ended it.
    """

    __tablename__ = "override"
    __table_args__ = (Index("ix_override_key_result_id_ended_at", "key_result_id", "ended_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key_result_id: Mapped[int] = mapped_column(ForeignKey("key_result.id"))
    value: Mapped[float]
    reason: Mapped[str]
    author: Mapped[str]
    made_at: Mapped[datetime]
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class CheckIn(Base):
    """A dated word of a person about a key result; ``confidence`` is 1 to 10."""

    __tablename__ = "check_in"
    __table_args__ = (Index("ix_check_in_key_result_id_made_at", "key_result_id", "made_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key_result_id: Mapped[int] = mapped_column(ForeignKey("key_result.id"))
    made_at: Mapped[datetime]
    author: Mapped[str]
    value: Mapped[float | None]
    confidence: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    blockers: Mapped[str] = mapped_column(default="")
    confirms: Mapped[bool] = mapped_column(default=False)


class Typed(Base):
    """A value of a key result as it was given: typed by a person, or pushed by a program."""

    __tablename__ = "typed"
    __table_args__ = (Index("ix_typed_key_result_id_made_at", "key_result_id", "made_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key_result_id: Mapped[int] = mapped_column(ForeignKey("key_result.id"))
    made_at: Mapped[datetime]
    author: Mapped[str]
    value: Mapped[float | None]
    pushed: Mapped[bool] = mapped_column(default=False)


class Link(Base):
    """A key result tied to a scope. ``rule`` is a ``LinkRule``; ended links keep their ledger.

    ``history`` is wanted, told or untold: whether its past was rebuilt from the tracker's own
    history; ``history_from`` is since when, ``history_note`` why not. ``reapply_from`` is since
    when a changed rule is still to be applied to the past. ``looked_at`` is the start of the last
    complete, successful look at all of its scope (None: not read yet); ``broken`` is the tracker's
    sentence about a scope it cannot read; ``pending`` that its rule changed since it was last
    reckoned. ``origin`` is who made it: a ``plan`` file, a ``person`` on a page or command line, or
    the item itself by ``convention``; ``ended_by`` who ended it, as far as that was kept.
    ``root_id`` is the tracker's id of the parent that the scope names, once it was seen, and
    ``root_key`` its key where that is another one by now: what is moved stays the same. ``today``
    is the scope's value as the tracker calls it now, where the place it names was renamed.
    ``write_back`` are the kinds of notes its items are to carry; ``notes_at`` is when they are
    composed anew (None: it has none and asks for none). ``told_from`` stands for what its past was
    told from.
    """

    __tablename__ = "link"
    __table_args__ = (
        Index("ix_link_source_id_ended_at", "source_id", "ended_at"),
        Index("ix_link_notes_at", "notes_at"),
    )
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
    history: Mapped[str] = mapped_column(String(16), default="wanted")
    history_from: Mapped[datetime | None]
    history_note: Mapped[str | None]
    reapply_from: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    origin: Mapped[str] = mapped_column(String(16), default="plan", server_default="plan")
    ended_by: Mapped[str | None]
    write_back: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    root_id: Mapped[str | None] = mapped_column(String(255))
    root_key: Mapped[str | None]
    today: Mapped[str | None]
    notes_at: Mapped[datetime | None]
    told_from: Mapped[str | None] = mapped_column(String(64))
    key_result: Mapped[KeyResult] = relationship(lazy="raise")  # so that both are written together


class Dismissal(Base):
    """A scope that was suggested for a key result, and that somebody said does not belong to it."""

    __tablename__ = "dismissal"
    key_result_id: Mapped[int] = mapped_column(
        ForeignKey("key_result.id", ondelete="CASCADE"), primary_key=True
    )
    scope: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    author: Mapped[str]


class Revision(Base):
    """How a cycle, team, objective, key result, link or the policy read from ``recorded_at`` on:
    past days use it."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_kind_subject", "kind", "subject_id", "recorded_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    recorded_at: Mapped[datetime]
    author: Mapped[str]
    body: Mapped[dict[str, Any]]
