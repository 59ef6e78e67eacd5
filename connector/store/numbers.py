"""Tables: the ledger of contributions, and the readings and scores derived from it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from connector.store.base import Base


class Contribution(Base):
    """One item's part in one link over one span of time: the explanation of every score.

    Effective time is ``valid_from``..``valid_to``; recorded time ``recorded_at``..``replaced_at``.
    The version that holds now has no ``replaced_at``. ``sized`` is None for an item that does not
    count, else whether it has the size the link measures.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        Index("ix_contribution_link_id_replaced_at", "link_id", "replaced_at"),
        Index("ix_contribution_link_id_recorded_at", "link_id", "recorded_at"),
        Index("ix_contribution_item_id", "item_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    item_key: Mapped[str]
    state: Mapped[str] = mapped_column(String(8))
    status: Mapped[str]
    done: Mapped[float]
    total: Mapped[float]
    in_scope: Mapped[bool]
    included: Mapped[bool]
    sized: Mapped[bool | None]
    reason: Mapped[str]
    cause: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class Reading(Base):
    """What a link says now, computed from its contributions.

    ``since`` is when it was first reckoned: an empty scope leaves no contribution to tell that.
    """

    __tablename__ = "reading"
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    done: Mapped[float | None]
    total: Mapped[float | None]
    value: Mapped[float | None]
    coverage: Mapped[float | None]
    items: Mapped[int]
    excluded: Mapped[int]
    since: Mapped[datetime]
    computed_at: Mapped[datetime]


class Score(Base):
    """The number of a key result, objective or team in a cycle, computed from readings.

    ``computed`` is a key result's value without an override, ``capped`` says that its guard holds
    it back.
    """

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("cycle_id", "kind", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    value: Mapped[float | None]
    progress: Mapped[float | None]
    score: Mapped[float | None]
    known: Mapped[float | None]
    subtree_score: Mapped[float | None]
    subtree_known: Mapped[float | None]
    computed: Mapped[float | None]
    capped: Mapped[bool] = mapped_column(default=False)
    partial: Mapped[bool] = mapped_column(default=False)
    computed_at: Mapped[datetime]


class ScoreDay(Base):
    """The score an objective ended a day (in UTC) with, where it changed on that day: its trend.

    ``rebuilt``: it is of a day before the first one that was kept, told from trackers' history.
    """

    __tablename__ = "score_day"
    objective_id: Mapped[int] = mapped_column(
        ForeignKey("objective.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    score: Mapped[float | None]
    rebuilt: Mapped[bool] = mapped_column(default=False, server_default=false())


class TrendTold(Base):
    """Whether the days before an objective's trend was kept are told.

    ``asked_at`` is when that was begun last (None: they are to be told anew), ``told_at`` the same
    once it went well.
    """

    __tablename__ = "trend_told"
    objective_id: Mapped[int] = mapped_column(
        ForeignKey("objective.id", ondelete="CASCADE"), primary_key=True
    )
    asked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
